/**
 * The one folder in the archive of each kind of entry. Its name is part of the entry's version: a cache saved under
 * another is not found.
 */
export const ENTRY_FOLDERS = { tables: 'precision-gate-tables', baseline: 'precision-gate-baseline' } as const

export type EntryKind = keyof typeof ENTRY_FOLDERS

/** What the process that talks to the Actions cache is asked for; it works in an empty folder of its own. */
export interface CacheRequest {
  readonly operation: 'restore' | 'save'
  readonly kind: EntryKind
  readonly key: string
  /** Restoring takes the newest entry whose key begins so, where the key itself has none. */
  readonly prefix?: string
}

export type CacheReply =
  | { readonly kind: 'restored'; readonly key: string }
  | { readonly kind: 'saved' }
  /** The library found nothing, or failed and said so in its log only. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string }
