/**
 * The bytes of a `.npy` file (format version 1.0, C order) of float32 values.
 * Source: NumPy's documentation, numpy.lib.format.
 */
export function encodeNpy(data: Float32Array, dims: readonly number[]): Buffer {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ')
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`
  const length = Math.ceil((PREAMBLE + text.length + 1) / ALIGNMENT) * ALIGNMENT - PREAMBLE
  const header = Buffer.alloc(PREAMBLE + length, ' ')
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(length, 8)
  header.write(`${text.padEnd(length - 1)}\n`, PREAMBLE, 'latin1')
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}

const PREAMBLE = 10
const ALIGNMENT = 64
