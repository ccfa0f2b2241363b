import path from 'node:path'
import type { EvaluationResult } from '../evaluation/index.js'
import { serializeSamples, type Samples } from '../result.js'
import { writeFileAtomic } from '../util/files.js'

/** The side file: what happened to every sample in every variant, for merging shards and for paired tests later. */
export async function writeSamples(file: string, samples: Samples): Promise<string> {
  await writeFileAtomic(file, serializeSamples(samples))
  return path.basename(file)
}

export function samplesOf({ samples, evaluations, datasetHash }: EvaluationResult): Samples {
  const outcomes = Object.fromEntries(
    evaluations.flatMap(({ variant, scores: { outcomes } }) =>
      outcomes === undefined ? [] : [[variant.name, outcomes]]
    )
  )
  return {
    schemaVersion: 1,
    dataset: datasetHash,
    classes: evaluations[0].scores.classes,
    ids: samples.map(({ id }) => id),
    labels: samples.map(({ label }) => label),
    outcomes
  }
}
