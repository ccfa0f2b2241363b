import type { LayerResult, Result, VariantResult, Verdict } from '../../src/result.js'
import { failingResult } from './results.js'

export interface Size {
  readonly variants: number
  /** Limits on each variant. */
  readonly limits: number
  /** How many of all limits are broken. */
  readonly broken: number
  readonly layers: number
  readonly name?: (index: number) => string
}

/** A run of any size: figures that were measured on nothing. */
export function largeResult({ variants, limits, broken, layers, name = (index) => `variant${index}` }: Size): Result {
  const { int8 } = failingResult.variants
  const names = Array.from({ length: variants }, (_, index) => name(index))
  const verdicts = names.flatMap((variant, v) =>
    Array.from({ length: limits }, (_, l): Verdict => {
      const fails = v * limits + l < broken
      return {
        id: `${variant}.top1.max_drop_points#${l}`,
        variant,
        subject: 'top1',
        observed: 2.1,
        limit: fails ? 1 : 3,
        unit: 'points',
        status: fails ? 'fail' : 'pass',
        message: `top1 drops by 2.10 points (95 % interval 1.71 to 2.51); limit ${l} of ${variant}`,
        configPosition: { line: 10 + l, column: 5 }
      }
    })
  )
  return {
    ...failingResult,
    conclusion: broken > 0 ? 'failure' : 'success',
    reasons: verdicts.filter(({ status }) => status === 'fail').map(({ message }) => message),
    variants: Object.fromEntries([
      ['fp32', failingResult.variants.fp32],
      ...names.map((variant): [string, VariantResult] => [variant, { ...int8, warnings: [`a remark on ${variant}`] }])
    ]),
    verdicts,
    layers: Object.fromEntries(names.map((variant) => [variant, layersOf(layers)])),
    diagnosis: names.map((variant) => ({ ...failingResult.diagnosis[0], variant }))
  }
}

function layersOf(count: number): LayerResult[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `/backbone/stage${index % 7}/block${index}/depthwise/Conv`,
    op: 'Conv',
    tensor: `/backbone/stage${index % 7}/block${index}/depthwise/Conv_output_0`,
    elements: 802816,
    // the worst is in the middle
    sqnrDb: 10 + Math.abs(index - count / 2) / 10,
    cosine: 0.99,
    maxAbs: 0.25,
    relErrorCount: 8028,
    deviationRatio: 0.01,
    executed: 'int8' as const
  }))
}
