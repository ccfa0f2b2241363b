/** The one folder in the archive. Its name is part of the entry's version: a cache saved under another is not found. */
export const TABLES_FOLDER = 'precision-gate-tables'

/** What the process that talks to the Actions cache is asked for; it works in an empty folder of its own. */
export interface CacheRequest {
  readonly operation: 'restore' | 'save'
  readonly key: string
}

export type CacheReply =
  | { readonly kind: 'restored'; readonly key: string }
  | { readonly kind: 'saved' }
  /** The library found nothing, or failed and said so in its log only. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string }
