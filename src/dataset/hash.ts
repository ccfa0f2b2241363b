import { sha256 } from '../util/hash.js'
import type { Dataset } from './types.js'

export interface HashedSample {
  readonly id: string
  readonly label?: number | undefined
  /** Of the encoded bytes. */
  readonly sha256: string
}

/**
 * SHA-256 of a set of samples: of one JSON line [id, label, sha256] each, sorted, so that the order in which files are
 * listed does not matter.
 */
export function datasetHash(entries: readonly HashedSample[]): string {
  const lines = entries.map(({ id, label, sha256 }) => JSON.stringify([id, label ?? null, sha256]))
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
      hashes[index] = sha256(await dataset.read(index))
    }
  }
  await Promise.all(Array.from({ length: options.concurrency ?? 4 }, worker))
  return hashes
}
