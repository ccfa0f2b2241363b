import * as z from 'zod'
import { FileError } from '../errors.js'
import { REPORT_FILE } from './files.js'
import { parseJson, schemaVersionOf, wrongFields } from './parse.js'
import { diagnosisSchema, shardSchema, verdictSchema } from './parts.js'

export const SHARD_SCHEMA_VERSION = 1

const position = z.object({ line: z.int().positive(), column: z.int().positive() })
const severity = z.enum(['error', 'warning'])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** JSON has no infinity, which is the smallest value of an input that holds nothing but NaN. */
const number = z.codec(z.string(), z.number(), { decode: Number, encode: String })

const probeSchema = z.object({
  images: z.int().nonnegative(),
  input: z.object({ min: number, max: number, constant: z.int().nonnegative() }),
  ranges: z.array(diagnosisSchema),
  kernels: z.array(diagnosisSchema),
  floor: diagnosisSchema
})

/** shard.json: what `merge` needs of a part of the test set beside its result.json and samples.json. */
const schema = shardSchema.extend({
  schemaVersion: z.literal(SHARD_SCHEMA_VERSION),
  config: z.unknown().describe('What the config asks for, whatever its formatting'),
  limits: z.object({
    variants: z.array(z.string()),
    expect: z.array(z.object({ metric: z.string(), value: z.number(), tolerance: z.number(), position })),
    thresholds: z.array(
      z.object({
        metric: z.string(),
        variant: z.string().optional(),
        maxDropPoints: z.number().optional(),
        maxDropRelative: z.number().optional(),
        min: z.number().optional(),
        maxRegressionPoints: z.number().optional(),
        severity,
        position
      })
    ),
    layerLimits: z.array(
      z.object({
        layer: z.string(),
        variant: z.string().optional(),
        kind: z.enum(['max_deviation_ratio', 'min_sqnr_db', 'min_cosine', 'max_abs_error', 'no_worse_than']),
        value: z.number(),
        severity,
        position
      })
    ),
    agreement: z.object({ minScore: z.number() }).optional(),
    onInconclusive: z.enum(['warn', 'fail'])
  }),
  constant: z
    .object({ what: z.string(), key: z.string() })
    .optional()
    .describe('What FP32 answers on every image alike, where answers are compared with its own'),
  partial: z.boolean().describe('The shards together are not the whole test set (--limit)'),
  testSet: z.object({
    samples: z.int().positive().describe('In all shards'),
    listing: sha256.describe('Of all names and labels'),
    start: z.int().nonnegative().describe('Position of the first sample')
  }),
  samples: z.array(z.object({ sha256, truth: sha256.optional() })),
  artefacts: z.record(z.string(), sha256).describe('By variant, SHA-256 of the judged model and its external data'),
  required: z.array(verdictSchema).describe('Of require_executed, which needs no sample'),
  device: z.int().nonnegative(),
  findings: z
    .object({
      preprocessing: z.array(diagnosisSchema),
      calibrationSet: z
        .object({
          classes: diagnosisSchema,
          copies: diagnosisSchema,
          images: z.object({ ids: z.array(z.string()), hashes: z.array(z.string()) })
        })
        .optional(),
      probes: z.object({ usual: probeSchema.optional(), lossy: probeSchema.optional() })
    })
    .optional()
    .describe('Of the last shard alone'),
  fp16: z.record(z.string(), z.array(diagnosisSchema)).describe('By variant: do its activations fit into FP16')
})

export type Shard = z.infer<typeof schema>

/** @throws FileError naming the first field that is wrong. */
export function parseShard(text: string, name: string = REPORT_FILE.shard): Shard {
  const value = parseJson(text, name)
  const parsed = schema.safeDecode(value as z.input<typeof schema>)
  if (parsed.success) return parsed.data
  const version = schemaVersionOf(value)
  if (version !== undefined && version !== SHARD_SCHEMA_VERSION) {
    throw new FileError(
      `${name} has schemaVersion ${version}, and this version reads ${SHARD_SCHEMA_VERSION}`,
      'merge with the version of precision-gate that ran the shards'
    )
  }
  throw new FileError(`${name} is not a file of a shard: ${wrongFields(parsed.error)}`)
}

/** The text of shard.json. */
export function serializeShard(shard: Shard): string {
  return `${JSON.stringify(schema.encode(shard))}\n`
}
