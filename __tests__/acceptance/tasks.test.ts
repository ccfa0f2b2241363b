import { afterAll, describe, expect, it } from '@jest/globals'
import { sharedFixtures } from '../fixtures.js'
import type { Result } from '../../src/result.js'
import { fixture, Scratch } from './workspace.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

const scenes = fixture('own', 'data', 'scenes')
const coco = fixture('third-party', 'coco-tiny')
const portrait = fixture('third-party', 'portrait')

function value(result: Result, variant: string, metric: string): number {
  return result.variants[variant].metrics[metric] ?? NaN
}

function statusOf(result: Result, id: string): string | undefined {
  return result.verdicts.find((verdict) => verdict.id === id)?.status
}

const detector = (decode: string, published: number) => `version: 1
model: ${fixture('own', 'models', 'detect-tiny.onnx')}
task: detection
dataset: {coco: ${scenes}/test/instances.json, images: ${scenes}/test/images}
preprocess: [{scale: 1/255}]
decode: ${decode}
calibration: {dataset: {path: ${scenes}/calibration/images}}
variants: {int8: {precision: int8}}
expect: {map: ${published}, tolerance: 0.001}
layers: false
runtime: {provider: cpu}
`

// Figures of fixtures/README.md.
onFixtures('a detector through the whole gate', () => {
  it('detect-tiny, every class of a cell: the published AP, and INT8 above ONNX Runtime’s', async () => {
    const { result } = await scratch.run('multi', detector('{layout: yolov8}', 0.8059))
    expect(statusOf(result, 'fp32.map.expect')).toBe('pass')
    // ONNX Runtime's quantizer reaches 0.7008, and 0.7922 where boxes and scores are left in float by hand
    expect(value(result, 'int8', 'map')).toBeGreaterThan(0.8)
    expect(statusOf(result, 'int8.map.max_drop_points')).toBe('pass')
    const [low, high] = result.variants.int8.drop.map.ci95 ?? [NaN, NaN]
    expect(low).toBeLessThan(result.variants.int8.drop.map.points ?? NaN)
    expect(high).toBeGreaterThan(result.variants.int8.drop.map.points ?? NaN)
    expect(result.task).toBe('detection')
  })

  it('detect-tiny, the best class of a cell', async () => {
    const { result } = await scratch.run('single', detector('{layout: yolov8, multi_label: false}', 0.7561))
    expect(statusOf(result, 'fp32.map.expect')).toBe('pass')
    expect(value(result, 'int8', 'map')).toBeGreaterThan(0.75)
  })

  it('is broken where boxes are read in the wrong format', async () => {
    const config = detector('{layout: yolov8, box_format: xyxy}', 0.8059).replace(/expect:.*\n/, '')
    const { result } = await scratch.run('misread', config, { limit: 100 })
    expect(statusOf(result, 'fp32.map.guessing')).toBe('fail')
    expect(result.conclusion).toBe('failure')
  })

  it('FastestDet on COCO images', async () => {
    const { result } = await scratch.run(
      'fastestdet',
      `version: 1
model: ${coco}/fastestdet_v8layout_fp32.onnx
task: detection
dataset: {coco: ${coco}/annotations/instances_val2017.json, images: ${coco}/val2017}
preprocess: [{resize: {width: 352, height: 352, like: opencv}}, {scale: 1/255}]
decode: {layout: yolov8, multi_label: false, nms: {iou: 0.45}, clip: false}
calibration: {dataset: {path: ${coco}/val2017}}
variants: {int8: {precision: int8}}
expect: {map: 0.1889, tolerance: 0.003}
layers: false
runtime: {provider: cpu}
`
    )
    expect(statusOf(result, 'fp32.map.expect')).toBe('pass')
    expect(value(result, 'int8', 'map')).toBeGreaterThanOrEqual(0.1739)
  })
})

onFixtures('a segmentation network through the whole gate', () => {
  it('segment-unet: the published mean IoU, and INT8 not below ONNX Runtime’s', async () => {
    const { result } = await scratch.run(
      'unet',
      `version: 1
model: ${fixture('own', 'models', 'segment-unet.onnx')}
task: segmentation
dataset: {masks: ${scenes}/test/masks, images: ${scenes}/test/images}
preprocess: [{scale: 1/255}]
calibration: {dataset: {path: ${scenes}/calibration/images}}
variants: {int8: {precision: int8}}
expect: {miou: 0.7998, tolerance: 0.001}
layers: false
runtime: {provider: cpu}
`
    )
    expect(statusOf(result, 'fp32.miou.expect')).toBe('pass')
    expect(value(result, 'int8', 'miou')).toBeGreaterThanOrEqual(0.7966)
    expect(statusOf(result, 'int8.miou.max_drop_points')).toBe('pass')
  })

  it('portrait: the output is resized to the image, and INT8 stays within half a point', async () => {
    const { result } = await scratch.run(
      'portrait',
      `version: 1
model: ${portrait}/prisma_nchw.onnx
task: segmentation
dataset: {masks: ${portrait}/portrait39/masks, images: ${portrait}/portrait39/images}
preprocess: [{resize: {width: 256, height: 256, like: opencv}}, {scale: 1/255}]
calibration: {dataset: {path: ${portrait}/portrait39/images}}
variants: {int8: {precision: int8}}
expect: {miou: 0.657, tolerance: 0.003}
layers: false
runtime: {provider: cpu}
`
    )
    expect(statusOf(result, 'fp32.miou.expect')).toBe('pass')
    expect(result.variants.int8.drop.miou.points).toBeLessThanOrEqual(0.5)
  }, 180_000)
})
