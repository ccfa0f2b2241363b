import { ConfigurationError } from '../errors.js'

/** One of `count` parts of a test set; `index` counts from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/**
 * The samples of one shard, by position: whole batches in a row, so that every batch is the one that a single run would
 * make and its outputs are the same to the last bit. Shards differ by at most one batch.
 *
 * @param batch samples a batch.
 * @throws ConfigurationError where there are fewer batches than shards: an empty shard measures nothing.
 */
export function shardRange(samples: number, batch: number, { index, count }: Shard): { start: number; end: number } {
  const batches = Math.ceil(samples / batch)
  if (count > batches) {
    throw new ConfigurationError(
      [{ message: `${samples} test samples make ${batches} batches of ${batch}, too few for ${count} shards` }],
      `take at most ${batches} shards, or a smaller \`runtime: {batch: ...}\``
    )
  }
  const boundary = (shard: number): number => Math.min(samples, Math.floor((shard * batches) / count) * batch)
  return { start: boundary(index - 1), end: boundary(index) }
}
