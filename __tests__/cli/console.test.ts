import { describe, expect, it } from '@jest/globals'
import { createConsole } from '../../src/cli/console.js'
import { wantsColor } from '../../src/cli/terminal.js'
import { formatDuration, progressText } from '../../src/util/progress.js'
import { recordingOutput } from './harness.js'

/** A clock that a test moves. */
function clock() {
  let time = 0
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

describe('in a log', () => {
  it('a fast task is one line with its rate and duration', () => {
    const output = recordingOutput()
    const { now, pass } = clock()
    const task = createConsole(output, { now }).progress.start('evaluate', 1000)
    for (let done = 1; done <= 1000; done++) {
      pass(5)
      task.update(done)
    }
    task.finish()
    task.finish()
    expect(output.stream.text).toBe('evaluate: 1000/1000 (100 %), 200/s, 5.0 s\n')
  })

  it('a slow task is a line for every tenth, with the time left', () => {
    const output = recordingOutput()
    const { now, pass } = clock()
    const task = createConsole(output, { now }).progress.start('evaluate', 100)
    for (let done = 1; done <= 40; done++) {
      pass(3000)
      task.update(done)
    }
    expect(output.stream.text.split('\n')).toEqual([
      'evaluate: 10/100 (10 %), 0.333/s, 4 min 30 s left',
      'evaluate: 20/100 (20 %), 0.333/s, 4 min 00 s left',
      'evaluate: 30/100 (30 %), 0.333/s, 3 min 30 s left',
      'evaluate: 40/100 (40 %), 0.333/s, 3 min 00 s left',
      ''
    ])
  })

  it('a very slow task says something once a minute', () => {
    const output = recordingOutput()
    const { now, pass } = clock()
    const task = createConsole(output, { now }).progress.start('evaluate', 10_000)
    for (let done = 1; done <= 60; done++) {
      pass(10_000)
      task.update(done)
    }
    expect(output.stream.text.trim().split('\n')).toHaveLength(10)
  })

  it('a task that ends early says where', () => {
    const output = recordingOutput()
    const task = createConsole(output, {}).progress.start('calibrate', 10)
    task.update(4)
    task.finish()
    expect(output.stream.text).toBe('calibrate: stopped at 4/10\n')
  })
})

describe('on a terminal', () => {
  it('draws a bar with rate and time left on one line, and log lines above it', () => {
    const output = recordingOutput({ isTerminal: true })
    Object.assign(output.stream, {
      isTTY: true,
      columns: 100,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true
    })
    const { now, pass } = clock()
    const { progress, log } = createConsole(output, { now })
    const task = progress.start('evaluate', 10)
    pass(1000)
    task.update(5)
    log.warn('slow')
    task.finish()
    expect(output.stream.text).toContain('evaluate ')
    expect(output.stream.text).toContain('5/10 (50 %), 5.00/s, 1.0 s left')
    expect(output.stream.text).toContain('\r\x1b[Kwarning: slow\n')
  })
})

describe('the log', () => {
  it('is silent with quiet, after an interruption, and about details without debug', () => {
    const talk = (options: Parameters<typeof createConsole>[1]): string => {
      const output = recordingOutput()
      const { log, progress } = createConsole(output, options)
      log.info('i')
      log.warn('w')
      log.debug('d')
      const task = progress.start('t', 1)
      task.update(1)
      task.finish()
      return output.stream.text.replace(/, .*/, '')
    }
    expect(talk({})).toBe('i\nwarning: w\nt: 1/1 (100 %)\n')
    expect(talk({ debug: true })).toBe('i\nwarning: w\nd\nt: 1/1 (100 %)\n')
    expect(talk({ quiet: true })).toBe('')
    expect(talk({ signal: AbortSignal.abort() })).toBe('')
  })
})

describe('words for progress', () => {
  it.each([
    [0, 10, 500, '0/10 (0 %)'],
    [1, 3, 1000, '1/3 (33 %), 1.00/s, 2.0 s left'],
    [999, 1000, 1000, '999/1000 (99 %), 999/s, 0.0 s left'],
    [10, 10, 20_000, '10/10 (100 %), 0.500/s, 20 s']
  ])('%i of %i after %i ms', (done, total, ms, text) => {
    expect(progressText(done, total, ms)).toBe(text)
  })

  it.each([
    [0.44, '0.4 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3725, '1 h 02 min']
  ])('%d seconds', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

describe('colour', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '3', NO_COLOR: '1' }, true]
  ])('terminal %s with %o: %s', (isTerminal, env, expected) => {
    expect(wantsColor(isTerminal, env)).toBe(expected)
  })
})
