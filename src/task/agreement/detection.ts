import type { GateConfig, TaskConfig } from '../../config/index.js'
import type { Batch, SampleStream } from '../../dataset/index.js'
import { addAgreement, CocoAccumulator, compareBoxes, NO_AGREEMENT, type BoxAgreement } from '../../metrics/index.js'
import { BoxAgreementOutcomes, partnersOf } from '../../outcomes/index.js'
import {
  canonicalDecoding,
  completeDetection,
  detectionDecoder,
  networkClasses,
  type DetectionDecoder,
  type Detections
} from '../../postprocess/index.js'
import type { ValueInfo } from '../../runtime/index.js'
import { sha256 } from '../../util/hash.js'
import { BootstrapComparer, judgedMetrics, weightedScores, type WeightedScores } from '../bootstrap.js'
import { DENSE, NO_DETECTIONS } from '../detection.js'
import { checkOutputs } from '../outputs.js'
import type { Scorer, Task, TaskJudge } from '../types.js'
import { guessConstant } from './constant.js'

/** Least overlap of a pair in `agreement_matched` and among changed boxes. */
const SAME_BOX = 0.5
/** COCO's evaluation looks at no more of a category in an image, so that more could not be found again. */
const MOST_OF_A_CATEGORY = 100

/** What FP32 found in the images of a batch. */
interface Boxes {
  reference?: readonly Detections[]
}

/**
 * Boxes beside FP32's: COCO's average precision with FP32's boxes above `minScore` as the truth, and the share of boxes
 * above it that find a partner.
 */
export function boxAgreement(
  config: GateConfig,
  { decode }: Extract<TaskConfig, { name: 'detection' }>,
  minScore: number,
  images: SampleStream,
  outputs: readonly ValueInfo[],
  intervals: boolean
): Task<Boxes, WeightedScores> {
  const { classes: named, categoryIds } = images.dataset
  const classes = named ?? networkClasses(decode, outputs)
  // without labels there are no ids: the network's classes are what they are
  const own = named === undefined ? { ...decode, classes: 'index' as const } : decode
  const options = completeDetection(
    own,
    outputs,
    { classes, ...(categoryIds !== undefined && { categoryIds }) },
    config,
    images.input
  )
  const decoder = detectionDecoder(options, classes.length)
  return {
    ...boxJudge(intervals ? judgedMetrics('agreement', config) : new Set(), minScore),
    decoding: canonicalDecoding(options),
    isLabelled: false,
    denseOutput: () =>
      DENSE.includes(decode.layout) ? (options.outputs.predictions ?? options.outputs.scores) : undefined,
    truth: () => Promise.resolve({}),
    forProvider: () => ({}),
    truthHash: () => undefined,
    scorer(model) {
      checkOutputs(model, decoder.outputs)
      return new BoxScorer(decoder, images, classes.length, minScore)
    }
  }
}

/** @param judged metrics that get intervals. */
export function boxJudge(judged: ReadonlySet<string>, minScore: number): TaskJudge<WeightedScores> {
  const comparer = new BootstrapComparer(judged, {
    paired: false,
    nothing: `FP32 finds no box that scores more than ${minScore} (agreement_score)`
  })
  return {
    name: 'detection',
    metric: 'agreement',
    evidence: () => undefined,
    compare: (reference, variant) => comparer.compare(reference, variant),
    guess: ({ constant, samples }) => guessConstant(constant, samples)
  }
}

class BoxScorer implements Scorer<Boxes, WeightedScores> {
  readonly #coco: CocoAccumulator
  readonly #perImage: BoxAgreement[] = []
  readonly #nonFinite: number[] = []
  readonly #answers = new Set<string>()

  constructor(
    private readonly decoder: DetectionDecoder,
    private readonly images: SampleStream,
    private readonly classes: number,
    private readonly minScore: number
  ) {
    this.#coco = new CocoAccumulator(Array.from({ length: classes }, (_, index) => index))
  }

  get outputs(): readonly string[] {
    return this.decoder.outputs
  }

  add(outputs: Parameters<DetectionDecoder['decode']>[0], batch: Batch, truth: Boxes): void {
    const mappings = batch.sizes.map((size) => this.images.mapping(size))
    const found = this.decoder.decode(outputs, mappings).map(withArea)
    const reference = (truth.reference ??= found)
    found.forEach((detections, i) => {
      const position = batch.start + i
      if (detections.nonFinite > 0) this.#nonFinite.push(position)
      // what is no number finds nothing, and nothing is found of it
      const expected = shownBoxes(reference[i], this.minScore)
      const shown = shownBoxes(detections, this.minScore)
      this.#coco.add(position, expected, detections.nonFinite > 0 ? NO_DETECTIONS : detections)
      this.#perImage.push(compareBoxes(expected, shown, { iou: SAME_BOX, score: this.minScore }))
      if (this.#answers.size < 2) this.#answers.add(`${shown.categories.join()} ${shown.scores.join()}`)
    })
  }

  result(): WeightedScores {
    const outcomes = new BoxAgreementOutcomes(this.#coco, partnersOf(this.#perImage), this.#nonFinite)
    const { referenceOnly, variantOnly } = this.#perImage.reduce(addAgreement, NO_AGREEMENT)
    const [answer, ...others] = this.#answers
    const isConstant = (answer as string | undefined) !== undefined && others.length === 0
    return weightedScores(outcomes.metrics, {
      samples: this.#perImage.length,
      nonFinite: this.#nonFinite,
      classes: this.classes,
      changed: referenceOnly + variantOnly,
      ...(isConstant && { constant: { what: 'the same classes and scores in every image', key: sha256(answer) } }),
      stored: () => outcomes.stored()
    })
  }
}

type Shown = Pick<Detections, 'categories' | 'boxes' | 'scores'>

/**
 * Without boxes that were clipped to nothing: they overlap none, not even themselves, so that FP32 would not find its own.
 * What is not finite stays as it is.
 */
function withArea(detections: Detections): Detections {
  const { boxes, categories, nonFinite } = detections
  if (nonFinite > 0) return detections
  const kept = [...categories.keys()].filter((box) => boxes[4 * box + 2] > 0 && boxes[4 * box + 3] > 0)
  return kept.length === categories.length ? detections : { ...detections, ...pick(detections, kept) }
}

/** The boxes that a user would be shown: above the score limit. */
function shownBoxes(detections: Detections, minScore: number): Shown {
  const { categories, scores, nonFinite } = detections
  const counts = new Map<number, number>()
  const kept: number[] = []
  // detections come by falling score
  for (let box = 0; box < categories.length && nonFinite === 0; box++) {
    const count = counts.get(categories[box]) ?? 0
    if (!(scores[box] > minScore) || count >= MOST_OF_A_CATEGORY) continue
    counts.set(categories[box], count + 1)
    kept.push(box)
  }
  return pick(detections, kept)
}

function pick({ categories, boxes, scores }: Shown, kept: readonly number[]): Shown {
  return {
    categories: Int32Array.from(kept, (box) => categories[box]),
    boxes: Float32Array.from(kept.flatMap((box) => [...boxes.subarray(4 * box, 4 * box + 4)])),
    scores: Float32Array.from(kept, (box) => scores[box])
  }
}
