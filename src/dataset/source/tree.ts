import { statSync } from 'node:fs'
import { join } from 'node:path'
import { FileError } from '../../errors.js'
import { fileError, listFolder, type Workspace } from './paths.js'

export interface TreeFile {
  /** Relative to the folder, with `/`. */
  readonly name: string
  /** Real path, checked to lie in the workspace. */
  readonly file: string
}

/** The files below a folder whose names pass, in code-unit order of their paths. */
export function listTree(
  what: string,
  folder: string,
  workspace: Workspace,
  wanted: (name: string) => boolean
): TreeFile[] {
  const walk = (real: string, prefix: string, parents: readonly string[]): TreeFile[] => {
    if (parents.includes(real)) throw new FileError(`${prefix}: its symbolic links form a loop`, 'remove the link')
    return listFolder(what, real).flatMap((entry) => {
      const path = join(real, entry.name)
      const name = `${prefix}${entry.name}`
      const file = entry.isSymbolicLink() ? workspace.confine(what, path) : path
      const isFolder = entry.isSymbolicLink() ? followed(what, file) : entry.isDirectory()
      if (isFolder) return walk(file, `${name}/`, [...parents, real])
      return wanted(entry.name) ? [{ name, file }] : []
    })
  }
  return walk(workspace.confine(what, folder), '', [])
}

function followed(what: string, file: string): boolean {
  try {
    return statSync(file).isDirectory()
  } catch (error) {
    throw fileError(what, file, error)
  }
}

/** A name without its extension. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > name.lastIndexOf('/') + 1 ? name.slice(0, dot) : name
}

/**
 * Files by the part of their name that pairs them with an annotation.
 * @throws FileError where two share it.
 */
export function byStem(files: readonly TreeFile[], stem: (name: string) => string = stemOf): Map<string, TreeFile> {
  const found = new Map<string, TreeFile>()
  for (const file of files) {
    const key = stem(file.name)
    const earlier = found.get(key)
    if (earlier !== undefined)
      throw new FileError(
        `${earlier.name} and ${file.name} have the same name but for the extension: which one is annotated is unknown`,
        'remove one of them'
      )
    found.set(key, file)
  }
  return found
}
