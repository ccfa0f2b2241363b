import * as z from 'zod'
import { DEFAULT_CALIBRATION_METHOD, DEFAULT_PERCENTILE, DEFAULT_TARGET } from '../defaults.js'
import { pathSchema } from './common.js'
import { calibrationDatasetSchema } from './dataset.js'

const calibrationBase = {
  dataset: calibrationDatasetSchema,
  samples: z
    .int()
    .min(1)
    .optional()
    .describe('At most this many, taken evenly over the sorted list; all where it is not given')
}

export const calibrationSchema = z
  .union([
    z.strictObject({
      ...calibrationBase,
      method: z
        .enum(['entropy', 'minmax', 'mse'])
        .describe('How the range of each activation is chosen (docs/precision.md compares them)')
    }),
    z.strictObject({
      ...calibrationBase,
      method: z
        .literal('percentile')
        .default(DEFAULT_CALIBRATION_METHOD)
        .describe('percentile: the range that holds a given share of the values'),
      percentile: z
        .number()
        .gt(50)
        .lt(100)
        .default(DEFAULT_PERCENTILE)
        .describe('Share of the values kept, in percent; with `method: percentile` only')
    })
  ])
  .describe('Where the INT8 ranges come from; needed by variants with `precision: int8` that have no `ranges`')

const keepPattern = z.string().min(1)

const keep = z
  .union([keepPattern, z.array(keepPattern)])
  .default([])
  .describe('Layers left in FP32: globs on node names, or operator types')
  .meta({ examples: [['/head/*', 'Softmax']] })

/** In place of `runtime: {require_executed}`. */
const requireExecuted = <Precision extends 'int8' | 'fp16'>(precisions: readonly Precision[]) =>
  z
    .enum<('none' | Precision)[]>(['none', ...precisions])
    .optional()
    .describe('What its layers must really run in, in place of `runtime: {require_executed}`; none: nothing is required')

export const variantSchema = z.union([
  z.strictObject({
    precision: z.literal('fp16').describe('fp16: half precision; inputs and outputs stay float32'),
    keep,
    require_executed: requireExecuted(['fp16'])
  }),
  z.strictObject({
    precision: z.literal('int8').describe('int8: 8-bit integers, as a QDQ model'),
    target: z
      .enum(['cpu', 'tensorrt'])
      .optional()
      .describe(
        `cpu: asymmetric uint8 activations; tensorrt: symmetric int8. ${DEFAULT_TARGET} where it is not given; with \`ranges\`, tensorrt if all of them are symmetric`
      ),
    ranges: pathSchema
      .optional()
      .describe("Ranges of the activations in place of calibration: TensorRT's cache, a table of ONNX Runtime, a CSV, or a Q/DQ model"),
    keep,
    reduce_range: z
      .boolean()
      .default(false)
      .describe('7-bit weights, for x64 CPUs without VNNI when `runtime` cannot work around them'),
    require_executed: requireExecuted(['int8'])
  }),
  z.strictObject({
    model: pathSchema.describe('A finished model, judged as it is'),
    engine: pathSchema
      .optional()
      .describe('A TensorRT engine that was built of `model` for this GPU and runs in its place; on tensorrt only'),
    require_executed: requireExecuted(['int8', 'fp16'])
  })
])

/** Becomes part of file names, and fp32 is the reference's name. */
export const variantName = z
  .string()
  .regex(/^(?!fp32$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .meta({ title: 'name of letters, digits, ".", "_" and "-" (fp32 is taken)' })

export const variantsSchema = z
  .record(variantName, variantSchema)
  .refine((variants) => Object.keys(variants).length > 0, 'expected at least one variant, such as fp16: {precision: fp16}')
  .describe('What is compared with FP32, by name')
  .meta({
    minProperties: 1,
    examples: [{ fp16: { precision: 'fp16' }, int8: { precision: 'int8' }, trt: { precision: 'int8', ranges: 'calib/trt.cache' }, ours: { model: 'models/qat.onnx' } }]
  })

export type CalibrationDocument = z.infer<typeof calibrationSchema>
export type VariantDocument = z.infer<typeof variantSchema>
