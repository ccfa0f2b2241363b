import type { CalibrationMethod } from '../config/types.js'
import { FileError } from '../errors.js'
import { addStatistics, type StatisticsOutputs } from './instrument.js'
import { StreamingHistogram, type HistogramSnapshot } from './histogram.js'
import { forEachImage, instrumentedSession, observeTensors, type ObservationInput } from './observe.js'
import { chooseRange, shareOutside } from './ranges/index.js'
import type { QuantizedType, Range } from './scale.js'

export interface CalibrationInput extends ObservationInput {
  readonly type: QuantizedType
  readonly method: CalibrationMethod
}

/** What calibration learned of a tensor: what was seen and the range chosen from it. */
export interface CalibratedTensor {
  readonly observed: Range
  readonly range: Range
  /** The range that the first quarter and the first half of the images would have given: has it settled? */
  readonly quarter: Range
  readonly half: Range
  /** Share of the calibration's own values that the chosen range cuts off. */
  readonly cut: number
}

/** Images after which a quarter and a half of a set are seen. */
export function subsetSizes(images: number): { readonly quarter: number; readonly half: number } {
  return { quarter: Math.ceil(images / 4), half: Math.ceil(images / 2) }
}

/**
 * Streams the calibration set through the float model and chooses a range for every tensor. Memory does not grow with
 * the number of images, and neither observed nor chosen range depends on their order or on batching. The ranges after a
 * quarter and a half do: images in the order of their content hashes make random, reproducible subsets.
 *
 * @throws FileError naming tensor and image where an activation is NaN or infinite
 */
export async function calibrate(input: CalibrationInput): Promise<ReadonlyMap<string, CalibratedTensor>> {
  return input.method.method === 'minmax' ? calibrateMinMax(input) : calibrateHistograms(input)
}

async function calibrateHistograms(input: CalibrationInput): Promise<Map<string, CalibratedTensor>> {
  const histograms = new Map(input.tensors.map((tensor) => [tensor, new StreamingHistogram()]))
  const chosen = (snapshot: HistogramSnapshot): Range => chooseRange(snapshot, input.method, input.type)
  const subsets = new Subsets(input, () => map(histograms, (histogram) => chosen(histogram.snapshot())))
  const visit = (tensor: string, data: Float32Array, image: string): void => {
    const histogram = histograms.get(tensor)
    if (histogram === undefined) return
    histogram.add(data)
    if (histogram.nan + histogram.infinite > 0) throw nonFinite(tensor, image)
  }
  await observeTensors(input, visit, () => subsets.afterImage())
  return map(histograms, (histogram, tensor) => {
    const snapshot = histogram.snapshot()
    const range = chosen(snapshot)
    const observed = { min: snapshot.min, max: snapshot.max }
    return { observed, range, ...subsets.of(tensor, range), cut: shareOutside(snapshot, range) }
  })
}

/** Minimum and maximum are found inside the graph: only scalars leave the runtime. */
async function calibrateMinMax(input: CalibrationInput): Promise<Map<string, CalibratedTensor>> {
  const ranges = new Map(input.tensors.map((tensor) => [tensor, { min: Infinity, max: -Infinity }]))
  let statistics: StatisticsOutputs[] = []
  const session = await instrumentedSession(input, (model) => {
    statistics = addStatistics(model, input.tensors)
  })
  const fetches = statistics.flatMap(({ min, max, sum }) => [min, max, sum])
  const inputName = session.inputs[0].name
  const subsets = new Subsets(input, () => map(ranges, (range) => ({ ...range })))
  await forEachImage(input, session, async (feed, image) => {
    const outputs = await session.run({ [inputName]: feed }, fetches)
    for (const { tensor, ...names } of statistics) {
      const [min, max, sum] = [names.min, names.max, names.sum].map((name) => Number(outputs[name].data[0]))
      if (!Number.isFinite(min + max) || !Number.isFinite(sum)) throw nonFinite(tensor, image)
      const range = ranges.get(tensor)
      if (range === undefined) continue
      range.min = Math.min(range.min, min)
      range.max = Math.max(range.max, max)
    }
    subsets.afterImage()
  })
  return map(ranges, (range, tensor) => ({ observed: range, range, ...subsets.of(tensor, range), cut: 0 }))
}

/** Takes the ranges of all tensors when a quarter and a half of the images are through. */
class Subsets {
  readonly #sizes: ReturnType<typeof subsetSizes>
  #done = 0
  #quarter: ReadonlyMap<string, Range> = new Map()
  #half: ReadonlyMap<string, Range> = new Map()

  constructor(
    { images }: CalibrationInput,
    private readonly ranges: () => ReadonlyMap<string, Range>
  ) {
    this.#sizes = subsetSizes(images.dataset.samples.length)
  }

  afterImage(): void {
    this.#done++
    if (this.#done === this.#sizes.quarter) this.#quarter = this.ranges()
    if (this.#done === this.#sizes.half) this.#half = this.ranges()
  }

  of(tensor: string, all: Range): { readonly quarter: Range; readonly half: Range } {
    return { quarter: this.#quarter.get(tensor) ?? all, half: this.#half.get(tensor) ?? all }
  }
}

function map<From, To>(entries: ReadonlyMap<string, From>, to: (from: From, key: string) => To): Map<string, To> {
  return new Map([...entries].map(([key, value]) => [key, to(value, key)]))
}

function nonFinite(tensor: string, image: string): FileError {
  return new FileError(
    `calibration image ${image} makes NaN or infinite values in tensor ${tensor} of the FP32 model`,
    'Check the preprocessing (a std of 0, a wrong scale) and the model: no range can be measured from this.'
  )
}
