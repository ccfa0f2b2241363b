import * as z from 'zod'
import type { Environment, ExecutedCounts } from '../runtime/types.js'

/** Drop of one metric against FP32 on the same samples (docs/thresholds.md). A positive drop is a loss. */
export const dropSchema = z.object({
  points: z
    .number()
    .nullable()
    .describe('100 * (FP32 - variant): percentage points. null: one of them is not measured'),
  relative: z.number().nullable().describe('(FP32 - variant) / FP32. null: not measured, or the FP32 value is 0'),
  ci95: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe("Tango's 95 % score interval of the paired drop, in points"),
  pValue: z.number().min(0).max(1).nullable().describe('Exact two-sided McNemar test of no difference')
})

export const calibrationSchema = z.object({
  key: z.string().describe('SHA-256 over everything the table depends on'),
  source: z.enum(['computed', 'cache', 'imported']),
  method: z.string(),
  samples: z.int().nonnegative(),
  table: z.string().describe('The table file, relative to the report folder'),
  reason: z.string().optional().describe('Why no cached table was used')
})

/** A field added to the runtime's type and not to the schema does not compile. */
type Fields<T> = Record<keyof T, z.ZodType>

export const executedSchema = z
  .object({
    int8: z.int().nonnegative(),
    fp16: z.int().nonnegative(),
    fp32: z.int().nonnegative(),
    simulated: z.int().nonnegative().describe('Rounded to the low precision, computed in float')
  } satisfies Fields<ExecutedCounts>)
  .describe('Layers by the precision they really ran in, from the profile; absent where there is no profile')

export const environmentSchema = z.object({
  onnxruntime: z.string(),
  runtimePath: z.string(),
  provider: z.enum(['cpu', 'webgpu', 'cuda', 'tensorrt']),
  node: z.string(),
  os: z.string(),
  cpu: z.string(),
  cpuCores: z.int().nonnegative(),
  cpuFlags: z.array(z.string()),
  vnni: z.boolean(),
  x64QuantPrecision: z.boolean(),
  threads: z.int().nonnegative(),
  gpu: z.string().optional(),
  driver: z.string().optional()
} satisfies Fields<Environment> & Record<string, z.ZodType>)

export const verdictSchema = z.object({
  id: z.string().describe('Stable from run to run: variant.subject.limit, such as int8.top1.max_drop_points'),
  variant: z.string(),
  subject: z.string().describe('What is limited: a metric, such as top1'),
  observed: z.number().nullable().describe('In the unit of the limit. null: it could not be measured'),
  limit: z.number(),
  tolerance: z
    .number()
    .nonnegative()
    .optional()
    .describe('Of an expected value: it may be off by this much either way'),
  unit: z.enum(['points', 'relative', 'fraction']).describe('percentage points; share of the FP32 value; 0..1'),
  status: z.enum(['pass', 'fail', 'inconclusive', 'warn']),
  message: z.string(),
  configPosition: z.object({ line: z.int().positive(), column: z.int().positive() }).optional(),
  samplesNeeded: z
    .int()
    .positive()
    .optional()
    .describe('Samples at which the 95 % interval would leave the limit out, if the observed rates held')
})
