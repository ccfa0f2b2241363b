import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  annotate,
  createChildOutput,
  endGroup,
  formatCommand,
  group,
  limits,
  maskSecret,
  safeLog,
  type Annotation
} from '../../src/github/index.js'
import { commandsIn, linesOf, parseCommand } from './runner.js'

/** Text made of what commands are made of. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '%',
        '%0A',
        '%25',
        '\n',
        '\r',
        '\r\n',
        ',',
        '=',
        ' ',
        '##[',
        ']',
        'error',
        'set-output'
      ),
      fc.constantFrom('\u0085', '\u00AD', '\u200B', '\uFEFF', '\t', '\u001B[31m', '\u2028', '::error::', '##[error]'),
      fc.string({ unit: 'grapheme', maxLength: 5 })
    ),
    { maxLength: 12 }
  )
  .map((parts) => parts.join(''))

function collected(run: (write: (text: string) => void) => void): string {
  const written: string[] = []
  run((text) => written.push(text))
  return written.join('')
}

describe('a workflow command', () => {
  it('is one line that the runner decodes to what was meant, whatever the text', () => {
    // The runner trims the list of properties and takes a leading `=` for its own.
    const property = hostile.map((text) => `"${text}"`)
    fc.assert(
      fc.property(hostile, property, property, (message, title, file) => {
        const line = formatCommand('error', message, { title, file })
        expect(linesOf(line)).toHaveLength(1)
        expect(parseCommand(line.slice(0, -1))).toEqual({ name: 'error', properties: { title, file }, data: message })
      }),
      { numRuns: 2_000 }
    )
  })

  it('leaves out properties that are empty', () => {
    expect(formatCommand('notice', 'text', { file: undefined, title: '', line: 3 })).toBe('::notice line=3::text\n')
    expect(formatCommand('endgroup', '')).toBe('::endgroup::\n')
  })
})

describe('annotations', () => {
  const one = (level: Annotation['level'], message: string): Annotation => ({ level, message })
  const many = (level: Annotation['level'], count: number) =>
    Array.from({ length: count }, (_, i) => one(level, `${level} ${i + 1}`))

  it('point to the place of the limit in the config', () => {
    const annotation: Annotation = {
      level: 'error',
      title: 'int8: top1, a limit',
      message: 'drop 1.2, limit 1.0',
      file: 'models/100% int8: gate.yml',
      line: 12,
      endLine: 12,
      column: 5,
      endColumn: 20
    }
    const log = collected((write) => annotate([annotation], { write }))
    expect(log).toBe(
      '::error title=int8%3A top1%2C a limit,file=models/100%25 int8%3A gate.yml,line=12,endLine=12,col=5,endColumn=20' +
        '::drop 1.2, limit 1.0\n'
    )
  })

  it('are at most ten of a kind, failures first, the tenth saying how many more', () => {
    const annotations = [...many('notice', 3), ...many('warning', 11), ...many('error', 40)]
    const dropped: number[] = []
    const commands = commandsIn(collected((write) => dropped.push(annotate(annotations, { write }))))
    expect(commands.map(({ name }) => name)).toEqual([
      ...Array<string>(10).fill('error'),
      ...Array<string>(10).fill('warning'),
      ...Array<string>(3).fill('notice')
    ])
    expect(commands[8].data).toBe('error 9')
    expect(commands[9].data).toBe('and 31 more: see the job summary and the report')
    expect(commands[19].data).toMatch(/^and 2 more/)
    expect(dropped).toEqual([33])
  })

  it('are ten where there are ten, fewer where fewer are wanted, and none at 0', () => {
    const data = (max?: number) =>
      commandsIn(collected((write) => annotate(many('error', 10), { write, ...(max !== undefined && { max }) })))
    expect(data().map((command) => command.data)).toEqual(many('error', 10).map(({ message }) => message))
    expect(data(3).map((command) => command.data)).toEqual(['error 1', 'error 2', expect.stringMatching(/^and 8 more/)])
    expect(data(99)).toHaveLength(10)
    expect(data(0)).toHaveLength(0)
  })

  it('are cut where the runner would cut them, between characters', () => {
    const [command] = commandsIn(collected((write) => annotate([one('error', '😀'.repeat(4_000))], { write })))
    expect(command.data.length).toBeLessThanOrEqual(limits.annotation.maxMessageCharacters)
    expect(command.data).toMatch(/^(😀)+…$/u)
  })
})

describe('text from elsewhere', () => {
  it('is never a command, and text stays as it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(commandsIn(safeLog(text))).toEqual([])
        for (const line of linesOf(safeLog(text))) expect(line).not.toMatch(/^\s*::/)
      }),
      { numRuns: 5_000 }
    )
    const ordinary = 'FP32 top1 0.9461\n  std::vector<float>\n# 1 of 2 [x]\n'
    expect(safeLog(ordinary)).toBe(ordinary)
  })

  it.each([
    '::error::x',
    '  ::set-output name=a::b',
    'a ##[set-env name=PATH]/tmp',
    '\u001B[31m::error::x',
    '\u00AD::error::x'
  ])('shows a defused command: %j', (line) => {
    const safe = safeLog(line)
    expect(safe).not.toBe(line)
    expect(safe.replace(/^\| /, '').replace('## [', '##[')).toBe(line)
  })

  it('passes through as a stream, cut anywhere', () => {
    const chunked = fc.tuple(hostile, fc.array(fc.nat(40), { maxLength: 10 }))
    fc.assert(
      fc.property(chunked, ([text, cuts]) => {
        const log = collected((write) => {
          const output = createChildOutput((line) => {
            expect(line).toMatch(/^[^\r\n]*\n$/)
            write(line)
          })
          let rest = Buffer.from(text)
          for (const length of cuts) {
            output.push(rest.subarray(0, length))
            rest = rest.subarray(length)
          }
          output.push(rest)
          output.end()
        })
        expect(commandsIn(log)).toEqual([])
        expect(linesOf(log)).toEqual(linesOf(safeLog(Buffer.from(text).toString())))
      }),
      { numRuns: 2_000 }
    )
  })

  it('never waits for the end of an endless line', () => {
    const lines: string[] = []
    const output = createChildOutput((line) => lines.push(line))
    for (let i = 0; i < 20; i++) output.push(Buffer.alloc(16_384, 'x'))
    expect(lines.join('').length).toBeGreaterThan(200_000)
    output.end()
    expect(lines.join('').replaceAll('\n', '')).toHaveLength(20 * 16_384)
  })
})

describe('groups and secrets', () => {
  it('keep a group title on one line', () => {
    expect(collected((write) => group('a\n::error::b', write))).toBe('::group::a ::error::b\n')
    expect(collected(endGroup)).toBe('::endgroup::\n')
  })

  it('mask a secret as a whole and by its lines', () => {
    const masked = commandsIn(collected((write) => maskSecret('first%\nsecond\n\n', write)))
    expect(masked.map(({ name, data }) => [name, data])).toEqual([
      ['add-mask', 'first%\nsecond\n\n'],
      ['add-mask', 'first%'],
      ['add-mask', 'second']
    ])
    expect(collected((write) => maskSecret(' ', write))).toBe('')
  })
})
