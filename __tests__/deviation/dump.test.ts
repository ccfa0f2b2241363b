import { afterAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConfig } from '../../src/config/index.js'
import { compareModelLayers } from '../../src/gate.js'
import { EXAMPLE, Scratch } from '../acceptance/workspace.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

/** A .npy file of float32 in C order, read by its own header. */
function readNpy(file: string): { shape: number[]; data: Float32Array } {
  const bytes = readFileSync(file)
  const length = bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, 10 + length)
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \([\d, ]+\), \} *\n$/)
  const shape = /\(([\d, ]+)\)/.exec(header)?.[1].split(',').filter(Boolean).map(Number) ?? []
  return { shape, data: new Float32Array(Uint8Array.from(bytes.subarray(10 + length)).buffer) }
}

describe('layers --dump', () => {
  it('writes chosen layers of one image in both precisions, as numpy reads them', async () => {
    const config = await loadConfig(resolve(EXAMPLE, 'precision-gate.yml'))
    const folder = scratch.path('tensors')
    const dump = { folder, layer: '/stem/**' }
    const { dumped } = await compareModelLayers(config, { ...scratch.options('dump'), variant: 'int8', dump })
    expect(dumped).toEqual(['001-stem_stem_0_Conv.fp32.npy', '001-stem_stem_0_Conv.int8.npy'])
    expect(readdirSync(folder).sort()).toEqual(dumped)
    const [fp32, int8] = dumped.map((file) => readNpy(join(folder, file)))
    expect([fp32.shape, int8.shape]).toEqual([
      [1, 16, 32, 32],
      [1, 16, 32, 32]
    ])
    // at most 256 numbers stand in eight bits, and the two are close
    expect(new Set(int8.data).size).toBeLessThanOrEqual(256)
    expect(new Set(fp32.data).size).toBeGreaterThan(256)
    const noise = fp32.data.reduce((sum, x, i) => sum + (x - int8.data[i]) ** 2, 0)
    const signal = fp32.data.reduce((sum, x) => sum + x * x, 0)
    expect(noise / signal).toBeGreaterThan(0)
    expect(noise / signal).toBeLessThan(0.001)
  }, 60_000)

  it('says which names there are where none matches', async () => {
    const config = await loadConfig(resolve(EXAMPLE, 'precision-gate.yml'))
    const dump = { folder: scratch.path('none'), layer: 'Softmax' }
    const dumping = compareModelLayers(config, { ...scratch.options('dump'), variant: 'fp16', dump })
    await expect(dumping).rejects.toThrow(/^no layer of fp16 matches; names look like "\/stem\/stem.0\/Conv"/)
  }, 60_000)
})
