import * as z from 'zod'
import type { Answer, GitHubClient, Purpose } from './client.js'
import { shorten, type Annotation } from './commands.js'
import type { Repository } from './context.js'
import { limits } from './limits.js'
import { bytes, truncateMarkdown } from './truncate.js'

export interface CheckRun {
  readonly repository: Repository
  readonly name: string
  /** Head of the pull request: a check on the merge commit is not seen. */
  readonly headSha: string
  readonly conclusion: 'success' | 'failure' | 'neutral'
  readonly title: string
  /** Markdown, cut at GitHub's limit. */
  readonly summary: string
  readonly text?: string
  /** Those without a file and a line are left out: a check cannot show them. */
  readonly annotations?: readonly Annotation[]
  readonly detailsUrl?: string
  /** Recognises the check run where the answer to its creation got lost; the run's id and attempt serve. */
  readonly externalId: string
}

export type CheckOutcome =
  | {
      readonly kind: 'created'
      readonly id: number
      readonly url: string
      readonly annotations: number
      readonly warning?: string
    }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

const checkSchema = z.object({
  id: z.int(),
  html_url: z
    .string()
    .nullish()
    .transform((url) => url ?? ''),
  external_id: z.string().nullish()
})

type Check = z.infer<typeof checkSchema>

const NOTE = '_Shortened: GitHub limits the length. The report has the rest._'

/**
 * Creates a finished check run. The verdict goes with the first call; annotations beyond the first 50 follow by
 * updates, and one that fails costs annotations only.
 */
export async function createCheck(client: GitHubClient, check: CheckRun): Promise<CheckOutcome> {
  const batches = inBatches((check.annotations ?? []).flatMap(toCheckAnnotation))
  const created = await create(client, check, batches[0] ?? [])
  if (!created.ok) {
    const { kind, message } = created.failure
    return { kind: kind === 'denied' || kind === 'unauthorized' ? 'denied' : 'failed', reason: message }
  }
  const { id, html_url: url } = created.data
  let sent = batches[0]?.length ?? 0
  for (const annotations of batches.slice(1)) {
    const updated = await client.request({
      ...to(`add annotations to the check run ${check.name}`),
      route: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
      parameters: { ...check.repository, check_run_id: id, output: outputOf(check, annotations) },
      schema: checkSchema,
      // Sent twice, they are shown twice.
      repeatable: false
    })
    if (!updated.ok) return { kind: 'created', id, url, annotations: sent, warning: updated.failure.message }
    sent += annotations.length
  }
  return { kind: 'created', id, url, annotations: sent }
}

async function create(
  client: GitHubClient,
  check: CheckRun,
  annotations: readonly CheckAnnotation[]
): Promise<Answer<Check>> {
  const { repository, name, headSha, conclusion, detailsUrl, externalId } = check
  const created = await client.request({
    ...to(`create the check run ${name}`),
    route: 'POST /repos/{owner}/{repo}/check-runs',
    parameters: {
      ...repository,
      name,
      head_sha: headSha,
      status: 'completed',
      conclusion,
      external_id: externalId,
      ...(detailsUrl !== undefined && { details_url: detailsUrl }),
      output: outputOf(check, annotations)
    },
    schema: checkSchema
  })
  if (created.ok || !created.failure.maybeDone) return created
  const there = await client.request({
    ...to(`look for the check run ${name}`),
    route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    parameters: { ...repository, ref: headSha, check_name: name },
    schema: z.object({ check_runs: z.array(checkSchema) })
  })
  const own = there.ok ? there.data.check_runs.find((run) => run.external_id === externalId) : undefined
  return own === undefined ? created : { ok: true, data: own }
}

function outputOf({ title, summary, text }: CheckRun, annotations: readonly CheckAnnotation[]) {
  const { maxSummaryBytes, maxTextBytes } = limits.check
  return {
    title,
    summary: truncateMarkdown(summary, { max: maxSummaryBytes, measure: bytes, note: NOTE }),
    ...(text !== undefined && { text: truncateMarkdown(text, { max: maxTextBytes, measure: bytes, note: NOTE }) }),
    annotations
  }
}

interface CheckAnnotation {
  readonly path: string
  readonly start_line: number
  readonly end_line: number
  readonly start_column?: number
  readonly end_column?: number
  readonly annotation_level: 'failure' | 'warning' | 'notice'
  readonly message: string
  readonly title?: string
}

function toCheckAnnotation(annotation: Annotation): CheckAnnotation[] {
  const { level, message, title, file, line, endLine = line, column, endColumn } = annotation
  if (file === undefined || line === undefined || endLine === undefined) return []
  // 422 for columns on an annotation of several lines.
  const oneLine = line === endLine && column !== undefined
  return [
    {
      path: file,
      start_line: line,
      end_line: endLine,
      ...(oneLine && { start_column: column, end_column: endColumn ?? column }),
      annotation_level: level === 'error' ? 'failure' : level,
      // Three bytes for the widest character of one UTF-16 unit.
      message: shorten(message, Math.floor(limits.check.maxAnnotationMessageBytes / 3)),
      ...(title !== undefined && { title: shorten(title, limits.check.maxAnnotationTitleCharacters) })
    }
  ]
}

function inBatches<T>(items: readonly T[]): T[][] {
  const size = limits.check.annotationsPerCall
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}

function to(purpose: string): Purpose {
  return { purpose, permission: 'checks: write' }
}
