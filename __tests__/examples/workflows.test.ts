import { beforeAll, describe, expect, it } from '@jest/globals'
import Ajv from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { parse } from 'yaml'
import { ConfigurationError } from '../../src/errors.js'
import { configJsonSchema } from '../../src/config/json-schema.js'
import { loadConfig } from '../../src/config/index.js'
import { loadLanguageService } from './language-service.js'
import { configFiles, ownAction, readAction, readWorkflow, workflowFiles } from './workflow-files.js'

const workflows = workflowFiles().map((file) => readWorkflow(file))
const every = workflows.map((workflow) => [workflow.file, workflow] as const)
const examples = every.filter(([file]) => file.startsWith('examples/'))
const actions = { 'action.yml': readAction('action.yml'), 'report/action.yml': readAction('report/action.yml') }

let validate: Awaited<ReturnType<typeof loadLanguageService>>['validate']
beforeAll(async () => {
  ;({ validate } = await loadLanguageService())
})

let asked = 0

/** What GitHub's own checks say of a workflow or an action, with the inputs of this repository's actions known to them. */
async function problems(text: string, name = '.github/workflows/workflow.yml'): Promise<string[]> {
  // It remembers what it has read by address.
  const document = TextDocument.create(`file:///${asked++}/${name}`, 'yaml', 0, text)
  const found = await validate(document, {
    actionsMetadataProvider: {
      fetchActionMetadata: ({ owner, path }) =>
        Promise.resolve(owner === 'OWNER' ? actions[path === 'report' ? 'report/action.yml' : 'action.yml'] : undefined)
    }
  })
  return found
    .map(({ range, message }) => `${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`)
    .filter((problem) => !/Unable to resolve action `(?!OWNER\/)/.test(problem)) // that would take GitHub
}

it('every example from 02 on has a workflow, a config and a README', () => {
  const folders = [
    '02_gpu_runner',
    '03_hosted_cpu',
    '04_forks',
    '05_monorepo',
    '06_model_matrix',
    '07_nightly',
    '08_runner_image',
    '09_segmentation',
    '10_detection'
  ]
  for (const name of folders) {
    const folder = `examples/${name}/`
    expect(workflows.filter(({ file }) => file.startsWith(folder))).not.toHaveLength(0)
    expect(configFiles().filter((file) => file.startsWith(folder))).not.toHaveLength(0)
    expect(existsSync(`${folder}README.md`)).toBe(true)
    expect(readFileSync('examples/README.md', 'utf8')).toContain(`(${folder.split('/')[1]})`)
  }
})

it('the example of shards evaluates and uploads every part that it merges', () => {
  const { jobs } = readWorkflow('examples/11_shards/.github/workflows/precision-gate.yml')
  const text = readFileSync('examples/11_shards/.github/workflows/precision-gate.yml', 'utf8')
  const { strategy } = (parse(text) as { jobs: { evaluate: { strategy: { matrix: { shard: number[] } } } } }).jobs
    .evaluate
  const count = strategy.matrix.shard.length
  expect(strategy.matrix.shard).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  const withs = Object.values(jobs).flatMap(({ steps }) => steps.map((step) => step.with ?? {}))
  expect(withs).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ shard: `\${{ matrix.shard }}/${count}` }),
      expect.objectContaining({ merge: 'shards' }),
      expect.objectContaining({ path: 'shards', pattern: 'precision-gate-shard-*' })
    ])
  )
})

describe("GitHub's checks", () => {
  it('find what is wrong, so that their silence says something', async () => {
    const text = readFileSync('examples/02_gpu_runner/.github/workflows/precision-gate.yml', 'utf8')
    const broken = [
      text.replace('contents: read', 'contents: reed'),
      text.replace('  pull_request:', '  pull_requests:'),
      text.replace('runs-on', 'run-on'),
      text.replace('          timeout-minutes: 45', '          time-out: 45'),
      text.replace('github.ref }}', 'githup.ref }}')
    ]
    for (const changed of broken) {
      expect(changed).not.toBe(text)
      expect(await problems(changed)).not.toEqual([])
    }
  })

  it.each(every)('%s', async (_, { text }) => {
    expect(await problems(text)).toEqual([])
  })

  it.each(['action.yml', 'report/action.yml'])('%s', async (file) => {
    const text = readFileSync(file, 'utf8')
    expect(await problems(text, 'action.yml')).toEqual([])
    expect(await problems(text.replace('description:', 'descripton:'), 'action.yml')).not.toEqual([])
  })
})

describe('inputs and outputs of the actions', () => {
  it.each(every)('%s uses those that exist', (_, { jobs, text }) => {
    for (const { steps } of Object.values(jobs)) {
      for (const step of steps) {
        const own = ownAction(step)
        if (own === undefined) continue
        expect(Object.keys(actions[own].inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
        const outputs = [...text.matchAll(new RegExp(`steps\\.${step.id}\\.outputs\\.([\\w-]+)`, 'g'))].map((m) => m[1])
        expect(Object.keys(actions[own].outputs)).toEqual(expect.arrayContaining(outputs))
      }
    }
  })

  it.each(examples)('%s uploads the report under the name that is looked for', (_, { jobs }) => {
    for (const { steps } of Object.values(jobs)) {
      const gates = steps.filter((step) => ownAction(step) === 'action.yml')
      const uploads = steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
      expect(uploads.map((step) => step.with?.name)).toEqual(
        gates.map((step) =>
          // A part of a report must not be found where a report is looked for.
          step.with?.shard === undefined
            ? `precision-gate-${step.with?.['report-id'] ?? 'default'}`
            : 'precision-gate-shard-${{ matrix.shard }}'
        )
      )
    }
  })
})

describe('what every workflow keeps to', () => {
  it.each(every)('%s: actions by commit, with the version beside it', (_, { text }) => {
    for (const [, uses] of text.matchAll(/uses: (.*)/g)) {
      expect(uses).toMatch(/^(\.\/|OWNER\/precision-gate(\/report)?@v1|[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/)
    }
  })

  it.each(every)('%s: no permission but for a reason', (_, workflow) => {
    expect(workflow.permissions).toEqual({})
    for (const job of Object.values(workflow.jobs)) expect(job.permissions).toBeDefined()
    const lines = workflow.text.split('\n').filter((line) => /^ +[a-z-]+: (read|write)\b/.test(line))
    for (const line of lines) expect(line).toMatch(/: (read|write) # .{8,}/)
  })

  it.each(every)('%s: a time limit for each job, no credentials left in the checkout', (_, { jobs, concurrency }) => {
    expect(concurrency).toBeDefined()
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0)
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
        expect(step.with).toMatchObject({ 'persist-credentials': false })
      }
    }
  })

  it.each(every)('%s: no stranger runs code on a self-hosted machine unasked', (_, { on, jobs }) => {
    if (!('pull_request' in on)) return
    for (const job of Object.values(jobs).filter((one) => [one['runs-on']].flat().includes('self-hosted'))) {
      expect(job.if).toContain('github.event.pull_request.head.repo.full_name == github.repository')
    }
  })

  it('a workflow with a writing token on workflow_run checks out nothing and runs nothing', () => {
    const reporting = workflows.filter(({ on }) => 'workflow_run' in on)
    expect(reporting).not.toHaveLength(0)
    for (const { jobs } of reporting) {
      const steps = Object.values(jobs).flatMap((job) => job.steps)
      expect(steps.map((step) => ownAction(step))).toEqual(['report/action.yml'])
    }
    expect(workflows.filter(({ on }) => 'pull_request_target' in on)).toEqual([])
  })

  it('the reporting workflow waits for workflows that exist', () => {
    const report = readWorkflow('examples/04_forks/.github/workflows/precision-gate-report.yml')
    const { workflows: awaited } = (report.on as { workflow_run: { workflows: string[] } }).workflow_run
    const names = examples
      .filter(([file]) => file.startsWith('examples/04_forks/'))
      .map(([, { text }]) => (parse(text) as { name: string }).name)
    expect(names).toEqual(expect.arrayContaining(awaited))
  })
})

describe('configs of the examples', () => {
  const accepts = new Ajv({ schemaId: 'auto' }).compile(configJsonSchema())

  it.each(configFiles())('%s is valid but for files that stand for yours', async (file) => {
    const text = readFileSync(file, 'utf8')
    expect(accepts(parse(text))).toBe(true)
    const error: unknown = await loadConfig(file).catch((reason: unknown) => reason)
    const issues = error instanceof ConfigurationError ? error.issues : []
    expect(issues.filter(({ message }) => !message.includes('does not exist'))).toEqual([])
  })

  it.each(configFiles())('%s names its JSON Schema', (file) => {
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(file, 'utf8'))?.[1]
    expect(schema).toMatch(
      /^(\.\.\/\.\.|https:\/\/raw\.githubusercontent\.com\/OWNER\/precision-gate\/v1)\/schema\/config\.schema\.json$/
    )
  })
})
