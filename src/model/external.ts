import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { FileError } from '../errors.js'
import { fileErrorFrom } from '../util/file-errors.js'
import type { TensorProto } from './proto/onnx_pb.js'
import { expectedBytes } from './raw.js'
import { dataTypeName } from './types.js'

/** A stretch of bytes in a file. */
export interface FileRegion {
  readonly file: string
  readonly offset: number
  readonly length: number
}

/**
 * Where the external bytes of a tensor lie. Lexical: absolute locations and `..` are refused here, links in
 * `validateExternal`.
 */
export function externalRegion(tensor: TensorProto, directory: string): FileRegion {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get('location') ?? ''
  const where = `external data of tensor ${tensor.name}`
  if (location === '') throw new FileError(`${where}: no location is given`)
  // A path written on Windows is confined on every system alike.
  if (isAbsolute(location) || /^[\\/]|^[a-z]:|(^|[\\/])\.\.([\\/]|$)|\0/i.test(location)) {
    throw new FileError(
      `${where}: location "${location}" leaves the folder of the model`,
      'use a path below that folder'
    )
  }
  const length = expectedBytes(tensor)
  if (length === undefined) throw new FileError(`${where}: type ${dataTypeName(tensor.dataType)} cannot be external`)
  const stated = wholeNumber(entries.get('length'), length, `${where}: length`)
  if (stated !== length) {
    throw new FileError(`${where}: shape [${tensor.dims.join(', ')}] needs ${length} bytes, length says ${stated}`)
  }
  return { file: join(directory, location), offset: wholeNumber(entries.get('offset'), 0, `${where}: offset`), length }
}

/**
 * Checks, without reading, that the region lies in an existing file inside the workspace, links resolved.
 * @param checked sizes of files already resolved: models keep thousands of tensors in one file.
 */
export async function validateExternal(
  tensor: TensorProto,
  directory: string,
  workspace: string,
  checked: Map<string, number>
): Promise<FileRegion> {
  const region = externalRegion(tensor, directory)
  const size = checked.get(region.file) ?? (await confinedSize(region.file, workspace, tensor.name))
  checked.set(region.file, size)
  if (region.offset + region.length > size) {
    throw new FileError(
      `${region.file} is too short: tensor ${tensor.name} needs bytes ${region.offset} to ${region.offset + region.length} of ${size}`,
      'the file was cut off or belongs to another model: export or download both again'
    )
  }
  return region
}

async function confinedSize(file: string, workspace: string, tensor: string): Promise<number> {
  try {
    const [target, root] = await Promise.all([realpath(file), realpath(workspace)])
    const inside = relative(root, target)
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new FileError(`external data ${file} of tensor ${tensor} leads out of the workspace ${workspace}`)
    }
    const facts = await stat(target)
    if (!facts.isFile()) throw new FileError(`external data ${file} of tensor ${tensor} is not a file`)
    return facts.size
  } catch (error) {
    throw fileErrorFrom(error, `cannot read the external data of tensor ${tensor}:`, file)
  }
}

function wholeNumber(text: string | undefined, fallback: number, what: string): number {
  if (text === undefined || text === '') return fallback
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value)) throw new FileError(`${what} "${text}" is not a whole number`)
  return value
}
