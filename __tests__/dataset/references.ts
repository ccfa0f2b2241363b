import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeImage, type Pixels } from '../../src/dataset/index.js'

/** Written by script/references/preprocess.py. */
export const references = join(dirname(fileURLToPath(import.meta.url)), '../../__fixtures__/dataset')

export function readReference<T>(name: string): T {
  return JSON.parse(readFileSync(join(references, name), 'utf8')) as T
}

/** A source picture of the references, as it is stored: grey ones have one channel. */
export function sourcePicture(name: string): Promise<Pixels> {
  return decodeImage(readFileSync(join(references, 'images', `${name}.png`)), name)
}

export function rgbOf({ data, width, height, channels }: Pixels): Uint8Array {
  if (channels === 3) return data
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => data[Math.floor(i / 3)])
}
