import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Result } from '../../src/result.js'
import { sharedFixtures } from '../fixtures.js'
import { fixture, Scratch } from './workspace.js'

/** A Python that has numpy, onnx, onnxruntime and Pillow. */
const PYTHON = process.env.PRECISION_GATE_PYTHON ?? 'python3'
const hasPython = spawnSync(PYTHON, ['-c', 'import numpy, onnx, onnxruntime, PIL']).status === 0

const onPython = sharedFixtures !== undefined && hasPython ? describe : describe.skip

const scratch = new Scratch()
afterAll(() => scratch.remove())

const NETWORKS = ['resnet50', 'unet']
const scenes = fixture('own', 'data', 'scenes')

const config = (name: string, size: number, more: string) => `version: 1
model: ${scratch.path('networks', `${name}.onnx`)}
metric: agreement
dataset: {images: ${scenes}/test/images}
preprocess:
  - resize: {width: ${size}, height: ${size}}
  - normalize: {scale: 1/255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}
calibration: {dataset: {images: ${scenes}/calibration/images}, samples: 4}
variants: {fp16: {precision: fp16}, int8: {precision: int8}}
layers: {samples: 1, isolated_samples: 1}
runtime: {provider: cpu, batch: 2}
${more}`

/** What ran, whether in integers, and how many layers were compared. */
function figuresOf({ variants, layers = {}, layerComparison = {} }: Result) {
  return Object.entries(variants)
    .filter(([name]) => name !== 'fp32')
    .map(([name, { error, executed }]) => ({
      name,
      error,
      // how many kernels are fused differs from version to version
      int8: (executed?.int8 ?? 0) > 20,
      layers: layers[name].length,
      notCompared: layerComparison[name].error
    }))
}

onPython(
  `architectures of NVIDIA's page (needs a Python with numpy, onnx, onnxruntime and Pillow: PRECISION_GATE_PYTHON)`,
  () => {
    beforeAll(() => {
      const { status, stderr } = spawnSync(
        PYTHON,
        [
          'script/make-architectures.py',
          scratch.path('networks'),
          ...NETWORKS,
          '--images',
          `${scenes}/calibration/images`
        ],
        { encoding: 'utf8' }
      )
      if (status !== 0) throw new Error(`the networks could not be made: ${stderr}`)
    }, 600_000)

    it('ResNet-50, with batch normalization as nodes, in its own shape', async () => {
      const { result } = await scratch.run('resnet50', config('resnet50', 224, ''), { limit: 16 })
      expect(result.model).toMatchObject({ opset: 13, parameters: 25_610_152 })
      expect(figuresOf(result)).toEqual([
        { name: 'fp16', error: undefined, int8: false, layers: 174, notCompared: undefined },
        { name: 'int8', error: undefined, int8: true, layers: 74, notCompared: undefined }
      ])
      expect(result.variants.fp16.metrics.agreement).toBeGreaterThanOrEqual(0.75)
      // of 16 scenes, 13 get one class: fewer may all get it
      expect(result.verdicts.find(({ id }) => id === 'fp32.agreement.guessing')).toBeUndefined()
    }, 600_000)

    it('UNet at 40 x 256 x 256', async () => {
      const { result } = await scratch.run(
        'unet',
        config('unet', 256, 'task: segmentation\ndecode: {kind: scores, compare_at: input}\n'),
        { limit: 2 }
      )
      expect(result.model.parameters).toBe(12_134_651)
      expect(figuresOf(result)).toEqual([
        { name: 'fp16', error: undefined, int8: false, layers: 67, notCompared: undefined },
        { name: 'int8', error: undefined, int8: true, layers: 32, notCompared: undefined }
      ])
      // the channels of the founding page's table
      expect(result.layers?.fp16[0]).toMatchObject({ op: 'Conv', elements: 40 * 256 * 256 })
      expect(result.variants.fp16.metrics.agreement).toBeGreaterThan(0.98)
      expect(result.variants.int8.metrics.agreement).toBeGreaterThan(0.75)
    }, 600_000)
  }
)
