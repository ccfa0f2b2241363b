import { FileError } from '../../errors.js'
import type { ElementType, TensorData } from '../../tensor.js'
import type { Pixels, PreprocessStep } from '../types.js'
import { packer } from './pack.js'
import { pixelOperations } from './pixels.js'
import { planPreprocess, type PreprocessTarget } from './plan.js'

export type { PreprocessTarget } from './plan.js'

/** A compiled preprocessing list. It holds buffers: one instance serves one image at a time. */
export interface Preprocessor {
  /** Shape of one sample in the model's input: [C, H, W] or [H, W, C]. */
  readonly sampleDims: readonly number[]
  readonly type: ElementType
  /**
   * Writes one sample into a batch buffer.
   * @param out elements of {@link type} (float16 as its bits in a Uint16Array).
   * @param offset of the sample's first element.
   * @throws FileError (without the image's name) if the image does not end up in the shape that the model takes.
   */
  run(pixels: Pixels, out: TensorData, offset: number): void
}

/**
 * Compiles a preprocessing list for a model's input.
 *
 * Pixel steps run in order on 8-bit pixels. A grey image becomes RGB first if the model takes three channels and no
 * step says `gray` or `gray-to-rgb`. Then normalization, layout and cast are one table look-up a pixel: each of the 256
 * values is computed once in double precision as `(value * scale - mean) / std` and rounded once to the input's type.
 *
 * @throws ConfigurationError before any image is read, if the order is impossible or the result does not fit the model.
 */
export function compilePreprocess(steps: readonly PreprocessStep[], target: PreprocessTarget): Preprocessor {
  const plan = planPreprocess(steps, target)
  const operations = pixelOperations(plan.pixelSteps, plan.expandGray)
  const pack = packer(plan)
  const { width, height } = plan.size
  return {
    sampleDims: plan.layout === 'nchw' ? [plan.channels, height, width] : [height, width, plan.channels],
    type: plan.type,
    run(pixels, out, offset) {
      const result = operations.reduce((current, operation) => operation(current), pixels)
      if (result.channels !== plan.channels)
        throw new FileError(
          `the image has ${result.channels === 3 ? '3 channels' : '1 channel'}, the model takes ${plan.channels}`,
          plan.channels === 1 ? 'add `color: gray`' : 'add `color: gray-to-rgb`'
        )
      if (result.width !== width || result.height !== height)
        throw new FileError(
          `the image is ${result.width}x${result.height} after preprocessing (${pixels.width}x${pixels.height} in the file), ` +
            `the model takes ${width}x${height}`,
          'add a resize, center_crop or letterbox step'
        )
      pack(result, out, offset)
    }
  }
}
