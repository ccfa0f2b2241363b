import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array | string
  /** Unix mode; 0o120777 is a link. */
  readonly mode?: number
  /** Lies in the directory of the archive, for archives that nobody honest makes. */
  readonly size?: number
  readonly crc?: number
  readonly encrypted?: boolean
}

/** A zip archive, well-formed unless an entry says otherwise. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const content = Buffer.from(entry.content as Uint8Array)
    const name = Buffer.from(entry.name)
    const packed = deflateRawSync(content)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(0x0800 | (entry.encrypted === true ? 1 : 0), 2)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(entry.crc ?? crc32(content), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(entry.size ?? content.length, 18)
    head.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, name, packed])

    const central = Buffer.alloc(46)
    central.write('PK\x01\x02')
    central.writeUInt16LE((3 << 8) | 20, 4)
    head.copy(central, 6)
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
    central.writeUInt32LE(offset, 42)
    directory.push(central, name)
    bodies.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, central, end])
}
