import * as z from 'zod'
import { DEFAULT_MAX_DROP_POINTS, DEFAULT_TOLERANCE } from '../defaults.js'
import { LABELLED_METRICS, METRICS, type LabelledMetric } from '../metrics.js'
import { needsOneOf } from './common.js'
import { speedThresholdSchema } from './latency.js'
import { layerThresholdSchema } from './layers.js'

const share = z.number().min(0).max(1)

const WHAT: Partial<Record<LabelledMetric, string>> = {
  top1: 'top-1',
  top5: 'top-5',
  map: 'COCO AP, IoU 0.50 to 0.95',
  map50: 'AP at IoU 0.50',
  map75: 'AP at IoU 0.75',
  miou: 'mean IoU'
}

const figure = (metric: LabelledMetric) =>
  share.optional().describe(`The FP32 model's published ${WHAT[metric] ?? metric}, 0..1`)
const figures = Object.fromEntries(LABELLED_METRICS.map((metric) => [metric, figure(metric)])) as Record<
  LabelledMetric,
  ReturnType<typeof figure>
>

export const expectSchema = needsOneOf(
  z.strictObject({
    ...figures,
    tolerance: share
      .default(DEFAULT_TOLERANCE)
      .describe('Allowed difference between the published figure and the measured one, 0..1')
  }),
  LABELLED_METRICS,
  'at least one of'
).describe('What FP32 must reach before anything else is judged: a broken baseline is found here')

/** The keys of a threshold that state a limit; each becomes a verdict of its own. */
export const LIMIT_KEYS = ['max_drop_points', 'max_drop_relative', 'min', 'max_regression_points'] as const

const thresholdSchema = needsOneOf(
  z.strictObject({
    metric: z.enum(METRICS).describe('What is limited: a metric of the task (docs/metrics.md), or of `metric: agreement` (docs/agreement.md)'),
    variant: z.string().min(1).optional().describe('Name of one variant; every variant where it is not given'),
    max_drop_points: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe('Largest loss in percentage points: 1.0 allows 0.94 to become 0.93'),
    max_drop_relative: share.optional().describe("Largest loss as a share of FP32's value: 0.01 allows 0.94 to become 0.9306"),
    min: share.optional().describe("Smallest value of the variant's own metric, 0..1"),
    max_regression_points: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        "Largest loss against the same variant of an earlier run, in percentage points; needs `--baseline` (docs/baseline.md)"
      ),
    severity: z
      .enum(['error', 'warning'])
      .default('error')
      .describe('warning: a broken limit is reported and does not fail the gate')
  }),
  LIMIT_KEYS,
  'at least one limit'
)

export const thresholdsSchema = z
  .array(z.union([thresholdSchema, layerThresholdSchema, speedThresholdSchema]))
  .min(1)
  .optional()
  .describe(
    `Limits. Where the key is missing, the first metric of the task (top1, map or miou; agreement with metric: agreement) may lose ${DEFAULT_MAX_DROP_POINTS.toFixed(1)} percentage points in every variant`
  )
  .meta({ examples: [[{ metric: 'top1', max_drop_points: 1 }]] })

export type ThresholdDocument =
  | z.infer<typeof thresholdSchema>
  | z.infer<typeof layerThresholdSchema>
  | z.infer<typeof speedThresholdSchema>
