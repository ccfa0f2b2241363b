// What decoding costs an image: node bench/run.mjs detection [--anchors 8400] [--classes 80] [--rounds 30]
//
// A made-up YOLOv8 head [1, 4 + classes, anchors]: boxes in clusters of about 20 around objects, class scores near 0
// but for those, so that a given share of all scores lies above 0.001. Multi-label, class-wise suppression at IoU 0.6,
// 100 best: the setting of COCO's evaluation. The last row is the worst case: every score above the limit.
import { detectionDecoder, detectionPreset, type DetectionOptions } from '../src/postprocess/index.js'
import { heading, median, option } from './lib/measure.js'

const anchors = Number(option('anchors', '8400'))
const classes = Number(option('classes', '80'))
const rounds = Number(option('rounds', '30'))
const SIDE = 640

console.log(heading(`node bench/run.mjs detection --anchors ${anchors} --classes ${classes} --rounds ${rounds}`))

let state = 7
/** Numerical Recipes' linear congruential generator: the same head every time. */
const random = (): number => (state = (1664525 * state + 1013904223) >>> 0) / 2 ** 32

const options: DetectionOptions = { ...detectionPreset('yolov8'), layout: 'yolov8', outputs: { predictions: 'out' } }
const size = { width: SIDE, height: SIDE }
const mapping = { image: size, input: size, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 }

for (const share of [0.002, 0.02, 0.1, 1]) {
  const data = head(share)
  const outputs = { out: { type: 'float32', dims: [1, 4 + classes, anchors], data } as const }
  const candidates = data.subarray(4 * anchors).reduce((count, score) => count + (score > options.minScore ? 1 : 0), 0)
  const decoder = detectionDecoder(options, classes)
  const times: number[] = []
  let found = 0
  for (let round = 0; round < rounds + 5; round++) {
    const started = performance.now()
    found = decoder.decode(outputs, [mapping])[0].scores.length
    if (round >= 5) times.push(performance.now() - started)
  }
  console.log(
    `${String(candidates).padStart(7)} scores above the limit: ${median(times).toFixed(2)} ms, ${found} boxes`
  )
}

function head(share: number): Float32Array {
  const data = new Float32Array((4 + classes) * anchors)
  for (let anchor = 0; anchor < anchors; anchor++) {
    const object = Math.floor(anchor / 20)
    const [x, y] = [(object * 97) % SIDE, (object * 57) % SIDE]
    const box = [x + 8 * random(), y + 8 * random(), 60 + 20 * random(), 60 + 20 * random()]
    box.forEach((value, i) => (data[i * anchors + anchor] = value))
  }
  for (let at = 4 * anchors; at < data.length; at++) data[at] = random() < share ? 0.0011 + 0.9 * random() ** 4 : 1e-4
  return data
}
