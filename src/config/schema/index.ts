import * as z from 'zod'
import { DEFAULT_AGREEMENT_SCORE, DEFAULT_BATCH } from '../defaults.js'
import { TASKS } from '../metrics.js'
import { pathSchema } from './common.js'
import { decodeSchema } from './decode.js'
import { datasetSchema } from './dataset.js'
import { expectSchema, thresholdsSchema } from './limits.js'
import { calibrationSchema, variantsSchema } from './precision.js'
import { latencySchema } from './latency.js'
import { layersSchema } from './layers.js'
import { preprocessSchema } from './preprocess.js'

const lowPrecision = z.enum(['int8', 'fp16'])

const deviceSchema = z.int().min(0)

const devicesSchema = z
  .union([
    deviceSchema,
    z
      .array(deviceSchema)
      .min(1)
      .refine((devices) => new Set(devices).size === devices.length, { message: 'names a device twice' })
      .meta({ uniqueItems: true }),
    z
      .string()
      .regex(/^\d+( *, *\d+)+$/)
      .refine((text) => new Set(devicesOf(text)).size === devicesOf(text).length, { message: 'names a device twice' })
      .meta({ title: 'list of indices such as "0, 1"' })
  ])
  .default(0)
  .describe('Index of the GPU. Several, such as `0, 1` or [0, 1]: each evaluates a part of the test set (docs/shards.md)')
  .meta({ examples: [0, [0, 1]] })

/** `0, 1` in YAML is a text. */
export function devicesOf(device: number | readonly number[] | string): readonly number[] {
  if (typeof device === 'number') return [device]
  return typeof device === 'string' ? device.split(',').map(Number) : device
}

const runtimeSchema = z
  .strictObject({
    provider: z
      .enum(['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'])
      .default('auto')
      .describe('Execution provider; auto takes the first of cuda, webgpu and cpu that works'),
    providers: z
      .array(z.enum(['cpu', 'webgpu', 'cuda', 'tensorrt']))
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'expected each provider once')
      .optional()
      .describe('Several, in place of provider: everything runs on each of them, and is compared with the first')
      .meta({ uniqueItems: true, examples: [['cpu', 'webgpu']] }),
    batch: z.int().min(1).max(4096).default(DEFAULT_BATCH).describe('Images in one run, where the model allows it'),
    device: devicesSchema,
    threads: z.int().min(0).default(0).describe('Threads inside an operator; 0: one for each physical core'),
    strict: z
      .boolean()
      .default(false)
      .describe('Refuse a model of which the provider cannot run every node, in place of running the rest on the CPU'),
    require_executed: z
      .union([lowPrecision, z.array(lowPrecision).min(1)])
      .optional()
      .describe(
        'Fails where a Conv, ConvTranspose, Gemm or MatMul of such a variant ran in something else (docs/runtime.md)'
      )
      .meta({ examples: ['int8', ['int8', 'fp16']] })
  })
  .prefault({})
  .describe('Where and how the models run')

/** The config file, as it is written. What one value alone cannot show is checked in checks.ts. */
export const documentSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of this format'),
    model: pathSchema.describe('The FP32 model in ONNX format; external data may lie beside it'),
    task: z.enum(TASKS).default('classification').describe('What the model does'),
    metric: z
      .literal('agreement')
      .optional()
      .describe(
        "agreement: variants are compared with FP32's own answers, and no labels are needed (docs/agreement.md). Without it answers are compared with labels"
      ),
    dataset: datasetSchema,
    preprocess: preprocessSchema,
    decode: decodeSchema,
    calibration: calibrationSchema.optional(),
    variants: variantsSchema,
    expect: expectSchema.optional(),
    thresholds: thresholdsSchema,
    voc_iou: z.number().gt(0).max(1).default(0.5).describe('Least overlap of a match in voc07 and voc12'),
    agreement_score: z
      .number()
      .min(0)
      .max(1)
      .default(DEFAULT_AGREEMENT_SCORE)
      .describe("Of detection with `metric: agreement`: FP32's boxes that score more are the truth"),
    layers: layersSchema,
    latency: latencySchema,
    runtime: runtimeSchema,
    on_inconclusive: z
      .enum(['warn', 'fail'])
      .default('warn')
      .describe('What happens when the images are too few to decide a limit. fail: exit code 4')
  })
  .describe('Config of precision-gate (docs/config.md). Paths start from the folder of this file')

export type ConfigDocument = z.infer<typeof documentSchema>

export type { DecodeDocument } from './decode.js'
export type { DatasetDocument } from './dataset.js'
export type { CalibrationDocument, VariantDocument } from './precision.js'
export type { PreprocessDocument, StepDocument } from './preprocess.js'
export type { LatencyDocument } from './latency.js'
export { LAYER_LIMIT_KEYS, type LayersDocument, type LayerThresholdDocument } from './layers.js'
export { LIMIT_KEYS, type ThresholdDocument } from './limits.js'
