import * as z from 'zod'
import { unzip } from './artifact/unzip.js'
import type { GitHubClient } from './client.js'
import type { Repository } from './context.js'
import { limits } from './limits.js'
import { sha256 } from '../util/hash.js'

export interface ArtifactInfo {
  readonly id: number
  readonly name: string
  readonly createdAt: string
  /** The run that made it. */
  readonly runId?: number
  readonly headSha?: string
}

export type ArtifactOutcome =
  | { readonly kind: 'found'; readonly artifact: ArtifactInfo; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'missing'; readonly reason: string }
  /** Too large, damaged, or not what a report is: nothing of it was taken. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

const artifactSchema = z.object({
  id: z.int().positive(),
  name: z.string(),
  size_in_bytes: z.int().nonnegative(),
  expired: z.boolean(),
  created_at: z.string().catch(''),
  digest: z.string().nullish(),
  workflow_run: z
    .object({
      id: z.int(),
      repository_id: z.int(),
      head_repository_id: z.int(),
      head_branch: z.string().nullish(),
      head_sha: z.string()
    })
    .partial()
    .nullish()
})

type Artifact = z.infer<typeof artifactSchema>

const PERMISSION = 'actions: read'

export interface ArtifactRequest {
  readonly repository: Repository
  readonly runId: number
  readonly name: string
  /** Files that are wanted, by their name in the artifact; the others are not inflated. */
  readonly wanted: (name: string) => boolean
}

/** The newest artifact of that name of a run. Trusts nothing in it: names, kinds, sizes and checksums are checked. */
export async function downloadArtifact(client: GitHubClient, request: ArtifactRequest): Promise<ArtifactOutcome> {
  const { repository, runId, name, wanted } = request
  const listed = await client.list({
    purpose: `list the artifacts of run ${runId}`,
    permission: PERMISSION,
    route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
    parameters: { ...repository, run_id: runId, name },
    schema: artifactSchema,
    within: 'artifacts',
    maxPages: limits.artifact.maxPages
  })
  if (!listed.ok) return { kind: 'failed', reason: listed.failure.message }
  const named = listed.data.items.filter((artifact) => artifact.name === name)
  const newest = newestOf(named.filter(({ expired }) => !expired))
  if (newest !== undefined) return download(client, repository, newest, wanted)
  const reason =
    named.length > 0 ? `artifact ${name} of run ${runId} has expired` : `run ${runId} has no artifact ${name}`
  return { kind: 'missing', reason }
}

export interface BaselineRequest {
  readonly repository: Repository
  /** The branch that the change goes to. */
  readonly branch: string
  /** Its commit that the change is compared with, preferred where it has a result. */
  readonly baseSha?: string
  readonly name: string
  readonly wanted: (name: string) => boolean
}

/**
 * The last result of the target branch: the newest artifact of that name made there by this repository. A fork's branch
 * of the same name does not count.
 */
export async function downloadBaseline(client: GitHubClient, request: BaselineRequest): Promise<ArtifactOutcome> {
  const { repository, branch, baseSha, name, wanted } = request
  const ofBranch = ({ name: found, expired, workflow_run: run }: Artifact) =>
    found === name &&
    !expired &&
    run?.head_branch === branch &&
    run.repository_id !== undefined &&
    run.head_repository_id === run.repository_id
  const listed = await client.list({
    purpose: `look for the last result of ${branch}`,
    permission: PERMISSION,
    route: 'GET /repos/{owner}/{repo}/actions/artifacts',
    parameters: { ...repository, name },
    schema: artifactSchema,
    within: 'artifacts',
    maxPages: limits.artifact.maxPages,
    // The newest come first.
    until: (artifact) => ofBranch(artifact) && (baseSha === undefined || artifact.workflow_run?.head_sha === baseSha)
  })
  if (!listed.ok) return { kind: 'failed', reason: listed.failure.message }
  const candidates = listed.data.items.filter(ofBranch)
  const exact = candidates.filter(({ workflow_run: run }) => run?.head_sha === baseSha)
  const chosen = newestOf(exact) ?? newestOf(candidates)
  if (chosen === undefined) return { kind: 'missing', reason: `branch ${branch} has no artifact ${name} yet` }
  return download(client, repository, chosen, wanted)
}

async function download(
  client: GitHubClient,
  repository: Repository,
  artifact: Artifact,
  wanted: (name: string) => boolean
): Promise<ArtifactOutcome> {
  const { id, name, size_in_bytes: size } = artifact
  const { maxZipBytes } = limits.artifact
  if (size > maxZipBytes) {
    return { kind: 'refused', reason: `artifact ${name} has ${size} bytes; a report has at most ${maxZipBytes}` }
  }
  const zip = await client.download({
    purpose: `download artifact ${name}`,
    permission: PERMISSION,
    route: 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
    parameters: { ...repository, artifact_id: id, archive_format: 'zip' },
    maxBytes: maxZipBytes
  })
  if (!zip.ok) {
    return { kind: zip.failure.kind === 'too-large' ? 'refused' : 'failed', reason: zip.failure.message }
  }
  const digest = artifact.digest?.replace(/^sha256:/, '')
  if (digest !== undefined && /^[0-9a-f]{64}$/.test(digest) && sha256(zip.data) !== digest) {
    return { kind: 'refused', reason: `artifact ${name} is not what was uploaded: its SHA-256 is off` }
  }
  const unzipped = await unzip(zip.data, wanted)
  if (!unzipped.ok) return { kind: 'refused', reason: `artifact ${name} is no report: ${unzipped.reason}` }
  return { kind: 'found', artifact: describe(artifact), files: unzipped.files }
}

function newestOf(artifacts: readonly Artifact[]): Artifact | undefined {
  return artifacts.reduce<Artifact | undefined>(
    (newest, artifact) => (newest === undefined || artifact.id > newest.id ? artifact : newest),
    undefined
  )
}

function describe({ id, name, created_at: createdAt, workflow_run: run }: Artifact): ArtifactInfo {
  return {
    id,
    name,
    createdAt,
    ...(run?.id !== undefined && { runId: run.id }),
    ...(run?.head_sha !== undefined && { headSha: run.head_sha })
  }
}
