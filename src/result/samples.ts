import * as z from 'zod'
import { FileError } from '../errors.js'
import { REPORT_FILE } from './files.js'
import { parseJson, schemaVersionOf, wrongFields } from './parse.js'

/** Raised when a field is removed or changes its meaning. 2 added detection and segmentation; 1 is read as well. */
export const SAMPLES_SCHEMA_VERSION = 2

const column = z.string().describe('A column as text: base64 of deflated bytes (src/metrics/columns.ts)')
const nonFinite = z.array(z.int().nonnegative()).describe('Positions of samples whose output is not finite')

const detectionSchema = z.object({
  nonFinite,
  coco: z
    .object({
      image: column,
      category: column,
      rank: column,
      score: column,
      found: column,
      ignored: column,
      objectImage: column,
      objectCategory: column,
      objects: column
    })
    .describe('Matched detections and the objects to be found, from which every COCO figure follows'),
  voc: z
    .object({
      iou: z.number(),
      columns: z.object({
        image: column,
        category: column,
        objects: column,
        detections: column,
        score: column,
        outcome: column
      })
    })
    .optional()
    .describe('The same for voc07 and voc12, where the config asks for them'),
  partners: z
    .object({ matched: z.array(z.int().nonnegative()), unmatched: z.array(z.int().nonnegative()) })
    .optional()
    .describe(
      'Where answers are compared with those of FP32: per sample, boxes with and without a partner, of both sides'
    )
})

const segmentationSchema = z.object({
  nonFinite,
  comparedWith: z.literal('fp32').optional().describe('Absent: with labels'),
  ignore: z.int().nonnegative().optional().describe('Label that is not counted'),
  counts: column.describe('Per sample and class: pixels of both, of the truth, of the prediction'),
  confusion: column.describe('Pixels of all samples by [truth * classes + prediction]')
})

/** samples.json: what happened to each sample, for merging shards and for paired tests between runs. */
export const samplesSchema = z
  .object({
    schemaVersion: z
      .union([z.literal(1), z.literal(SAMPLES_SCHEMA_VERSION)])
      .transform(() => SAMPLES_SCHEMA_VERSION as typeof SAMPLES_SCHEMA_VERSION),
    dataset: z.string().describe('SHA-256 of the data set that the samples belong to'),
    classes: z.int().nonnegative().describe('Classes that the network tells apart'),
    ids: z.array(z.string()),
    labels: z.array(z.int()),
    imageIds: z.array(z.int()).optional().describe("The data set's own numbers; absent: the samples' positions"),
    outcomes: z
      .record(z.string(), z.string().regex(/^[0-7]*$/))
      .describe(
        'By variant, one digit a sample: 1 top-1 right, or the answer of FP32 where answers are compared with that, + 2 top-5 right + 4 output not finite'
      ),
    detection: z.record(z.string(), detectionSchema).optional().describe('By variant, where the task is detection'),
    segmentation: z.record(z.string(), segmentationSchema).optional().describe('By variant')
  })
  .refine(
    ({ ids, labels, imageIds, outcomes }) =>
      [labels, imageIds ?? ids, ...Object.values(outcomes)].every((perSample) => perSample.length === ids.length),
    { message: 'labels and outcomes must have one entry per id' }
  )

export type Samples = z.infer<typeof samplesSchema>

/** @throws FileError naming the first field that is wrong. */
export function parseSamples(text: string, name: string = REPORT_FILE.samples): Samples {
  const value = parseJson(text, name)
  const parsed = samplesSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const version = schemaVersionOf(value)
  if (version !== undefined && version > SAMPLES_SCHEMA_VERSION) {
    throw new FileError(
      `${name} has schemaVersion ${version}, and this version reads up to ${SAMPLES_SCHEMA_VERSION}`,
      'read it with the version of precision-gate that wrote it'
    )
  }
  throw new FileError(`${name} is not a file of sample outcomes: ${wrongFields(parsed.error)}`)
}

/** The text of samples.json. */
export function serializeSamples(samples: Samples): string {
  return `${JSON.stringify(samplesSchema.parse(samples), null, 1)}\n`
}
