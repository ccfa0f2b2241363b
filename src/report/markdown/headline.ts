import { isReference, type Conclusion, type Result, type Verdict } from '../../result.js'
import { count, isLayerLimit, layerValueOf, limitOf, percent, points } from '../text.js'
import { DEFAULT_REPORT_ID } from '../links.js'
import { code, prose } from './escape.js'
import { clip, figure } from './markup.js'
import type { View } from './view.js'

export const ICON: Record<Conclusion, string> = { success: '✅', failure: '❌', inconclusive: '🟡', error: '💥' }

/** The verdict and the one number that matters: the worst broken limit, or the one that was closest to breaking. */
export function headline(view: View): string {
  const { result, reportId, detail } = view
  return `${ICON[result.conclusion]} ${gateName(reportId, detail.name)}: ${sentence(view)}`
}

/** Which of several gates it is. */
export function gateName(reportId: string, length: number): string {
  const only = reportId === '' || reportId === DEFAULT_REPORT_ID
  return only ? 'Precision gate' : `Precision gate ${code(clip(reportId, length))}`
}

function sentence({ result, detail }: View): string {
  const say = (verdict: Verdict): string => figures(verdict, result, detail.name)
  const of = (status: Verdict['status']): Verdict[] => result.verdicts.filter((verdict) => verdict.status === status)
  switch (result.conclusion) {
    case 'error':
      return `did not finish. ${prose(clip(result.reasons[0] ?? 'No reason is given', detail.text))}`
    case 'failure': {
      const [worst, ...more] = byExcess(of('fail'))
      if (worst === undefined) return 'a limit is broken'
      return `${say(worst)}${others(more.length)}`
    }
    case 'inconclusive':
      return `inconclusive, ${openQuestion(of('inconclusive'), result, say)}`
    case 'success': {
      const [closest] = byExcess(
        result.verdicts.filter(({ variant, observed }) => !isReference(variant) && observed !== null)
      )
      return closest === undefined ? 'passed' : `passed, ${say(closest)}`
    }
  }
}

/** How many samples it would take is the number that matters, where that is what is missing. */
function openQuestion(open: readonly Verdict[], { dataset }: Result, say: (verdict: Verdict) => string): string {
  const needed = Math.max(0, ...open.map(({ samplesNeeded }) => samplesNeeded ?? 0))
  if (needed > dataset.samples)
    return `${count(dataset.samples)} samples are too few, about ${count(needed)} would decide`
  const [worst, ...more] = byExcess(open)
  return worst === undefined ? 'nothing was judged' : `${say(worst)}${others(more.length)}`
}

function others(count: number): string {
  return count === 0 ? '' : ` (+${count} more)`
}

/** What was observed against the limit, short enough for a headline. */
function figures(verdict: Verdict, { dataset }: Result, length: number): string {
  const { variant, subject, observed, unit, limit, tolerance, against } = verdict
  const [who, what] = [code(clip(variant, length)), code(clip(subject, length))]
  if (observed === null && against === 'baseline') return `${who} ${what} cannot be compared with the baseline`
  if (verdict.layers !== undefined) {
    return `${who} ${what} has ${figure(layerValueOf(verdict))}, limit ${figure(limitOf(verdict))}`
  }
  if (observed === null) return `${who} ${what} could not be judged`
  if (subject === 'outputs') {
    return `${who} gives NaN or infinity for ${count(Math.round(observed * dataset.samples))} of ${count(dataset.samples)} samples`
  }
  if (unit === 'times') {
    return `${who} has ${figure(`${observed.toFixed(2)}x`)} FP32's ${what}, limit ${figure(limitOf(verdict))}`
  }
  if (unit === 'fraction') {
    const bound = tolerance === undefined ? `floor ${percent(limit)}` : `expected ${limitOf(verdict)}`
    return `${who} reaches ${figure(percent(observed))} ${what}, ${figure(bound)}`
  }
  const amount = unit === 'relative' ? `${points(Math.abs(100 * observed))} %` : `${points(Math.abs(observed))} points`
  const bound = unit === 'relative' ? `${points(100 * limit)} %` : points(limit)
  const verb = observed < 0 ? 'gains' : 'loses'
  const since = against === 'baseline' ? ' since the baseline' : ''
  return `${who} ${verb} ${figure(amount)} of ${what}${since}, limit ${figure(bound)}`
}

/**
 * How far beyond its limit, as a share of it, the worst first; what could not be measured is worse than any number.
 * Limits against FP32 come before those against the baseline: they say the same of one loss, and are the gate's purpose.
 */
function byExcess(verdicts: readonly Verdict[]): Verdict[] {
  const rank = ({ against }: Verdict): number => (against === 'baseline' ? 1 : 0)
  return [...verdicts].sort((a, b) => rank(a) - rank(b) || excess(b) - excess(a))
}

function excess(verdict: Verdict): number {
  const { observed, limit, unit, tolerance, subject } = verdict
  // metrics say what is lost, layers why
  if (isLayerLimit(verdict)) return 0
  if (observed === null) return Number.MAX_VALUE
  if (subject === 'outputs') return 1e9 * (1 + observed)
  if (tolerance !== undefined) return Math.abs(observed - limit) / Math.max(tolerance, 1e-9)
  if (unit === 'times') return limit / Math.max(observed, 1e-9)
  // of a floor, the share of the error that is too much
  if (unit === 'fraction') return (1 - observed) / Math.max(1 - limit, 1e-9)
  return observed / Math.max(limit, 1e-9)
}
