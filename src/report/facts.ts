import type { CalibrationResult, Result, ResultEnvironment, VariantResult } from '../result.js'
import { bytes, count, plural, pValue } from './text.js'

/** What `changed` and `flips` count. */
const CHANGED = { classification: 'answers', detection: 'boxes', segmentation: 'pixels' } as const
const FLIPPED = { ...CHANGED, detection: 'objects' } as const

/** What is known of a variant besides its metrics, as short phrases. Unescaped. */
export function factsOf(variant: VariantResult, task: Result['task'] = 'classification'): string[] {
  const { flips, changed, drop, executed, nonFinite, sizeBytes, latencyMs } = variant
  const [[metric, { pValue: test }] = ['', { pValue: null }]] = Object.entries(drop)
  return [
    ...(flips === undefined
      ? []
      : [
          `flips: ${count(flips.broken)} ${FLIPPED[task]} broken, ${count(flips.repaired)} repaired${test === null ? '' : ` (${testOf(metric)} p ${pValue(test)})`}`
        ]),
    ...(changed === undefined ? [] : [`${count(changed)} ${CHANGED[task]} changed against FP32`]),
    executed === undefined
      ? 'layers: not profiled'
      : `layers: ${(['int8', 'fp16', 'fp32', 'simulated'] as const).map((kind) => `${count(executed[kind])} ${kind}`).join(', ')}`,
    ...elsewhereFact(variant),
    ...(nonFinite > 0 ? [`${plural(nonFinite, 'sample')} with NaN or infinite outputs`] : []),
    bytes(sizeBytes),
    ...(latencyMs === undefined ? [] : [`${latencyMs.toPrecision(3)} ms per sample`])
  ]
}

/** Nodes that another provider than that of the run executed: each costs two copies, and is computed as that one does. */
export function elsewhereFact({ placement }: VariantResult): string[] {
  if (placement === undefined || placement.elsewhere.length === 0) return []
  const counts = Object.entries(placement.nodes).map(([provider, nodes]) => `${count(nodes)} on ${provider}`)
  const [first, ...more] = placement.elsewhere
  return [`nodes: ${counts.join(', ')} (${first}${more.length === 0 ? '' : ', …'})`]
}

/** Shares of samples have an exact test, other metrics the bootstrap's. */
function testOf(metric: string): string {
  return metric === 'top1' ? 'McNemar' : `bootstrap ${metric}`
}

export function calibrationFact(calibration: CalibrationResult): string {
  const { method, samples, source, reason, computedAt, table, key } = calibration
  if (source === 'imported') return `ranges: ${importedFact(calibration)}; table ${table}, key ${key.slice(0, 12)}`
  const dated = computedAt === undefined ? '' : ` of ${day(computedAt)}`
  const origin = { computed: 'computed', cache: `from the cache${dated}` }[source]
  const why = reason === undefined ? '' : ` (${reason})`
  return `calibration: ${method} on ${plural(samples, 'image')}, ${origin}${why}; table ${table}, key ${key.slice(0, 12)}`
}

/** Where imported ranges come from, and on how many images those that the file lacks were calibrated. */
export function importedFact({ method, samples }: CalibrationResult): string {
  return `imported from ${method}${samples === 0 ? '' : `, the missing ones calibrated on ${plural(samples, 'image')}`}`
}

/** `2026-11-20 14:03 UTC`. */
export function day(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

export function environmentFact(environment: ResultEnvironment): string {
  const { onnxruntime, provider, threads, cpu, cpuCores, vnni, x64QuantPrecision, gpu, driver, node, os } = environment
  const libraries = Object.entries(environment.libraries ?? {}).map(([name, version]) => `${name} ${version}`)
  return [
    `ONNX Runtime ${onnxruntime} on ${provider}, ${threads === 0 ? 'default threads' : plural(threads, 'thread')}`,
    `${cpu}, ${plural(cpuCores, 'core')}, ${vnni ? 'VNNI' : 'no VNNI'}${x64QuantPrecision ? ', x64quantprecision=1' : ''}`,
    ...(gpu === undefined ? [] : [`${gpu}${driver === undefined ? '' : `, driver ${driver}`}`]),
    ...(libraries.length === 0 ? [] : [libraries.join(', ')]),
    `Node ${node}, ${os}`
  ].join('; ')
}

/** Model, data set and preprocessing, as label and text. */
export function subjectFacts({ model, dataset, preprocessing }: Result): readonly (readonly [string, string])[] {
  return [
    [
      'model',
      `${model.path}, opset ${model.opset}, ${plural(model.parameters, 'parameter')}, sha256 ${model.sha256.slice(0, 12)}`
    ],
    ['data set', `${dataset.path}, ${plural(dataset.samples, 'sample')}, sha256 ${dataset.sha256.slice(0, 12)}`],
    ['preprocessing', `hash ${preprocessing.hash.slice(0, 12)}`]
  ]
}

/** Seconds in all, and of the stages that took any. */
export function timingFact(timings: Result['timings']): string {
  const stages = Object.entries(timings)
  const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0)
  const took = stages.filter(([, seconds]) => seconds >= 0.05)
  return took.length === 0
    ? `${total.toFixed(1)} s`
    : `${total.toFixed(1)} s: ${took.map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)} s`).join(', ')}`
}
