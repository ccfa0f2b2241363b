import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GateModule } from '../../src/cli/context.js'
import { FileError, RuntimeError } from '../../src/errors.js'
import { config, Project } from '../config/project.js'
import * as results from '../report/results.js'
import { runCli } from './harness.js'

let project: Project
let file: string
beforeAll(() => {
  project = new Project()
  file = project.write('precision-gate.yml', config())
})
afterAll(() => project.remove())

const passes: Partial<GateModule> = { runGate: () => Promise.resolve(results.passingResult) }
const fails = (error: unknown): Partial<GateModule> => ({
  runGate: () => {
    throw error
  }
})

describe('usage', () => {
  it('prints help with examples for every command, and exit codes', async () => {
    const { code, out } = await runCli(['--help'])
    expect(code).toBe(0)
    const commands = ['run', 'check', 'init', 'quantize', 'compare', 'report']
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(out).toMatch(/1 {2}a limit is broken/)
    for (const command of commands) {
      const help = await runCli([command, '--help'])
      expect(help.code).toBe(0)
      expect(help.out).toContain(`$ precision-gate ${command}`)
    }
  })

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await runCli(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it.each<[string, string[], RegExp]>([
    ['unknown command', ['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    ['unknown option', ['run', '--provder', 'cpu'], /unknown option '--provder'\n\(Did you mean --provider\?\)/],
    [
      'unknown provider',
      ['run', '--provider', 'gpu'],
      /'gpu' is invalid. Allowed choices are auto, cpu, webgpu, cuda, tensorrt/
    ],
    ['limit of 0', ['run', '--limit', '0'], /'0' is invalid. It must be a whole number of at least 1/],
    ['limit that is no number', ['run', '--limit', '1e3'], /'1e3' is invalid/],
    [
      'unknown reporter',
      ['run', '-r', 'jnit'],
      /no reporter "jnit" \(did you mean "junit"\?\); there are terminal, json, markdown, comment, github, junit/
    ],
    ['reporter without its file', ['run', '-r', 'junit='], /Name a file behind junit=/],
    ['missing argument', ['init'], /missing required argument 'model'/],
    ['argument too many', ['run', 'x.yml'], /too many arguments/],
    ['no command', [], /Usage: precision-gate/]
  ])('refuses an %s with exit code 2', async (_, args, message) => {
    const { code, out, err } = await runCli(args)
    expect(code).toBe(2)
    expect(err).toMatch(message)
    expect(out).toBe('')
  })
})

describe('errors', () => {
  it('a wrong config ends with 2 and never loads the gate', async () => {
    const wrong = project.write('wrong.yml', config({ task: 'x' }))
    expect(await runCli(['run', '-c', wrong])).toEqual({
      code: 2,
      out: '',
      err: `error: ${wrong}:5:7: task is "x": expected "classification", "detection" or "segmentation"\n`
    })
  })

  it('a missing config says how to make one', async () => {
    const { code, err } = await runCli(['check', '-c', join(project.root, 'none.yml')])
    expect(code).toBe(2)
    expect(err).toMatch(/does not exist\nhint: name it with -c, or write one with "precision-gate init/)
  })

  it('a failing runtime or file ends with 3, one message, a hint and no stack', async () => {
    for (const error of [new RuntimeError('no CUDA here', 'use cpu'), new FileError('no CUDA here', 'use cpu')]) {
      expect(await runCli(['run', '-q', '-c', file], fails(error))).toEqual({
        code: 3,
        out: '',
        err: 'error: no CUDA here\nhint: use cpu\n'
      })
    }
  })

  it('anything else is called a bug, with a stack on demand', async () => {
    const error = new Error('x is undefined', { cause: new Error('below') })
    const plain = await runCli(['run', '-q', '-c', file], fails(error))
    expect(plain).toMatchObject({ code: 3, out: '' })
    expect(plain.err).toBe(
      'error: x is undefined\nthis is a bug in precision-gate, please report it\n(--debug shows where it happened)\n'
    )
    const debug = await runCli(['run', '-q', '-c', file, '--debug'], fails(error))
    expect(debug.err).toMatch(/please report it\nError: x is undefined\n +at .*main\.test/)
    expect(debug.err).toMatch(/caused by: Error: below/)
  })

  it('an installation without a native part is no bug', async () => {
    const error = Object.assign(new Error("Cannot find package 'sharp'\nmore"), { code: 'ERR_MODULE_NOT_FOUND' })
    const { code, err } = await runCli(['run', '-q', '-c', file], fails(error))
    expect(code).toBe(3)
    expect(err).toMatch(/^error: a part of the installation is missing: Cannot find package 'sharp'\nhint: install/)
  })

  it('what an interrupted run complains about is not shown', async () => {
    const { code, err } = await runCli(['run', '-q', '-c', file], fails(new Error('aborted')), AbortSignal.abort())
    expect({ code, err }).toEqual({ code: 130, err: 'interrupted\n' })
  })

  it('control characters and CI commands in messages are defused', async () => {
    const { err } = await runCli(
      ['run', '-q', '-c', file],
      fails(new FileError('bad \u001b[2J\n::add-mask::x\n##[group]'))
    )
    expect(err).toBe('error: bad \\u{1b}[2J\n ::add-mask::x\n ##[group]\n')
  })
})

describe('run', () => {
  const output = () => join(project.root, 'report')

  it.each([
    ['success', 'warn', 0],
    ['failure', 'warn', 1],
    ['error', 'warn', 3],
    ['inconclusive', 'warn', 0],
    ['inconclusive', 'fail', 4]
  ] as const)('%s with on_inconclusive: %s ends with %i', async (conclusion, onInconclusive, expected) => {
    const path = project.write('c.yml', config({ on_inconclusive: onInconclusive }))
    const result = { ...results.passingResult, conclusion }
    const { code, err } = await runCli(['run', '-c', path, '-o', output()], { runGate: () => Promise.resolve(result) })
    expect(code).toBe(expected)
    expect(err.includes('warning: inconclusive')).toBe(conclusion === 'inconclusive' && onInconclusive === 'warn')
  })

  it('prints the terminal report and writes result.json', async () => {
    const { out, err } = await runCli(['run', '-c', file, '-o', output()], passes)
    expect(out).toMatch(/^PASS/)
    expect(err).toBe('')
    expect(JSON.parse(readFileSync(join(output(), 'result.json'), 'utf8'))).toEqual(results.passingResult)
  })

  it('writes the reports that are asked for, into the report folder, a file, or the standard output', async () => {
    const folder = join(project.root, 'reports')
    const junit = join(project.root, 'deep/er/junit.xml')
    const args = ['run', '-c', file, '-o', folder, '-r', 'markdown', '-r', `junit=${junit}`, '-r', 'json=-']
    const { out } = await runCli(args, passes)
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toMatch(/precision gate/i)
    expect(readFileSync(junit, 'utf8')).toMatch(/^<\?xml/)
    expect(JSON.parse(out)).toEqual(results.passingResult)
  })

  it('hands its options to the gate', async () => {
    const options: unknown[] = []
    const runGate: GateModule['runGate'] = (_, given) => {
      options.push(given)
      return Promise.resolve(results.passingResult)
    }
    const args = ['--limit', '5', '--provider', 'cpu', '--no-cache', '--cache-dir', 'c', '--runtime-path', 'r', '-q']
    await runCli(['run', '-c', file, '-o', output(), ...args], { runGate })
    await runCli(['run', '-c', file, '-o', output()], { runGate })
    expect(options[0]).toMatchObject({
      outputDirectory: output(),
      limit: 5,
      provider: 'cpu',
      noCache: true,
      cacheDirectory: 'c',
      runtimePath: 'r'
    })
    expect(options[1]).toMatchObject({ noCache: false })
    expect(options[1]).not.toHaveProperty('provider')
    expect(options[1]).not.toHaveProperty('limit')
  })

  it('a report that cannot be written ends with 3 and leaves nothing half written', async () => {
    const blocked = project.write('blocked', 'a file')
    const { code, err } = await runCli(['run', '-q', '-c', file, '-o', join(blocked, 'x')], passes)
    expect(code).toBe(3)
    expect(err).toMatch(/cannot write result\.json in .*blocked\/x: a part of that path is a file\nhint: /)
  })
})

describe('check', () => {
  const report = {
    model: {
      path: 'models/net.onnx',
      opset: 17,
      parameters: 391834,
      inputs: [{ name: 'images', type: 'float32', dims: ['batch', 3, 32, 32] }],
      outputs: [{ name: 'logits', type: 'float32', dims: ['', 10] }]
    },
    dataset: { samples: 1000, classes: ['a', 'b'] },
    calibration: { samples: 256 },
    warnings: ['few images'],
    diagnosis: [
      { check: 'copies', status: 'pass', evidence: '256 different images', action: '' },
      { check: 'overlap', status: 'fail', evidence: '3 of 256', action: 'Take others' }
    ] as const
  }

  it('says what was found and which variant no limit can fail', async () => {
    const path = project.write(
      'check.yml',
      config({
        variants:
          '{fp16: {precision: fp16}, fast: {model: models/qat.onnx}, exact: {model: models/qat.onnx, require_executed: int8}, ours: {model: models/qat.onnx}}',
        thresholds:
          '[{metric: top1, min: 0.5, variant: fp16}, {metric: top1, min: 0.9, severity: warning}, {min_speedup: 1.2, variant: fast}]'
      })
    )
    let folder = ''
    const { code, out } = await runCli(['check', '-c', path], {
      checkGate: (_, options) => {
        folder = options.outputDirectory
        writeFileSync(join(folder, 'x'), '')
        return Promise.resolve(report)
      }
    })
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      'model        opset 17, 391,834 parameters',
      '  inputs     images float32 [batch, 3, 32, 32]',
      '  outputs    logits float32 [?, 10]',
      'test set     1,000 samples, 2 classes',
      'calibration  256 samples',
      'variants     fp16, fast (model), exact (model), ours (model)',
      'limits       3',
      'pass         copies: 256 different images',
      'fail         overlap: 3 of 256',
      '             -> Take others',
      'warning: few images',
      'warning: no limit of severity error applies to variant ours: it is measured and never fails',
      `${path} is valid`,
      ''
    ])
    expect(existsSync(folder)).toBe(false)
  })
})

describe('quantize', () => {
  it('prints the files, and ends with 3 if a variant could not be made', async () => {
    const made = {
      name: 'fp16',
      precision: 'fp16',
      model: join(process.cwd(), 'out/model.fp16.onnx'),
      runFile: '',
      warnings: ['rounded']
    }
    const gate = (failed: { name: string; precision: 'int8'; error: string }[]): Partial<GateModule> => ({
      quantizeModel: () => Promise.resolve({ variants: [made as never], failed, origins: [] })
    })
    expect(await runCli(['quantize', '-c', file], gate([]))).toEqual({
      code: 0,
      out: 'fp16: out/model.fp16.onnx\n',
      err: 'warning: fp16: rounded\n'
    })
    const { code, err } = await runCli(
      ['quantize', '-c', file],
      gate([{ name: 'int8', precision: 'int8', error: 'NaN' }])
    )
    expect(code).toBe(3)
    expect(err).toMatch(/error: int8: NaN\n$/)
  })
})
