import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { INPUT_DEFAULTS, readInputs } from '../../src/action/inputs.js'
import { REPORT_INPUT_DEFAULTS } from '../../src/action/report/inputs.js'

const read = (inputs: Readonly<Record<string, string>> = {}) =>
  readInputs(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])))

function defaultsOf(file: string): Record<string, string> {
  const { inputs } = parse(readFileSync(file, 'utf8')) as { inputs: Record<string, { default: string }> }
  return Object.fromEntries(Object.entries(inputs).map(([name, { default: value }]) => [name, value]))
}

describe('inputs', () => {
  it('have the defaults of action.yml where the runner sets nothing', () => {
    expect({ ...INPUT_DEFAULTS, 'github-token': '${{ github.token }}' }).toEqual(defaultsOf('action.yml'))
  })

  it('have those of report/action.yml in the report action', () => {
    expect({ ...REPORT_INPUT_DEFAULTS, 'github-token': '${{ github.token }}' }).toEqual(defaultsOf('report/action.yml'))
  })

  it('are read under the names that the runner gives them: upper case, hyphens kept', () => {
    const { publish, failOn, provider } = read({
      'github-token': 'ghs_x',
      'fail-on': 'warning',
      'execution-provider': 'cuda',
      'check-name': ' gate ',
      'max-annotations': '50'
    })
    expect(publish).toMatchObject({ token: 'ghs_x', checkName: 'gate', maxAnnotations: 50 })
    expect([failOn, provider]).toEqual(['warning', 'cuda'])
  })

  it('take lists with commas and line ends', () => {
    expect(read({ precisions: 'fp16, INT8' }).precisions).toEqual(['fp16', 'int8'])
    expect(read({ precisions: 'int8\nint8\n' }).precisions).toEqual(['int8'])
    expect(read({ precisions: '' }).precisions).toBeUndefined()
  })

  it('name the artifact of the baseline after the report', () => {
    expect(read({ 'report-id': 'resnet' }).baselineArtifact).toBe('precision-gate-resnet')
    expect(read({ 'baseline-artifact': 'nightly' }).baselineArtifact).toBe('nightly')
  })

  it('tell a path from a word in baseline', () => {
    expect(read({ baseline: 'off' }).baseline).toEqual({ kind: 'off' })
    expect(read({ baseline: 'reports/main' }).baseline).toEqual({ kind: 'path', path: 'reports/main' })
  })

  const wrong: [input: string, given: string, message: RegExp][] = [
    ['cache', 'yes', /input cache: "yes" is not true or false/],
    ['annotations', '', /input annotations: "" is not true or false/],
    ['comment', 'allways', /"allways" is not always, changes, on-failure or off \(did you mean "always"\?\)/],
    ['execution-provider', 'gpu', /input execution-provider: "gpu" is not auto, cpu, webgpu, cuda or tensorrt/],
    ['precisions', 'fp16, int4', /input precisions: "int4" is not fp16, int8 or model/],
    ['timeout-minutes', '-1', /input timeout-minutes: "-1" is not a number from 0 to 35791/],
    ['timeout-minutes', '1e3', /input timeout-minutes/],
    ['max-annotations', '51', /input max-annotations: "51" is not a whole number from 0 to 50/],
    ['report-id', 'a\nb', /input report-id: "a\\nb" is not a name/],
    ['cache-key-prefix', 'a,b', /input cache-key-prefix: "a,b" is not a name .* without commas/],
    ['runtime-registry', 'npm.example.org', /input runtime-registry: .* is not an http or https address/]
  ]
  it.each(wrong)('are refused with what is allowed: %s %j', (input, given, message) => {
    expect(() => read({ [input]: given })).toThrow(message)
  })

  it('do not repeat the password of a registry', () => {
    expect(() => read({ 'runtime-registry': 'ftp://user:hunter2@host' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') })
    )
  })

  it('are told of all at once', () => {
    expect(() => read({ cache: 'x', 'fail-on': 'y', comment: 'z' })).toThrow(
      expect.objectContaining({
        exitCode: 2,
        issues: [expect.anything(), expect.anything(), expect.anything()]
      })
    )
  })

  it('that do not exist are a warning with a suggestion', () => {
    expect(read({ 'output-directory': 'x', 'fail-no': 'x' }).warnings).toEqual([
      expect.stringMatching(/^there is no input "output-directory"/),
      expect.stringMatching(/^there is no input "fail-no" \(did you mean "fail-on"\?\)/)
    ])
  })
})
