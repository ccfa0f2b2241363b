import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FakeGitHub } from '../github/server.js'
import { commandsIn, outputsIn, type ParsedCommand } from '../github/runner.js'

const EXAMPLE = resolve('examples/01_fashion_mnist')

/** The runner's Node.js; script/node24.mjs fetches one. This process's own where there is none. */
export const NODE = process.env.PRECISION_GATE_NODE24 || process.execPath

/** 100 of the example's test images and as many for calibration: seconds, and limits that they can decide. */
export const CONFIG = `version: 1
model: model.onnx
dataset: { path: data/test }
preprocess:
  - pad: 2
  - color: gray-to-rgb
  - normalize: { scale: 0.00392156862745098, mean: 0.2860, std: 0.3530 }
calibration: { dataset: { path: data/calibration } }
variants:
  fp16: { precision: fp16 }
  int8: { precision: int8 }
thresholds:
  - { metric: top1, max_drop_points: 20 }
`

const PER_CLASS = 10

export interface Event {
  readonly name: string
  readonly ref: string
  readonly sha: string
  readonly payload: unknown
}

export interface StepEnd {
  readonly code: number | null
  readonly log: string
  readonly commands: readonly ParsedCommand[]
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
}

export interface StepOptions {
  readonly event: Event
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: NodeJS.ProcessEnv
  readonly onLog?: (log: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** A runner with one checkout: the built action in a folder without node_modules, and the files that a job has. */
export class Runner {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-action-')))
  readonly workspace = this.folder('work', 'vision', 'vision')
  readonly toolCache = this.folder('tools')
  private readonly action = join(this.root, 'actions', 'precision-gate')
  private runs = 0

  constructor(private readonly github: FakeGitHub) {
    cpSync(resolve(process.env.PRECISION_GATE_DIST ?? 'dist'), join(this.action, 'dist'), { recursive: true })
    cpSync(join(EXAMPLE, 'model.onnx'), join(this.workspace, 'model.onnx'))
    for (const set of ['test', 'calibration']) {
      for (const label of readdirSync(join(EXAMPLE, 'data', set))) {
        const images = readdirSync(join(EXAMPLE, 'data', set, label))
          .sort()
          .slice(0, PER_CLASS)
        for (const image of images) {
          cpSync(join(EXAMPLE, 'data', set, label, image), join(this.workspace, 'data', set, label, image))
        }
      }
    }
    this.write('precision-gate.yml', CONFIG)
  }

  write(file: string, text: string | Uint8Array): void {
    writeFileSync(join(this.workspace, file), text)
  }

  /** A new machine: nothing of an earlier job is left but the checkout. */
  forget(): void {
    rmSync(this.toolCache, { recursive: true, force: true })
    rmSync(join(this.workspace, 'precision-gate-report'), { recursive: true, force: true })
    mkdirSync(this.toolCache)
  }

  /** Runs the step as the runner does: inputs and tokens in the environment, a fresh folder for temporary files. */
  async step({ event, inputs = {}, env = {}, onLog }: StepOptions): Promise<StepEnd> {
    const run = String(1000 + ++this.runs)
    const temp = this.folder('temp', run)
    const [output, summary, eventFile] = ['output', 'summary', 'event.json'].map((name) => join(temp, name))
    for (const file of [output, summary]) writeFileSync(file, '')
    writeFileSync(eventFile, JSON.stringify(event.payload))
    const given = { 'github-token': this.github.token, 'runtime-path': resolve('.'), ...inputs }
    const child = spawn(NODE, [join(this.action, 'dist', 'index.js')], {
      cwd: this.workspace,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.folder('home'),
        ...this.github.env(),
        GITHUB_WORKSPACE: this.workspace,
        GITHUB_REPOSITORY: 'octo/vision',
        GITHUB_RUN_ID: run,
        GITHUB_RUN_ATTEMPT: '1',
        GITHUB_WORKFLOW: 'gate',
        GITHUB_JOB: 'gate',
        GITHUB_ACTOR: 'mona',
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: eventFile,
        GITHUB_REF: event.ref,
        GITHUB_SHA: event.sha,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_ENV: join(temp, 'env'),
        GITHUB_PATH: join(temp, 'path'),
        GITHUB_STATE: join(temp, 'state'),
        GITHUB_TOKEN: this.github.token,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'oidc-token-of-the-job',
        ACTIONS_ID_TOKEN_REQUEST_URL: 'https://oidc.example.org',
        RUNNER_TEMP: temp,
        RUNNER_TOOL_CACHE: this.toolCache,
        RUNNER_OS: 'Linux',
        RUNNER_ARCH: 'X64',
        ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
        ...env
      }
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text
        onLog?.(log, (signal) => child.kill(signal))
      })
    }
    const code = await new Promise<number | null>((done, failed) => {
      child.on('error', failed)
      child.on('close', done)
    })
    return {
      code,
      log,
      commands: commandsIn(log),
      outputs: outputsIn(readFileSync(output, 'utf8')),
      summary: readFileSync(summary, 'utf8')
    }
  }

  /** What the run left in the folder for temporary files, command files aside. */
  leftovers(): string[] {
    const own = new Set(['output', 'summary', 'event.json'])
    return readdirSync(join(this.root, 'temp', String(1000 + this.runs))).filter((name) => !own.has(name))
  }

  report(file: string): string | undefined {
    const path = join(this.workspace, 'precision-gate-report', file)
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  private folder(...parts: string[]): string {
    const path = join(this.root, ...parts)
    mkdirSync(path, { recursive: true })
    return path
  }
}

const repository = { full_name: 'octo/vision', default_branch: 'main' }

export function push(branch = 'main', sha = 'a'.repeat(40)): Event {
  return { name: 'push', ref: `refs/heads/${branch}`, sha, payload: { repository, before: '0'.repeat(40) } }
}

/** Of a merge commit; the head is what is judged. */
export function pullRequest(number = 7, headSha = 'b'.repeat(40), repo = 'octo/vision'): Event {
  const pull_request = {
    number,
    head: { sha: headSha, ref: 'quantize', repo: { full_name: repo } },
    base: { sha: 'a'.repeat(40), ref: 'main', repo: { full_name: 'octo/vision' } }
  }
  const payload = { repository, pull_request }
  return { name: 'pull_request', ref: `refs/pull/${number}/merge`, sha: 'c'.repeat(40), payload }
}
