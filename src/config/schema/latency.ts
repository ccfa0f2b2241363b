import * as z from 'zod'
import { DEFAULT_LATENCY } from '../defaults.js'

export const latencySchema = z
  .union([
    z.boolean(),
    z.strictObject({
      batch: z
        .array(z.int().min(1).max(4096))
        .min(1)
        .default([...DEFAULT_LATENCY.batch])
        .describe('Batch sizes; a model with a batch size of its own is measured at that one'),
      warmup: z.int().min(0).max(10_000).default(DEFAULT_LATENCY.warmup).describe('Rounds that are not counted'),
      runs: z.int().min(5).max(100_000).default(DEFAULT_LATENCY.runs).describe('Rounds that are; each runs every variant once')
    })
  ])
  .optional()
  .describe('Measures how long each variant takes, in turns (docs/latency.md); done too where a limit has min_speedup')

/** A limit on speed. */
export const speedThresholdSchema = z.strictObject({
  min_speedup: z.number().gt(0).max(1000).describe('Least speed as a multiple of FP32: 1.2 is a fifth faster; noisy'),
  variant: z.string().min(1).optional().describe('Name of one variant; every variant where it is not given'),
  batch: z.int().min(1).optional().describe('One of the measured batch sizes; every one where it is not given'),
  severity: z
    .enum(['error', 'warning'])
    .default('error')
    .describe('warning: a broken limit is reported and does not fail the gate')
})

export type LatencyDocument = z.infer<typeof latencySchema>
export type SpeedThresholdDocument = z.infer<typeof speedThresholdSchema>
