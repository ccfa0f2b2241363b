import { compilePreprocess, type ImageInput, type Pixels, type PreprocessStep } from '../../dataset/index.js'
import { GateError } from '../../errors.js'
import type { Geometry } from './geometry.js'

/**
 * The 8-bit pixels, interleaved, that a geometry makes of an image for the network.
 * @returns undefined where it does not lead to the network's size
 */
export function pictureOf(pixels: Pixels, geometry: Geometry, input: ImageInput): Uint8Array | undefined {
  const { channels, height, width } = input
  const layout: PreprocessStep = { step: 'layout', to: 'nhwc' }
  const out = new Uint8Array(width * height * channels)
  try {
    const steps = [...geometry.steps(pixels), layout]
    compilePreprocess(steps, { dims: ['batch', height, width, channels], type: 'uint8' }).run(pixels, out, 0)
    return out
  } catch (error) {
    if (geometry.changes.length === 0 || !(error instanceof GateError)) throw error
    return undefined
  }
}
