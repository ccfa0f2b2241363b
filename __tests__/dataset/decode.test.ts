import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { imageSize } from '../../src/dataset/decode/size.js'
import { decodeImage, type Pixels } from '../../src/dataset/index.js'
import { FileError } from '../../src/errors.js'
import { sha256 } from '../../src/util/hash.js'
import { sharedFixtures } from '../fixtures.js'
import { readReference, references, rgbOf } from './references.js'

interface EncodedFile {
  readonly file: string
  readonly mode: string
  readonly width: number
  readonly height: number
  readonly sha256: string
}

const encoded = readReference<{ files: EncodedFile[] }>('encoded.json').files

function read(folder: string, file: string): Buffer {
  return readFileSync(join(references, folder, file))
}

async function refusal(bytes: Buffer, name = 'cat/1.jpg'): Promise<FileError> {
  const outcome = await decodeImage(bytes, name).then(
    () => undefined,
    (error: unknown) => error
  )
  expect(outcome).toBeInstanceOf(FileError)
  return outcome as FileError
}

describe('decodeImage', () => {
  it.each(encoded)("decodes $file to the bytes of Pillow's convert('RGB')", async (reference) => {
    const pixels = await decodeImage(read('encoded', reference.file), reference.file)
    expect([pixels.width, pixels.height]).toEqual([reference.width, reference.height])
    expect(sha256(rgbOf(pixels))).toBe(reference.sha256)
  })

  it('keeps grey images, with or without alpha, at one channel', async () => {
    const gray = encoded.filter(({ mode }) => mode === 'L' || mode === 'LA' || mode === '1')
    expect(gray.length).toBeGreaterThanOrEqual(7)
    for (const { file } of gray) expect((await decodeImage(read('encoded', file), file)).channels).toBe(1)
  })

  it('goes by content, not by name', async () => {
    const pixels = await decodeImage(read('encoded', 'rgb.png'), 'mislabelled.jpg')
    expect(pixels.channels).toBe(3)
  })
})

const folders = readReference<{ folders: { folder: string; files: number; sha256: string }[] }>('shared.json').folders
const photographs = sharedFixtures === undefined ? describe.skip : describe

photographs('photographs from other encoders', () => {
  it.each(folders)("all $files of $folder decode to Pillow's bytes", async (reference) => {
    const folder = join(sharedFixtures ?? '', reference.folder)
    const digests: string[] = []
    for (const file of readdirSync(folder).sort())
      digests.push(sha256(rgbOf(await decodeImage(readFileSync(join(folder, file)), file))))
    expect(digests).toHaveLength(reference.files)
    expect(sha256(digests.join(''))).toBe(reference.sha256)
  })
})

describe('the size of an image', () => {
  it.each(encoded)('is that of $file', async ({ file, width, height }) => {
    expect(await imageSize(join(references, 'encoded', file), file)).toEqual({ width, height })
  })

  it.each(['rgb.png', 'rgb.bmp', 'core.bmp'])('is read from the header of %s alone', async (file) => {
    const folder = mkdtempSync(join(tmpdir(), 'precision-gate-size-'))
    try {
      writeFileSync(join(folder, file), read('encoded', file).subarray(0, 64))
      expect(await imageSize(join(folder, file), file)).toEqual({ width: 43, height: 29 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('what is not decoded faithfully is refused by name', () => {
  it.each([
    ['16-bit.png', /16 bits a channel/],
    ['16-bit-rgb.png', /16 bits a channel/],
    ['animated.png', /animation of 2 frames/],
    ['animated.webp', /animation/],
    ['animated.gif', /its format is GIF/],
    ['pages.tif', /2 pages/],
    ['run-length.bmp', /its format is BMP with compression 1/],
    ['16-bit.bmp', /its format is BMP with 16 bits a pixel/],
    ['huge.png', /65535x65535: more than \d+ pixels are refused as a decompression bomb/]
  ])('%s', async (file, reason) => {
    const error = await refusal(read('refused', file), `cat/${file}`)
    expect(error.message).toContain(`cat/${file}`)
    expect(error.message).toMatch(reason)
    expect(error.hint).toBeTruthy()
  })

  it.each([
    ['no bytes', Buffer.alloc(0), /empty/],
    ['text', Buffer.from('this is not an image'), /not an image/],
    [
      'a Git LFS pointer',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\n'),
      /Git LFS pointer/
    ],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG/],
    ['only a JPEG signature', Buffer.from([0xff, 0xd8, 0xff]), /corrupt/],
    ['only a PNG signature', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /corrupt/]
  ])('%s', async (_, bytes, reason) => {
    const error = await refusal(bytes)
    expect(error.message).toContain('cat/1.jpg')
    expect(error.message).toMatch(reason)
  })

  it.each(['420.jpg', 'progressive.jpg', 'gray.jpg', 'cmyk.jpg'])(
    '%s cut anywhere is an error, never a picture with a grey part',
    async (file) => {
      const bytes = read('encoded', file)
      for (let end = 3; end < bytes.length - 1; end += 23)
        expect((await refusal(bytes.subarray(0, end))).message).toMatch(/truncated|corrupt|cut short/)
    }
  )

  it.each(['rgb.png', 'gray.png', 'palette-16.png', 'lossy.webp', 'lzw.tif', 'rgb.bmp', 'palette.bmp'])(
    '%s cut anywhere in its data is an error',
    async (file) => {
      const bytes = read('encoded', file)
      // A PNG's last 12 bytes are an end mark without pixels; the others have none.
      const last = file.endsWith('.png') ? bytes.length - 13 : bytes.length - 2
      for (let end = 12; end < last; end += 23)
        expect((await refusal(bytes.subarray(0, end))).message).toMatch(/truncated|corrupt|cut short/)
    }
  )

  it.each([
    ['pixels inside its headers', 10, 30, /begin inside its headers/],
    ['a width below zero', 18, -5, /its size is 0x29/],
    ['more rows than it has', 22, 1000, /ends before its last row/],
    ['the size of a bomb', 18, 2 ** 30, /decompression bomb/],
    ['a header of no known size', 14, 16, /BMP with a header of 16 bytes/]
  ])('a BMP that says it has %s', async (_, at, value, reason) => {
    const bytes = read('encoded', 'rgb.bmp')
    bytes.writeInt32LE(value, at)
    expect((await refusal(bytes)).message).toMatch(reason)
  })

  it('a BMP whose pixels name a colour that its palette has not', async () => {
    const bytes = read('encoded', 'palette-4-bit.bmp')
    bytes[bytes.length - 1] = 0
    bytes[bytes.length - 4] = 0xf0
    expect((await refusal(bytes)).message).toMatch(/a pixel has the colour 15 of a palette of 4/)
  })

  it('a BMP with any byte changed: an image of the size it says, or an error that names it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('rgb.bmp', 'palette.bmp', 'core-palette.bmp', 'alpha.bmp'),
        fc.nat(140),
        fc.nat(255),
        async (file, place, value) => {
          const bytes = read('encoded', file)
          bytes[place] = value
          const outcome = await decodeImage(bytes, 'cat/1.bmp').catch((error: unknown) => error)
          if (outcome instanceof FileError) expect(outcome.message).toContain('cat/1.bmp')
          else {
            const { data, width, height, channels } = outcome as Pixels
            expect(data).toHaveLength(width * height * channels)
          }
        }
      ),
      { numRuns: 1000 }
    )
  })

  it('a PNG with a flipped bit', async () => {
    const bytes = read('encoded', 'rgb.png')
    bytes[bytes.length >> 1] ^= 4
    expect((await refusal(bytes)).message).toMatch(/corrupt/)
  })

  it('a JPEG that lost data and kept its end mark', async () => {
    const bytes = read('encoded', '420.jpg')
    const error = await refusal(Buffer.concat([bytes.subarray(0, -100), Buffer.from([0xff, 0xd9])]))
    expect(error.message).toMatch(/premature end/)
  })

  it('a JPEG with impossible codes in its data', async () => {
    const bytes = read('encoded', '444.jpg')
    bytes.fill(0xff, bytes.length - 200, bytes.length - 100)
    expect((await refusal(bytes)).message).toMatch(/corrupt/)
  })
})
