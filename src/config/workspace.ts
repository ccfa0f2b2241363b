import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import * as nodePath from 'node:path'
import { didYouMean } from '../util/suggest.js'

/** The part of node:path that decides; the win32 flavour can be handed in anywhere. */
export type PathFlavour = Pick<typeof nodePath, 'isAbsolute' | 'join' | 'normalize' | 'relative' | 'resolve' | 'sep'>

/** Whether `file` is `folder` or lies below it; both absolute and free of symbolic links. */
export function isInside(folder: string, file: string, path: PathFlavour = nodePath): boolean {
  const relative = path.relative(folder, file)
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
}

export type Refusal = { readonly refused: string }

/**
 * Joins a path from the config with the config's folder, looking at the text alone.
 * @returns an absolute path inside the workspace, or why there is none.
 */
export function confine(
  given: string,
  base: string,
  workspace: string,
  path: PathFlavour = nodePath
): { readonly file: string } | Refusal {
  if (given.includes('\0')) return { refused: 'holds a NUL character' }
  const windows = path.sep === '\\'
  if (!windows && /^[A-Za-z]:|^\\\\/.test(given)) return { refused: 'is a Windows path: write it relative, with "/"' }
  if (!windows && given.includes('\\')) {
    return { refused: `holds "\\": write ${JSON.stringify(given.replaceAll('\\', '/'))}, which works on every system` }
  }
  // `C:data` means "data in whatever folder drive C is at": never what a config can want.
  if (windows && /^[A-Za-z]:(?![\\/])/.test(given)) return { refused: 'has a drive letter without a folder' }
  const file = path.resolve(base, given)
  if (!isInside(workspace, file, path)) {
    return { refused: `lies outside the workspace ${workspace}: move the file into it, or give a wider --workspace` }
  }
  return { file }
}

/** What an entry of the file system must be. */
export type Kind = 'file' | 'folder'

/**
 * Checks that a confined path exists, is what it should be, and does not leave the workspace through a symbolic link.
 * @param workspace free of symbolic links.
 * @returns why it cannot be used; undefined where it can.
 */
export async function inspectPath(file: string, workspace: string, kind: Kind): Promise<string | undefined> {
  let real: string
  try {
    real = await realpath(file)
  } catch (error) {
    return missing(file, workspace, error as NodeJS.ErrnoException)
  }
  if (!isInside(workspace, real)) return `leads outside the workspace ${workspace} through a symbolic link`
  const found = await stat(real)
  if (kind === 'file' && !found.isFile())
    return `is ${found.isDirectory() ? 'a folder' : 'not a regular file'}: expected a file`
  if (kind === 'folder' && !found.isDirectory()) return 'is a file: expected a folder'
  return undefined
}

/** Walks down from the workspace to the first part that is not there. */
async function missing(file: string, workspace: string, error: NodeJS.ErrnoException): Promise<string> {
  if (error.code === 'EACCES') return 'cannot be read: permission denied'
  if (error.code === 'ELOOP') return 'is a symbolic link that leads back to itself'
  let folder = workspace
  for (const part of nodePath.relative(workspace, file).split(nodePath.sep)) {
    const next = await realpath(nodePath.join(folder, part)).catch(() => undefined)
    if (next === undefined) return describeMissing(folder, part, nodePath.join(folder, part) === file)
    if (!isInside(workspace, next)) return `leads outside the workspace ${workspace} through a symbolic link`
    folder = next
  }
  return `cannot be read: ${error.message}`
}

async function describeMissing(folder: string, part: string, last: boolean): Promise<string> {
  const entries: string[] = await readdir(folder).catch(() => [])
  if (entries.includes(part)) return 'leads through a symbolic link to something that does not exist'
  const place = last ? '' : `: there is no ${JSON.stringify(part)} in ${folder}`
  return `does not exist${place}${didYouMean(part, entries)}`
}

/**
 * The folder that every file named in a config must lie below: `option`, else the git work tree around the config, else
 * `GITHUB_WORKSPACE` where the config lies in it, else the config's own folder.
 * @param folder of the config file, free of symbolic links.
 * @returns a path free of symbolic links.
 */
export async function findWorkspace(
  folder: string,
  option: string | undefined,
  environment = process.env
): Promise<string> {
  if (option !== undefined) return realpath(option)
  for (let candidate = folder; ; candidate = nodePath.dirname(candidate)) {
    // A file of that name is a work tree or a submodule.
    if (await exists(nodePath.join(candidate, '.git'))) return candidate
    if (candidate === nodePath.dirname(candidate)) break
  }
  const runner = environment.GITHUB_WORKSPACE
  if (runner !== undefined && runner !== '') {
    const real = await realpath(runner).catch(() => undefined)
    if (real !== undefined && isInside(real, folder)) return real
  }
  return folder
}

/**
 * The file as its repository names it, in links and in remarks on its lines: with forward slashes, from the outermost git
 * work tree inside the workspace; from the workspace itself where there is none. `actions/checkout` with `path` puts the
 * repository into a folder of the workspace; a submodule's files are none of the repository's own.
 * @param workspace free of symbolic links
 * @param file in it, free of symbolic links
 */
export async function repositoryPath(workspace: string, file: string): Promise<string> {
  const parts = nodePath.relative(workspace, file).split(nodePath.sep)
  for (let depth = 0; depth < parts.length; depth++) {
    const folder = nodePath.join(workspace, ...parts.slice(0, depth))
    if (await exists(nodePath.join(folder, '.git'))) return parts.slice(depth).join('/')
  }
  return parts.join('/')
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false
  )
}
