import { describe, expect, it } from '@jest/globals'
import { releaseMemory } from '../../src/util/release.js'

describe('releaseMemory', () => {
  it('takes the memory of arrays away at once, without waiting for the garbage collector', () => {
    const arrays = Array.from({ length: 8 }, () => new Float32Array(4 << 20).fill(1))
    const held = process.memoryUsage().arrayBuffers
    releaseMemory(arrays)
    expect(arrays.map(({ length }) => length)).toEqual(arrays.map(() => 0))
    expect(held - process.memoryUsage().arrayBuffers).toBeGreaterThanOrEqual(8 * (16 << 20))
  })

  it('leaves a part of a buffer alone', () => {
    const buffer = Buffer.alloc(16)
    const part = new Uint8Array(new ArrayBuffer(16), 0, 8)
    releaseMemory([part, buffer.subarray(0, 8)])
    expect([part.byteLength, buffer.length]).toEqual([8, 16])
  })

  it('takes what was released before', () => {
    const array = new Uint8Array(8)
    releaseMemory([array])
    expect(() => releaseMemory([])).not.toThrow()
    expect(array.byteLength).toBe(0)
  })
})
