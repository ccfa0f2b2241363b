import cliProgress from 'cli-progress'
import picocolors from 'picocolors'
import { formatDuration, progressText, silentLogger, silentProgress } from '../util/progress.js'
import type { Logger, ProgressReporter, ProgressTask } from '../util/progress.js'
import type { Output } from './terminal.js'
import { printable } from './printable.js'

export interface Console {
  readonly progress: ProgressReporter
  readonly log: Logger
}

export interface ConsoleOptions {
  readonly quiet?: boolean
  readonly debug?: boolean
  /** Once it is aborted nothing more is said: what an interrupted pipeline complains about helps nobody. */
  readonly signal?: AbortSignal
  /** Milliseconds; a test's own clock. */
  readonly now?: () => number
}

/** In a log: a line when the last is 10 s old and a tenth more is done, and at least one a minute. */
const LINE_INTERVAL_MS = 10_000
const LINE_SHARE = 0.1
const LONGEST_SILENCE_MS = 60_000

/** Progress and log for people, both on stderr: a bar on a terminal, a few lines in a CI log, nothing with `quiet`. */
export function createConsole(output: Output, options: ConsoleOptions): Console {
  const { quiet, debug, signal, now = () => performance.now() } = options
  if (quiet === true) return { progress: silentProgress, log: silentLogger }
  const colors = picocolors.createColors(output.color)
  const bars = new Set<cliProgress.SingleBar>()
  const write = (line: string): void => {
    if (signal?.aborted === true) return
    // Otherwise the line would be glued to the bar; the bar is drawn anew with its next update.
    if (bars.size > 0) output.stream.write('\r\x1b[K')
    output.stream.write(`${line}\n`)
  }
  return {
    log: {
      info: (message) => write(printable(message)),
      warn: (message) => write(`${colors.yellow('warning:')} ${printable(message)}`),
      debug: (message) => (debug === true ? write(colors.dim(printable(message))) : undefined)
    },
    progress: {
      start: (label, total) =>
        output.isTerminal ? startBar(label, total, output, bars, now) : startLines(label, total, write, now)
    }
  }
}

function startBar(
  label: string,
  total: number,
  output: Output,
  bars: Set<cliProgress.SingleBar>,
  now: () => number
): ProgressTask {
  const start = now()
  let done = 0
  const text = (): string => progressText(done, total, now() - start)
  const bar = new cliProgress.SingleBar({
    stream: output.stream,
    format: `${printable(label)} {bar} {text}`,
    barsize: Math.max(10, Math.min(30, output.width - label.length - 45)),
    barCompleteChar: '━',
    barIncompleteChar: '─',
    fps: 10,
    // Node.js cannot draw while the runtime computes; what is drawn is drawn with an update.
    noTTYOutput: false
  })
  bar.start(total, 0, { text: text() })
  bars.add(bar)
  return {
    update: (value) => {
      done = value
      bar.update(value, { text: text() })
    },
    finish: () => {
      if (!bars.delete(bar)) return
      bar.update(done, { text: text() })
      bar.stop()
    }
  }
}

function startLines(label: string, total: number, write: (line: string) => void, now: () => number): ProgressTask {
  const start = now()
  const name = printable(label)
  let last = { time: start, done: 0 }
  let done = 0
  let finished = false
  return {
    update: (value) => {
      done = value
      const silence = now() - last.time
      const due = value - last.done >= LINE_SHARE * total || silence >= LONGEST_SILENCE_MS
      if (silence < LINE_INTERVAL_MS || !due || value >= total) return
      last = { time: now(), done: value }
      write(`${name}: ${progressText(value, total, now() - start)}`)
    },
    finish: () => {
      if (finished) return
      finished = true
      const end = done >= total ? progressText(done, total, now() - start) : `stopped at ${done}/${total}`
      write(`${name}: ${total > 0 ? end : formatDuration((now() - start) / 1000)}`)
    }
  }
}
