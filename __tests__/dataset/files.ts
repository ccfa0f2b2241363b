import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of files under the system's temporary folder, removed by `remove`. */
export class Folder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'dataset-')))

  write(files: Readonly<Record<string, string | Uint8Array>>): this {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
    return this
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A `.npy` file as numpy.save writes it. */
export function npy(
  descr: string,
  shape: readonly number[],
  data: Uint8Array,
  { version = 1, fortran = false }: { version?: 1 | 2 | 3; fortran?: boolean } = {}
): Buffer {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${dims}), }`
  const start = version === 1 ? 10 : 12
  const length = Math.ceil((start + text.length + 1) / 64) * 64 - start
  const size = Buffer.alloc(start - 8)
  if (version === 1) size.writeUInt16LE(length)
  else size.writeUInt32LE(length)
  const header = `${text.padEnd(length - 1)}\n`
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), size, Buffer.from(header), data])
}

export function bytes(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
