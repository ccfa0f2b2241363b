import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openDataset, sampleStream, type DatasetSource, type PreprocessStep } from '../../src/dataset/index.js'
import { CocoAccumulator, SegmentationAccumulator } from '../../src/metrics/index.js'
import {
  detectionDecoder,
  detectionPreset,
  proposeDecoder,
  segmentationDecoder,
  type DetectionOptions,
  type SegmentationOptions
} from '../../src/postprocess/index.js'
import { loadRuntime, type Session } from '../../src/runtime/index.js'
import { sharedFixtures } from '../fixtures.js'

const fixture = (...path: string[]) => join(sharedFixtures ?? '', ...path)
const SCALE: PreprocessStep = { step: 'normalize', scale: 1 / 255, mean: [0], std: [1] }

async function open(model: string, source: DatasetSource, steps: readonly PreprocessStep[]) {
  const workspace = sharedFixtures ?? ''
  const runtime = await loadRuntime()
  const session = await runtime.createSession(fixture(model), { provider: 'cpu', threads: 2 })
  const dataset = await openDataset(source, { workspace })
  const stream = sampleStream(dataset, [...steps, SCALE], session.inputs[0])
  return { session, dataset, stream }
}

/** Batches with the outputs that a session gives for them. */
async function* inferred({ session, stream }: Awaited<ReturnType<typeof open>>, batch: number) {
  for await (const { start, samples, sizes, input } of stream.batches({ batch })) {
    const outputs = await session.run({ [session.inputs[0].name]: input })
    yield { start, samples, outputs, mappings: sizes.map((size) => stream.mapping(size)) }
  }
}

async function averagePrecision(
  model: string,
  source: DatasetSource,
  steps: readonly PreprocessStep[],
  options: Partial<DetectionOptions>
): Promise<number> {
  const opened = await open(model, source, steps)
  const { dataset, session } = opened
  const decoder = detectionDecoder({ ...proposed(session), ...options }, dataset.classes?.length ?? 0)
  const coco = new CocoAccumulator((dataset.classes ?? []).map((_, index) => index))
  const fixedBatch = session.inputs[0].dims[0]
  for await (const { start, samples, outputs, mappings } of inferred(opened, fixedBatch === 1 ? 1 : 8)) {
    decoder.decode(outputs, mappings).forEach((found, i) => {
      const { objects, imageId } = samples[i]
      expect(found.nonFinite).toBe(0)
      if (objects !== undefined) coco.add(imageId ?? start + i, objects, found)
    })
  }
  await session.release()
  return coco.result().metrics.ap ?? NaN
}

/** The layout that is proposed for the model, with its exporter's defaults. */
function proposed({ inputs, outputs }: Session): DetectionOptions {
  const [height, width] = inputs[0].dims.slice(2).map(Number)
  const proposal = proposeDecoder(outputs, { width, height })
  if (proposal?.task !== 'detection') throw new Error('no detector is proposed')
  return { ...detectionPreset(proposal.layout), layout: proposal.layout, outputs: proposal.outputs }
}

async function meanIou(
  model: string,
  source: DatasetSource,
  steps: readonly PreprocessStep[],
  options: Partial<SegmentationOptions> & Pick<SegmentationOptions, 'kind'>,
  classes: number
): Promise<number> {
  const opened = await open(model, source, steps)
  const { session, dataset } = opened
  const [{ name }] = session.outputs
  const defaults = { output: name, layout: 'nchw', activation: 'none', threshold: 0.5, compareAt: 'image' } as const
  const decoder = segmentationDecoder({ ...defaults, ...options }, classes)
  const metric = new SegmentationAccumulator({ classes, ignore: 255 })
  for await (const { start, outputs, mappings } of inferred(opened, 4)) {
    for (const [i, { data, nonFinite }] of decoder.decode(outputs, mappings).entries()) {
      const mask = await dataset.readMask?.(start + i, { classes, size: mappings[i].image })
      if (mask === undefined) throw new Error('no masks')
      metric.add(start + i, decoder.mask(mask, mappings[i]).data, nonFinite > 0 ? undefined : data)
    }
  }
  await session.release()
  return metric.result().metrics.miou ?? NaN
}

function expectWithin(value: number, published: number, tolerance: number): void {
  expect([value, Math.abs(value - published) <= tolerance]).toEqual([value, true])
}

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

// Figures of fixtures/README.md, measured with pycocotools and NumPy.
onFixtures('on real networks, the published figures come out', () => {
  const scenes = {
    kind: 'coco',
    annotations: fixture('own/data/scenes/test/instances.json'),
    images: fixture('own/data/scenes/test/images')
  } as const

  it.each([
    ['every class of a cell', true, 0.8059],
    ['the best class of a cell', false, 0.7561]
  ])('detect-tiny, 500 scenes, %s', async (_, multiLabel, published) => {
    const ap = await averagePrecision('own/models/detect-tiny.onnx', scenes, [], { multiLabel })
    expectWithin(ap, published, 0.001)
  })

  it('FastestDet, 80 COCO images, boxes not clipped', async () => {
    const source = {
      kind: 'coco',
      annotations: fixture('third-party/coco-tiny/annotations/instances_val2017.json'),
      images: fixture('third-party/coco-tiny/val2017')
    } as const
    const steps = [
      { step: 'resize', size: { width: 352, height: 352 }, interpolation: 'bilinear', like: 'opencv' }
    ] as const
    const ap = await averagePrecision('third-party/coco-tiny/fastestdet_v8layout_fp32.onnx', source, steps, {
      multiLabel: false,
      nms: { iou: 0.45, agnostic: false },
      clip: false
    })
    expectWithin(ap, 0.1889, 0.003)
  })

  const masks = (path: string): DatasetSource => ({
    kind: 'masks',
    images: fixture(path, 'images'),
    masks: fixture(path, 'masks'),
    maskSuffix: '.png'
  })

  it('segment-unet, 500 scenes', async () => {
    const miou = await meanIou(
      'own/models/segment-unet.onnx',
      masks('own/data/scenes/test'),
      [],
      { kind: 'scores' },
      11
    )
    expectWithin(miou, 0.7998, 0.001)
  })

  it('portrait, 39 images, the output resized to the image', async () => {
    const steps = [
      { step: 'resize', size: { width: 256, height: 256 }, interpolation: 'bilinear', like: 'opencv' }
    ] as const
    const source = masks('third-party/portrait/portrait39')
    const miou = await meanIou('third-party/portrait/prisma_nchw.onnx', source, steps, { kind: 'binary' }, 2)
    expectWithin(miou, 0.6571, 0.001)
  })
})
