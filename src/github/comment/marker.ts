import type { RunReference } from '../context.js'

/** The last line of a comment of ours: hidden, names the report and the run that wrote it. */
export function markerLine(reportId: string, { id, attempt }: RunReference): string {
  return `<!-- precision-gate:${encodeId(reportId)} run=${id} attempt=${attempt} -->`
}

const MARKER = /^<!-- precision-gate:(\S+) run=(\d{1,16}) attempt=(\d{1,6}) -->$/

export interface Marker {
  readonly reportId: string
  readonly run: RunReference
}

/**
 * The marker that ends a comment. One anywhere else is text: a comment that quotes ours, by the same bot, must not be
 * taken for it.
 */
export function parseMarker(body: string): Marker | undefined {
  const match = MARKER.exec(body.trimEnd().split(/\r?\n/).at(-1)!)
  if (match === null) return undefined
  const [, encoded, id, attempt] = match
  const reportId = decodeId(encoded)
  return reportId === undefined ? undefined : { reportId, run: { id: Number(id), attempt: Number(attempt) } }
}

/** Whether `a` is from a later run or a later attempt than `b`. Ids grow over all runs of a repository. */
export function isNewer(a: RunReference, b: RunReference): boolean {
  return a.id === b.id ? a.attempt > b.attempt : a.id > b.id
}

/** Any text as one word without `>`, which alone could end the HTML comment. */
function encodeId(reportId: string): string {
  // A lone surrogate, which cannot be encoded, becomes U+FFFD on the way through the buffer.
  return encodeURIComponent(Buffer.from(reportId).toString())
}

function decodeId(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
