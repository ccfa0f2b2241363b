import type { ConfigurationIssue } from '../errors.js'

/** Keys and list indices from the top of the config to one value. */
export type Path = readonly (string | number)[]

/** A problem found in the config's values; `at` says whether the key or its value is to blame. */
export interface Problem {
  readonly path: Path
  readonly at: 'key' | 'value'
  readonly message: string
}

/** `variants.int8.keep[0]`; keys that are not plain words are quoted, which also keeps control characters out. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const key = /^[\w.*-]+$/.test(part) ? part : JSON.stringify(part)
    return text === '' ? key : `${text}.${key}`
  }, '')
}

const LONGEST_VALUE = 60

/** A value as it appears in a message: JSON on one line, so that no control character reaches a terminal or a CI log. */
export function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text
}

/** Top of the file first, as an editor would list them. */
export function byPosition(a: ConfigurationIssue, b: ConfigurationIssue): number {
  return (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0)
}
