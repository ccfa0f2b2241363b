import path from 'node:path'
import type { EvaluationResult } from '../evaluation/index.js'
import { SAMPLES_SCHEMA_VERSION, serializeSamples, type Samples } from '../result.js'
import { writeFileAtomic } from '../util/files.js'

/** The side file: what happened to every sample in every variant, for merging shards and for paired tests later. */
export async function writeSamples(file: string, samples: Samples): Promise<string> {
  await writeFileAtomic(file, serializeSamples(samples))
  return path.basename(file)
}

export function samplesOf({ samples, evaluations, datasetHash }: EvaluationResult): Samples {
  const outcomes: Samples['outcomes'] = {}
  const detection: NonNullable<Samples['detection']> = {}
  const segmentation: NonNullable<Samples['segmentation']> = {}
  let imageIds: readonly number[] = []
  for (const { variant, scores } of evaluations) {
    const stored = scores.stored()
    switch (stored.field) {
      case 'outcomes':
        outcomes[variant.name] = stored.value
        break
      case 'detection':
        detection[variant.name] = stored.value
        imageIds = stored.imageIds
        break
      case 'segmentation':
        segmentation[variant.name] = stored.value
    }
  }
  return {
    schemaVersion: SAMPLES_SCHEMA_VERSION,
    dataset: datasetHash,
    classes: evaluations[0].scores.classes,
    ids: samples.map(({ id }) => id),
    labels: samples.map(({ label }) => label),
    ...(imageIds.some((id, position) => id !== position) && { imageIds: [...imageIds] }),
    outcomes,
    ...(Object.keys(detection).length > 0 && { detection }),
    ...(Object.keys(segmentation).length > 0 && { segmentation })
  }
}
