import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { float16ToFloat32, float32ToFloat16 } from '../../src/model/index.js'

describe('float16', () => {
  it('rounds as numpy does, on every boundary of the format', () => {
    // script/references/model_float16.py
    const table = JSON.parse(readFileSync('__fixtures__/model/float16.json', 'utf8')) as [number, number][]
    const inputs = new Float32Array(Uint32Array.from(table, ([bits]) => bits).buffer)
    expect([...float32ToFloat16(inputs)]).toEqual(table.map(([, half]) => half))
  })

  it('comes back unchanged from float32, all 65,536 patterns', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits)
    const back = float32ToFloat16(float16ToFloat32(all))
    const isNaN = (bits: number): boolean => (bits & 0x7fff) > 0x7c00
    expect(all.filter((bits, index) => (isNaN(bits) ? !isNaN(back[index]) : back[index] !== bits))).toHaveLength(0)
  })

  it('widens exactly', () => {
    const halves = Uint16Array.of(
      0x0000,
      0x8000,
      0x0001,
      0x03ff,
      0x0400,
      0x3c00,
      0xc000,
      0x7bff,
      0x7c00,
      0xfc00,
      0x7e00
    )
    expect([...float16ToFloat32(halves)]).toEqual([
      ...[0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -2, 65504, Infinity, -Infinity, NaN]
    ])
  })

  it('is never further away than a neighbouring float16', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
        const [half] = float32ToFloat16(Float32Array.of(value))
        // Towards zero, whose neighbour on the other side of the sign bit is no pattern next to it.
        const inner = (half & 0x7fff) === 0 ? half : half - 1
        const [nearest, below, above] = float16ToFloat32(Uint16Array.of(half, inner, half + 1))
        const error = Math.abs(nearest - value)
        return error <= Math.abs(below - value) && error <= Math.abs(above - value)
      })
    )
  })

  it('reads a view that does not start at its buffer', () => {
    expect([...float32ToFloat16(Float32Array.of(9, 1, 2).subarray(1))]).toEqual([0x3c00, 0x4000])
  })
})
