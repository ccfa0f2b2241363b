import { elementReader } from './elements.js'
import { NpyFile } from './source/npy.js'
import { Workspace } from './source/paths.js'

/** A whole `.npy` file of numbers, of whatever type; for files that describe a model, not for data. */
export interface NpyNumbers {
  readonly dims: readonly number[]
  readonly data: Float64Array
}

/**
 * @param what the file is, for messages.
 * @param workspace folder that it must lie in after symbolic links are resolved.
 * @returns or what is wrong with its contents, after the file's name.
 * @throws FileError for a file that is missing, outside or damaged.
 */
export function readNumbers(
  what: string,
  file: string,
  { workspace, most }: { readonly workspace: string; readonly most: number }
): NpyNumbers | string {
  const npy = NpyFile.open(what, file, new Workspace(workspace))
  try {
    const count = npy.dims.reduce((product, size) => product * size, 1)
    if (count > most) return `holds ${count} numbers; at most ${most} are read`
    const bytes = npy.read(0, npy.dims[0])
    const element = elementReader(npy.type)
    if (element === undefined) return `holds ${npy.type}, which is not read`
    return { dims: npy.dims, data: Float64Array.from({ length: count }, (_, index) => element(bytes, index)) }
  } finally {
    npy.close()
  }
}
