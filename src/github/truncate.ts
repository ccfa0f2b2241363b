export interface TruncateOptions {
  readonly max: number
  readonly measure: (text: string) => number
  /** Stands where the text was cut. */
  readonly note: string
}

export const characters = (text: string): number => text.length
export const bytes = (text: string): number => Buffer.byteLength(text)

const RESERVE = '\n```\n</details>'.length

/**
 * Markdown cut at the end of a line so that it renders: an open code fence and open `<details>` are closed. The last
 * guard only; a report that is too long drops its least important rows first.
 */
export function truncateMarkdown(text: string, { max, measure, note }: TruncateOptions): string {
  if (measure(text) <= max) return text
  const kept: string[] = []
  let size = measure(`\n\n${note}\n`)
  let fence: string | undefined
  let open = 0
  for (const line of text.split('\n')) {
    const nextFence = fenceAfter(line, fence)
    const nextOpen = nextFence === undefined && fence === undefined ? Math.max(0, open + detailsIn(line)) : open
    const cost = measure(`${line}\n`)
    if (size + cost + (nextFence?.length ?? 0) + RESERVE * (nextOpen + 1) > max) break
    size += cost
    fence = nextFence
    open = nextOpen
    kept.push(line)
  }
  const closers = [...(fence === undefined ? [] : [fence]), ...Array<string>(open).fill('</details>')]
  const cut = [...kept, ...closers, '', note].join('\n')
  return measure(cut) <= max ? cut : ''
}

/** The fence that is open after a line, given the one before it. */
function fenceAfter(line: string, fence: string | undefined): string | undefined {
  const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
  if (mark === undefined) return fence
  if (fence === undefined) return mark
  const closes = mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark
  return closes ? undefined : fence
}

function detailsIn(line: string): number {
  return (line.match(/<details[\s>]/gi)?.length ?? 0) - (line.match(/<\/details>/gi)?.length ?? 0)
}
