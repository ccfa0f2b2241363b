import { describe, expect, it } from '@jest/globals'
import { collectYoungGarbage } from '../../src/util/young-garbage.js'

describe('collectYoungGarbage', () => {
  it('frees what was made and dropped since, without waiting for more', () => {
    collectYoungGarbage()
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 10; i++) new Uint8Array(1 << 20).fill(i)
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(10 << 20)
    collectYoungGarbage()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20)
  })
})
