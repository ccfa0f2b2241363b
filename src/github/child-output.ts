import { StringDecoder } from 'node:string_decoder'
import type { Write } from './commands.js'

// The runner trims a line before it looks for `::`, and finds `##[` anywhere in it (ActionCommand.cs, both syntaxes).
// It compares by the rules of a language, in which control characters and marks count for nothing.
// eslint-disable-next-line no-control-regex
const COMMAND = /^(?:[\s\p{C}\p{M}]|\u001B\[[0-9;]*m)*:[\p{C}\p{M}]*:/u
const OLD_COMMAND = /#[\p{C}\p{M}]*#[\p{C}\p{M}]*\[/gu

/** A line that the runner takes for text, whatever is in it. */
function defused(line: string): string {
  const text = line.replace(OLD_COMMAND, '## [')
  return COMMAND.test(text) ? `| ${text}` : text
}

/**
 * Text from elsewhere (a model's layer names, the log of a child process) for the log of a step: no line of it is a
 * workflow command. Lines end at LF, CR and CRLF, as they do for the runner.
 */
export function safeLog(text: string): string {
  return text.replace(/[^\r\n]+/g, defused)
}

/** Longer lines are handed on in parts, each a line of its own: a child that never ends one must not fill the memory. */
const MAX_LINE = 65_536

export interface ChildOutput {
  /** A piece of output as it comes, lines and characters cut anywhere. */
  push(chunk: Uint8Array): void
  /** The child has ended; what is left of the last line follows. */
  end(): void
}

/** {@link safeLog} for a stream: whole lines go to `write`. */
export function createChildOutput(write: Write): ChildOutput {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const flush = (final: boolean) => {
    const lines = rest.split(/\r\n|\r(?!$)|\n/)
    rest = lines.pop()!
    while (rest.length > MAX_LINE) {
      lines.push(rest.slice(0, MAX_LINE))
      rest = rest.slice(MAX_LINE)
    }
    for (const line of lines) write(`${safeLog(line)}\n`)
    if (final && rest !== '') {
      write(`${safeLog(rest.replace(/\r$/, ''))}\n`)
      rest = ''
    }
  }
  return {
    push(chunk) {
      rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      flush(false)
    },
    end() {
      rest += decoder.end()
      flush(true)
    }
  }
}
