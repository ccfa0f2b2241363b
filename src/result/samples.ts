import * as z from 'zod'
import { FileError } from '../errors.js'
import { REPORT_FILE } from './files.js'

/** samples.json: what happened to each sample, for merging shards and for paired tests between runs. */
export const samplesSchema = z
  .object({
    schemaVersion: z.literal(1),
    dataset: z.string().describe('SHA-256 of the data set that the samples belong to'),
    classes: z.int().nonnegative().describe('Scores per sample'),
    ids: z.array(z.string()),
    labels: z.array(z.int()),
    outcomes: z
      .record(z.string(), z.string().regex(/^[0-7]*$/))
      .describe('By variant, one digit a sample: 1 top-1 right + 2 top-5 right + 4 output not finite')
  })
  .refine(
    ({ ids, labels, outcomes }) =>
      [labels, ...Object.values(outcomes)].every((perSample) => perSample.length === ids.length),
    { message: 'labels and outcomes must have one entry per id' }
  )

export type Samples = z.infer<typeof samplesSchema>

/** @throws FileError naming the first field that is wrong. */
export function parseSamples(text: string, name: string = REPORT_FILE.samples): Samples {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new FileError(`${name} is not valid JSON`, undefined, { cause: error })
  }
  const parsed = samplesSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]
  throw new FileError(`${name} is not a file of sample outcomes: ${path.join('.') || 'top level'}: ${message}`)
}

/** The text of samples.json. */
export function serializeSamples(samples: Samples): string {
  return `${JSON.stringify(samplesSchema.parse(samples), null, 1)}\n`
}
