import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { guessData } from '../../src/cli/init/data.js'
import { guessFromModel } from '../../src/cli/init/guess.js'
import { loadConfig } from '../../src/config/index.js'
import { makeNode } from '../../src/model/index.js'
import { Project } from '../config/project.js'
import { makeModel, writeModel } from '../model/helpers.js'
import { tinyModel } from '../runtime/models.js'
import { runCli } from './harness.js'

let project: Project
beforeAll(() => {
  project = new Project()
  for (const split of ['test', 'calibration']) {
    for (const name of ['cat', 'dog', 'owl']) mkdirSync(join(project.root, 'data', split, name))
  }
  for (const folder of ['scenes/test/images', 'scenes/test/masks', 'scenes/calibration/images', 'boxes/images'])
    mkdirSync(join(project.root, folder), { recursive: true })
  project.write('boxes/instances.json', '{}')
  project.write('models/imagenet.onnx', tinyModel({ op: 'Relu', dims: ['n', 3, 224, 224] }))
  project.write('models/grey.onnx', tinyModel({ op: 'Relu', dims: [1, 1, 28, 28] }))
  project.write('models/last.onnx', tinyModel({ op: 'Relu', dims: ['n', 96, 96, 3] }))
  project.write('models/bytes.onnx', tinyModel({ op: 'Identity', dims: ['n', 3, 64, 48], type: 2 }))
  project.write('models/free.onnx', tinyModel({ op: 'Relu', dims: ['n', 3, 'h', 'w'] }))
  project.write('models/keywords.onnx', tinyModel({ op: 'Relu', dims: ['n', 490] }))
})
afterAll(() => project.remove())

const at = (path: string) => join(project.root, path)

async function init(model: string, data: string | undefined, output: string) {
  const args = ['init', at(model), '-o', at(output), ...(data === undefined ? [] : ['--data', at(data)])]
  const { code, err } = await runCli(args)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return { text: readFileSync(at(output), 'utf8'), config: await loadConfig(at(output)) }
}

describe('the written config loads', () => {
  it.each([
    ['two', 'features', 'features'],
    ['hostile', 'features\ntask: detection', 'features\\ntask: detection']
  ])('with the output that looks like class scores, where the model has %s', async (name, other, shown) => {
    const nodes = [
      makeNode('Relu', ['x'], [other], { name: 'relu' }),
      makeNode('GlobalAveragePool', [other], ['means'], { name: 'pool' }),
      makeNode('Flatten', ['means'], ['logits'], { name: 'flatten' })
    ]
    const model = makeModel({ nodes, inputs: { x: ['n', 3, 8, 8] }, outputs: [other, 'logits'] })
    writeModel(at(`models/${name}.onnx`), model)
    const { text, config } = await init(`models/${name}.onnx`, 'data', `${name}.yml`)
    expect(config.task).toEqual({ name: 'classification', output: 'logits' })
    expect(text).toContain(`decode: {output: "logits"} # check: the class scores; the model also has ${shown}`)
  })

  it('with ImageNet preprocessing for 3 x 224 x 224, and every guess marked', async () => {
    const { text, config } = await init('models/imagenet.onnx', 'data', 'imagenet.yml')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+config\.schema\.json\n/)
    expect(config.preprocess).toEqual([
      { step: 'color', to: 'rgb' },
      { step: 'resize', size: { shorter: 256 }, interpolation: 'bilinear', like: 'pillow' },
      { step: 'center_crop', size: { width: 224, height: 224 } },
      { step: 'normalize', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
    ])
    expect(config.dataset).toEqual({ kind: 'folders', path: at('data/test'), classOffset: 0 })
    expect(config.calibration).toMatchObject({ dataset: { path: at('data/calibration') }, samples: 512 })
    expect([...config.variants.keys()]).toEqual(['fp16', 'int8'])
    for (const guess of ['dataset', 'color', 'resize', 'normalize', 'calibration', 'metric']) {
      expect(text).toMatch(new RegExp(`${guess}:.*# check: `))
    }
  })

  it.each([
    [
      'grey',
      [
        ['color', 'gray'],
        ['resize', { width: 28, height: 28 }],
        ['normalize', 1 / 255]
      ]
    ],
    [
      'last',
      [
        ['color', 'rgb'],
        ['resize', { width: 96, height: 96 }],
        ['normalize', 1 / 255],
        ['layout', 'nhwc']
      ]
    ],
    [
      'bytes',
      [
        ['color', 'rgb'],
        ['resize', { width: 48, height: 64 }]
      ]
    ],
    [
      'free',
      [
        ['color', 'rgb'],
        ['resize', { shorter: 256 }],
        ['center_crop', { width: 224, height: 224 }],
        ['normalize', 1 / 255]
      ]
    ]
  ])('with other preprocessing for the model "%s"', async (name, steps) => {
    const { config } = await init(`models/${name}.onnx`, 'data/test', `${name}.yml`)
    const seen = config.preprocess.map((step) => [
      step.step,
      'to' in step ? step.to : 'size' in step ? step.size : 'scale' in step ? step.scale : undefined
    ])
    expect(seen).toEqual(steps)
  })

  it('from a folder below, without calibration images and without INT8', async () => {
    const { text, config } = await init('models/grey.onnx', 'data/test', '.github/nested/gate.yml')
    expect(text).toContain('model: ../../models/grey.onnx')
    expect(config.dataset).toMatchObject({ path: at('data/test') })
    expect([...config.variants.keys()]).toEqual(['fp16'])
    expect(text).toMatch(/^# calibration: /m)
    expect(text).toMatch(/^ {2}# int8: /m)
  })

  it('with tensors for a model that takes no images', async () => {
    const { text, config } = await init('models/keywords.onnx', 'data/inputs.npy', 'keywords.yml')
    expect(config.dataset).toMatchObject({ kind: 'npy', inputs: at('data/inputs.npy'), labels: at('data/labels.csv') })
    expect(config.preprocess).toEqual([])
    expect(text).toMatch(/# check: the input \[n, 490\] is no image/)
  })

  it('with agreement in place of labels, where there are images alone', async () => {
    project.write('plain/one.png', '')
    const { text, config } = await init('models/imagenet.onnx', 'plain', 'plain.yml')
    expect(config.dataset).toEqual({ kind: 'images', images: at('plain') })
    expect(config.agreement).toBeDefined()
    expect(config.thresholds).toMatchObject([{ metric: 'agreement', maxDropPoints: 1 }])
    expect(text).toMatch(/^metric: agreement # check: no labels were found/m)
    expect(text).not.toContain('expect:')
  })

  it('with agreement in place of labels, where tensors have none beside them', async () => {
    project.write('loose/inputs.npy', '')
    const { config } = await init('models/keywords.onnx', 'loose/inputs.npy', 'loose.yml')
    expect(config.dataset).toMatchObject({ kind: 'npy', inputs: at('loose/inputs.npy') })
    expect(config.dataset).not.toHaveProperty('labels')
    expect(config.agreement).toBeDefined()
  })

  it('with labels, and says what there is without them', async () => {
    const { text, config } = await init('models/imagenet.onnx', 'data', 'labels.yml')
    expect(config.agreement).toBeUndefined()
    expect(text).toMatch(/^# metric: agreement # without labels/m)
  })

  it('with a path that YAML has to quote', async () => {
    project.write('models/a #1, "b".onnx', tinyModel({ op: 'Relu', dims: ['n', 3, 8, 8] }))
    const { config } = await init('models/a #1, "b".onnx', 'data', 'quoted.yml')
    expect(config.model).toBe(at('models/a #1, "b".onnx'))
  })

  it('with the data of the example', async () => {
    cpSync('examples/01_fashion_mnist', at('example'), { recursive: true })
    const { config } = await init('example/model.onnx', 'example/data', 'example/starter.yml')
    expect(config.dataset).toMatchObject({ path: at('example/data/test'), classOffset: 0 })
    expect(config.calibration).toMatchObject({ dataset: { path: at('example/data/calibration') } })
  })

  it('as YAML also where no data are given, with a place to fill in', async () => {
    await runCli(['init', at('models/keywords.onnx'), '-o', at('bare.yml')])
    expect(parse(readFileSync(at('bare.yml'), 'utf8'))).toMatchObject({ dataset: { path: 'data/test' } })
  })

  it('with the task and the decoder that the outputs suggest', async () => {
    const { text, config } = await init('models/imagenet.onnx', 'scenes', 'masks.yml')
    expect(text).toMatch(/^task: segmentation$/m)
    expect(text).toMatch(/^decode: \{kind: scores, output: "y", axes: nchw\} # check: .*3 scores for each pixel$/m)
    expect(config.dataset).toMatchObject({ kind: 'masks', masks: at('scenes/test/masks') })
    expect(config.calibration?.dataset).toMatchObject({ kind: 'images', images: at('scenes/calibration/images') })
    expect(config.thresholds).toMatchObject([{ metric: 'miou' }])
  })

  it('with boxes where the data have nothing else', async () => {
    const { text, config } = await init('models/imagenet.onnx', 'boxes', 'boxes.yml')
    expect(text).toMatch(/^decode: \{layout: yolov8\} # check: the outputs do not say/m)
    expect(config.dataset).toMatchObject({ kind: 'coco', annotations: at('boxes/instances.json') })
    expect(config.thresholds).toMatchObject([{ metric: 'map' }])
  })
})

describe('init refuses', () => {
  it('to overwrite, without --force', async () => {
    const kept = project.write('kept.yml', 'mine\n')
    const refused = await runCli(['init', at('models/grey.onnx'), '-o', kept])
    expect(refused).toMatchObject({
      code: 2,
      err: `error: ${kept} exists\nhint: overwrite it with --force, or choose another -o\n`
    })
    expect(readFileSync(kept, 'utf8')).toBe('mine\n')
    expect(await runCli(['init', at('models/grey.onnx'), '-o', kept, '--force'])).toMatchObject({ code: 0 })
    expect(readFileSync(kept, 'utf8')).not.toBe('mine\n')
  })

  it.each<[string, string[], number, RegExp]>([
    ['a model that is missing', ['models/none.onnx'], 3, /the model .*none\.onnx does not exist/],
    ['a model that is no model', ['data/test.csv'], 3, /test\.csv/],
    ['data that are missing', ['models/grey.onnx', '--data', 'none'], 2, /--data .*none does not exist/],
    [
      'data of an unknown kind',
      ['models/grey.onnx', '--data', 'data/classes.txt'],
      2,
      /expected a folder, a \.csv manifest or a \.npy file/
    ]
  ])('%s', async (_, [model = '', ...rest], expected, message) => {
    const data = rest.map((arg) => (arg.startsWith('--') ? arg : at(arg)))
    const { code, err } = await runCli(['init', at(model), '-o', at('refused.yml'), ...data])
    expect(err).toMatch(message)
    expect(code).toBe(expected)
    expect(err).not.toMatch(/ at .*\.ts/)
  })
})

describe('guesses', () => {
  const value = (dims: (number | string)[], type = 'float32') => [{ name: 'x', type, dims }]

  it('a network with one output more than classes gets class_offset: 1', async () => {
    expect(guessFromModel(value(['n', 3, 8, 8]), value(['n', 1001]))).toMatchObject({ outputs: 1001 })
    project.write('models/background.onnx', tinyModel({ op: 'GlobalMaxPool', dims: ['n', 4, 8, 8] }))
    const { text } = await init('models/background.onnx', 'data', 'background.yml')
    expect(text).toMatch(/is no image/)
  })

  it('says where a model has more than one input', () => {
    const { remarks } = guessFromModel([...value([1, 3, 8, 8]), ...value([1, 2])], value([1, 10]))
    expect(remarks).toEqual(['the model has 2 inputs; precision-gate feeds models with one'])
  })

  it('a class that is called "train" is a class', async () => {
    for (const name of ['train', 'plane', 'test']) mkdirSync(at(`vehicles/${name}`), { recursive: true })
    expect(await guessData(at('vehicles'))).toEqual({ kind: 'folders', test: at('vehicles'), classes: 3 })
  })
})
