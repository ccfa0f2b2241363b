import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { annotationsOf, reporters, workflowCommand, type Annotation } from '../../src/report/index.js'
import type { Result } from '../../src/result.js'
import { largeResult } from './large.js'
import { failingResult, passingResult, resultNamed } from './results.js'

describe('annotations', () => {
  it('point at the line and column of the config that sets the limit, failures first', () => {
    expect(annotationsOf(failingResult)).toEqual([
      {
        level: 'error',
        title: 'int8 top1: a limit is broken',
        message: 'top1 drops by 2.10 points (95 % interval 1.71 to 2.51); more than the limit of 1.00',
        file: 'precision-gate.yml',
        line: 16,
        column: 19
      },
      expect.objectContaining({ level: 'warning', title: 'int8 top5: inconclusive' }),
      expect.objectContaining({ level: 'warning', title: 'int8 top1: warning' })
    ])
  })

  it('are none where every limit holds', () => {
    expect(annotationsOf(passingResult)).toEqual([])
  })

  it('say that a variant did not run, before anything else', () => {
    const fp16 = { ...failingResult.variants.fp16, error: 'no kernel\nfor this' }
    const [first, second] = annotationsOf({ ...failingResult, variants: { ...failingResult.variants, fp16 } })
    expect(first).toEqual({
      level: 'error',
      title: 'fp16 did not run',
      message: 'no kernel\\nfor this',
      file: 'precision-gate.yml'
    })
    expect(second.level).toBe('error')
  })

  it('never leave a run without one that did not pass', () => {
    const silent: Result = { ...passingResult, conclusion: 'error', reasons: ['the runtime crashed'], verdicts: [] }
    expect(annotationsOf(silent)).toMatchObject([{ level: 'error', message: 'the runtime crashed' }])
    expect(annotationsOf({ ...silent, conclusion: 'inconclusive' })).toMatchObject([{ level: 'warning' }])
  })

  it('name no file where the result names no config', () => {
    const [first] = annotationsOf({ ...failingResult, config: undefined })
    expect(first).not.toHaveProperty('file')
    expect(first).not.toHaveProperty('line')
  })

  it('are at most ten of a level, the last of which names the rest', () => {
    const annotations = annotationsOf(largeResult({ variants: 40, limits: 1, broken: 40, layers: 0 }))
    expect(annotations).toHaveLength(10)
    expect(annotations[9]).toMatchObject({ level: 'error', title: '31 more' })
    expect(annotations[9].message).toMatch(/^also: variant9 top1: a limit is broken; .*variant39/)
    const all = annotationsOf(largeResult({ variants: 40, limits: 1, broken: 40, layers: 0 }), { maxPerLevel: 50 })
    expect(all).toHaveLength(40)
  })

  it('have no message longer than GitHub shows', () => {
    fc.assert(
      fc.property(fc.constantFrom('x', '😀', '\n', '%'), fc.integer({ min: 1, max: 9000 }), (text, times) => {
        for (const { message, title } of annotationsOf(resultNamed(text.repeat(times)))) {
          expect(message.length).toBeLessThanOrEqual(4096)
          expect(title.length).toBeLessThanOrEqual(200)
          expect(message + title).not.toMatch(/\p{Cs}/u)
        }
      }),
      { numRuns: 30 }
    )
  })
})

describe('workflow commands', () => {
  it('are one line each', () => {
    expect(reporters.github.format(failingResult, { color: false, width: 80 }).split('\n')[0]).toBe(
      '::error file=precision-gate.yml,line=16,col=19,title=int8 top1%3A a limit is broken::' +
        'top1 drops by 2.10 points (95 %25 interval 1.71 to 2.51); more than the limit of 1.00'
    )
    expect(reporters.github.format(passingResult, { color: false, width: 80 })).toBe('')
  })

  /** As the runner reads a line (ActionCommand.TryParseV2). */
  function parse(line: string): Record<string, string> {
    const [, command, properties, data] = /^::(\w+) (.*?)::(.*)$/s.exec(line)!
    const unescape = (text: string) =>
      text
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%25', '%')
    const pairs = properties.split(',').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), unescape(pair.slice(at + 1))]
    })
    return { ...(Object.fromEntries(pairs) as Record<string, string>), command, data: unescape(data) }
  }

  it('are read by the runner as they were meant, whatever the names hold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('::error::x', '%0A::set-output', ',col=9', 'a%2Cb', '\r\n::warning::', '##[error]')
    )
    fc.assert(
      fc.property(text, text, text, (title, message, file) => {
        const annotation: Annotation = { level: 'error', title, message, file, line: 3, column: 7 }
        const line = workflowCommand(annotation)
        expect(line).toMatch(/^[^\r\n]+\n$/)
        const named = { ...(title !== '' && { title }), ...(file !== '' && { file }) }
        expect(parse(line.slice(0, -1))).toEqual({ command: 'error', ...named, data: message, line: '3', col: '7' })
      })
    )
  })

  it('start every line that the reporter prints', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const printed = reporters.github.format(resultNamed(`${text}\n::add-mask::x`), { color: false, width: 80 })
        for (const line of printed.trimEnd().split('\n')) expect(line).toMatch(/^::(?:error|warning) /)
      }),
      { numRuns: 100 }
    )
  })
})
