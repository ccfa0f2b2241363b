import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export interface Step {
  readonly id?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string | number | boolean>>
}

export interface Job {
  readonly name?: string
  readonly 'runs-on': string | string[]
  readonly 'timeout-minutes'?: number
  readonly permissions?: unknown
  readonly if?: string
  readonly needs?: string | string[]
  readonly steps: readonly Step[]
}

export interface Workflow {
  readonly file: string
  readonly text: string
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

export interface Action {
  readonly name: string
  readonly description: string
  readonly inputs: Readonly<Record<string, { description: string; default: string }>>
  readonly outputs: Readonly<Record<string, { description: string }>>
  readonly runs: unknown
}

export function readWorkflow(file: string): Workflow {
  const text = readFileSync(file, 'utf8')
  return { ...(parse(text) as Omit<Workflow, 'file' | 'text'>), file, text }
}

export const readAction = (file: string) => parse(readFileSync(file, 'utf8')) as Action

/** Workflows of this repository, and those that the examples carry. */
export function workflowFiles(): string[] {
  return ['.github/workflows', ...folders('examples').map((name) => `examples/${name}/.github/workflows`)].flatMap(
    (folder) => files(folder).map((name) => `${folder}/${name}`)
  )
}

/** Configs of the examples. */
export function configFiles(): string[] {
  return (readdirSync('examples', { recursive: true }) as string[])
    .map((name) => join('examples', name).replaceAll('\\', '/'))
    .filter((file) => /\/precision-gate[^/]*\.yml$/.test(file) && !file.includes('/.github/'))
    .sort()
}

/** Which of the two actions of this repository a step runs; undefined for any other. */
export function ownAction({ uses = '' }: Step): 'action.yml' | 'report/action.yml' | undefined {
  const path = /^(?:\.|OWNER\/precision-gate)(\/report)?\/?(?:@v1)?$/.exec(uses)
  if (path === null) return undefined
  return path[1] === undefined ? 'action.yml' : 'report/action.yml'
}

function folders(parent: string): string[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.yml'))
  } catch {
    // Example 01 has no workflow.
    return []
  }
}
