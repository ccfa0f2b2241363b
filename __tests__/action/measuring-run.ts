import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serializeResult, type Result } from '../../src/result.js'
import { outputsIn } from '../github/runner.js'
import type { FakeArtifact, FakeGitHub, FakePull } from '../github/server.js'
import { zip, type ZipEntry } from '../github/zip.js'

/** The head of pull request 7, from a fork, that run 88 measured. */
export const MEASURED_SHA = '8d2e6b41c0f93a75e1d4286b0c9f7a5384d6e210'
export const ARTIFACT = 'precision-gate-default'

const repository = { full_name: 'octo/vision', default_branch: 'main' }

/** The event that follows the measuring run. */
export function workflowRunEvent(other: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    action: 'completed',
    repository,
    workflow_run: {
      id: 88,
      run_attempt: 1,
      event: 'pull_request',
      conclusion: 'failure',
      head_sha: MEASURED_SHA,
      head_branch: 'faster',
      head_repository: { full_name: 'stranger/vision', owner: { login: 'stranger' } },
      // Empty for forks.
      pull_requests: [],
      ...other
    }
  }
}

export function openPull(server: FakeGitHub, sha = MEASURED_SHA, other: Partial<FakePull> = {}): FakePull {
  const pull: FakePull = {
    number: 7,
    state: 'open',
    head: { sha, ref: 'faster', repo: { full_name: 'stranger/vision' } },
    base: { sha: 'b'.repeat(40), ref: 'main', repo: repository },
    ...other
  }
  server.state.pulls.push(pull)
  return pull
}

export function upload(server: FakeGitHub, content: Result | readonly ZipEntry[], other: Partial<FakeArtifact> = {}) {
  const entries = 'schemaVersion' in content ? [{ name: 'result.json', content: serializeResult(content) }] : content
  server.state.artifacts.push({
    id: server.state.artifacts.length + 1,
    name: ARTIFACT,
    zip: zip(entries),
    expired: false,
    created_at: '2026-11-26T09:00:00Z',
    workflow_run: {
      id: 88,
      repository_id: 1,
      head_repository_id: 2,
      head_branch: 'faster',
      head_sha: MEASURED_SHA
    },
    ...other
  })
}

/** What the runner sets for a step of the reporting workflow, and the files that it reads afterwards. */
export class ReportingStep {
  private readonly folder = mkdtempSync(join(tmpdir(), 'precision-gate-reporting-'))
  private readonly file = (name: string) => join(this.folder, name)
  readonly env: NodeJS.ProcessEnv

  constructor(
    server: FakeGitHub,
    inputs: Readonly<Record<string, string>> = {},
    event: Record<string, unknown> = workflowRunEvent(),
    eventName = 'workflow_run'
  ) {
    for (const name of ['summary.md', 'output']) writeFileSync(this.file(name), '')
    writeFileSync(this.file('event.json'), JSON.stringify(event))
    this.env = {
      ...server.env(),
      GITHUB_EVENT_NAME: eventName,
      GITHUB_EVENT_PATH: this.file('event.json'),
      GITHUB_REPOSITORY: 'octo/vision',
      GITHUB_SHA: 'f'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_RUN_ID: '90',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_STEP_SUMMARY: this.file('summary.md'),
      GITHUB_OUTPUT: this.file('output'),
      RUNNER_TEMP: this.folder,
      'INPUT_GITHUB-TOKEN': server.token,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
    }
  }

  get summary(): string {
    return readFileSync(this.file('summary.md'), 'utf8')
  }

  get outputs(): Record<string, string> {
    return outputsIn(readFileSync(this.file('output'), 'utf8'))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
