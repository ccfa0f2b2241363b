import * as z from 'zod'
import {
  DEFAULT_DEVIATION_FLOOR,
  DEFAULT_DEVIATION_THRESHOLD,
  DEFAULT_ISOLATED_SAMPLES,
  DEFAULT_LAYER_MEMORY,
  DEFAULT_LAYER_SAMPLES,
  DEFAULT_TOLERANCE_DB
} from '../defaults.js'
import { needsOneOf } from './common.js'

const share = z.number().min(0).max(1)

export const layersSchema = z
  .union([
    z.literal(false).describe('false: layers are not compared'),
    z.strictObject({
      samples: z
        .int()
        .min(1)
        .default(DEFAULT_LAYER_SAMPLES)
        .describe('Test samples whose layers are compared, spread evenly'),
      isolated_samples: z
        .int()
        .min(1)
        .default(DEFAULT_ISOLATED_SAMPLES)
        .describe('How many of them tell what each layer adds by itself'),
      threshold: z
        .number()
        .gt(0)
        .max(1)
        .default(DEFAULT_DEVIATION_THRESHOLD)
        .describe('Share of the FP32 value by which a value has to be off to count as deviating'),
      floor: z
        .number()
        .min(0)
        .max(10)
        .default(DEFAULT_DEVIATION_FLOOR)
        .describe(
          "FP32 values smaller than this share of their layer's root mean square count as that much; 0: none do"
        ),
      memory: z
        .string()
        .regex(/^\d+(\.\d+)? ?(MB|GB|MiB|GiB)$/)
        .meta({ title: 'size such as 512MiB or 1GiB' })
        .default(DEFAULT_LAYER_MEMORY)
        .describe('Tensors compared at a time may take this much; beyond it the network runs once for each part')
    })
  ])
  .prefault({})
  .describe('How each layer is compared with FP32 (docs/layers.md); false switches it off')

/** The keys of a layer threshold that state a limit; each becomes a verdict of its own. */
export const LAYER_LIMIT_KEYS = [
  'max_deviation_ratio',
  'min_sqnr_db',
  'min_cosine',
  'max_abs_error',
  'no_worse_than'
] as const

export const layerThresholdSchema = needsOneOf(
  z.strictObject({
    layer: z
      .string()
      .min(1)
      .describe('Glob on layer names ("*" stops at "/" unless it stands alone), or an operator type')
      .meta({ examples: ['*', '/head/**', 'Conv'] }),
    variant: z.string().min(1).optional().describe('Name of one variant; every variant where it is not given'),
    max_deviation_ratio: share
      .optional()
      .describe('Largest share of values that are off by more than `layers.threshold`'),
    min_sqnr_db: z.number().optional().describe('Smallest signal to quantization noise, in dB'),
    min_cosine: z.number().min(-1).max(1).optional().describe('Smallest cosine of the two outputs'),
    max_abs_error: z.number().min(0).optional().describe('Largest difference of any value'),
    no_worse_than: z
      .literal('baseline')
      .optional()
      .describe('The SQNR may not fall behind that of an earlier run; needs `--baseline` (docs/baseline.md)'),
    tolerance_db: z
      .number()
      .min(0)
      .default(DEFAULT_TOLERANCE_DB)
      .describe('By how much it may, with `no_worse_than`'),
    severity: z
      .enum(['error', 'warning'])
      .default('error')
      .describe('warning: a broken limit is reported and does not fail the gate')
  }),
  LAYER_LIMIT_KEYS,
  'at least one limit'
)

export type LayersDocument = z.infer<typeof layersSchema>
export type LayerThresholdDocument = z.infer<typeof layerThresholdSchema>
