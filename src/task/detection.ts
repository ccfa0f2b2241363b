import type { GateConfig, TaskConfig } from '../config/index.js'
import { objectsHash, type Batch, type SampleStream } from '../dataset/index.js'
import { FileError } from '../errors.js'
import {
  CocoAccumulator,
  countObjectFlips,
  foundObjects,
  VocAccumulator,
  type BoxTruth,
  type Detections
} from '../metrics/index.js'
import { DetectionOutcomes } from '../outcomes/index.js'
import {
  canonicalDecoding,
  completeDetection,
  detectionDecoder,
  type DetectionDecoder,
  type DetectionLayout
} from '../postprocess/index.js'
import type { ValueInfo } from '../runtime/index.js'
import { BootstrapComparer, judgedMetrics, weightedScores, type WeightedScores } from './bootstrap.js'
import { checkOutputs } from './outputs.js'
import type { Scorer, Task, TaskJudge } from './types.js'

/** One output with a row or column for every anchor: the same place means the same box in two runs. */
export const DENSE: readonly DetectionLayout[] = ['yolov8', 'yolov5', 'yolox', 'ssd', 'detr']

export const NO_DETECTIONS: Detections = { categories: [], boxes: new Float32Array(0), scores: new Float32Array(0) }

/** What is in the images of a batch, and what FP32 found of it. */
interface DetectionTruth {
  readonly objects: readonly BoxTruth[]
  found?: readonly Uint8Array[]
}

/** Boxes, scored by COCO's average precision and, where asked for, by Pascal VOC's. */
export function detectionTask(
  config: GateConfig,
  { decode, vocIou }: Extract<TaskConfig, { name: 'detection' }>,
  images: SampleStream,
  outputs: readonly ValueInfo[],
  intervals = true
): Task<DetectionTruth, WeightedScores> {
  const { dataset } = images
  const names = dataset.classes ?? []
  const { categoryIds } = dataset
  const data = { classes: names, ...(categoryIds !== undefined && { categoryIds }) }
  const options = completeDetection(decode, outputs, data, config, images.input)
  const decoder = detectionDecoder(options, names.length)
  const judged = judgedMetrics('map', config)
  const wantsVoc = judged.has('voc07') || judged.has('voc12')
  return {
    ...detectionJudge(intervals ? judged : new Set()),
    decoding: canonicalDecoding(options),
    isLabelled: true,
    denseOutput: () =>
      DENSE.includes(decode.layout) ? (options.outputs.predictions ?? options.outputs.scores) : undefined,
    truth: (batch) => Promise.resolve({ objects: batch.samples.map(objectsOf) }),
    forProvider: ({ objects }) => ({ objects }),
    truthHash(index) {
      const { objects } = dataset.samples[index]
      return objects === undefined ? undefined : objectsHash(objects, names)
    },
    scorer(model) {
      checkOutputs(model, decoder.outputs)
      return new DetectionScorer(decoder, images, wantsVoc ? vocIou : undefined)
    }
  }
}

/** @param judged metrics that need an interval. */
export function detectionJudge(judged: ReadonlySet<string>): TaskJudge<WeightedScores> {
  const comparer = new BootstrapComparer(judged)
  return {
    name: 'detection',
    metric: 'map',
    evidence: ({ metrics: { map } }) =>
      map !== null && map > WORKS ? `FP32 reaches map ${map.toFixed(3)}` : undefined,
    compare: (reference, variant) => comparer.compare(reference, variant),
    guess: () => ({
      metric: 'map',
      value: FINDS_NOTHING,
      what: 'a network that finds nothing',
      check: '`decode` (layout, units, box_format, classes) and the preprocessing'
    })
  }
}

/** Boxes at random places reach less. */
const FINDS_NOTHING = 0.01
/** Wrongly scaled images do not get this far. */
const WORKS = 0.1

function objectsOf({ id, objects }: Batch['samples'][number]): BoxTruth {
  if (objects === undefined) throw new FileError(`sample ${id} has no boxes`, 'detection needs an annotated data set')
  return objects
}

class DetectionScorer implements Scorer<DetectionTruth, WeightedScores> {
  readonly #coco: CocoAccumulator
  readonly #voc: VocAccumulator | undefined
  readonly #nonFinite: number[] = []
  readonly #classes: number
  #samples = 0
  #flips = { broken: 0, repaired: 0 }

  constructor(
    private readonly decoder: DetectionDecoder,
    private readonly images: SampleStream,
    vocIou: number | undefined
  ) {
    const categories = (images.dataset.classes ?? []).map((_, index) => index)
    this.#classes = categories.length
    this.#coco = new CocoAccumulator(categories)
    this.#voc = vocIou === undefined ? undefined : new VocAccumulator(categories, vocIou)
  }

  get outputs(): readonly string[] {
    return this.decoder.outputs
  }

  add(outputs: Parameters<DetectionDecoder['decode']>[0], batch: Batch, truth: DetectionTruth): void {
    const mappings = batch.sizes.map((size) => this.images.mapping(size))
    const found = this.decoder.decode(outputs, mappings).map((detections, i) => {
      const position = batch.start + i
      const isFinite = detections.nonFinite === 0
      if (!isFinite) this.#nonFinite.push(position)
      const counted = isFinite ? detections : NO_DETECTIONS
      const id = batch.samples[i].imageId ?? position
      this.#coco.add(id, truth.objects[i], counted)
      this.#voc?.add(id, truth.objects[i], counted)
      return foundObjects(truth.objects[i], counted)
    })
    this.#samples += batch.samples.length
    const before = (truth.found ??= found)
    for (const [i, own] of found.entries()) {
      const { lost, gained } = countObjectFlips(before[i], own)
      this.#flips = { broken: this.#flips.broken + lost, repaired: this.#flips.repaired + gained }
    }
  }

  result(): WeightedScores {
    const outcomes = new DetectionOutcomes(this.#coco, this.#voc, this.#nonFinite)
    return weightedScores(outcomes.metrics, {
      samples: this.#samples,
      nonFinite: this.#nonFinite,
      classes: this.#classes,
      flips: this.#flips,
      stored: () => outcomes.stored()
    })
  }
}
