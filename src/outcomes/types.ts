import type { Samples } from '../result.js'

/** What samples.json keeps of one variant, by the field that it goes into. */
export type StoredOutcomes =
  | { readonly field: 'outcomes'; readonly value: string }
  | {
      readonly field: 'detection'
      readonly value: NonNullable<Samples['detection']>[string]
      readonly imageIds: readonly number[]
    }
  | { readonly field: 'segmentation'; readonly value: NonNullable<Samples['segmentation']>[string] }
