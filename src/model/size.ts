import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { decodeModel, externalRegions, readModelBytes } from './load.js'

/** Bytes of the model file and of the external data that its initializers name. */
export async function modelSize(file: string, options: { readonly workspace?: string } = {}): Promise<number> {
  const path = resolve(file)
  const directory = dirname(path)
  const proto = decodeModel(await readModelBytes(path), path)
  const { size } = await stat(path)
  if (proto.graph === undefined) return size
  const model = { proto, graph: proto.graph, file: path, directory }
  const regions = await externalRegions(model, options.workspace ?? directory)
  return regions.reduce((total, { length }) => total + length, size)
}
