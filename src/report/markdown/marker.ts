import { DEFAULT_REPORT_ID } from '../links.js'

/** A run of a workflow and its attempt. */
export interface MarkedRun {
  readonly id: number
  readonly attempt: number
}

/**
 * The invisible last line of a comment, by which it is found again. Anybody can write one into a comment of their own:
 * whoever looks for it compares the author, too.
 * @param run that wrote it, where a workflow did
 */
export function commentMarker(reportId: string, run?: MarkedRun): string {
  const id = encodeId(reportId === '' ? DEFAULT_REPORT_ID : reportId)
  return `<!-- precision-gate:${id}${run === undefined ? '' : ` run=${run.id} attempt=${run.attempt}`} -->`
}

const MARKER = /^<!-- precision-gate:(\S+) run=(\d{1,16}) attempt=(\d{1,6}) -->$/

export interface Marker {
  readonly reportId: string
  readonly run: MarkedRun
}

/**
 * The marker of a run that ends a comment. One anywhere else is text: a comment that quotes ours, by the same bot, must
 * not be taken for it.
 */
export function parseMarker(body: string): Marker | undefined {
  const match = MARKER.exec(body.trimEnd().split(/\r?\n/).at(-1)!)
  if (match === null) return undefined
  const [, encoded, id, attempt] = match
  const reportId = decodeId(encoded)
  return reportId === undefined ? undefined : { reportId, run: { id: Number(id), attempt: Number(attempt) } }
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
