import { afterAll, describe, expect, it } from '@jest/globals'
import { dirname } from 'node:path'
import { canMeasureOutside } from '../../src/deviation/outside.js'
import { prepareComparison } from '../../src/deviation/prepare.js'
import type { Provider } from '../../src/runtime/index.js'
import { makeNode, makeTensor } from '../../src/model/index.js'
import { Folder } from '../dataset/files.js'
import { makeModel, writeModel } from '../model/helpers.js'
import { layersOf, noiseStream, theRuntime } from './compare.js'

const folder = new Folder()
afterAll(() => folder.remove())

/** Two layers over an input of these dimensions: a transformer's (samples, tokens, channels), channels scaled. */
function network(name: string, dims: readonly (number | string)[], factor: number): string {
  const size = Number(dims.at(-1))
  const scales = Float32Array.from({ length: size }, (_, i) => factor * (1 + i))
  const model = makeModel({
    inputs: { images: dims },
    outputs: ['b'],
    nodes: [
      makeNode('Mul', ['images', 'scales'], ['a'], { name: 'scale' }),
      makeNode('Tanh', ['a'], ['b'], { name: 'squash' })
    ],
    initializers: [makeTensor('scales', { type: 'float32', dims: [size], data: scales })]
  })
  writeModel(folder.at(name), model)
  return folder.at(name)
}

async function isOutside(dims: readonly (number | string)[], provider: Provider = 'cpu'): Promise<boolean> {
  const files = [network('one.onnx', dims, 1), network('other.onnx', dims, 1.01)]
  const [reference, variant] = files.map((file) => ({ file, workspace: dirname(file) }))
  const comparison = await prepareComparison({
    reference,
    variant,
    name: 'variant',
    rule: { threshold: 0.1, floor: 0.1 },
    runtime: await theRuntime(),
    session: { provider, threads: 1 }
  })
  try {
    return canMeasureOutside(comparison)
  } finally {
    comparison.reference.release()
    comparison.variant.release()
  }
}

function expectClose(one: number | null | undefined, other: number | null | undefined): void {
  if (typeof one === 'number' && typeof other === 'number') expect(one).toBeCloseTo(other, 4)
  else expect(one).toBe(other)
}

describe('where statistics are computed', () => {
  it('is outside of the graph on the CPU, where all shapes are known', async () => {
    expect(await isOutside(['n', 5, 6])).toBe(true)
    expect(await isOutside([1, 5, 6])).toBe(true)
  })

  it('is in the graph where a shape is not known, and on GPUs, which only vectors are to leave', async () => {
    expect(await isOutside(['n', 'tokens', 6])).toBe(false)
    expect(await isOutside(['n', 5, 6], 'webgpu')).toBe(false)
  })

  it.each([
    ['tokens and channels', [5, 6]],
    ['many tokens', [300, 6]],
    ['feature maps', [4, 9, 7]],
    ['rows', [12]]
  ])('changes no figure: %s', async (_, sample) => {
    const dims = ['n', ...sample]
    const given = {
      reference: network('one.onnx', dims, 1),
      variant: network('other.onnx', dims, 1.2),
      images: await noiseStream(folder, 5, sample),
      isolatedSamples: 2,
      folder: folder.path
    }
    const [outside, inside] = [await layersOf(given), await layersOf({ ...given, statistics: 'graph' })]
    expect(outside.map(({ name }) => name)).toEqual(['scale', 'squash'])
    outside.forEach((layer, i) => {
      const other = inside[i]
      const exact = ({ elements, relErrorCount, zeroedRatio, saturatedRatio, channels = [] }: typeof layer) => [
        elements,
        relErrorCount,
        zeroedRatio,
        saturatedRatio,
        channels.length
      ]
      expect(exact(layer)).toEqual(exact(other))
      for (const key of ['sqnrDb', 'cosine', 'maxAbs', 'meanAbs'] as const) {
        expectClose(layer[key], other[key])
      }
      // By itself, the second layer adds nothing.
      expectClose(layer.introduced?.sqnrDb, other.introduced?.sqnrDb)
      expectClose(layer.introduced?.suspicion, other.introduced?.suspicion)
    })
  })
})
