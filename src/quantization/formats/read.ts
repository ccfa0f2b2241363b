import { readFile } from 'node:fs/promises'
import { loadModel, type LoadOptions } from '../../model/index.js'
import { fileErrorFrom } from '../../util/file-errors.js'
import { readRanges } from './codecs.js'
import { rangesOfQdqModel } from './qdq-model.js'
import type { RangeTable, SourceFormat } from './types.js'

/**
 * Reads ranges from a file: a table of any format, or the Q/DQ nodes of a quantized model (`.onnx`).
 * @param format where it is known.
 * @throws FileError where the file is none of them, or malformed
 */
export async function readRangeFile(
  file: string,
  options: LoadOptions,
  format?: SourceFormat
): Promise<RangeTable & { format: SourceFormat }> {
  if (format === 'qdq-model' || (format === undefined && /\.onnx$/i.test(file))) {
    return { format: 'qdq-model', ranges: rangesOfQdqModel(await loadModel(file, options)) }
  }
  return readRanges(await read(file), file, format)
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw fileErrorFrom(error, 'cannot read', file)
  }
}
