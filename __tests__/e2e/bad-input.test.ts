import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { basename } from 'node:path'
import type { BadInput } from './cases/case.js'
import { CONFIGS, PATHS, USAGE } from './cases/config.js'
import { IMAGES_IN_CALIBRATION_SET, IMAGES_IN_TEST_SET, LABELS, TENSORS } from './cases/data.js'
import { FILES, FULL_DISKS, RUNTIMES, VERDICTS } from './cases/machine.js'
import { FINISHED_MODELS, MODEL_FILES, MODELS } from './cases/models.js'
import { precisionGate, type Finished } from './command.js'
import { Projects, type Project } from './project.js'

const CASES: Readonly<Record<string, readonly BadInput[]>> = {
  usage: USAGE,
  config: CONFIGS,
  paths: PATHS,
  'model file': MODEL_FILES,
  model: MODELS,
  'finished model': FINISHED_MODELS,
  labels: LABELS,
  'test image': IMAGES_IN_TEST_SET,
  'calibration image': IMAGES_IN_CALIBRATION_SET,
  tensors: TENSORS,
  runtime: RUNTIMES,
  files: FILES,
  'full disk': FULL_DISKS,
  verdicts: VERDICTS
}

interface Outcome extends Finished {
  readonly project: Project
}

let projects: Projects
/** Started together, so that the machine is used while a test waits for its own. */
const outcomes = new Map<BadInput, Promise<Outcome>>()

async function run(bad: BadInput, name: string): Promise<Outcome> {
  const { arrange, args = ['run', '-q', '-o', 'out'], through, unprivileged } = bad
  const project = projects.copy(name)
  await arrange?.(project)
  return { project, ...(await precisionGate(args, { ...project.places, through, unprivileged })) }
}

beforeAll(async () => {
  projects = await Projects.create()
  for (const [group, cases] of Object.entries(CASES)) {
    for (const bad of cases.filter(({ skip }) => skip === undefined)) {
      const outcome = run(bad, `${group} ${bad.name}`)
      // Awaited by its test; until then it must not count as unhandled.
      outcome.catch(() => undefined)
      outcomes.set(bad, outcome)
    }
  }
})

afterAll(() => projects.remove())

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  const possible = cases.filter(({ skip }) => skip === undefined)
  it.each(possible)('$name ends with $exit and one clear message', (bad) => expectClearEnd(bad), 300_000)
  const impossible = cases.filter(({ skip }) => skip !== undefined)
  // eslint-disable-next-line jest/no-disabled-tests -- not on this machine, and says why
  if (impossible.length > 0) it.skip.each(impossible)('$name: $skip', (bad) => expectClearEnd(bad))
})

/** The message, the exit code, and nothing left behind. */
async function expectClearEnd(bad: BadInput): Promise<void> {
  const { code, stdout, stderr, project } = await (outcomes.get(bad) as Promise<Outcome>)
  const said = bad.where === 'stderr' ? stderr : stdout.replace(/\n +/g, ' ')
  expect({ code, said: said === '' ? stderr : said }).toMatchObject({ code: bad.exit })
  for (const pattern of bad.says) expect(said).toMatch(pattern)
  if (bad.where === 'stderr') {
    expect(stderr).toMatch(/^error: /)
    expect(stderr.match(/^error: /gm)).toHaveLength(1)
    expect(stdout).toBe('')
  } else {
    expect(stderr).toBe('')
  }
  expect(stderr + stdout).not.toMatch(/^\s+at /m)
  expect(stderr).not.toContain('bug in precision-gate')
  const unwritten = /cannot write (\S+) in/.exec(said)?.[1] ?? 'nothing'
  expect(project.files().filter((file) => basename(file) === unwritten || file.endsWith('.tmp'))).toEqual([])
  expect(project.list('tmp')).toEqual([])
  // What is kept between runs, and no trace of the runtime's own reports about its use.
  expect(project.list('home').filter((file) => !/^\.cache(\/precision-gate|$)/.test(file))).toEqual([])
}
