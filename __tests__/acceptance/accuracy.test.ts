import { afterAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { sharedFixtures } from '../fixtures.js'
import { fashionConfig, right, Scratch } from './workspace.js'

const read = (...path: string[]) => JSON.parse(readFileSync(resolve('__fixtures__', ...path), 'utf8')) as unknown

/** The best of ONNX Runtime's own quantizer on the same calibration images (script/references/quantizer.py). */
const { models: BASELINES } = read('quantization', 'onnxruntime-baselines.json') as {
  readonly models: Readonly<Record<string, { readonly best: { readonly top1: number } }>>
}

/** Right answers of this project's models in Python (script/references/judge_models.py). */
const { right: PYTHON } = read('acceptance', 'python-accuracy.json') as {
  readonly right: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const scratch = new Scratch()
afterAll(() => scratch.remove())

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

// Published figures from fixtures/README.md, in images.
onFixtures('on all 10,000 test images', () => {
  it.each([
    ['classify-resnet14', 9461, ['fp16', 'int8']],
    ['classify-mobilenetv2', 9344, ['fp16', 'int8', 'tensorrt']]
  ] as const)(
    '%s has %i right in FP32, and as many as it should in FP16 and INT8',
    async (model, published, variants) => {
      const { result } = await scratch.run(model, fashionConfig(model, variants))
      const [fp32, fp16, int8] = ['fp32', 'fp16', 'int8'].map((variant) => right(result, variant))
      expect(result.dataset.samples).toBe(10_000)
      expect(Math.abs(fp32 - published)).toBeLessThanOrEqual(1)
      expect(Math.abs(fp16 - fp32)).toBeLessThanOrEqual(5)
      expect(fp32 - int8).toBeLessThanOrEqual(30)
      expect(int8).toBeGreaterThanOrEqual(Math.round(10_000 * BASELINES[model].best.top1) - 10)
      for (const variant of variants) {
        // FP16 runs as an emulation here and in float32 there; INT8 sums are exact in both.
        const allowed = variant === 'fp16' ? 5 : 2
        expect([variant, Math.abs(right(result, variant) - PYTHON[model][variant]) <= allowed]).toEqual([variant, true])
      }
      expect(result).toMatchObject({ conclusion: 'success', onInconclusive: 'warn' })
      // That INT8 was computed in integers, not simulated.
      expect(result.variants.int8.executed?.int8).toBeGreaterThan(20)
      expect(result.variants.int8.executed?.fp32).toBe(0)
    },
    600_000
  )
})
