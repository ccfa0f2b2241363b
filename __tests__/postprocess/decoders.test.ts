import { describe, expect, it } from '@jest/globals'
import type { ImageMapping } from '../../src/dataset/index.js'
import { ConfigurationError, RuntimeError } from '../../src/errors.js'
import {
  detectionDecoder,
  detectionPreset,
  resolveClassMap,
  type DetectionLayout,
  type DetectionOptions
} from '../../src/postprocess/index.js'
import type { Tensor } from '../../src/tensor.js'
import { readReference, tensorOf, unmoved, type StoredTensor } from './references.js'

interface Found {
  readonly boxes: readonly (readonly number[])[]
  readonly scores: readonly number[]
  readonly categories: readonly number[]
}

interface Case {
  readonly name: string
  readonly options: Partial<Omit<DetectionOptions, 'priors'>> & {
    readonly layout: DetectionLayout
    readonly outputs: DetectionOptions['outputs']
    readonly priors?: { readonly boxes: readonly number[]; readonly variances: readonly [number, number] }
  }
  readonly outputs: Readonly<Record<string, StoredTensor>>
  readonly images: readonly Found[]
}

const { side, classes, mappings, cases } = readReference<{
  side: number
  classes: number
  mappings: { image: [number, number]; scale: [number, number]; offset: [number, number] }[]
  cases: Case[]
}>('decoders.json')

const inputs = mappings.map(({ image: [width, height], scale, offset }): ImageMapping => ({
  image: { width, height },
  input: { width: side, height: side },
  scaleX: scale[0],
  scaleY: scale[1],
  offsetX: offset[0],
  offsetY: offset[1]
}))

function optionsOf({ priors, ...options }: Case['options']): DetectionOptions {
  return {
    ...detectionPreset(options.layout),
    ...options,
    ...(priors !== undefined && {
      priors: { boxes: Float32Array.from(priors.boxes), variances: priors.variances }
    })
  }
}

function outputsOf(stored: Case['outputs']): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(stored).map(([name, tensor]) => [name, tensorOf(tensor)]))
}

describe('outputs are read as NumPy, torchvision and ONNX Runtime read them', () => {
  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, { options, outputs, images }) => {
    const decoder = detectionDecoder(optionsOf(options), classes)
    const decoded = decoder.decode(outputsOf(outputs), inputs.slice(0, images.length))
    images.forEach((expected, image) => {
      const { boxes, scores, categories, nonFinite } = decoded[image]
      expect(nonFinite).toBe(0)
      expect(expected.scores.length).toBeGreaterThan(4)
      expect([...categories]).toEqual(expected.categories)
      expectClose(scores, expected.scores, 1e-6)
      expectClose(boxes, expected.boxes.flat(), 1e-3)
    })
  })
})

function expectClose(values: Float32Array, expected: readonly number[], tolerance: number): void {
  expect(values).toHaveLength(expected.length)
  const apart = Math.max(0, ...expected.map((value, i) => Math.abs(values[i] - value)))
  expect(apart).toBeLessThan(tolerance)
}

const YOLO: DetectionOptions = { ...detectionPreset('yolov8'), layout: 'yolov8', outputs: { predictions: 'out' } }

/** [1, 4 + classes, anchors] from one row an anchor. */
function predictions(...anchors: readonly number[][]): Record<string, Tensor> {
  const channels = anchors[0].length
  const data = Float32Array.from({ length: channels * anchors.length }, (_, i) => {
    return anchors[i % anchors.length][Math.floor(i / anchors.length)]
  })
  return { out: { type: 'float32', dims: [1, channels, anchors.length], data } }
}

const filler = (count: number) => Array.from({ length: count }, () => [0, 0, 1, 1, 0, 0])

describe('what is not to be trusted', () => {
  it('counts NaN and infinity in scores and boxes and leaves them out', () => {
    const outputs = predictions(
      [10, 10, 4, 4, NaN, 0],
      [20, 20, 4, 4, 0.5, Infinity],
      [NaN, 40, 4, 4, 0.9, 0],
      [50, 50, Infinity, 4, 0, 0.8],
      ...filler(4)
    )
    for (const multiLabel of [true, false]) {
      const [{ nonFinite, scores }] = detectionDecoder({ ...YOLO, multiLabel }, 2).decode(outputs, [unmoved(64, 64)])
      expect([multiLabel, nonFinite, [...scores]]).toEqual([multiLabel, 4, multiLabel ? [0.5] : []])
    }
  })

  it('refuses classes, shapes and batches that do not fit', () => {
    const outputs = predictions(...filler(8))
    const decode = (options: DetectionOptions, classes: number, images = 1) =>
      detectionDecoder(options, classes).decode(outputs, Array<ImageMapping>(images).fill(unmoved(64, 64)))
    expect(() => decode(YOLO, 3)).toThrow(/scores 2 classes .* 3 are expected/)
    expect(() => decode(YOLO, 2, 2)).toThrow(/hold 1 image, it was given 2/)
    expect(() => decode({ ...YOLO, outputs: { predictions: 'other' } }, 2)).toThrow(/no output 'other' \(out\)/)
    expect(() => decode({ ...YOLO, layout: 'yolox' }, 1)).toThrow(RuntimeError)
    expect(() => detectionDecoder({ ...YOLO, layout: 'ssd' }, 2)).toThrow(ConfigurationError)
  })

  it('refuses class numbers that the data set does not have', () => {
    const options: DetectionOptions = { ...detectionPreset('rows'), layout: 'rows', outputs: { predictions: 'out' } }
    const rows: Tensor = { type: 'float32', dims: [1, 1, 6], data: Float32Array.of(1, 1, 5, 5, 0.9, 7) }
    expect(() => detectionDecoder(options, 3).decode({ out: rows }, [unmoved(9, 9)])).toThrow(/gives class 7/)
  })
})

describe('class maps', () => {
  const data = { classes: ['cat', 'dog'], categoryIds: [3, 7] }

  it('reads category ids, names and null', () => {
    expect(resolveClassMap('index', data)).toEqual([0, 1])
    expect(resolveClassMap('ids', data)).toEqual([-1, -1, -1, 0, -1, -1, -1, 1])
    expect(resolveClassMap(['dog', null, 3], data)).toEqual([1, -1, 0])
    expect(() => resolveClassMap(['bird'], data)).toThrow(/class 0 of the network is "bird"/)
  })

  it('leaves out what the data set does not have', () => {
    const outputs = predictions([9, 9, 4, 4, 0.9, 0.4], ...filler(7))
    const [{ scores, categories }] = detectionDecoder({ ...YOLO, classMap: [-1, 1] }, 2).decode(outputs, [
      unmoved(64, 64)
    ])
    expect([[...scores], [...categories]]).toEqual([[Math.fround(0.4)], [1]])
  })
})
