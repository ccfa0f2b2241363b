import type { PreprocessStep } from '../../src/dataset/index.js'
import { folders, type Source } from './context.js'
import { FASHION_STEPS, fixture, resizedSteps, SCALE_STEPS } from './fixtures.js'
import { ForegroundIou, MeanIou, Sqnr, Top1, type Scorer } from './scores.js'

/** A model with images to calibrate and to evaluate it on. */
export interface MethodFixture {
  readonly name: string
  readonly model: string
  readonly steps: readonly PreprocessStep[]
  readonly calibration: Source
  readonly evaluation: Source
  readonly batch: number
  /** Without one, only the output is compared with FP32's. */
  readonly metric?: string
  scorer(): Scorer
}

export function methodFixtures(data: { readonly test: string; readonly calibration: string }): MethodFixture[] {
  return [
    classifier('classify-resnet14', data),
    classifier('classify-mobilenetv2', data),
    classifier('classify-mobilenet-imbalanced', data),
    mnist(),
    keywordSpotting(),
    unet(),
    detectTiny(),
    fastestDet(),
    portrait()
  ]
}

function classifier(name: string, data: { readonly test: string; readonly calibration: string }): MethodFixture {
  return {
    name,
    model: fixture(`own/models/${name}.onnx`),
    steps: FASHION_STEPS,
    calibration: folders(data.calibration),
    evaluation: folders(data.test),
    batch: 8,
    metric: 'top-1',
    scorer: () => new Top1()
  }
}

/** Calibrated on its own images: the publisher gives no others. */
function mnist(): MethodFixture {
  const folder = fixture('third-party/mnist')
  const images: Source = { kind: 'manifest', manifest: `${folder}/labels.csv`, root: folder, classOffset: 0 }
  return {
    name: 'mnist',
    model: fixture('third-party/mnist/mnist.onnx'),
    steps: [],
    calibration: images,
    evaluation: images,
    batch: 1,
    metric: 'top-1',
    scorer: () => new Top1()
  }
}

/** Calibrated on its own inputs. */
function keywordSpotting(): MethodFixture {
  const folder = fixture('third-party/keyword-spotting')
  const inputs: Source = {
    kind: 'npy',
    inputs: `${folder}/inputs.npy`,
    labels: `${folder}/labels.csv`,
    classOffset: 0
  }
  return {
    name: 'keyword-spotting',
    model: fixture('third-party/keyword-spotting/kws_fp32.onnx'),
    steps: [],
    calibration: inputs,
    evaluation: inputs,
    batch: 8,
    metric: 'top-1',
    scorer: () => new Top1()
  }
}

function unet(): MethodFixture {
  const scenes = fixture('own/data/scenes')
  return {
    name: 'segment-unet',
    model: fixture('own/models/segment-unet.onnx'),
    steps: SCALE_STEPS,
    calibration: folders(`${scenes}/calibration/images`),
    evaluation: folders(`${scenes}/test/images`),
    batch: 4,
    metric: 'mIoU of 11 classes',
    scorer: () => new MeanIou(`${scenes}/test/masks`)
  }
}

function detectTiny(): MethodFixture {
  const scenes = fixture('own/data/scenes')
  return {
    name: 'detect-tiny',
    model: fixture('own/models/detect-tiny.onnx'),
    steps: SCALE_STEPS,
    calibration: folders(`${scenes}/calibration/images`),
    evaluation: folders(`${scenes}/test/images`),
    batch: 4,
    scorer: () => new Sqnr({ boxes: [0, 4], scores: [4, Infinity] })
  }
}

/** Calibrated on the images that it is evaluated on: there are 80. */
function fastestDet(): MethodFixture {
  const images = folders(fixture('third-party/coco-tiny/val2017'))
  return {
    name: 'FastestDet',
    model: fixture('third-party/coco-tiny/fastestdet_v8layout_fp32.onnx'),
    steps: resizedSteps(352),
    calibration: images,
    evaluation: images,
    batch: 1,
    scorer: () => new Sqnr({ boxes: [0, 4], scores: [4, Infinity] })
  }
}

/** Calibrated on the images that it is evaluated on: there are 39. */
function portrait(): MethodFixture {
  const folder = fixture('third-party/portrait/portrait39')
  return {
    name: 'portrait',
    model: fixture('third-party/portrait/prisma_nchw.onnx'),
    steps: resizedSteps(256),
    calibration: folders(`${folder}/images`),
    evaluation: folders(`${folder}/images`),
    batch: 1,
    metric: 'mIoU of 2 classes',
    scorer: () => new ForegroundIou(`${folder}/masks`)
  }
}
