import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { worstFirst } from '../report/index.js'
import { REPORT_FILE, REFERENCE_VARIANT, type Result, type VariantResult } from '../result.js'
import { cacheHit } from './calibration.js'
import { OUTPUT, type OutputName } from './names.js'
import type { Published } from './publish.js'

export interface OutputFacts {
  /** undefined: the gate left none. */
  readonly result?: Result | undefined
  /** Whether the result is the verdict, and not what a crash left. */
  readonly judged: boolean
  readonly passed: boolean
  /** undefined: there is none. */
  readonly outputDirectory: string | undefined
  readonly cacheKey?: string | undefined
  readonly published: Published
}

type Outputs = Partial<Record<OutputName, string | number | boolean | undefined>>

/** All outputs of action.yml; what there is nothing to say of is left out, and reads as an empty text. */
export function outputsOf(facts: OutputFacts): Outputs {
  const { result, judged, passed, outputDirectory, cacheKey, published } = facts
  return {
    [OUTPUT.conclusion]: judged && result !== undefined ? result.conclusion : 'error',
    [OUTPUT.passed]: passed,
    [OUTPUT.cacheHit]: result !== undefined && cacheHit(result),
    ...(result !== undefined && figures(result)),
    ...(outputDirectory !== undefined && {
      [OUTPUT.reportPath]: ifThere(join(outputDirectory, REPORT_FILE.result)),
      [OUTPUT.summaryFile]: ifThere(join(outputDirectory, REPORT_FILE.markdown))
    }),
    ...(cacheKey !== undefined && { [OUTPUT.cacheKey]: cacheKey }),
    ...(published.commentId !== undefined && { [OUTPUT.commentId]: published.commentId }),
    ...(published.checkUrl !== undefined && { [OUTPUT.checkUrl]: published.checkUrl })
  }
}

function ifThere(file: string): string | undefined {
  return existsSync(file) ? file : undefined
}

function figures({ variants, layers, environment }: Result): Outputs {
  const reference = Object.hasOwn(variants, REFERENCE_VARIANT) ? variants[REFERENCE_VARIANT] : undefined
  const metric = Object.keys(reference?.metrics ?? {}).at(0)
  const outputs: Outputs = { [OUTPUT.runtimeVersion]: environment.onnxruntime }
  if (reference === undefined || metric === undefined) return outputs
  const fp32 = reference.metrics[metric]
  const fp16 = worst(variants, 'fp16', metric)
  const int8 = worst(variants, 'int8', metric)
  const [loser, drop] = largestDrop(variants, metric)
  const layer =
    loser !== undefined && layers !== undefined && Object.hasOwn(layers, loser)
      ? worstFirst(layers[loser])[0]
      : undefined
  return {
    ...outputs,
    ...(fp32 !== null && { [OUTPUT.accuracyFp32]: fp32 }),
    ...(fp16 !== undefined && { [OUTPUT.accuracyFp16]: fp16 }),
    ...(int8 !== undefined && { [OUTPUT.accuracyInt8]: int8 }),
    ...(drop !== undefined && { [OUTPUT.accuracyDrop]: Number(drop.toFixed(6)) }),
    ...(layer !== undefined && { [OUTPUT.worstLayer]: layer.name })
  }
}

function worst(
  variants: Result['variants'],
  precision: VariantResult['precision'],
  metric: string
): number | undefined {
  const values = Object.values(variants)
    .filter((variant) => variant.precision === precision && variant.error === undefined)
    .flatMap(({ metrics }) => metrics[metric] ?? [])
  return values.length === 0 ? undefined : Math.min(...values)
}

function largestDrop(variants: Result['variants'], metric: string): [variant?: string, points?: number] {
  const drops = Object.entries(variants).flatMap(([name, { drop }]): [string, number][] => {
    const points = Object.hasOwn(drop, metric) ? drop[metric].points : null
    return points === null ? [] : [[name, points]]
  })
  return drops.sort(([, a], [, b]) => b - a)[0] ?? []
}
