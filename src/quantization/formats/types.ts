import type { Range } from '../scale.js'

/** Names of the formats, as `table convert --to` takes them. */
export const TABLE_FORMATS = [
  'ranges',
  'tensorrt',
  'onnxruntime-flatbuffers',
  'onnxruntime-json',
  'onnxruntime-text',
  'csv'
] as const

export type TableFormat = (typeof TABLE_FORMATS)[number]

/** What ranges are read from: a table, or the Q/DQ nodes of a model, which is not written here. */
export const SOURCE_FORMATS = [...TABLE_FORMATS, 'qdq-model'] as const

export type SourceFormat = (typeof SOURCE_FORMATS)[number]

/** Ranges of activations by tensor name, whoever chose them. */
export interface RangeTable {
  /** In the order of the file. */
  readonly ranges: ReadonlyMap<string, Range>
  /** The first line of a TensorRT cache: version and algorithm of whoever wrote it. */
  readonly header?: string
}

/** One file format. Nothing that is read is believed: what is malformed is a FileError that says where. */
export interface RangeCodec {
  /** Whether a file of this name and content is one. */
  readonly recognizes: (content: Uint8Array, file: string) => boolean
  /** @throws FileError naming the file, the place and what is wrong */
  readonly read: (content: Uint8Array, file: string) => RangeTable
  /** @throws FileError where the format cannot express a name */
  readonly write: (table: RangeTable, file: string) => Uint8Array
  /** Stores max(|min|, |max|) alone: what is read back is symmetric. */
  readonly symmetric: boolean
}
