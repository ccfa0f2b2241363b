import { formatCommand } from '../util/workflow-command.js'
import { limits } from './limits.js'

export { formatCommand }

/** Takes whole lines, the line end included; `process.stdout.write` fits. */
export type Write = (text: string) => unknown

/** A remark on a line of a file; what `src/report` makes of a result fits. All texts are unescaped. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  readonly title?: string
  /** Relative to the root of the repository. */
  readonly file?: string
  /** Counted from 1. */
  readonly line?: number
  readonly endLine?: number
  readonly column?: number
  readonly endColumn?: number
}

/**
 * Prints annotations as workflow commands, failures first. GitHub drops the eleventh of a kind without a word, so the
 * last one says how many more there are.
 * @returns how many were not printed
 */
export function annotate(
  annotations: readonly Annotation[],
  { max = limits.annotation.maxPerKind, write }: { readonly max?: number; readonly write: Write }
): number {
  const room = Math.min(max, limits.annotation.maxPerKind)
  let dropped = 0
  for (const level of ['error', 'warning', 'notice'] as const) {
    const all = annotations.filter((annotation) => annotation.level === level)
    const shown = all.length > room ? all.slice(0, Math.max(0, room - 1)) : all
    for (const annotation of shown) write(formatAnnotation(annotation))
    const more = all.length - shown.length
    if (more > 0 && room > 0) {
      write(formatCommand(level, `and ${more} more: see the job summary and the report`))
    }
    dropped += more
  }
  return dropped
}

function formatAnnotation(annotation: Annotation): string {
  const { level, title, file, line, endLine, column: col, endColumn } = annotation
  const place = file === undefined ? {} : { file, line, endLine, col, endColumn }
  const message = shorten(annotation.message, limits.annotation.maxMessageCharacters)
  return formatCommand(level, message, { title, ...place })
}

/** Cut without splitting a surrogate pair. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  const kept = text.slice(0, max - 1)
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`
}

/** Has the runner replace a secret in everything that is logged from here on; a secret of several lines, each of them. */
export function maskSecret(secret: string, write: Write): void {
  const lines = new Set([secret, ...secret.split(/\r\n|\r|\n/)].filter((line) => line.trim() !== ''))
  for (const line of lines) write(formatCommand('add-mask', line))
}

/** Folds the lines of the log up to {@link endGroup}. */
export function group(title: string, write: Write): void {
  write(formatCommand('group', title.replace(/[\r\n]+/g, ' ')))
}

export function endGroup(write: Write): void {
  write(formatCommand('endgroup', ''))
}
