import type { ImageMapping } from '../../dataset/index.js'
import { ConfigurationError, RuntimeError } from '../../errors.js'
import type { Tensor } from '../../tensor.js'
import { Candidates } from './candidates.js'
import { outputRoles } from './defaults.js'
import { readListed, readSixes } from './listed.js'
import { suppress, type Kept } from './nms.js'
import { readIndices, readPairs } from './pairs.js'
import type { ReadOutputs } from './reader.js'
import type { DetectionLayout, DetectionOptions, Detections } from './types.js'
import { readYoloV5, readYoloV8, readYoloX } from './yolo.js'

const READERS: Readonly<Record<DetectionLayout, ReadOutputs>> = {
  yolov8: readYoloV8,
  yolov5: readYoloV5,
  yolox: readYoloX,
  rows: readSixes,
  ssd: readPairs,
  detr: readPairs,
  torchvision: readListed,
  tensorflow: readListed,
  efficient_nms: readListed,
  nms_indices: readIndices
}

export interface DetectionDecoder {
  /** The outputs that it reads. */
  readonly outputs: readonly string[]
  /**
   * @param outputs of one batch, by name.
   * @param mappings one for each image of the batch that counts; a batch that was filled up holds more.
   * @returns what was found in each, in pixels of the original images.
   * @throws RuntimeError where the outputs do not have the shapes of the layout, or hold unknown classes.
   */
  decode(outputs: Readonly<Record<string, Tensor>>, mappings: readonly ImageMapping[]): readonly Detections[]
}

/**
 * @param classes number of classes of the data set, where the options map none.
 * @throws ConfigurationError where an output that the layout needs is not named.
 */
export function detectionDecoder(options: DetectionOptions, classes: number): DetectionDecoder {
  const missing = outputRoles(options.layout).find((role) => options.outputs[role] === undefined)
  if (missing !== undefined)
    throw new ConfigurationError(
      [{ message: `decode: ${options.layout} needs the name of the output that holds ${missing}` }],
      `add it: \`decode: {outputs: {${missing}: NAME}}\``
    )
  const candidates = new Candidates()
  const classMap = options.classMap ?? Array.from({ length: classes }, (_, index) => index)
  const read = READERS[options.layout]
  return {
    outputs: Object.values(options.outputs),
    decode(outputs, mappings) {
      if (mappings.length === 0) return []
      const reader = read(outputs, { ...options, classMap, input: mappings[0].input })
      if (reader.images < mappings.length)
        throw new RuntimeError(
          `the network's outputs hold ${reader.images} image${reader.images === 1 ? '' : 's'}, it was given ${mappings.length}`,
          'set `runtime: {batch: 1}`'
        )
      return mappings.map((mapping, image) => {
        candidates.clear()
        reader.collect(image, candidates)
        const corners = (anchor: number, out: Float64Array): void => reader.corners(image, anchor, out)
        return toImage(suppress(candidates, corners, options.nms, options.maxDetections), mapping, options.clip)
      })
    }
  }
}

/** Boxes in pixels of the image, cut at its edges where `clip`. */
export function toImage(kept: Kept, mapping: ImageMapping, clip: boolean): Detections {
  const { corners, count, nonFinite } = kept
  const { scaleX, scaleY, offsetX, offsetY, image } = mapping
  const boxes = new Float32Array(4 * count)
  const limitX = (x: number) => (clip ? Math.min(Math.max(x, 0), image.width) : x)
  const limitY = (y: number) => (clip ? Math.min(Math.max(y, 0), image.height) : y)
  for (let at = 0; at < 4 * count; at += 4) {
    const x = limitX((corners[at] - offsetX) / scaleX)
    const y = limitY((corners[at + 1] - offsetY) / scaleY)
    boxes[at] = x
    boxes[at + 1] = y
    boxes[at + 2] = limitX((corners[at + 2] - offsetX) / scaleX) - x
    boxes[at + 3] = limitY((corners[at + 3] - offsetY) / scaleY) - y
  }
  return {
    boxes,
    scores: kept.scores.slice(0, count),
    categories: kept.categories.slice(0, count),
    nonFinite
  }
}
