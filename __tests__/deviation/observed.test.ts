import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describeLayers } from '../../src/deviation/index.js'
import { Half } from '../../src/deviation/halves.js'
import { observe } from '../../src/deviation/observe.js'
import { saveModel } from '../../src/model/index.js'
import { mergeWithStatistics, openMerged } from '../../src/deviation/sessions.js'
import type { LayerResult } from '../../src/result.js'
import { countExecuted } from '../../src/runtime/index.js'
import { EXAMPLE, fashionMnist, FASHION_PREPROCESSING, fixture, Scratch } from '../acceptance/workspace.js'
import { sharedFixtures } from '../fixtures.js'
import { deviations, layersOf, theRuntime } from './compare.js'
import { FASHION, Network } from './network.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

let network: Network
let variant: string
const session = { provider: 'cpu', threads: 1 } as const
beforeAll(async () => {
  mkdirSync(scratch.path('example'))
  const source = { kind: 'folders', path: resolve(EXAMPLE, 'data', 'test'), classOffset: 0 } as const
  network = await Network.open(resolve(EXAMPLE, 'model.onnx'), source, FASHION, scratch.path('example'))
  variant = await network.quantize()
}, 60_000)

describe('looking at an INT8 network', () => {
  it('leaves its outputs as they are, to the bit, and its kernels integer', async () => {
    const runtime = await theRuntime()
    const [one, other] = [
      await Half.open(network.reference, EXAMPLE, runtime),
      await Half.open(variant, network.folder, runtime)
    ]
    const observation = observe(await one.typed(), await other.typed())
    const rule = { threshold: 0.1, floor: 0.1 }
    const comparison = { reference: one, variant: other, observation, rule, runtime, session }
    const merged = await openMerged(comparison, observation.layers, 'network')
    const plain = await runtime.createSession(variant, session)
    for await (const { input } of network.images.atMost(8).batches({ batch: 1 })) {
      const observed = await merged.session.run({ images: input }, merged.outputs)
      const expected = await plain.run({ images: input })
      for (const name of merged.outputs) expect(observed[name].data).toEqual(expected[name].data)
    }
    const image = { type: 'float32' as const, dims: [1, 3, 32, 32], data: new Float32Array(3 * 32 * 32).fill(0.5) }
    const feeds = { images: image }
    const alone = countExecuted(await runtime.executedLayers(variant, feeds, session))
    const file = resolve(network.folder, 'layers.onnx')
    await saveModel((await mergeWithStatistics(comparison, observation.layers, 'network')).model, file)
    const together = await runtime.executedLayers(file, feeds, session)
    expect(alone.int8).toBeGreaterThan(20)
    expect(countExecuted(together).int8).toBe(alone.int8)
  }, 60_000)

  it('is checked in every comparison', async () => {
    const images = network.images.atMost(6)
    const { effect } = await deviations({ reference: network.reference, variant, images, folder: network.folder })
    expect(effect.result()).toMatchObject({ samples: 2, values: 20, different: 0, maxAbs: 0 })
  })

  it('names layers as they are called in the FP32 model, with what is fused into them', async () => {
    const images = network.images.atMost(1)
    const layers = await layersOf({ reference: network.reference, variant, images, folder: network.folder })
    expect(layers.slice(0, 3).map(({ name, op, tensor, fused }) => ({ name, op, tensor, fused }))).toEqual([
      { name: 'images', op: 'Input', tensor: 'images', fused: undefined },
      {
        name: '/stem/stem.0/Conv',
        op: 'Conv',
        tensor: '/stem/stem.2/Clip_output_0',
        fused: [{ name: '/stem/stem.2/Clip', op: 'Clip' }]
      },
      {
        name: '/body/body.0/m/m.0/Conv',
        op: 'Conv',
        tensor: '/body/body.0/m/m.2/Clip_output_0',
        fused: [{ name: '/body/body.0/m/m.2/Clip', op: 'Clip' }]
      }
    ])
    expect(layers.at(-1)).toMatchObject({ name: '/fc/Gemm', op: 'Gemm', tensor: 'logits' })
  })

  it('finds the same in parts, where memory is short', async () => {
    const given = { reference: network.reference, variant, images: network.images.atMost(3), folder: network.folder }
    const whole = await layersOf(given)
    const parts = await layersOf({ ...given, memoryBytes: 600_000 })
    expect(parts.map(({ name, elements }) => [name, elements])).toEqual(
      whole.map(({ name, elements }) => [name, elements])
    )
    // ONNX Runtime fuses other FP32 operators where fewer tensors are looked at, which moves the last bit.
    parts.forEach(({ sqnrDb, introduced }, i) => {
      expect(sqnrDb ?? 0).toBeCloseTo(whole[i].sqnrDb ?? 0, 3)
      expect(introduced?.sqnrDb ?? 0).toBeCloseTo(whole[i].introduced?.sqnrDb ?? 0, 2)
    })
  })

  it('tells what a layer adds from what it inherits', async () => {
    const [stem] = network.weighted
    const broken = await network.quantize({
      ranges: (ranges) => {
        const { min, max } = ranges.get('/stem/stem.2/Clip_output_0') ?? { min: 0, max: 0 }
        ranges.set('/stem/stem.2/Clip_output_0', { min, max: max / 8 })
      }
    })
    const images = network.images.atMost(4)
    const found = await deviations({ reference: network.reference, variant: broken, images, folder: network.folder })
    const layers = describeLayers(found, [])
    const [, first, second] = layers
    expect(first.name).toBe(stem)
    expect(first.introduced).toMatchObject({ rank: 1 })
    expect(first.introduced?.share).toBeGreaterThan(0.9)
    expect(first.saturatedRatio).toBeGreaterThan(0.05)
    // the next layer is as wrong, through no fault of its own
    expect(second.sqnrDb).toBeLessThan(20)
    expect(second.introduced?.sqnrDb).toBeGreaterThan(30)
    expect(second.introduced?.share).toBeLessThan(0.1)
  }, 60_000)
})

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

onFixtures('a network that overflows in FP16', () => {
  it('has the layer that overflows as its first suspect', async () => {
    const expected = JSON.parse(readFileSync(resolve('__fixtures__', 'acceptance', 'fp16-overflow.json'), 'utf8')) as {
      readonly first: { readonly layer: string; readonly tensor: string }
    }
    const config = `version: 1
model: ${fixture('own', 'models', 'classify-mobilenet-overflow.onnx')}
dataset: ${fashionMnist('test')}
${FASHION_PREPROCESSING}variants: {fp16: {precision: fp16}}
layers: {samples: 8}
thresholds: [{layer: Conv, max_deviation_ratio: 0.01}, {layer: '*', min_sqnr_db: 20, severity: warning}]
runtime: {provider: cpu}
`
    const { result } = await scratch.run('overflow', config, { limit: 100 })
    const layers: readonly LayerResult[] = result.layers?.fp16 ?? []
    const first = layers.find(({ introduced }) => introduced?.rank === 1)
    expect(first).toMatchObject({ name: expected.first.layer, tensor: expected.first.tensor, executed: 'simulated' })
    expect(first?.nonFinite?.infinite).toBeGreaterThan(0)
    expect(result.verdicts.filter(({ layers }) => layers !== undefined).map(({ status }) => status)).toEqual([
      'fail',
      'warn'
    ])
  }, 120_000)
})
