import type { GateConfig, TaskConfig } from '../../config/index.js'
import { IGNORED, type Batch, type ImageMapping, type SampleStream } from '../../dataset/index.js'
import { RuntimeError } from '../../errors.js'
import { SegmentationAccumulator } from '../../metrics/index.js'
import { SegmentationOutcomes } from '../../outcomes/index.js'
import {
  canonicalDecoding,
  completeSegmentation,
  segmentationDecoder,
  type Segmentation,
  type SegmentationDecoder
} from '../../postprocess/index.js'
import type { ValueInfo } from '../../runtime/index.js'
import { BootstrapComparer, judgedMetrics, weightedScores, type WeightedScores } from '../bootstrap.js'
import { checkOutputs } from '../outputs.js'
import type { Scorer, Task, TaskJudge } from '../types.js'
import { guessConstant } from './constant.js'

/** What FP32 made of a batch: its classes, and {@link IGNORED} where there is no image. */
interface Pixels {
  readonly mappings: readonly ImageMapping[]
  reference?: readonly Segmentation[]
}

/** The class of each pixel beside FP32's, at the resolution that `decode.compare_at` says. */
export function pixelAgreement(
  config: GateConfig,
  { decode }: Extract<TaskConfig, { name: 'segmentation' }>,
  images: SampleStream,
  outputs: readonly ValueInfo[],
  intervals: boolean
): Task<Pixels, WeightedScores> {
  const { options, classes } = completeSegmentation(decode, outputs, images.dataset.classes?.length, images.input)
  const decoder = segmentationDecoder(options, classes)
  return {
    ...pixelJudge(intervals ? judgedMetrics('agreement', config) : new Set()),
    decoding: canonicalDecoding(options),
    isLabelled: false,
    denseOutput: () => (options.kind === 'labels' ? undefined : options.output),
    truth: ({ sizes }) => Promise.resolve({ mappings: sizes.map((size) => images.mapping(size)) }),
    forProvider: ({ mappings }) => ({ mappings }),
    truthHash: () => undefined,
    scorer(model) {
      checkOutputs(model, [options.output])
      return new PixelScorer(decoder, classes)
    }
  }
}

/** @param judged metrics that get intervals. */
export function pixelJudge(judged: ReadonlySet<string>): TaskJudge<WeightedScores> {
  const comparer = new BootstrapComparer(judged, { paired: false })
  return {
    name: 'segmentation',
    metric: 'agreement',
    evidence: () => undefined,
    compare: (reference, variant) => comparer.compare(reference, variant),
    guess: ({ constant, samples }) => guessConstant(constant, samples)
  }
}

class PixelScorer implements Scorer<Pixels, WeightedScores> {
  readonly outputs: readonly string[]
  readonly #accumulator: SegmentationAccumulator
  readonly #nonFinite: number[] = []
  #samples = 0
  #changed = 0

  constructor(
    private readonly decoder: SegmentationDecoder,
    private readonly classes: number
  ) {
    this.outputs = [decoder.output]
    this.#accumulator = new SegmentationAccumulator({ classes, ignore: IGNORED })
  }

  add(outputs: Parameters<SegmentationDecoder['decode']>[0], { start, samples }: Batch, truth: Pixels): void {
    const { mappings } = truth
    const predicted = this.decoder.decode(outputs, mappings)
    const reference = (truth.reference ??= predicted.map((own, i) => this.#inImage(own, mappings[i])))
    predicted.forEach(({ data, nonFinite }, i) => {
      const expected = reference[i]
      if (nonFinite > 0) this.#nonFinite.push(start + i)
      if (data.length !== expected.data.length) {
        throw new RuntimeError('FP32 and the variant were not decoded to the same pixels: they cannot be compared')
      }
      // nothing agrees with what is no number, on either side
      const usable = nonFinite === 0 && expected.nonFinite === 0
      this.#accumulator.add(start + i, expected.data, usable ? data : undefined)
      expected.data.forEach((label, pixel) => {
        if (label !== IGNORED && !(usable && data[pixel] === label)) this.#changed++
      })
    })
    this.#samples += samples.length
  }

  /** Borders of a letterbox belong to no image. */
  #inImage(own: Segmentation, mapping: ImageMapping): Segmentation {
    const blank = new Uint8Array(mapping.image.width * mapping.image.height)
    const inside = this.decoder.mask({ ...mapping.image, data: blank }, mapping).data
    return { ...own, data: own.data.map((label, pixel) => (inside[pixel] === IGNORED ? IGNORED : label)) }
  }

  result(): WeightedScores {
    const outcomes = new SegmentationOutcomes(this.#accumulator, this.#nonFinite, 'fp32')
    return weightedScores(outcomes.metrics, {
      samples: this.#samples,
      nonFinite: this.#nonFinite,
      classes: this.classes,
      changed: this.#changed,
      ...constantOf(outcomes),
      stored: () => outcomes.stored()
    })
  }
}

/** Of FP32's own outcomes. */
function constantOf({ perClass }: SegmentationOutcomes): Pick<WeightedScores, 'constant'> {
  const named = perClass.filter(({ pixels }) => pixels > 0)
  if (named.length !== 1) return {}
  const what = `class ${named[0].index} to every pixel of every image`
  return { constant: { what, key: what } }
}
