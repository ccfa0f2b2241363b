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
    .describe(
      "95 % interval of the paired drop, in points: Tango's score interval, or the bootstrap's for metrics that are no share of samples. null: not measured, or no limit needs it"
    ),
  pValue: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('Two-sided test of no difference: exact McNemar, or by the bootstrap')
})

export const calibrationSchema = z.object({
  key: z.string().describe('SHA-256 over everything the table depends on'),
  source: z.enum(['computed', 'cache', 'imported']),
  method: z.string(),
  samples: z.int().nonnegative(),
  table: z.string().describe('The table file, relative to the report folder'),
  reason: z.string().optional().describe('Why no cached table was used'),
  computedAt: z.iso
    .datetime()
    .optional()
    .describe('When a cached table was computed: the date of its file, UTC, ISO 8601')
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

const quartilesSchema = z.tuple([z.number(), z.number()])

export const latencySchema = z
  .object({
    batch: z.int().positive(),
    runs: z.int().positive().describe('Rounds; in each every variant ran once'),
    medianMs: z.number().nonnegative().describe('Milliseconds for a batch, images already decoded'),
    quartilesMs: quartilesSchema,
    samplesPerSecond: z.number().nonnegative(),
    speedup: z
      .object({ median: z.number(), quartiles: quartilesSchema })
      .optional()
      .describe("FP32's time over this one's in the same round; absent for FP32"),
    emulated: z
      .boolean()
      .describe(
        'An emulation ran in place of the model, or its low precision was computed in float: a speed of its own'
      )
  })
  .describe('How long one batch takes inside onnxruntime-node')

export const placementSchema = z
  .object({
    nodes: z.record(z.string(), z.int().nonnegative()).describe('Nodes of the optimized graph by who ran them'),
    elsewhere: z
      .array(z.string())
      .describe('Those that another provider than that of the run ran, as `name (operator)`; at most 20')
  })
  .describe('Where the nodes of the model ran; copies between providers are not counted')

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
  driver: z.string().optional(),
  gpuMemoryMiB: z.int().positive().optional(),
  libraries: z
    .record(z.string(), z.string())
    .optional()
    .describe('Versions of the GPU libraries that were loaded, as far as their file names tell them')
} satisfies Fields<Environment>)

/** Where a result was made; every field is absent where the surroundings did not tell. */
export const runSchema = z.object({
  finishedAt: z.iso.datetime().optional().describe('UTC, ISO 8601'),
  commit: z.string().optional().describe('The commit that was judged'),
  ref: z.string().optional().describe('Branch or tag'),
  url: z.string().optional().describe('Web page of the run')
})

export const diagnosisSchema = z.object({
  check: z.string(),
  status: z.enum(['pass', 'warn', 'fail', 'skipped']),
  variant: z.string().optional(),
  evidence: z.string().describe('What was measured'),
  action: z.string().describe('What to do about it; empty where nothing is to be done')
})

export const shardSchema = z
  .object({ index: z.int().positive(), count: z.int().positive() })
  .describe('Only this part of the test set was evaluated, and nothing was judged')

export const shardsSchema = z
  .array(
    z.object({
      samples: z.int().nonnegative(),
      finishedAt: z.iso.datetime().optional(),
      cpu: z.string(),
      gpu: z.string().optional(),
      device: z.int().nonnegative().optional().describe('Index of the GPU that it ran on'),
      timings: z.record(z.string(), z.number().nonnegative()).describe('Seconds by stage'),
      latencyMs: z.record(z.string(), z.number().nonnegative()).describe('By variant, per sample')
    })
  )
  .describe('Where the parts of the test set ran that this result was put together from')

const regressionSchema = z.object({
  points: z.number().describe('100 * (baseline - now): percentage points lost since the baseline'),
  ci95: z.tuple([z.number(), z.number()]).describe('95 % interval of the points lost'),
  pValue: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('Exact two-sided McNemar test; null where the samples are not paired'),
  paired: z.boolean().describe('Compared sample by sample, with the samples.json of both runs')
})

export const baselineSchema = z
  .object({
    path: z.string().describe('As it was given'),
    run: runSchema.optional().describe('The run that it is the result of'),
    conclusion: z
      .enum(['success', 'failure', 'inconclusive', 'error'])
      .optional()
      .describe('Of that run. absent: it could not be read'),
    comparable: z.boolean().describe('Whether its figures say something about this run'),
    reasons: z.array(z.string()).describe('Why it is not comparable; empty where it is'),
    notes: z.array(z.string()).describe('What else differs or is missing'),
    variants: z.record(
      z.string(),
      z.object({
        reason: z.string().optional().describe('Why this variant is not comparable although the run is'),
        metrics: z.record(
          z.string(),
          z.object({
            value: z.number().min(0).max(1).nullable().describe("The baseline's value, 0..1"),
            dropPoints: z.number().nullable().describe("The baseline's drop against its own FP32, in points"),
            regression: regressionSchema.optional().describe('absent: not comparable, or one of them is not measured')
          })
        )
      })
    )
  })
  .describe('An earlier run, such as that of the target branch, beside this one')

export const verdictSchema = z.object({
  id: z.string().describe('Stable from run to run: variant.subject.limit, such as int8.top1.max_drop_points'),
  variant: z.string(),
  subject: z.string().describe('What is limited: a metric, such as top1'),
  observed: z.number().nullable().describe('In the unit of the limit. null: it could not be measured'),
  limit: z.number(),
  layers: z
    .object({
      compared: z.int().nonnegative().describe('Layers that the limit applies to'),
      broken: z.int().nonnegative(),
      worst: z.object({ name: z.string(), op: z.string(), tensor: z.string() }).optional()
    })
    .optional()
    .describe('A limit on layers: what it covers and which layer is furthest from it'),
  tolerance: z
    .number()
    .nonnegative()
    .optional()
    .describe('Of an expected value: it may be off by this much either way'),
  unit: z
    .enum(['points', 'relative', 'fraction', 'dB', 'cosine', 'ratio', 'absolute', 'layers', 'times'])
    .describe(
      'percentage points; share of the FP32 value; 0..1. Of layers: SQNR; cosine; share of deviating values; |fp32 - x|; number of layers that ran in the required precision. Of speed: multiple of FP32'
    ),
  against: z.enum(['fp32', 'baseline']).optional().describe('What a drop is measured against; fp32 where it is absent'),
  status: z.enum(['pass', 'fail', 'inconclusive', 'warn']),
  message: z.string(),
  configPosition: z.object({ line: z.int().positive(), column: z.int().positive() }).optional(),
  samplesNeeded: z
    .int()
    .positive()
    .optional()
    .describe('Samples at which the 95 % interval would leave the limit out, if the observed rates held')
})
