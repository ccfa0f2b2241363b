import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { FileError } from '../../errors.js'
import { fileError, type Workspace } from './paths.js'

/**
 * Reads class names, one a line; the line number less one is the index. A byte-order mark, spaces around a name and
 * empty lines at the end are ignored.
 * @throws FileError naming file and line for an empty or repeated name.
 */
export function readClasses(file: string, workspace: Workspace): readonly string[] {
  const lines = readText('the class list', file, workspace).trimEnd().split(/\r?\n/)
  const firstLine = new Map<string, number>()
  return lines.map((line, index) => {
    const name = line.trim()
    if (name === '')
      throw new FileError(`${file}:${index + 1}: empty class name`, 'write one class name a line, in index order')
    const earlier = firstLine.get(name)
    if (earlier !== undefined)
      throw new FileError(`${file}:${index + 1}: class '${name}' is already on line ${earlier}`, 'remove one of them')
    firstLine.set(name, index + 1)
    return name
  })
}

/** A small UTF-8 text file of the workspace, without its byte-order mark. */
export function readText(what: string, file: string, workspace: Workspace): string {
  const real = workspace.confine(what, file)
  let bytes: Buffer
  try {
    bytes = readFileSync(real)
  } catch (error) {
    throw fileError(what, file, error)
  }
  // Excel and PowerShell write UTF-16; a zero byte stands in no text that is UTF-8.
  if (!isUtf8(bytes) || bytes.includes(0)) throw new FileError(`${what} ${file} is not UTF-8 text`, 'save it as UTF-8')
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}
