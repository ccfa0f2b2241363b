import { afterAll, describe, expect, it } from '@jest/globals'
import { sharedFixtures } from '../fixtures.js'
import { fixture, right, Scratch } from './workspace.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

/** Models that this project did not make; figures from fixtures/README.md, images out of 1,000. */
onFixtures('a model of opset 8', () => {
  // The publisher gives no images but the test set. Calibrating on it would be wrong for a real gate.
  const mnist = fixture('third-party', 'mnist')
  const config = `version: 1
model: ${mnist}/mnist.onnx
dataset: {manifest: ${mnist}/labels.csv}
calibration: {dataset: {manifest: ${mnist}/labels.csv}}
variants: {int8: {precision: int8}, trt: {precision: int8, target: tensorrt}, fp16: {precision: fp16}}
expect: {top1: 0.987, tolerance: 0.001}
`
  it('reaches its published accuracy, and INT8 and FP16 models are made of it', async () => {
    const { result } = await scratch.run('mnist', config)
    expect(result.model.opset).toBe(8)
    expect(right(result, 'fp32')).toBe(987)
    expect(Math.abs(right(result, 'int8') - 987)).toBeLessThanOrEqual(3)
    expect(Math.abs(right(result, 'fp16') - 987)).toBeLessThanOrEqual(1)
    expect(result.variants.int8.executed?.int8).toBeGreaterThan(0)
  })
})

onFixtures("tensors from .npy, and the publisher's own INT8 model", () => {
  const speech = fixture('third-party', 'keyword-spotting')
  const config = `version: 1
model: ${speech}/kws_fp32.onnx
dataset: {npy: ${speech}/inputs.npy, labels: ${speech}/labels.csv}
variants: {official: {model: ${speech}/kws_int8_qdq.onnx}}
expect: {top1: 0.901, tolerance: 0}
`
  it('reach the published accuracy, the finished model judged as it is', async () => {
    const { result } = await scratch.run('keywords', config)
    expect(right(result, 'fp32')).toBe(901)
    expect(right(result, 'official')).toBe(902)
    expect(result.variants.official.precision).toBe('model')
    expect(result.verdicts[0]).toMatchObject({ id: 'fp32.top1.expect', status: 'pass' })
  })
})
