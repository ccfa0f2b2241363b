import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { ConfigurationError, ExitCode, FileError } from '../errors.js'
import { writeFileAtomic } from '../util/files.js'
import { TOOL } from '../version.js'
import type { CommandContext } from './context.js'
import { guessData } from './init/data.js'
import { guessFromModel } from './init/guess.js'
import { starterConfig } from './init/template.js'

export interface InitOptions {
  readonly output: string
  readonly data?: string
  readonly force?: boolean
  readonly runtimePath?: string
}

/**
 * `precision-gate init MODEL`: writes a commented config with what the model and the data tell.
 * @returns the exit code.
 */
export async function init(
  model: string,
  options: InitOptions,
  { terminal, loadRuntimeModule }: CommandContext
): Promise<number> {
  if (options.force !== true && (await exists(options.output))) {
    throw new ConfigurationError(
      [{ message: `${options.output} exists` }],
      'overwrite it with --force, or choose another -o'
    )
  }
  if (!(await exists(model))) throw new FileError(`the model ${model} does not exist`)
  const data = options.data === undefined ? undefined : await guessData(options.data)

  const { loadRuntime } = await loadRuntimeModule()
  const runtime = await loadRuntime(options.runtimePath === undefined ? {} : { runtimePath: options.runtimePath })
  const session = await runtime.createSession(resolve(model), { provider: 'cpu', threads: 1, optimization: 'disabled' })
  const guess = guessFromModel(session.inputs, session.outputs)
  await session.release()

  const folder = await realFolder(dirname(resolve(options.output)))
  const text = starterConfig({
    folder,
    schema: await schemaReference(folder),
    model: await realpath(model),
    guess,
    ...(data !== undefined && { data: await resolveData(data) })
  })
  await writeFileAtomic(options.output, text)
  const guesses = text.split('\n').filter((line) => line.includes('# check:')).length
  terminal.out.stream.write(
    `${options.output} written. Look at the ${guesses} lines with "check:", then run: precision-gate check -c ${options.output}\n`
  )
  return ExitCode.pass
}

async function resolveData(data: Awaited<ReturnType<typeof guessData>>) {
  const { test, calibration, labels, coco, masks, ...rest } = data
  return {
    ...rest,
    test: await realpath(test),
    ...(calibration !== undefined && { calibration: await realpath(calibration) }),
    ...(labels !== undefined && { labels: await realpath(labels) }),
    ...(coco !== undefined && { coco: await realpath(coco) }),
    ...(masks !== undefined && { masks: await realpath(masks) })
  }
}

/** An installed copy beside the project is the schema of this very version; editors can also load the published one. */
async function schemaReference(folder: string): Promise<string> {
  for (let parent = folder; ; parent = dirname(parent)) {
    const file = join(parent, 'node_modules', TOOL.name, 'schema', 'config.schema.json')
    if (await exists(file)) return relative(folder, file).split(sep).join('/')
    if (parent === dirname(parent)) break
  }
  return `https://unpkg.com/${TOOL.name}@${TOOL.version}/schema/config.schema.json`
}

/** The folder of a file that is still to be written may not exist yet. */
async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(async () => join(await realFolder(dirname(folder)), basename(folder)))
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false
  )
}
