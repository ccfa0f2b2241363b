import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { messageOf } from '../../errors.js'

const text = z.string().min(1).optional().catch(undefined)
const count = z.int().positive().optional().catch(undefined)

const repositorySchema = z.object({ full_name: text, default_branch: text })

const branchSchema = z.object({
  sha: text,
  ref: text,
  // null: the fork was deleted.
  repo: repositorySchema.nullish().catch(undefined)
})

const pullRequestSchema = z.object({ number: count, head: branchSchema, base: branchSchema })

const workflowRunSchema = z.object({
  id: z.int().positive(),
  run_attempt: count,
  event: text,
  conclusion: text,
  head_sha: z.string().min(1),
  head_branch: text,
  head_repository: z
    .object({ full_name: text, owner: z.object({ login: text }).optional().catch(undefined) })
    .nullish()
    .catch(undefined)
})

/** The parts of a webhook payload that are read; whatever is missing or of another type is left out. */
const eventSchema = z.object({
  repository: repositorySchema.optional().catch(undefined),
  pull_request: pullRequestSchema.optional().catch(undefined),
  merge_group: z.object({ head_sha: text, head_ref: text, base_sha: text, base_ref: text }).optional().catch(undefined),
  workflow_run: workflowRunSchema.optional().catch(undefined),
  before: text
})

export type EventPayload = z.infer<typeof eventSchema>
export type PullRequestPayload = z.infer<typeof pullRequestSchema>
export type WorkflowRunPayload = z.infer<typeof workflowRunSchema>

export type ReadEvent = (file: string) => Promise<string>

export interface ReadPayload {
  readonly payload: EventPayload
  readonly warning?: string
}

/** The payload of the event that started the run. A missing or garbled file is a warning: the gate works without it. */
export async function readPayload(file: string | undefined, readEvent: ReadEvent = readText): Promise<ReadPayload> {
  const without = (why: string): ReadPayload => ({
    payload: {},
    warning: `the event that started this run is unknown (${why}): no pull request is commented on`
  })
  if (file === undefined || file === '') return without('GITHUB_EVENT_PATH is not set')
  let json: unknown
  try {
    json = JSON.parse(await readEvent(file))
  } catch (error) {
    return without(`${file}: ${messageOf(error)}`)
  }
  const parsed = eventSchema.safeParse(json)
  return parsed.success ? { payload: parsed.data } : without(`${file} holds no object`)
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8')
}
