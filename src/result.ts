import * as z from 'zod'
import { FileError } from './errors.js'
import { REPORT_FILE } from './result/files.js'
import { parseJson, schemaVersionOf, wrongFields } from './result/parse.js'
export { REPORT_FILE }
export { everyVariant, isReference, nameOn, referenceOf } from './result/providers.js'
export { parseShard, SHARD_SCHEMA_VERSION, serializeShard, type Shard } from './result/shard.js'
export { parseSamples, SAMPLES_SCHEMA_VERSION, serializeSamples, type Samples } from './result/samples.js'
import {
  baselineSchema,
  calibrationSchema,
  diagnosisSchema,
  dropSchema,
  environmentSchema,
  executedSchema,
  latencySchema,
  placementSchema,
  runSchema,
  shardSchema,
  shardsSchema,
  verdictSchema
} from './result/parts.js'
import { layerComparisonSchema, layerSchema } from './result/layers.js'

/** Raised when a field is removed or changes its meaning; a new field does not raise it. */
export const RESULT_SCHEMA_VERSION = 1

/** Name in `variants` of the FP32 reference that every other variant is compared with. */
export const REFERENCE_VARIANT = 'fp32'

/**
 * Suspicion from which a layer is named. Healthy layers of the networks that it was measured on stay below 0.06, planted
 * faults start at 0.17 (docs/layers.md).
 */
export const SUSPECT = 0.1

const metricsSchema = z
  .record(z.string(), z.number().min(0).max(1).nullable())
  .describe('Metrics in 0..1. null: it could not be measured (no samples)')

const variantSchema = z.object({
  precision: z.enum(['fp32', 'fp16', 'int8', 'model']).describe('`model`: a finished model, judged as it is'),
  model: z.string().optional().describe('The judged file, relative to the report folder'),
  metrics: metricsSchema,
  drop: z.record(z.string(), dropSchema).describe('Drop against the fp32 entry by metric; empty for fp32 itself'),
  flips: z
    .object({
      broken: z
        .int()
        .nonnegative()
        .describe(
          'Right in FP32 and wrong here: samples; of detection objects that only FP32 finds; of segmentation pixels'
        ),
      repaired: z.int().nonnegative().describe('Wrong in FP32 and right here')
    })
    .optional()
    .describe('Answers that changed sides in the first metric of the task; absent for fp32'),
  changed: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      "With `comparedWith: fp32`, in place of flips: answers that are not FP32's. Samples; of detection boxes that one side alone has; of segmentation pixels"
    ),
  calibration: calibrationSchema.optional(),
  executed: executedSchema.optional(),
  placement: placementSchema.optional(),
  nonFinite: z.int().nonnegative().describe('Samples whose output holds NaN or infinity; each counts as wrong'),
  sizeBytes: z.int().nonnegative().describe('Size of the model file with its external data'),
  latencyMs: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      'Milliseconds per sample inside the runtime: of the largest measured batch, else the median of the evaluation'
    ),
  latency: z.array(latencySchema).optional().describe('By batch size, where the config asks for it'),
  error: z.string().optional().describe('Why this variant did not run; its other fields then hold no measurement'),
  warnings: z.array(z.string())
})

/** A variant on another provider beside the same variant on the first one. */
const differenceSchema = z.object({
  samples: z.int().nonnegative(),
  metrics: z.record(z.string(), dropSchema).describe('What is lost on the other provider; a positive drop is a loss'),
  flips: z
    .object({
      broken: z.int().nonnegative().describe('Samples that are right on the first provider only'),
      repaired: z.int().nonnegative().describe('Samples that are right on the other provider only')
    })
    .optional()
    .describe('Of classification'),
  outputs: z
    .object({
      maxAbs: z.number().nonnegative().nullable().describe('Largest difference of two output values. null: not finite'),
      largest: z.number().nonnegative().describe('Largest output on the first provider, for scale'),
      sqnrDb: z.number().nullable().describe('SQNR of the outputs. null: identical, or not finite')
    })
    .optional()
    .describe('Absent where outputs are lists, which have no order')
})

/** result.json: all that a reporter, a merge or a comparison reads. */
export const resultSchema = z
  .object({
    schemaVersion: z.literal(RESULT_SCHEMA_VERSION),
    tool: z.object({ name: z.string(), version: z.string() }),
    conclusion: z.enum(['success', 'failure', 'inconclusive', 'error']),
    reasons: z.array(z.string()).describe('Why the conclusion is what it is, the most important first'),
    onInconclusive: z
      .enum(['warn', 'fail'])
      .optional()
      .describe("The config's on_inconclusive: whether an inconclusive run passes; absent: it does"),
    run: runSchema.optional(),
    config: z.object({ path: z.string() }).optional().describe('The config file that configPosition refers to'),
    task: z
      .enum(['classification', 'detection', 'segmentation'])
      .optional()
      .describe('What the model does; absent: classification'),
    comparedWith: z
      .enum(['labels', 'fp32'])
      .optional()
      .describe('What answers were compared with: fp32 with `metric: agreement`; absent: labels'),
    model: z.object({
      path: z.string(),
      sha256: z.string(),
      opset: z.int(),
      parameters: z.int().nonnegative().describe('Number of weights')
    }),
    dataset: z.object({ path: z.string(), sha256: z.string(), samples: z.int().nonnegative() }),
    preprocessing: z.object({
      hash: z.string(),
      canonical: z.string().describe('The text that was hashed: every step with its defaults filled in')
    }),
    decoding: z
      .object({
        hash: z.string(),
        canonical: z.string().describe('The text that was hashed: every option with its default filled in')
      })
      .optional()
      .describe('How outputs were read; absent from earlier versions'),
    environment: environmentSchema,
    variants: z.record(z.string(), variantSchema),
    providers: z
      .record(
        z.string(),
        z.object({
          environment: environmentSchema,
          variants: z.record(z.string(), variantSchema),
          differences: z.record(z.string(), differenceSchema).describe('By variant, against the first provider')
        })
      )
      .optional()
      .describe('The same variants on the other providers of the config; `environment` names the first one'),
    layers: z
      .record(z.string(), z.array(layerSchema))
      .optional()
      .describe('By variant, every compared layer in execution order'),
    layerComparison: z
      .record(z.string(), layerComparisonSchema)
      .optional()
      .describe('By variant, how its layers were compared'),
    baseline: baselineSchema.optional(),
    shard: shardSchema.optional(),
    shards: shardsSchema.optional(),
    verdicts: z.array(verdictSchema),
    diagnosis: z.array(diagnosisSchema),
    samples: z.string().optional().describe('Path of the per-sample outcomes, relative to this file'),
    timings: z.record(z.string(), z.number().nonnegative()).describe('Seconds by stage')
  })
  .describe('Result of a precision-gate run')

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T

export type Result = DeepReadonly<z.infer<typeof resultSchema>>
export type VariantResult = Result['variants'][string]
export type MetricDrop = VariantResult['drop'][string]
export type CalibrationResult = NonNullable<VariantResult['calibration']>
export type Verdict = Result['verdicts'][number]
export type VerdictStatus = Verdict['status']
export type Diagnosis = Result['diagnosis'][number]
export type LayerResult = NonNullable<Result['layers']>[string][number]
export type LayerComparison = NonNullable<Result['layerComparison']>[string]
export type ProviderDifferenceResult = NonNullable<Result['providers']>[string]['differences'][string]
export type LatencyResult = NonNullable<VariantResult['latency']>[number]
export type RunFacts = NonNullable<Result['run']>
export type BaselineComparison = NonNullable<Result['baseline']>
export type BaselineMetric = BaselineComparison['variants'][string]['metrics'][string]
export type Conclusion = Result['conclusion']
export type ResultEnvironment = Result['environment']

/**
 * Validates result.json. Unknown fields are dropped: a newer tool may have added them.
 * @param json the file's text, or a value that was already parsed.
 * @param name how the file is called in messages.
 * @throws FileError naming the first field that is wrong.
 */
export function parseResult(json: unknown, name: string = REPORT_FILE.result): Result {
  const value = typeof json === 'string' ? parseJson(json, name) : json
  const parsed = resultSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const version = schemaVersionOf(value)
  if (version !== undefined && version !== RESULT_SCHEMA_VERSION) {
    throw new FileError(
      `${name} has schemaVersion ${version}, and this version reads ${RESULT_SCHEMA_VERSION}`,
      'read it with the version of precision-gate that wrote it'
    )
  }
  throw new FileError(`${name} is not a result of precision-gate: ${wrongFields(parsed.error, 3)}`)
}

/**
 * The text of result.json. Validated first, because JSON.stringify would turn a NaN that slipped in into null.
 * @throws FileError naming the field that is not representable.
 */
export function serializeResult(result: Result): string {
  return `${JSON.stringify(parseResult(result, 'the result'), null, 2)}\n`
}

/** JSON Schema (draft 2020-12) of result.json; additional properties are allowed. */
export function resultJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(resultSchema, { io: 'input' })
}
