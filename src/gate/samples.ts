import path from 'node:path'
import type { EvaluationResult } from '../evaluation/index.js'
import { encodeOutcomes } from '../metrics/index.js'
import { serializeSamples, type Samples } from '../result.js'
import { writeFileAtomic } from '../util/files.js'

/** The side file: what happened to every sample in every variant, for merging shards and for paired tests later. */
export async function writeSamples(
  file: string,
  { samples, evaluations, datasetHash }: EvaluationResult
): Promise<string> {
  const outcomes = Object.fromEntries(
    evaluations.map(({ variant, topK }) => [variant.name, encodeOutcomes(topK.outcomes)])
  )
  const content: Samples = {
    schemaVersion: 1,
    dataset: datasetHash,
    classes: evaluations[0].topK.classes,
    ids: samples.map(({ id }) => id),
    labels: samples.map(({ label }) => label),
    outcomes
  }
  await writeFileAtomic(file, serializeSamples(content))
  return path.basename(file)
}
