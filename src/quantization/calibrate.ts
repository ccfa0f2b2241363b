import type { CalibrationMethod } from '../config/types.js'
import { FileError } from '../errors.js'
import { addStatistics, type StatisticsOutputs } from './instrument.js'
import { StreamingHistogram } from './histogram.js'
import { forEachImage, instrumentedSession, observeTensors, type ObservationInput } from './observe.js'
import { chooseRange } from './ranges/index.js'
import type { QuantizedType, Range } from './scale.js'

export interface CalibrationInput extends ObservationInput {
  readonly type: QuantizedType
  readonly method: CalibrationMethod
}

/** What calibration learned of a tensor: what was seen and the range chosen from it. */
export interface CalibratedTensor {
  readonly observed: Range
  readonly range: Range
}

/**
 * Streams the calibration set through the float model and chooses a range for every tensor. Memory does not grow with
 * the number of images, and the result depends neither on their order nor on batching.
 *
 * @throws FileError naming tensor and image where an activation is NaN or infinite
 */
export async function calibrate(input: CalibrationInput): Promise<ReadonlyMap<string, CalibratedTensor>> {
  return input.method.method === 'minmax' ? calibrateMinMax(input) : calibrateHistograms(input)
}

async function calibrateHistograms(input: CalibrationInput): Promise<Map<string, CalibratedTensor>> {
  const histograms = new Map(input.tensors.map((tensor) => [tensor, new StreamingHistogram()]))
  await observeTensors(input, (tensor, data, image) => {
    const histogram = histograms.get(tensor)
    if (histogram === undefined) return
    histogram.add(data)
    if (histogram.nan + histogram.infinite > 0) throw nonFinite(tensor, image)
  })
  const result = new Map<string, CalibratedTensor>()
  for (const [tensor, histogram] of histograms) {
    const snapshot = histogram.snapshot()
    const observed = { min: snapshot.min, max: snapshot.max }
    result.set(tensor, { observed, range: chooseRange(snapshot, input.method, input.type) })
  }
  return result
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
  })
  return new Map([...ranges].map(([tensor, range]) => [tensor, { observed: range, range }]))
}

function nonFinite(tensor: string, image: string): FileError {
  return new FileError(
    `calibration image ${image} makes NaN or infinite values in tensor ${tensor} of the FP32 model`,
    'Check the preprocessing (a std of 0, a wrong scale) and the model: no range can be measured from this.'
  )
}
