// How large samples.json is, and how long it takes to write and to read:
//   node bench/run.mjs outcomes [--images 5000] [--classes 21]
// One variant of a generated detection task of the size of COCO val (lib/detections.ts), and one of a segmentation task
// whose images show six classes each.
import { CocoAccumulator, SegmentationAccumulator } from '../src/metrics/index.js'
import { DetectionOutcomes, SegmentationOutcomes } from '../src/outcomes/index.js'
import { uniform } from '../src/util/random.js'
import { CATEGORIES, COCO_VAL, imagesOf, makeDetectionTask } from './lib/detections.js'
import { heading, option } from './lib/measure.js'

const images = Number(option('images', String(COCO_VAL.images)))
const classes = Number(option('classes', '21'))
console.log(heading(`node bench/run.mjs outcomes --images ${images} --classes ${classes}`))

const share = images / COCO_VAL.images
const size = { images, objects: COCO_VAL.objects * share, detections: COCO_VAL.detections * share }
const task = makeDetectionTask(1, size)
const boxes = new CocoAccumulator(CATEGORIES.keys())
const positions = new Map(CATEGORIES.map((category, position) => [category, position]))
const at = (categories: ArrayLike<number>) => Array.from(categories, (category) => positions.get(category) ?? 0)
for (const [image, truth, detections] of imagesOf(task, images)) {
  // Networks give scores as float32.
  const scores = Float64Array.from(Float32Array.from(detections.scores))
  boxes.add(
    image,
    { ...truth, categories: at(truth.categories) },
    { ...detections, categories: at(detections.categories), scores }
  )
}
const found = new DetectionOutcomes(boxes, undefined, [])
report(`detection, ${size.detections} detections`, found, (stored) =>
  DetectionOutcomes.decode(stored, found.imageIds, CATEGORIES.length)
)

const next = uniform(1)
const pixels = new SegmentationAccumulator({ classes, ignore: 255 })
const side = 64
for (let image = 0; image < images; image++) {
  const shown = Array.from({ length: 6 }, () => Math.floor(classes * next()))
  const truth = Uint8Array.from({ length: side * side }, () => shown[Math.floor(6 * next())])
  pixels.add(
    image,
    truth,
    truth.map((label) => (next() < 0.8 ? label : shown[Math.floor(6 * next())]))
  )
}
report(`segmentation, ${classes} classes`, new SegmentationOutcomes(pixels, []), (stored) =>
  SegmentationOutcomes.decode(stored, images, classes)
)

interface Outcomes<Stored> {
  encode(): Stored
  readonly metrics: ReadonlyMap<string, () => number | null>
}

function report<Stored>(name: string, outcomes: Outcomes<Stored>, decode: (stored: Stored) => Outcomes<Stored>): void {
  const [stored, writing] = timed(() => outcomes.encode())
  const bytes = JSON.stringify(stored).length
  const [restored, reading] = timed(() => decode(stored))
  for (const [metric, value] of outcomes.metrics) {
    if (restored.metrics.get(metric)?.() !== value()) throw new Error(`${metric} is not the same`)
  }
  console.log(
    `${name}, ${images} images: ${(bytes / 1e6).toFixed(2)} MB a variant, written in ${writing} s, read in ${reading} s`
  )
}

function timed<T>(work: () => T): [T, string] {
  const started = performance.now()
  const value = work()
  return [value, ((performance.now() - started) / 1000).toFixed(2)]
}
