import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { FileError } from '../../errors.js'
import { elementCount, type ElementType } from '../../tensor.js'
import { fileError, type Workspace } from './paths.js'

const TYPES: Readonly<Record<string, { readonly type: ElementType; readonly bytes: number }>> = {
  f4: { type: 'float32', bytes: 4 },
  f8: { type: 'float64', bytes: 8 },
  f2: { type: 'float16', bytes: 2 },
  u1: { type: 'uint8', bytes: 1 },
  i1: { type: 'int8', bytes: 1 },
  i2: { type: 'int16', bytes: 2 },
  i4: { type: 'int32', bytes: 4 },
  i8: { type: 'int64', bytes: 8 }
}

const RESAVE = 'save it again with numpy.save(file, numpy.ascontiguousarray(array, dtype="<f4"))'

/**
 * A NumPy `.npy` file (format versions 1 to 3, C order, little-endian), read record by record at its position, so that
 * memory does not grow with the file. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export class NpyFile {
  private closed = false

  private constructor(
    readonly path: string,
    readonly type: ElementType,
    readonly dims: readonly number[],
    /** Bytes of one record: an entry along the first dimension. */
    readonly recordBytes: number,
    private readonly dataStart: number,
    private readonly descriptor: number
  ) {}

  /** @throws FileError for a file that is missing, truncated, longer than its header says, or of another layout. */
  static open(what: string, path: string, workspace: Workspace): NpyFile {
    const real = workspace.confine(what, path)
    let descriptor: number
    try {
      descriptor = openSync(real, 'r')
    } catch (error) {
      throw fileError(what, path, error)
    }
    try {
      const { type, bytes, dims, dataStart } = readHeader(descriptor, path)
      const recordBytes = elementCount(dims.slice(1)) * bytes
      checkSize(descriptor, path, dataStart, (dims[0] ?? 0) * recordBytes)
      return new NpyFile(path, type, dims, recordBytes, dataStart, descriptor)
    } catch (error) {
      closeSync(descriptor)
      throw error instanceof FileError ? error : fileError(what, path, error)
    }
  }

  /** The raw bytes of `count` records from `first` on, in memory of their own. */
  read(first: number, count = 1): Buffer {
    const buffer = Buffer.allocUnsafeSlow(count * this.recordBytes)
    const position = this.dataStart + first * this.recordBytes
    try {
      const read = readFully(this.descriptor, buffer, position)
      if (read < buffer.length) throw new FileError(`${this.path} ends inside record ${first}: it was cut while in use`)
    } catch (error) {
      throw error instanceof FileError ? error : fileError(`record ${first} of`, this.path, error)
    }
    return buffer
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    closeSync(this.descriptor)
  }
}

function readHeader(descriptor: number, path: string) {
  const start = Buffer.alloc(12)
  const length = readFully(descriptor, start, 0)
  if (length === 0) throw new FileError(`${path} is empty`, RESAVE)
  if (length < 12 || start.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw new FileError(`${path} is not a NumPy .npy file`, 'write it with numpy.save')
  const version = start[6] ?? 0
  if (version < 1 || version > 3)
    throw new FileError(`${path} has .npy format version ${version}; 1, 2 and 3 are known`, RESAVE)
  const wide = version > 1
  const headerLength = wide ? start.readUInt32LE(8) : start.readUInt16LE(8)
  const headerStart = wide ? 12 : 10
  // NumPy itself refuses longer headers: they would only cost memory.
  if (headerLength > 1 << 20)
    throw new FileError(`${path} has a header of ${headerLength} bytes: it is damaged`, RESAVE)
  const header = Buffer.alloc(headerLength)
  if (readFully(descriptor, header, headerStart) < headerLength)
    throw new FileError(`${path} is truncated: it ends inside its header`, 'copy or download it again')
  return {
    ...parseHeader(header.toString(version === 3 ? 'utf8' : 'latin1'), path),
    dataStart: headerStart + headerLength
  }
}

function parseHeader(header: string, path: string) {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1]
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1]
  const shape = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(header)?.[1]
  if (descr === undefined || fortran === undefined || shape === undefined)
    throw new FileError(`${path} has a header that is not a plain array: ${header.trim().slice(0, 120)}`, RESAVE)
  if (fortran === 'True')
    throw new FileError(`${path} is stored in Fortran (column-major) order; only C order is read`, RESAVE)
  const element = TYPES[descr.slice(1)]
  if (element === undefined || !('<=|'.includes(descr.charAt(0)) || element.bytes === 1))
    throw new FileError(
      `${path} has element type '${descr}'; little-endian ${Object.keys(TYPES).join(', ')} are read`,
      RESAVE
    )
  const dims = shape
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '')
    .map(Number)
  if (dims.length === 0) throw new FileError(`${path} holds a single number, not a list of samples`, RESAVE)
  if (!Number.isSafeInteger(elementCount(dims) * element.bytes))
    throw new FileError(`${path} says it holds ${dims.join(' x ')} elements: it is damaged`, RESAVE)
  return { ...element, dims }
}

function checkSize(descriptor: number, path: string, dataStart: number, dataBytes: number): void {
  const present = fstatSync(descriptor).size - dataStart
  if (present < dataBytes)
    throw new FileError(
      `${path} is truncated: its header promises ${dataBytes} bytes of data, ${Math.max(present, 0)} are there`,
      'copy or download it again'
    )
  if (present > dataBytes)
    throw new FileError(`${path} has ${present - dataBytes} bytes more than its header says`, 'save one array a file')
}

function readFully(descriptor: number, buffer: Buffer, position: number): number {
  let filled = 0
  while (filled < buffer.length) {
    const bytesRead = readSync(descriptor, buffer, filled, buffer.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
