import { everyVariant, type Result, type Verdict } from '../result.js'
import { visible } from './text.js'

/** A remark on a line of a file, as GitHub shows it beside the code. All texts are unescaped. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  /** Relative to the root of the repository. Absent: the result names no config. */
  readonly file?: string
  /** Counted from 1. */
  readonly line?: number
  readonly column?: number
}

export interface AnnotationOptions {
  /** GitHub drops what goes beyond 10 of a kind in a step, and 50 in a call of the checks API, without a word. */
  readonly maxPerLevel?: number
}

/** GitHub cuts a message here. */
const MAX_MESSAGE = 4096
const MAX_TITLE = 200

const LEVEL = { fail: 'error', inconclusive: 'warning', warn: 'warning' } as const

/**
 * What does not hold, at the line of the config that sets the limit: failures first. Where there are more than fit, the
 * last of a level names the rest.
 */
export function annotationsOf(result: Result, { maxPerLevel = 10 }: AnnotationOptions = {}): Annotation[] {
  const file = result.config === undefined ? {} : { file: result.config.path }
  const verdicts = (['fail', 'inconclusive', 'warn'] as const).flatMap((status) =>
    result.verdicts.filter((verdict) => verdict.status === status).map((verdict) => ofVerdict(verdict, status, file))
  )
  const failed = Object.entries(everyVariant(result)).flatMap(([name, { error }]): Annotation[] =>
    error === undefined ? [] : [annotation('error', `${name} did not run`, error, file)]
  )
  const all = [...failed, ...verdicts]
  if (all.length === 0 && result.conclusion !== 'success') {
    const level = result.conclusion === 'inconclusive' ? 'warning' : 'error'
    all.push(annotation(level, `Precision gate: ${result.conclusion}`, result.reasons.join('; '), file))
  }
  return (['error', 'warning'] as const).flatMap((level) =>
    limited(
      all.filter((one) => one.level === level),
      maxPerLevel
    )
  )
}

function ofVerdict(verdict: Verdict, status: keyof typeof LEVEL, file: { file?: string }): Annotation {
  const { variant, subject, message, configPosition } = verdict
  const place = file.file === undefined ? {} : { ...file, ...configPosition }
  const what = { fail: 'a limit is broken', inconclusive: 'inconclusive', warn: 'warning' }[status]
  return annotation(LEVEL[status], `${variant} ${subject}: ${what}`, message, place)
}

function annotation(
  level: Annotation['level'],
  title: string,
  message: string,
  place: Pick<Annotation, 'file' | 'line' | 'column'>
): Annotation {
  const cut = (text: string, length: number): string => {
    const shown = visible(text)
    return shown.length <= length
      ? shown
      : `${Array.from(shown.slice(0, length - 2))
          .slice(0, -1)
          .join('')}…`
  }
  return { level, title: cut(title, MAX_TITLE), message: cut(message, MAX_MESSAGE), ...place }
}

function limited(annotations: readonly Annotation[], most: number): Annotation[] {
  if (annotations.length <= most) return [...annotations]
  if (most < 1) return []
  const kept = annotations.slice(0, most - 1)
  const rest = annotations.slice(most - 1)
  const [{ level, file }] = rest
  const message = `also: ${rest.map(({ title }) => title).join('; ')}`
  return [...kept, annotation(level, `${rest.length} more`, message, file === undefined ? {} : { file })]
}
