import type { Result } from '../../result.js'
import type { ReportLinks } from '../links.js'
import { document } from './document.js'
import { cutToLines } from './markup.js'
import { viewOf, type Detail } from './view.js'

/** From the fullest report to the barest that still names every broken limit. */
type Steps = readonly [Detail, ...Partial<Detail>[]]

const REST: readonly Partial<Detail>[] = [
  { passing: 20 },
  { passing: 5 },
  { passing: 0 },
  { layers: 5 },
  { layers: 0, charts: false },
  { text: 300 },
  { facts: false, hints: 20 },
  { name: 40, text: 160 },
  { name: 24, text: 80, hints: 5 },
  { name: 16, text: 40, hints: 0 },
  // nothing but broken limits is left, and there are hundreds of them
  { failing: 400 },
  { failing: 200 },
  { failing: 100 },
  { failing: 50 },
  { failing: 20 },
  { failing: 5 },
  { failing: 1 }
]

const FULL: Detail = {
  passing: Infinity,
  failing: Infinity,
  hints: Infinity,
  layers: Infinity,
  charts: true,
  facts: true,
  name: 100,
  text: 1000
}

export const COMMENT_DETAIL: Steps = [{ ...FULL, layers: 10 }, ...REST]

/** A layer's row is a passing row, too: a thousand of them go before the first limit does. */
export const SUMMARY_DETAIL: Steps = [FULL, { layers: 500 }, { layers: 100 }, { layers: 20 }, ...REST]

/** The fullest report that fits; where even the barest does not, its first lines. */
export function fitted(result: Result, links: ReportLinks, steps: Steps, fits: (text: string) => boolean): string {
  let detail: Detail = steps[0]
  let text = document(viewOf(result, links, detail))
  for (const step of steps.slice(1)) {
    if (fits(text)) return text
    detail = { ...detail, ...step }
    text = document(viewOf(result, links, detail))
  }
  return fits(text) ? text : cutToLines(text, fits)
}
