import { sha256 } from '../util/hash.js'
import { releaseMemory } from '../util/release.js'
import type { Dataset, Objects } from './types.js'

export interface HashedSample {
  readonly id: string
  readonly label?: number | undefined
  /** SHA-256 of objects or of a mask. */
  readonly truth?: string | undefined
  /** Of the encoded bytes. */
  readonly sha256: string
}

/**
 * SHA-256 of a set of samples: of one JSON line [id, label, sha256] each (and truth where there is one), sorted, so
 * that the order in which files are listed does not matter.
 */
export function datasetHash(entries: readonly HashedSample[]): string {
  const lines = entries.map(({ id, label, sha256, truth }) =>
    JSON.stringify([id, label ?? null, sha256, ...(truth === undefined ? [] : [truth])])
  )
  return sha256(lines.sort().join('\n'))
}

/** SHA-256 of the bytes behind every sample, in order. At most `concurrency` files are in memory. */
export async function hashDataset(
  dataset: Dataset,
  options: { readonly concurrency?: number; readonly signal?: AbortSignal } = {}
): Promise<string[]> {
  const hashes: string[] = new Array<string>(dataset.samples.length)
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < hashes.length) {
      options.signal?.throwIfAborted()
      const index = next++
      const bytes = await dataset.read(index)
      hashes[index] = sha256(bytes)
      releaseMemory([bytes])
    }
  }
  await Promise.all(Array.from({ length: options.concurrency ?? 4 }, worker))
  return hashes
}

/** SHA-256 of one image's objects in their order; class names stand for indices, so that renumbering does not matter. */
export function objectsHash(objects: Objects, classes: readonly string[]): string {
  const rows = Array.from(objects.categories, (index, i) => [
    classes[index],
    ...objects.boxes.subarray(4 * i, 4 * i + 4),
    objects.areas[i],
    objects.crowd[i],
    objects.difficult[i]
  ])
  return sha256(JSON.stringify(rows))
}
