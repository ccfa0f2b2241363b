import * as z from 'zod'
import type { ExecutedCounts } from '../runtime/types.js'

const EXECUTED = ['int8', 'fp16', 'fp32', 'simulated'] as const satisfies readonly (keyof ExecutedCounts)[]

const sqnr = z
  .number()
  .nullable()
  .describe('Signal to quantization noise, 10 log10(sum fp32^2 / sum (fp32 - x)^2). null: it has no finite value')

/** One channel of a layer that stands out. */
const channelSchema = z.object({
  channel: z.int().nonnegative(),
  sqnrDb: sqnr,
  maxAbs: z.number().nonnegative().nullable().describe('Largest |fp32 - x|. null: not finite'),
  introducedSqnrDb: sqnr.describe('SQNR where only this layer is in the low precision'),
  energyShare: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe("Share of the layer's signal, sum fp32^2, that is in this channel. null: not finite"),
  suspicion: z.number().nonnegative().describe("As the layer's")
})

/** One layer of a variant beside the same layer of FP32, over all compared samples. */
export const layerSchema = z.object({
  name: z.string().describe('Node name'),
  op: z.string().describe('Operator type'),
  tensor: z.string().describe('The output that was compared'),
  fused: z
    .array(z.object({ name: z.string(), op: z.string() }))
    .optional()
    .describe('Nodes of the FP32 model that lie between this layer and the compared output, or before it'),
  elements: z.int().nonnegative().describe('Values compared'),
  sqnrDb: sqnr,
  cosine: z.number().nullable().describe('Cosine of the two outputs. null: one of them is zero or not finite'),
  maxAbs: z.number().nonnegative().nullable().describe('Largest |fp32 - x|. null: not finite'),
  meanAbs: z.number().nonnegative().nullable().optional().describe('Mean |fp32 - x|. null: not finite'),
  relErrorCount: z
    .int()
    .nonnegative()
    .describe(
      'Values with |fp32 - x| > threshold * max(|fp32|, floor * rms of the layer on that sample), or not finite'
    ),
  deviationRatio: z.number().min(0).max(1).describe('relErrorCount / elements'),
  range: z
    .tuple([z.number(), z.number()])
    .nullable()
    .optional()
    .describe('Smallest and largest FP32 value. null: not finite'),
  nonFinite: z
    .object({ nan: z.int().nonnegative(), infinite: z.int().nonnegative() })
    .optional()
    .describe('Values of the variant that are no numbers; absent where all are'),
  saturatedRatio: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of values at an end of what the 8 bits can say, other than 0, with FP32 inputs'),
  zeroedRatio: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of values that are not 0 in FP32 and 0 here, with FP32 inputs'),
  introduced: z
    .object({
      sqnrDb: sqnr,
      share: z
        .number()
        .min(0)
        .max(1)
        .nullable()
        .describe('Its noise over the noise in the whole network, at most 1. null: one of them has no finite value'),
      suspicion: z
        .number()
        .nonnegative()
        .describe('Noise that 8 bits (or float16) do not explain, as a share of the signal; what layers are ranked by'),
      rank: z.int().positive().describe('1 = the first suspect')
    })
    .optional()
    .describe('The error where only this layer is in the low precision and its inputs are those of FP32'),
  channels: z.array(channelSchema).optional().describe('The most suspicious channels; of the worst layers only'),
  executed: z.enum(EXECUTED).optional().describe('What the layer really ran in')
})

/** How the layers of a variant were compared. */
export const layerComparisonSchema = z.object({
  samples: z.int().nonnegative(),
  isolatedSamples: z.int().nonnegative().describe('Samples that the introduced error was measured on'),
  threshold: z.number().describe('Share from which a value deviates'),
  floor: z.number().describe('Least denominator as a share of the root mean square of the layer on that sample'),
  observer: z
    .object({
      samples: z.int().nonnegative(),
      values: z.int().nonnegative().describe('Output values compared with those of the plain model'),
      different: z.int().nonnegative().describe('Of these, values that are not the same to the bit'),
      maxAbs: z.number().nonnegative().nullable().describe('Largest difference. null: not finite'),
      maxOutput: z.number().nonnegative().describe('Largest output of the plain model, for scale')
    })
    .optional()
    .describe("What observing the layers changed in the variant's outputs; 0 different = none"),
  unmatched: z.array(z.string()).describe('Quantized tensors without a counterpart in FP32, at most 20'),
  stoppedAt: z
    .array(z.object({ name: z.string(), op: z.string() }))
    .optional()
    .describe('Nodes that select by value (suppression, sorting), at most 20: nothing behind them is compared'),
  error: z.string().optional().describe('Why there is no comparison')
})
