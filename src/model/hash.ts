import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { FileError } from '../errors.js'
import { fileErrorFrom } from '../util/file-errors.js'
import { decodeModel, externalRegions, readModelBytes } from './load.js'

/**
 * SHA-256, in hex, over the model file and then the bytes of every external tensor, initializers in order. External
 * data pass in chunks, so that models of any size are hashed in constant memory.
 * @param options.workspace folder that external data may not lead out of; the model's own folder if left out.
 * @throws FileError as `loadModel`.
 */
export async function hashModel(file: string, options: { readonly workspace?: string } = {}): Promise<string> {
  const path = resolve(file)
  const directory = dirname(path)
  const bytes = await readModelBytes(path)
  const proto = decodeModel(bytes, path)
  if (proto.graph === undefined) throw new FileError(`${path}: the ONNX model has no graph`)
  const model = { proto, graph: proto.graph, file: path, directory }
  const hash = createHash('sha256').update(bytes)
  for (const { file: data, offset, length } of await externalRegions(model, options.workspace ?? directory)) {
    if (length === 0) continue
    try {
      const stream = createReadStream(data, { start: offset, end: offset + length - 1, highWaterMark: 2 ** 20 })
      for await (const chunk of stream) hash.update(chunk as Buffer)
    } catch (error) {
      throw fileErrorFrom(error, 'cannot read the external data', data)
    }
  }
  return hash.digest('hex')
}
