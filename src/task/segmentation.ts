import type { GateConfig, TaskConfig } from '../config/index.js'
import { IGNORED, type Batch, type ImageMapping, type Mask, type SampleStream } from '../dataset/index.js'
import { FileError, RuntimeError } from '../errors.js'
import { SegmentationAccumulator } from '../metrics/index.js'
import { SegmentationOutcomes } from '../outcomes/index.js'
import {
  canonicalDecoding,
  completeSegmentation,
  segmentationDecoder,
  type Segmentation,
  type SegmentationDecoder
} from '../postprocess/index.js'
import type { ValueInfo } from '../runtime/index.js'
import type { Guess } from '../verdict/index.js'
import { BootstrapComparer, judgedMetrics, weightedScores, type WeightedScores } from './bootstrap.js'
import { checkOutputs } from './outputs.js'
import type { Scorer, Task, TaskJudge } from './types.js'

/** Wrongly scaled images do not get this far. */
const WORKS = 0.5

/** The masks of a batch at the resolution of the comparison, and what FP32 made of the images. */
interface SegmentationTruth {
  readonly masks: readonly Mask[]
  readonly mappings: readonly ImageMapping[]
  predicted?: readonly Segmentation[]
}

export interface SegmentationScores extends WeightedScores {
  readonly perClass: readonly { readonly index: number; readonly pixels: number }[]
}

/** A class for each pixel, scored by mean IoU. Masks are read a batch at a time. */
export function segmentationTask(
  config: GateConfig,
  { decode }: Extract<TaskConfig, { name: 'segmentation' }>,
  images: SampleStream,
  outputs: readonly ValueInfo[],
  intervals = true
): Task<SegmentationTruth, SegmentationScores> {
  const { dataset } = images
  const { options, classes } = completeSegmentation(decode, outputs, dataset.classes?.length, images.input)
  const decoder = segmentationDecoder(options, classes)
  return {
    ...segmentationJudge(intervals ? judgedMetrics('miou', config) : new Set()),
    decoding: canonicalDecoding(options),
    isLabelled: true,
    denseOutput: () => (options.kind === 'labels' ? undefined : options.output),
    async truth({ start, sizes }) {
      const mappings = sizes.map((size) => images.mapping(size))
      const masks: Mask[] = []
      for (const [i, mapping] of mappings.entries()) {
        const mask = await dataset.readMask?.(start + i, { classes, size: sizes[i] })
        if (mask === undefined) throw new FileError('the data set has no masks', 'segmentation needs {masks, images}')
        masks.push(decoder.mask(mask, mapping))
      }
      return { masks, mappings }
    },
    forProvider: ({ masks, mappings }) => ({ masks, mappings }),
    truthHash: (index) => dataset.hashMask?.(index),
    scorer(model) {
      checkOutputs(model, [options.output])
      return new SegmentationScorer(decoder, classes)
    }
  }
}

/** @param judged metrics that need an interval. */
export function segmentationJudge(judged: ReadonlySet<string>): TaskJudge<SegmentationScores> {
  const comparer = new BootstrapComparer(judged)
  return {
    name: 'segmentation',
    metric: 'miou',
    evidence: ({ metrics: { miou } }) =>
      miou !== null && miou > WORKS ? `FP32 reaches miou ${miou.toFixed(3)}` : undefined,
    compare: (reference, variant) => comparer.compare(reference, variant),
    guess: guessClass
  }
}

/** A network that knows nothing names the commonest class everywhere. */
function guessClass({ perClass }: SegmentationScores): Guess | undefined {
  const present = perClass.filter(({ pixels }) => pixels > 0)
  if (present.length < 2) return undefined
  const total = present.reduce((sum, { pixels }) => sum + pixels, 0)
  const most = Math.max(...present.map(({ pixels }) => pixels))
  return {
    metric: 'miou',
    value: most / total / present.length,
    what: 'naming the commonest class for every pixel',
    check: '`decode`, the class map and the ignore label of the masks, and the preprocessing'
  }
}

class SegmentationScorer implements Scorer<SegmentationTruth, SegmentationScores> {
  readonly outputs: readonly string[]
  readonly #accumulator: SegmentationAccumulator
  readonly #nonFinite: number[] = []
  #samples = 0
  #flips = { broken: 0, repaired: 0 }

  constructor(
    private readonly decoder: SegmentationDecoder,
    private readonly classes: number
  ) {
    this.outputs = [decoder.output]
    this.#accumulator = new SegmentationAccumulator({ classes, ignore: IGNORED })
  }

  add(
    outputs: Parameters<SegmentationDecoder['decode']>[0],
    { start, samples }: Batch,
    truth: SegmentationTruth
  ): void {
    const predicted = this.decoder.decode(outputs, truth.mappings)
    predicted.forEach(({ data, nonFinite }, i) => {
      if (nonFinite > 0) this.#nonFinite.push(start + i)
      this.#accumulator.add(start + i, truth.masks[i].data, nonFinite > 0 ? undefined : data)
    })
    this.#samples += samples.length
    const before = (truth.predicted ??= predicted)
    predicted.forEach((own, i) => this.#countFlips(truth.masks[i], before[i], own))
  }

  #countFlips({ data }: Mask, before: Segmentation, after: Segmentation): void {
    if (before === after) return
    if (before.data.length !== after.data.length) {
      throw new RuntimeError('FP32 and the variant were not decoded to the same pixels: they cannot be paired')
    }
    let { broken, repaired } = this.#flips
    for (let pixel = 0; pixel < data.length; pixel++) {
      const label = data[pixel]
      if (label === IGNORED) continue
      const then = before.nonFinite === 0 && before.data[pixel] === label
      const now = after.nonFinite === 0 && after.data[pixel] === label
      if (then && !now) broken++
      else if (now && !then) repaired++
    }
    this.#flips = { broken, repaired }
  }

  result(): SegmentationScores {
    const outcomes = new SegmentationOutcomes(this.#accumulator, this.#nonFinite)
    const scores = weightedScores(outcomes.metrics, {
      samples: this.#samples,
      nonFinite: this.#nonFinite,
      classes: this.classes,
      flips: this.#flips,
      stored: () => outcomes.stored()
    })
    return { ...scores, perClass: outcomes.perClass }
  }
}
