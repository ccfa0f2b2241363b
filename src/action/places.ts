import { existsSync } from 'node:fs'
import { mkdir, realpath, rm, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { isInside } from '../config/index.js'
import { ConfigurationError } from '../errors.js'
import type { Inputs } from './inputs.js'
import { INPUT, type InputName } from './names.js'
import { REPORT_FILE } from '../result.js'

/** Folders and files of a run; absolute, without symbolic links, and below the workspace. */
export interface Places {
  readonly workspace: string
  readonly workingDirectory: string
  readonly outputDirectory: string
  /** Relative to the working directory, as messages should name it. */
  readonly config: string
}

const CONFIGS = ['precision-gate.yml', '.github/precision-gate.yml'] as const

/** What a run writes. One that an earlier run left, or a pull request brought, must not pass for this one's. */
const { result, samples, shard, markdown, junit } = REPORT_FILE
const REPORTS = [result, samples, shard, markdown, junit] as const

/**
 * Finds the config and prepares the report folder.
 * @param env `GITHUB_WORKSPACE`
 * @throws ConfigurationError where a place is missing, or leads out of the workspace
 */
export async function findPlaces(inputs: Inputs, env: NodeJS.ProcessEnv): Promise<Places> {
  const given = env.GITHUB_WORKSPACE || process.cwd()
  const workspace = await realpath(given).catch(() => {
    throw problem(`GITHUB_WORKSPACE ${given} does not exist`, 'check out the repository before this step')
  })
  const workingDirectory = await existing(
    INPUT.workingDirectory,
    resolve(workspace, inputs.workingDirectory),
    workspace
  )
  // Shards hold the limits of their config.
  const config = inputs.merge === undefined ? await findConfig(inputs.config, workingDirectory, workspace) : ''
  return {
    workspace,
    workingDirectory,
    outputDirectory: await prepareOutput(resolve(workingDirectory, inputs.outputDir), workspace),
    config
  }
}

async function findConfig(named: string | undefined, folder: string, workspace: string): Promise<string> {
  const name = named ?? CONFIGS.find((candidate) => existsSync(join(folder, candidate)))
  if (name === undefined) {
    throw problem(
      `there is no config: looked for ${CONFIGS.join(' and ')} in ${folder}`,
      'name it with the input config, or write one with "precision-gate init MODEL.onnx"; and check out the repository before this step'
    )
  }
  const file = await existing(INPUT.config, resolve(folder, name), workspace)
  if (!(await stat(file)).isFile()) throw problem(`input ${INPUT.config}: ${name} is no file`)
  return relative(folder, resolve(folder, name)) || '.'
}

async function prepareOutput(folder: string, workspace: string): Promise<string> {
  // The text first: making a folder outside would be too late to refuse.
  if (!isInside(workspace, folder)) throw outside(INPUT.outputDir, folder, workspace)
  let parent = folder
  while (!existsSync(parent)) parent = resolve(parent, '..')
  if (!isInside(workspace, await realpath(parent))) throw outside(INPUT.outputDir, folder, workspace)
  await mkdir(folder, { recursive: true }).catch(() => {
    throw problem(`input ${INPUT.outputDir}: the folder ${folder} cannot be made`)
  })
  const real = await realpath(folder)
  for (const name of REPORTS) await rm(join(real, name), { recursive: true, force: true })
  return real
}

/**
 * A path of an input that may not lead out of the workspace, symbolic links resolved.
 * @returns its real path
 */
export async function existing(input: InputName, path: string, workspace: string): Promise<string> {
  const real = await realpath(path).catch(() => {
    throw problem(`input ${input}: ${path} does not exist`)
  })
  if (!isInside(workspace, real)) throw outside(input, real, workspace)
  return real
}

function outside(input: InputName, path: string, workspace: string): ConfigurationError {
  return problem(`input ${input}: ${path} lies outside the workspace ${workspace}`)
}

function problem(message: string, hint?: string): ConfigurationError {
  return new ConfigurationError([{ message }], hint)
}
