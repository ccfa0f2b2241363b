import { readdirSync, realpathSync, type Dirent } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { FileError } from '../../errors.js'

/** What went wrong with a file, in words, from the system's error code. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'it does not exist'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder, not a file'
    case 'ENOTDIR':
      return 'it is a file, not a folder'
    case 'ELOOP':
      return 'its symbolic links form a loop'
    case 'EMFILE':
      return 'too many files are open'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

/** A FileError for a system call that failed on `path`. */
export function fileError(what: string, path: string, error: unknown): FileError {
  const reason = reasonOf(error)
  const hint =
    reason === 'permission denied'
      ? `give the user that runs the gate permission to read ${path}`
      : reason === 'it does not exist'
        ? 'check the path; paths in the config are relative to the config file'
        : undefined
  return new FileError(`cannot read ${what} ${path}: ${reason}`, hint, { cause: error })
}

/** The folder that every file of a data set must lie in, symbolic links resolved. */
export class Workspace {
  readonly root: string

  constructor(path: string) {
    this.root = resolveLinks('the workspace', path)
  }

  /**
   * The real path behind `path`.
   * @throws FileError if it is missing, or if it or what it links to lies outside the workspace.
   */
  confine(what: string, path: string): string {
    const real = resolveLinks(what, path)
    const inside = relative(this.root, real)
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      throw new FileError(
        `${what} ${path} ${real === path ? 'lies' : `leads to ${real}, which lies`} outside the workspace ${this.root}`,
        'move the data into the workspace: a config from a pull request must not read other files of the machine'
      )
    return real
  }
}

function resolveLinks(what: string, path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    throw fileError(what, path, error)
  }
}

/** Order of UTF-16 code units: the same on every system and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Entries of a folder in code-unit order, without what file managers and archivers leave behind. */
export function listFolder(what: string, path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !isLitter(entry.name))
      .sort((a, b) => byCodeUnit(a.name, b.name))
  } catch (error) {
    throw fileError(what, path, error)
  }
}

function isLitter(name: string): boolean {
  return name.startsWith('.') || ['thumbs.db', 'desktop.ini', '__macosx'].includes(name.toLowerCase())
}
