import picomatch from 'picomatch'
import type { LayerLimit } from '../config/types.js'
import type { LayerResult, Verdict } from '../result.js'

export interface LayerJudgeInput {
  readonly limits: readonly LayerLimit[]
  /** Everything but FP32, in the config's order. */
  readonly variants: readonly string[]
  /** The layers of a variant, or why they were not compared. */
  readonly layersOf: (variant: string) => readonly LayerResult[] | string
  /** The layers of a variant in the baseline, or why they cannot be compared with this run's. */
  readonly baselineLayersOf: (variant: string) => readonly LayerResult[] | string
}

/** How one layer stands to a limit. */
interface Standing {
  readonly layer: LayerResult
  readonly broken: boolean
  /** In the limit's unit; null: not finite. */
  readonly observed: number | null
  /** The larger, the worse. */
  readonly badness: number
}

const UNITS = {
  max_deviation_ratio: 'ratio',
  min_sqnr_db: 'dB',
  min_cosine: 'cosine',
  max_abs_error: 'absolute',
  no_worse_than: 'dB'
} as const

/**
 * One verdict for each limit and variant, whatever the number of layers: it names the worst of them. What cannot be
 * measured fails; what there is no baseline for stays open.
 */
export function judgeLayers({ limits, variants, layersOf, baselineLayersOf }: LayerJudgeInput): Verdict[] {
  return limits.flatMap((limit) => {
    const names = limit.variant === undefined ? variants : [limit.variant]
    return names.map((name) => judgeLimit(name, limit, layersOf(name), baselineLayersOf(name)))
  })
}

function judgeLimit(
  variant: string,
  limit: LayerLimit,
  layers: readonly LayerResult[] | string,
  baseline: readonly LayerResult[] | string
): Verdict {
  const { layer: pattern, kind, value, severity, position } = limit
  const warning = severity === 'warning'
  const subject = `layer ${pattern}`
  const verdict = {
    id: `${variant}.${subject}.${kind}${warning ? '.warning' : ''}`,
    variant,
    subject,
    observed: null,
    limit: value,
    unit: UNITS[kind],
    ...(kind === 'no_worse_than' && { against: 'baseline' as const }),
    configPosition: { line: position.line, column: position.column }
  }
  if (typeof layers === 'string') return { ...verdict, status: 'fail', message: `no layer was measured: ${layers}` }
  const matched = layers.filter(matcherOf(pattern))
  if (matched.length === 0) {
    const message = `${JSON.stringify(pattern)} matches no layer of ${variant}: ${examples(layers)}`
    return { ...verdict, status: 'fail', message }
  }
  if (kind === 'no_worse_than' && typeof baseline === 'string') {
    const message = `layers are not compared with the baseline: ${baseline}`
    return { ...verdict, status: warning ? 'warn' : 'inconclusive', message }
  }
  const standings = matched.flatMap((layer) => standingOf(layer, limit, baseline) ?? [])
  const worst = standings.reduce<Standing | undefined>(
    (a, b) => (a === undefined || b.badness > a.badness ? b : a),
    undefined
  )
  if (worst === undefined) {
    const message = 'layers are not compared with the baseline: it has none of the same name and output'
    return { ...verdict, status: warning ? 'warn' : 'inconclusive', message }
  }
  const broken = standings.filter((standing) => standing.broken).length
  const { name, op, tensor } = worst.layer
  return {
    ...verdict,
    observed: worst.observed,
    layers: { compared: standings.length, broken, worst: { name, op, tensor } },
    status: broken === 0 ? 'pass' : warning ? 'warn' : 'fail',
    message: wordsFor(limit, worst, broken, standings.length)
  }
}

/** A glob on names of layers and of nodes fused into them, or an operator type. `*` alone is every layer. */
export function matcherOf(pattern: string): (layer: Pick<LayerResult, 'name' | 'op' | 'fused'>) => boolean {
  if (pattern === '*') return () => true
  const matches = picomatch(pattern, { dot: true })
  const fits = ({ name, op }: { readonly name: string; readonly op: string }): boolean =>
    op === pattern || name === pattern || matches(name)
  return (layer) => fits(layer) || (layer.fused ?? []).some(fits)
}

/** undefined: the baseline has no such layer, so that nothing can be said of it. */
function standingOf(
  layer: LayerResult,
  { kind, value }: LayerLimit,
  baseline: readonly LayerResult[] | string
): Standing | undefined {
  const { cosine, maxAbs, deviationRatio } = layer
  switch (kind) {
    case 'max_deviation_ratio':
      return { layer, broken: deviationRatio > value, observed: deviationRatio, badness: deviationRatio }
    case 'min_sqnr_db':
      return floor(layer, layer.sqnrDb, value, isIdentical(layer))
    case 'min_cosine':
      return floor(layer, cosine, value, isIdentical(layer))
    case 'max_abs_error':
      return { layer, broken: maxAbs === null || maxAbs > value, observed: maxAbs, badness: maxAbs ?? Infinity }
    case 'no_worse_than': {
      if (typeof baseline === 'string') return undefined
      const then = baseline.find(({ name, tensor }) => name === layer.name && tensor === layer.tensor)
      if (then === undefined) return undefined
      const [before, now] = [decibels(then), decibels(layer)]
      // both identical, or both not finite: nothing became worse
      const lost = before === now ? 0 : before - now
      return { layer, broken: lost > value, observed: Number.isFinite(lost) ? lost : null, badness: lost }
    }
  }
}

function floor(layer: LayerResult, measured: number | null, limit: number, identical: boolean): Standing {
  if (measured !== null) return { layer, broken: measured < limit, observed: measured, badness: -measured }
  return { layer, broken: !identical, observed: null, badness: identical ? -Number.MAX_VALUE : Infinity }
}

function decibels(layer: LayerResult): number {
  return layer.sqnrDb ?? (isIdentical(layer) ? Infinity : -Infinity)
}

function isIdentical({ maxAbs }: LayerResult): boolean {
  return maxAbs === 0
}

function wordsFor({ kind, value }: LayerLimit, { layer, observed }: Standing, broken: number, all: number): string {
  const who = `${layer.name} (${layer.op})`
  const many = broken === 0 ? `all ${all} layers hold` : `${broken} of ${all} layers break it`
  const number = (digits: number): string => (observed === null ? 'not finite' : observed.toFixed(digits))
  const none = isIdentical(layer)
  switch (kind) {
    case 'max_deviation_ratio':
      return `${who}: ${(100 * layer.deviationRatio).toFixed(4)} % of the values deviate, limit ${100 * value} %; ${many}`
    case 'min_sqnr_db':
      return `${who}: ${none ? 'identical to FP32' : `SQNR ${number(1)} dB`}, floor ${value} dB; ${many}`
    case 'min_cosine':
      return `${who}: ${none ? 'identical to FP32' : `cosine ${number(5)}`}, floor ${value}; ${many}`
    case 'max_abs_error':
      return `${who}: error up to ${observed === null ? 'infinity' : observed.toPrecision(3)}, limit ${value}; ${many}`
    case 'no_worse_than':
      return `${who}: ${observed === null ? 'no finite SQNR' : `SQNR ${number(1)} dB below the baseline's`}, tolerance ${value} dB; ${many}`
  }
}

function examples(layers: readonly LayerResult[]): string {
  const operators = [...new Set(layers.map(({ op }) => op))].slice(0, 8).join(', ')
  const names = layers.slice(0, 3).map(({ name }) => JSON.stringify(name))
  return `its operators are ${operators}, and names look like ${names.join(', ')}`
}
