import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { join } from 'node:path'
import { DEFAULT_CALIBRATION_METHOD, DEFAULT_PERCENTILE, loadConfig } from '../../src/config/index.js'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

const inProject = (path: string) => join(project.root, path)

it.each([
  ['2', { device: 2 }],
  ['[0, 1]', { device: 0, devices: [0, 1] }],
  ['[3]', { device: 3 }],
  ['"1,0"', { device: 1, devices: [1, 0] }]
])('runtime.device: %s', async (text, expected) => {
  const project = new Project()
  try {
    const file = project.write('precision-gate.yml', config({ runtime: `{ provider: cuda, device: ${text} }` }))
    const { device, devices } = (await loadConfig(file)).runtime
    expect({ device, ...(devices !== undefined && { devices }) }).toEqual(expected)
  } finally {
    project.remove()
  }
})

it.each([
  ['[0, 0]', /runtime\.device.*names a device twice/],
  ['"1, 1"', /runtime\.device.*names a device twice/],
  ['[]', /runtime\.device/],
  ['first', /runtime\.device is "first"/],
  ['-1', /runtime\.device is -1/]
])('runtime.device: %s is a mistake', async (text, message) => {
  const project = new Project()
  try {
    const file = project.write('precision-gate.yml', config({ runtime: `{ provider: cuda, device: ${text} }` }))
    await expect(loadConfig(file)).rejects.toThrow(message)
  } finally {
    project.remove()
  }
})

describe('a small config', () => {
  it('gets the documented defaults', async () => {
    expect(await project.load(config())).toEqual({
      file: inProject('precision-gate.yml'),
      workspace: project.root,
      model: inProject('models/net.onnx'),
      task: { name: 'classification' },
      dataset: { kind: 'folders', path: inProject('data/test'), classOffset: 0 },
      preprocess: [],
      variants: new Map([['fp16', { kind: 'fp16', keep: [], position: { line: 4, column: 12 } }]]),
      expect: [],
      thresholds: [{ metric: 'top1', maxDropPoints: 1, severity: 'error', position: { line: 4, column: 1 } }],
      layers: { samples: 32, isolatedSamples: 2, threshold: 0.1, floor: 0.1, memoryBytes: 2 ** 30 },
      layerLimits: [],
      runtime: { provider: 'auto', batch: 8, device: 0, threads: 0 },
      onInconclusive: 'warn'
    })
  })

  it('resolves paths against its own folder', async () => {
    const yaml = config({ model: '../models/net.onnx', dataset: '../data/test' })
    const loaded = await project.load(yaml, '.github/precision-gate.yml')
    expect(loaded).toMatchObject({ model: inProject('models/net.onnx'), workspace: project.root })
    expect(loaded.file).toBe(inProject('.github/precision-gate.yml'))
  })
})

describe('a full config', () => {
  it('becomes typed values with positions', async () => {
    const yaml = `
version: 1
model: models/net.onnx
dataset: {path: data/test, classes: data/classes.txt, class_offset: 1}
calibration: {dataset: data/calibration, samples: 512}
variants:
  half: {precision: fp16, keep: Softmax}
  int8:
    precision: int8
    target: tensorrt
    reduce_range: true
    keep: ['/head/*', Resize]
  ours: {model: models/qat.onnx}
expect: {top1: 0.9461, top5: 1, tolerance: 0.01}
thresholds:
  - {metric: top1, max_drop_points: 1.0, min: 0.9}
  - metric: top5
    variant: int8
    max_drop_relative: 0.01
    severity: warning
  - {variant: int8, layer: '/head/**', min_sqnr_db: 12, max_abs_error: 0.5}
  - {layer: Conv, no_worse_than: baseline, tolerance_db: 1.5, severity: warning}
layers: {samples: 64, isolated_samples: 8, threshold: 0.05, floor: 0, memory: 512 MB}
runtime: {provider: cuda, batch: 16, device: 1, threads: 2}
on_inconclusive: fail
`
    const loaded = await project.load(yaml)
    expect(loaded.dataset).toEqual({
      kind: 'folders',
      path: inProject('data/test'),
      classes: inProject('data/classes.txt'),
      classOffset: 1
    })
    expect(loaded.calibration).toEqual({
      dataset: { kind: 'folders', path: inProject('data/calibration'), classOffset: 0 },
      method: DEFAULT_CALIBRATION_METHOD,
      percentile: DEFAULT_PERCENTILE,
      samples: 512
    })
    expect([...loaded.variants]).toEqual([
      [
        'half',
        {
          kind: 'fp16',
          keep: [{ pattern: 'Softmax', position: { line: 7, column: 33 } }],
          position: { line: 7, column: 3 }
        }
      ],
      [
        'int8',
        {
          kind: 'int8',
          target: 'tensorrt',
          reduceRange: true,
          keep: [
            { pattern: '/head/*', position: { line: 12, column: 12 } },
            { pattern: 'Resize', position: { line: 12, column: 23 } }
          ],
          position: { line: 8, column: 3 }
        }
      ],
      ['ours', { kind: 'model', model: inProject('models/qat.onnx'), position: { line: 13, column: 3 } }]
    ])
    expect(loaded.expect).toEqual([
      { metric: 'top1', value: 0.9461, tolerance: 0.01, position: { line: 14, column: 10 } },
      { metric: 'top5', value: 1, tolerance: 0.01, position: { line: 14, column: 24 } }
    ])
    expect(loaded.thresholds).toEqual([
      { metric: 'top1', maxDropPoints: 1, severity: 'error', position: { line: 16, column: 20 } },
      { metric: 'top1', min: 0.9, severity: 'error', position: { line: 16, column: 42 } },
      { metric: 'top5', variant: 'int8', maxDropRelative: 0.01, severity: 'warning', position: { line: 19, column: 5 } }
    ])
    expect(loaded.layerLimits).toEqual([
      {
        layer: '/head/**',
        variant: 'int8',
        kind: 'min_sqnr_db',
        value: 12,
        severity: 'error',
        position: { line: 21, column: 40 }
      },
      {
        layer: '/head/**',
        variant: 'int8',
        kind: 'max_abs_error',
        value: 0.5,
        severity: 'error',
        position: { line: 21, column: 57 }
      },
      { layer: 'Conv', kind: 'no_worse_than', value: 1.5, severity: 'warning', position: { line: 22, column: 19 } }
    ])
    expect(loaded.layers).toEqual({
      samples: 64,
      isolatedSamples: 8,
      threshold: 0.05,
      floor: 0,
      memoryBytes: 512_000_000
    })
    expect(loaded.runtime).toEqual({ provider: 'cuda', batch: 16, device: 1, threads: 2 })
    expect(loaded.onInconclusive).toBe('fail')
  })

  it.each([
    ['data/test', { kind: 'folders', path: 'data/test' }],
    ['{path: data/test}', { kind: 'folders', path: 'data/test' }],
    ['{manifest: data/test.csv}', { kind: 'manifest', manifest: 'data/test.csv', root: 'data' }],
    ['{manifest: data/test.csv, root: .}', { kind: 'manifest', manifest: 'data/test.csv', root: '.' }],
    [
      '{npy: data/inputs.npy, labels: data/labels.csv}',
      { kind: 'npy', inputs: 'data/inputs.npy', labels: 'data/labels.csv' }
    ]
  ])('reads dataset: %s', async (yaml, expected) => {
    const { kind, ...paths } = expected
    const absolute = Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, inProject(path)]))
    expect((await project.load(config({ dataset: yaml }))).dataset).toEqual({ kind, ...absolute, classOffset: 0 })
  })

  it.each([
    [
      'detection',
      '{coco: data/labels.csv, images: data/test}',
      { kind: 'coco', annotations: 'data/labels.csv', images: 'data/test' },
      {}
    ],
    [
      'detection',
      '{voc: data/test, images: data/test, classes: data/classes.txt, list: data/labels.csv}',
      {
        kind: 'voc',
        annotations: 'data/test',
        images: 'data/test',
        classes: 'data/classes.txt',
        list: 'data/labels.csv'
      },
      {}
    ],
    [
      'detection',
      '{yolo: data/test, images: data/test, classes: data/classes.txt}',
      { kind: 'yolo', labels: 'data/test', images: 'data/test', classes: 'data/classes.txt' },
      {}
    ],
    [
      'segmentation',
      '{masks: data/test, images: data/test, ignore: 255, map: {0: 0, 7: 1, 9: ignore}, others: ignore}',
      { kind: 'masks', masks: 'data/test', images: 'data/test' },
      {
        maskSuffix: '.png',
        ignore: 255,
        map: {
          values: new Map<number, number | 'ignore'>([
            [0, 0],
            [7, 1],
            [9, 'ignore']
          ]),
          others: 'ignore'
        }
      }
    ]
  ])('reads the test set of %s: %s', async (task, dataset, { kind, ...paths }, more) => {
    const absolute = Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, inProject(path)]))
    const decode = task === 'detection' ? '{layout: yolov8}' : undefined
    const loaded = await project.load(config({ task, dataset, decode }))
    expect(loaded.dataset).toEqual({ kind, ...absolute, ...more })
    expect(loaded.thresholds).toMatchObject([{ metric: task === 'detection' ? 'map' : 'miou', maxDropPoints: 1 }])
  })

  it('reads how boxes are decoded', async () => {
    const decode =
      '{layout: ssd, outputs: {boxes: b}, classes: [cat, 7, null], box_format: cxcywh, background: last, nms: false, clip: false}'
    const dataset = '{coco: data/labels.csv, images: data/test}'
    const loaded = await project.load(config({ task: 'detection', dataset, decode, voc_iou: '0.3' }))
    expect(loaded.task).toEqual({
      name: 'detection',
      vocIou: 0.3,
      decode: {
        layout: 'ssd',
        outputs: { boxes: 'b' },
        classes: ['cat', 7, null],
        options: { boxFormat: 'cxcywh', background: 'last', clip: false },
        nms: false
      }
    })
  })

  it('takes images or tensors alone where answers are compared with those of FP32', async () => {
    const images = await project.load(config({ metric: 'agreement', dataset: '{images: data/test}' }))
    expect(images.dataset).toEqual({ kind: 'images', images: inProject('data/test') })
    expect(images.agreement).toEqual({ minScore: 0.3 })
    expect(images.thresholds).toMatchObject([{ metric: 'agreement', maxDropPoints: 1 }])
    const tensors = await project.load(config({ metric: 'agreement', dataset: '{npy: data/inputs.npy}' }))
    expect(tensors.dataset).toMatchObject({ kind: 'npy', inputs: inProject('data/inputs.npy') })
    const boxes = { metric: 'agreement', dataset: '{images: data/test}', task: 'detection', decode: '{layout: yolov8}' }
    const { agreement } = await project.load(config({ ...boxes, agreement_score: '0.5' }))
    expect(agreement).toEqual({ minScore: 0.5 })
    expect((await project.load(config({}))).agreement).toBeUndefined()
  })

  it('takes unlabelled tensors for calibration', async () => {
    const yaml = config({
      dataset: '{npy: data/inputs.npy, labels: data/labels.csv}',
      calibration: '{dataset: {npy: data/inputs.npy}, method: percentile}'
    })
    expect((await project.load(yaml)).calibration).toEqual({
      dataset: { kind: 'npy', inputs: inProject('data/inputs.npy'), classOffset: 0 },
      method: 'percentile',
      percentile: 99.99
    })
  })
})

describe('reference dumps', () => {
  it.each<[string, string, string[]]>([
    ['refs/*.npy', 'refs', ['a.npy']],
    ['refs/**/*.npy', 'refs', ['a.npy', 'cats/b.npy']],
    ['refs/*/*', 'refs', ['cats/b.npy']],
    ['refs', 'refs', ['a.npy', 'cats/b.npy']],
    ['refs/cats/b.npy', 'refs/cats', ['b.npy']],
    ['refs/{a,c}.npy', 'refs', ['a.npy']]
  ])('%s: are found below a folder', async (given, root, files) => {
    const { reference } = await project.load(config({ preprocess: `{steps: [], reference: "${given}"}` }))
    expect(reference).toEqual({ root: join(project.root, root), files })
  })

  it('do not change the steps', async () => {
    const list = await project.load(config({ preprocess: '[{resize: 8}]' }))
    const mapping = await project.load(config({ preprocess: '{steps: [{resize: 8}], reference: refs}' }))
    expect(mapping.preprocess).toEqual(list.preprocess)
    expect(list.reference).toBeUndefined()
  })
})

describe('preprocess', () => {
  const filter = { interpolation: 'bilinear', like: 'pillow' }
  const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

  it.each([
    ['resize: 256', { step: 'resize', size: { shorter: 256 }, ...filter }],
    ['resize: [320, 240]', { step: 'resize', size: { width: 320, height: 240 }, ...filter }],
    [
      'resize: {shorter: 256, interpolation: area}',
      { step: 'resize', size: { shorter: 256 }, ...filter, interpolation: 'area' }
    ],
    ['resize: {longer: 256, like: opencv}', { step: 'resize', size: { longer: 256 }, ...filter, like: 'opencv' }],
    ['resize: {width: 3, height: 2}', { step: 'resize', size: { width: 3, height: 2 }, ...filter }],
    ['center_crop: 224', { step: 'center_crop', size: { width: 224, height: 224 } }],
    ['center_crop: [3, 2]', { step: 'center_crop', size: { width: 3, height: 2 } }],
    ['center_crop: {width: 3, height: 2}', { step: 'center_crop', size: { width: 3, height: 2 } }],
    ['center_crop: {fraction: 0.875}', { step: 'center_crop', size: { fraction: 0.875 } }],
    ['letterbox: 640', { step: 'letterbox', width: 640, height: 640, color: [114], enlarge: true, ...filter }],
    ['letterbox: [3, 2]', { step: 'letterbox', width: 3, height: 2, color: [114], enlarge: true, ...filter }],
    [
      'letterbox: {size: 640, value: [1, 2, 3], enlarge: false}',
      { step: 'letterbox', width: 640, height: 640, color: [1, 2, 3], enlarge: false, ...filter }
    ],
    [
      'letterbox: {width: 3, height: 2, interpolation: area}',
      { step: 'letterbox', width: 3, height: 2, color: [114], enlarge: true, ...filter, interpolation: 'area' }
    ],
    ['pad: 2', { step: 'pad', left: 2, top: 2, right: 2, bottom: 2, color: [0] }],
    ['pad: {all: 2, value: 9}', { step: 'pad', left: 2, top: 2, right: 2, bottom: 2, color: [9] }],
    ['pad: {left: 1, bottom: 3}', { step: 'pad', left: 1, top: 0, right: 0, bottom: 3, color: [0] }],
    ['color: bgr', { step: 'color', to: 'bgr' }],
    ['scale: 0.5', { step: 'normalize', scale: 0.5, mean: [0], std: [1] }],
    ['scale: 1/255', { step: 'normalize', scale: 1 / 255, mean: [0], std: [1] }],
    ['{mean: 0.5, std: [1, 2, 3]}', { step: 'normalize', scale: 1, mean: [0.5], std: [1, 2, 3] }],
    [
      'normalize: {scale: 1/255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}',
      { step: 'normalize', scale: 1 / 255, ...IMAGENET }
    ],
    ['normalize: {mean: 3}', { step: 'normalize', scale: 1, mean: [3], std: [1] }],
    ['layout: nhwc', { step: 'layout', to: 'nhwc' }],
    ['cast: uint8', { step: 'cast', to: 'uint8' }]
  ])('writes out "%s"', async (step, expected) => {
    const { preprocess } = await project.load(config({ preprocess: `\n  - ${step}` }))
    expect(preprocess).toEqual([expected])
  })

  it('gives one list for the short and the long spelling of the same pipeline', async () => {
    const short = '\n  - resize: 256\n  - center_crop: 224\n  - scale: 1/255\n  - {mean: [0.1], std: [0.2]}'
    const long =
      '\n  - resize: {shorter: 256, interpolation: bilinear, like: pillow}\n  - center_crop: {width: 224, height: 224}' +
      '\n  - normalize: {scale: 0.00392156862745098, mean: 0.1, std: 0.2}'
    const first = await project.load(config({ preprocess: short }))
    const second = await project.load(config({ preprocess: long }))
    expect(first.preprocess).toEqual(second.preprocess)
  })

  it('keeps the order', async () => {
    const { preprocess } = await project.load(
      config({
        preprocess: '[{pad: 2}, {color: gray-to-rgb}, {resize: 8}, {scale: 2}, {cast: float32}, {layout: nchw}]'
      })
    )
    expect(preprocess.map(({ step }) => step)).toEqual(['pad', 'color', 'resize', 'normalize', 'cast', 'layout'])
  })
})
