import type { GateConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import { ConfigurationError } from '../errors.js'
import { measureLatency, planBatches, type EvaluationResult, type Latency } from '../evaluation/index.js'
import type { Verdict } from '../result.js'
import type { ValueInfo } from '../runtime/index.js'
import type { GateContext, Variant } from '../variants/index.js'
import { judgeSpeed } from '../verdict/index.js'

/** By provider, then by variant; empty where the config does not ask. */
export type Latencies = ReadonlyMap<string, ReadonlyMap<string, readonly Latency[]>>

/** How long every variant that was evaluated takes, on every provider. */
export async function measureLatencies(
  { evaluations, others }: EvaluationResult,
  images: SampleStream,
  context: GateContext
): Promise<Latencies> {
  const { latency } = context.config
  const latencies = new Map<string, ReadonlyMap<string, readonly Latency[]>>()
  if (latency === undefined) return latencies
  for (const run of [{ session: context.session, evaluations }, ...others]) {
    const variants = run.evaluations.map(({ variant }) => variant)
    const { session } = run
    latencies.set(session.provider, await measureLatency(variants, images, latency, context, session))
  }
  return latencies
}

/**
 * Where it can be told before anything runs: models that come ready-made may have a batch size of their own.
 * @throws ConfigurationError for limits on the speed at batch sizes that will not be measured.
 */
export function refuseUnmeasuredBatches(
  { latency, speedLimits = [], variants, file }: GateConfig,
  input: ValueInfo
): void {
  const isFixed = typeof input.dims[0] === 'number'
  if (latency === undefined || (!isFixed && [...variants.values()].some(({ kind }) => kind === 'model'))) return
  const sizes = new Set(latency.batch.map((asked) => planBatches([{ name: 'fp32', input }], asked).size))
  const issues = speedLimits.flatMap(({ batch, position }) => {
    if (batch === undefined || sizes.has(batch)) return []
    return [{ message: `the speed at batch ${batch} is limited, and not measured`, file, position }]
  })
  if (issues.length === 0) return
  const measured = [...sizes].join(', ')
  throw new ConfigurationError(
    issues,
    isFixed
      ? `the model has the batch size ${measured} of its own: name that one, or none`
      : `latency.batch has the sizes that are measured: ${measured}`
  )
}

/** Limits on speed, on the first provider. */
export function judgeSpeeds(
  latencies: Latencies,
  { evaluations }: EvaluationResult,
  { config, session }: GateContext
): Verdict[] {
  const measured = latencies.get(session.provider)
  return judgeSpeed(config.speedLimits ?? [], [...config.variants.keys()], (name) => {
    const variant = evaluations.find((one) => one.variant.name === name)?.variant
    const series = measured?.get(name)
    if (variant === undefined || series === undefined) return 'the variant did not run'
    if (isEmulated(variant)) {
      return `the ${session.provider} provider runs an emulation of FP16, whose speed says nothing about the model`
    }
    return series.flatMap(({ batch, speedup }) => (speedup === undefined ? [] : [{ batch, ...speedup }]))
  })
}

export function isEmulated({ emulation, runFile }: Variant): boolean {
  return emulation !== undefined && runFile === emulation
}
