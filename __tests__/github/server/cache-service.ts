import { randomUUID } from 'node:crypto'
import type { RecordedRequest, Reply } from './http.js'

export interface FakeCacheEntry {
  readonly id: number
  key: string
  version: string
  archive: Buffer
  /** Only a finalized entry is found. */
  finalized: boolean
}

export interface FakeCache {
  readonly entries: FakeCacheEntry[]
  /** A token whose scope was cut down to reading. */
  readOnly: boolean
}

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/'

interface CacheBody {
  readonly key: string
  readonly version: string
  readonly restore_keys?: readonly string[]
  readonly size_bytes?: string
}

/** The cache service v2 as @actions/cache 6 calls it: twirp over JSON with the names of the protocol, blobs by PUT and GET. */
export class CacheService {
  readonly cache: FakeCache = { entries: [], readOnly: false }
  private readonly uploads = new Map<string, FakeCacheEntry>()

  constructor(
    private readonly token: string,
    private readonly blobUrl: () => string
  ) {}

  api({ path, headers, body }: RecordedRequest): Reply | undefined {
    if (!path.startsWith(SERVICE)) return undefined
    if (headers.authorization !== `Bearer ${this.token}`) return twirpError(401, 'unauthenticated', 'bad token')
    const request = JSON.parse(body.toString()) as CacheBody
    switch (path.slice(SERVICE.length)) {
      case 'CreateCacheEntry':
        return this.create(request)
      case 'FinalizeCacheEntryUpload':
        return this.finalize(request)
      case 'GetCacheEntryDownloadURL':
        return this.find(request)
      default:
        return twirpError(404, 'bad_route', `no handler for ${path}`)
    }
  }

  blob({ method, path, body }: RecordedRequest): Reply | undefined {
    const [, kind, id] = path.split('/')
    if (kind === 'upload' && method === 'PUT') {
      const entry = this.uploads.get(id)
      if (entry === undefined) return { status: 404 }
      entry.archive = body
      return { status: 201, headers: { etag: '"0x1"', 'x-ms-version': '2026-01-01' } }
    }
    const entry = kind === 'cache' ? this.cache.entries.find((one) => String(one.id) === id) : undefined
    return entry === undefined ? undefined : { status: 200, body: entry.archive }
  }

  private create({ key, version }: CacheBody): Reply {
    const message = 'cache write denied: the token of this run is read-only'
    if (this.cache.readOnly) return { status: 200, body: { ok: false, message } }
    if (this.cache.entries.some((entry) => entry.key === key && entry.version === version)) {
      return twirpError(409, 'already_exists', 'cache entry with the same key, version, and scope already exists')
    }
    const entry = { id: this.cache.entries.length + 1, key, version, archive: Buffer.alloc(0), finalized: false }
    const upload = randomUUID()
    this.cache.entries.push(entry)
    this.uploads.set(upload, entry)
    return {
      status: 200,
      body: { ok: true, signed_upload_url: `${this.blobUrl()}/upload/${upload}?sig=upload-signature` }
    }
  }

  private finalize({ key, version, size_bytes }: CacheBody): Reply {
    const entry = this.cache.entries.find((one) => one.key === key && one.version === version)
    if (entry === undefined || String(entry.archive.length) !== size_bytes) {
      return { status: 200, body: { ok: false, message: 'the upload is not complete' } }
    }
    entry.finalized = true
    return { status: 200, body: { ok: true, entry_id: String(entry.id) } }
  }

  /** The primary key is a prefix, as every key; the newest wins. */
  private find({ key, version, restore_keys = [] }: CacheBody): Reply {
    const ready = this.cache.entries.filter((entry) => entry.finalized && entry.version === version)
    for (const wanted of [key, ...restore_keys]) {
      const entry = ready.find((one) => one.key === wanted) ?? ready.findLast((one) => one.key.startsWith(wanted))
      if (entry === undefined) continue
      const signed_download_url = `${this.blobUrl()}/cache/${entry.id}?sig=download-signature`
      return { status: 200, body: { ok: true, signed_download_url, matched_key: entry.key } }
    }
    return { status: 200, body: { ok: false } }
  }
}

function twirpError(status: number, code: string, msg: string): Reply {
  return { status, body: { code, msg } }
}
