import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/index.js'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

describe('YAML that is refused', () => {
  it.each([
    [
      'duplicate key',
      `${config()}model: models/qat.onnx\n`,
      '5:1: duplicate key "model": a key may appear once; keep one of them'
    ],
    [
      'duplicate key deep inside',
      config({ variants: '\n  a: {precision: fp16}\n  "a": {precision: fp16}' }),
      '6:3: duplicate key "a": a key may appear once; keep one of them'
    ],
    [
      'tab as indentation',
      'version: 1\nvariants:\n\ta: 1\n',
      '3:1: not valid YAML: Tabs are not allowed as indentation'
    ],
    [
      'two documents',
      `${config()}---\n${config()}`,
      '5:1: the file holds more than one YAML document: remove the "---" between them'
    ],
    ['tag', config({ model: '!include x.onnx' }), '2:8: not valid YAML: Unresolved tag: !include'],
    [
      'alias without an anchor',
      config({ model: '*net' }),
      '2:8: *net refers to an anchor that is not defined before it'
    ],
    ['alias inside its own anchor', config({ dataset: '&a {path: *a}' }), '3:20: *a stands inside its own anchor'],
    ['list', '- version: 1\n', '1:1: expected a mapping that starts with "version: 1"'],
    ['plain text', 'hello\n', '1:1: expected a mapping that starts with "version: 1"'],
    ['empty file', '', '1:1: the file is empty: it needs at least version, model, dataset and variants'],
    ['only comments', '# nothing\n', '1:1: the file is empty: it needs at least version, model, dataset and variants']
  ])('%s', async (_, yaml, message) => {
    expect(await project.errors(yaml)).toContain(`precision-gate.yml:${message}`)
  })

  it('a duplicate key does not hide other mistakes', async () => {
    const messages = await project.errors(`${config({ version: '3' })}version: 1\n`)
    expect(messages).toEqual([expect.stringMatching(/:5:1: duplicate key "version"/)])
    const others = await project.errors(`${config({ task: 'x' })}model: models/net.onnx\n`)
    expect(others.map((message) => message.split(' ')[0])).toEqual([
      'precision-gate.yml:5:7:',
      'precision-gate.yml:6:1:'
    ])
  })

  it('aliases that multiply', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`
    )
    const messages = await project.errors(['l0: &l0 x', ...levels].join('\n'))
    expect(messages).toEqual([
      'precision-gate.yml:1:1: the aliases of the file multiply to more than 100 copies of an anchor'
    ])
  })

  it('nesting that would overflow the stack', async () => {
    const messages = await project.errors(config({ preprocess: '['.repeat(100_000) }))
    expect(messages[0]).toMatch(/nested too deeply|not valid YAML/)
  })

  it('text that is not UTF-8', async () => {
    const file = project.write('latin1.yml', Buffer.from('model: m\xfcll\n', 'latin1'))
    await expect(loadConfig(file)).rejects.toThrow(/latin1\.yml cannot be read: it is not UTF-8 text/)
  })

  it('a file of more than 1 MiB', async () => {
    const file = project.write('large.yml', `# ${'x'.repeat(1024 * 1024)}\n`)
    await expect(loadConfig(file)).rejects.toThrow(/large\.yml cannot be read: it is larger than 1 MiB/)
  })

  it('a file that is missing, and a folder', async () => {
    await expect(loadConfig(join(project.root, 'none.yml'))).rejects.toThrow(/none\.yml does not exist$/)
    await expect(loadConfig(join(project.root, 'none.yml'))).rejects.toMatchObject({
      exitCode: 2,
      hint: 'name it with -c, or write one with "precision-gate init MODEL.onnx"'
    })
    await expect(loadConfig(join(project.root, 'data'))).rejects.toThrow(/data cannot be read: it is not a file/)
  })
})

describe('YAML that is accepted', () => {
  it('anchors and aliases, with mistakes placed at the anchor', async () => {
    const yaml = config({
      dataset: '&data {path: data/test}',
      calibration: '{dataset: *data, samples: 8}',
      variants: '{a: {precision: int8}}'
    })
    const { calibration, dataset } = await project.load(yaml)
    expect(calibration?.dataset).toEqual(dataset)
    const messages = await project.errors(yaml.replace('path: data/test', 'pth: data/test'))
    expect(new Set(messages.map((message) => message.split(' ')[0]))).toEqual(new Set(['precision-gate.yml:3:17:']))
  })

  it('CRLF line ends and a byte order mark', async () => {
    const yaml = `\uFEFF${config().replaceAll('\n', '\r\n')}`
    await expect(project.load(yaml)).resolves.toMatchObject({ task: { name: 'classification' } })
    const messages = await project.errors(`\uFEFF${config({ task: 'x' }).replaceAll('\n', '\r\n')}`)
    expect(messages).toEqual([
      'precision-gate.yml:5:7: task is "x": expected "classification", "detection" or "segmentation"'
    ])
  })

  it('keys that look like other types are names', async () => {
    const { variants } = await project.load(config({ variants: '{8: {precision: fp16}, true: {precision: fp16}}' }))
    expect([...variants.keys()]).toEqual(['8', 'true'])
  })
})
