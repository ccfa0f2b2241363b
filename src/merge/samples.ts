import { datasetHash } from '../dataset/index.js'
import { BoxAgreementOutcomes, DetectionOutcomes, imageIdsOf, SegmentationOutcomes } from '../outcomes/index.js'
import { SAMPLES_SCHEMA_VERSION, type Samples } from '../result.js'
import type { ShardReport } from './load.js'

/**
 * The outcomes of all samples, in the order of a single run.
 * @param variants those that ran in every shard.
 */
export function joinSamples(ordered: readonly ShardReport[], variants: readonly string[]): Samples {
  const parts = ordered.map(({ samples }) => samples)
  const ids = parts.flatMap((part) => part.ids)
  const labels = parts.flatMap((part) => part.labels)
  const hashed = ordered.flatMap(({ shard }) => shard.samples)
  const entries = ids.map((id, index) => ({ id, label: labels[index], ...hashed[index] }))
  const hasImageIds = parts.some(({ imageIds }) => imageIds !== undefined)
  const { classes } = parts[0]
  const pick = <Value>(join: (variant: string) => Value | undefined): Record<string, Value> =>
    Object.fromEntries(
      variants.flatMap((variant): [string, Value][] => {
        const value = join(variant)
        return value === undefined ? [] : [[variant, value]]
      })
    )
  const outcomes = pick((variant) => {
    const own = parts.map((part) => part.outcomes[variant] as string | undefined)
    return own.includes(undefined) ? undefined : own.join('')
  })
  const detection = pick((variant) => joinDetection(ordered, variant, hasImageIds, classes))
  const segmentation = pick((variant) => joinSegmentation(ordered, variant, classes))
  return {
    schemaVersion: SAMPLES_SCHEMA_VERSION,
    dataset: datasetHash(entries),
    classes,
    ids,
    labels,
    ...(hasImageIds && { imageIds: parts.flatMap((part) => imageIdsOf(part)) }),
    outcomes,
    ...(Object.keys(detection).length > 0 && { detection }),
    ...(Object.keys(segmentation).length > 0 && { segmentation })
  }
}

function joinDetection(ordered: readonly ShardReport[], variant: string, hasImageIds: boolean, classes: number) {
  const decoded: DetectionOutcomes[] = []
  const compared: BoxAgreementOutcomes[] = []
  for (const { samples, shard } of ordered) {
    const stored = samples.detection?.[variant]
    if (stored === undefined) return undefined
    const positions = imageIdsOf(samples)
    const imageIds = hasImageIds ? positions : positions.map((position) => shard.testSet.start + position)
    if (stored.partners === undefined) decoded.push(DetectionOutcomes.decode(stored, imageIds, classes))
    else compared.push(BoxAgreementOutcomes.decode(stored, imageIds, classes))
  }
  // one config, so that all are of one kind
  return compared.length > 0
    ? compared.reduce((all, next) => all.join(next)).encode()
    : decoded.reduce((all, next) => all.join(next)).encode()
}

function joinSegmentation(ordered: readonly ShardReport[], variant: string, classes: number) {
  const decoded: SegmentationOutcomes[] = []
  for (const { samples, shard } of ordered) {
    const stored = samples.segmentation?.[variant]
    if (stored === undefined) return undefined
    decoded.push(SegmentationOutcomes.decode(stored, samples.ids.length, classes, shard.testSet.start))
  }
  return decoded.reduce((all, next) => all.join(next)).encode()
}
