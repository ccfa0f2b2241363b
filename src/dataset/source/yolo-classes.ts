import { parse } from 'yaml'
import { FileError, messageOf } from '../../errors.js'
import { readClasses, readText } from './classes.js'
import type { Workspace } from './paths.js'

/**
 * Class names of a YOLO data set: `names` of a data.yaml, as a list or as a map from index to name, or a text file with
 * one name a line.
 */
export function readYoloClasses(file: string, workspace: Workspace): readonly string[] {
  if (!/\.ya?ml$/i.test(file)) return readClasses(file, workspace)
  const names = namesOf(readText('the class names', file, workspace), file)
  const entries = Object.entries(names)
  const list = entries.map((_, index) => names[String(index)])
  const wrong = list.findIndex((name) => typeof name !== 'string' && typeof name !== 'number')
  if (entries.length === 0 || wrong >= 0)
    throw new FileError(
      entries.length === 0 ? `${file}: names is empty` : `${file}: names has no text for class ${wrong}`,
      'number the classes from 0 on without gaps'
    )
  return list.map(String)
}

function namesOf(text: string, file: string): Readonly<Record<string, unknown>> {
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    throw new FileError(`${file} is not valid YAML: ${messageOf(error)}`, undefined, { cause: error })
  }
  const names = typeof document === 'object' && document !== null && 'names' in document ? document.names : undefined
  if (typeof names !== 'object' || names === null)
    throw new FileError(`${file} has no names`, 'write `names: [cat, dog]`, or `names: {0: cat, 1: dog}`')
  return names as Readonly<Record<string, unknown>>
}
