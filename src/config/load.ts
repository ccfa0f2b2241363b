import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigurationError, messageOf, type ConfigurationIssue } from '../errors.js'
import { buildConfig, checkPaths } from './build.js'
import { checkSections, validSections } from './checks.js'
import { diagnose } from './diagnose.js'
import { PathResolver } from './files.js'
import { byPosition, type Problem } from './position.js'
import { documentSchema } from './schema/index.js'
import type { GateConfig } from './types.js'
import { isMapping } from './union.js'
import { findWorkspace, isInside } from './workspace.js'
import { parseYaml, type YamlSource } from './yaml.js'

export interface LoadOptions {
  /** Folder that no path in the config may leave; by default see docs/config.md, "Paths". */
  readonly workspace?: string
}

/** No config comes near it; it bounds what an untrusted file can cost. */
const MAX_BYTES = 1024 * 1024

/**
 * Reads, checks and completes a config file.
 * @param file relative to the working directory; it appears in messages as it is given.
 * @throws ConfigurationError with every problem that was found, each with file, line and column.
 */
export async function loadConfig(file: string, options: LoadOptions = {}): Promise<GateConfig> {
  const { folder, workspace } = await locateConfig(file, options)
  const source = parseYaml(await readText(file), file)
  const paths = new PathResolver(folder, workspace)
  const issues = [...source.problems, ...(await findIssues(source, paths, file))]
  if (issues.length > 0) throw new ConfigurationError(issues.sort(byPosition))

  const document = documentSchema.parse(source.value)
  return buildConfig(document, { file: join(folder, basename(file)), workspace }, paths, source.locate)
}

async function findIssues(source: YamlSource, paths: PathResolver, file: string): Promise<ConfigurationIssue[]> {
  if (source.value === undefined) return []
  if (!isMapping(source.value)) {
    return [{ file, position: source.locate([]), message: 'expected a mapping that starts with "version: 1"' }]
  }
  const sections = validSections(source.value)
  await checkPaths(sections, paths)
  const problems: Problem[] = [...diagnose(documentSchema, source.value), ...checkSections(source.value, sections)]
  return [
    ...problems.map(({ path, at, message }) => ({ file, position: source.locate(path, at), message })),
    ...paths.issues.map(({ path, message }) => ({ file, position: source.locate(path), message }))
  ]
}

async function locateConfig(file: string, options: LoadOptions): Promise<{ folder: string; workspace: string }> {
  const real = await realpath(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  const folder = await realpath(dirname(resolve(file)))
  const workspace = await findWorkspace(folder, options.workspace).catch((error: unknown) => {
    throw new ConfigurationError(
      [{ message: `the workspace ${options.workspace} cannot be used: ${messageOf(error)}` }],
      'give --workspace an existing folder',
      { cause: error }
    )
  })
  if (!isInside(workspace, real)) {
    throw new ConfigurationError(
      [{ file, message: `the config lies outside the workspace ${workspace}` }],
      'move it, or give a wider --workspace'
    )
  }
  return { folder, workspace }
}

async function readText(file: string): Promise<string> {
  try {
    const found = await stat(file)
    if (!found.isFile()) throw new Error('it is not a file')
    if (found.size > MAX_BYTES) throw new Error('it is larger than 1 MiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): ConfigurationError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') {
    return new ConfigurationError(
      [{ message: `config file ${file} does not exist` }],
      'name it with -c, or write one with "precision-gate init MODEL.onnx"',
      { cause: error }
    )
  }
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text'
  }
  const reason = (code !== undefined ? reasons[code] : undefined) ?? messageOf(error)
  return new ConfigurationError([{ message: `config file ${file} cannot be read: ${reason}` }], undefined, {
    cause: error
  })
}
