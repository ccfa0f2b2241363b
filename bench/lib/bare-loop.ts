import { readdirSync } from 'node:fs'
import path from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'

/** What anyone would write who wants to know how many images each of several models gets right. */
export interface BareLoop {
  readonly models: readonly string[]
  readonly files: readonly { readonly file: string; readonly label: number }[]
  readonly batch: number
  readonly session: InferenceSession.SessionOptions
  /** Decode the next batch while the models work on this one. */
  readonly decodeAhead: boolean
}

const SIDE = 32
const BORDER = 2
const PLANE = SIDE * SIDE

/** Right answers of each model. */
export async function bareLoop({ models, files, batch, session, decodeAhead }: BareLoop): Promise<number[]> {
  const sessions: InferenceSession[] = []
  for (const model of models) sessions.push(await InferenceSession.create(model, session))
  const right = models.map(() => 0)
  const decode = (start: number): Promise<Buffer[]> =>
    Promise.all(files.slice(start, start + batch).map(({ file }) => sharp(file).toColourspace('b-w').raw().toBuffer()))
  let next = decode(0)
  for (let start = 0; start < files.length; start += batch) {
    const images = await next
    if (decodeAhead && start + batch < files.length) next = decode(start + batch)
    const data = toInput(images)
    for (const [index, one] of sessions.entries()) {
      const feeds = { [one.inputNames[0]]: new Tensor('float32', data, [images.length, 3, SIDE, SIDE]) }
      const output = (await one.run(feeds))[one.outputNames[0]]
      const classes = output.dims[1]
      for (let i = 0; i < images.length; i++) {
        const scores = (output.data as Float32Array).subarray(i * classes, (i + 1) * classes)
        if (scores.indexOf(Math.max(...scores)) === files[start + i].label) right[index]++
      }
    }
    if (!decodeAhead && start + batch < files.length) next = decode(start + batch)
  }
  for (const one of sessions) await one.release()
  return right
}

/** Grey 28x28 -> black border of 2 -> three planes, normalized. */
function toInput(images: readonly Buffer[]): Float32Array {
  const data = new Float32Array(images.length * 3 * PLANE).fill((0 - 0.286) / 0.353)
  for (const [index, pixels] of images.entries()) {
    const inner = SIDE - 2 * BORDER
    for (let y = 0; y < inner; y++) {
      for (let x = 0; x < inner; x++) {
        const value = (pixels[y * inner + x] / 255 - 0.286) / 0.353
        const at = index * 3 * PLANE + (y + BORDER) * SIDE + x + BORDER
        data[at] = value
        data[at + PLANE] = value
        data[at + 2 * PLANE] = value
      }
    }
  }
  return data
}

/** Files of a folder per class, labelled by the order of the folders' names. */
export function listClasses(folder: string): { file: string; label: number }[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name, label) =>
      readdirSync(path.join(folder, name))
        .sort()
        .map((file) => ({ file: path.join(folder, name, file), label }))
    )
}
