// COCO's evaluation against pycocotools, and the cost of its bootstrap:
//   node bench/run.mjs average-precision [--rounds 3] [--seed 1] [--python .venv/bin/python] [--images 5000]
//
// Both sides are processes of their own that read the same generated task (lib/detections.ts) from a binary file, and
// all twelve figures must be equal to 1e-9. Time is from the boxes in memory, in the form that each side takes, to the
// twelve figures: for pycocotools lists of annotations (COCO.createIndex, loadRes, evaluate, accumulate, summarize), here
// typed arrays image by image. Memory is the peak of the whole process, and its growth after the task was read.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { CocoAccumulator, type CocoMetric } from '../src/metrics/index.js'
import { withTemporaryFolder } from '../src/util/files.js'
import { pairedBootstrap } from '../src/verdict/index.js'
import { CATEGORIES, COCO_VAL, imagesOf, makeDetectionTask, type DetectionTask } from './lib/detections.js'
import { heading, median, option } from './lib/measure.js'

interface Report {
  readonly seconds: number
  /** Without making the index and loading the results, which have no counterpart here. */
  readonly evaluateSeconds: number
  readonly peakMb: number
  readonly beforeMb: number
  readonly metrics: Readonly<Record<string, number | null>>
}

const rounds = Number(option('rounds', '3'))
const seed = Number(option('seed', '1'))
const images = Number(option('images', String(COCO_VAL.images)))
const python = option('python', '.venv/bin/python')
const folder = option('child', '')
if (folder !== '') evaluateOnce(folder)
else await withTemporaryFolder(compare)

async function compare(temporary: string): Promise<void> {
  console.log(heading(`node bench/run.mjs average-precision --rounds ${rounds} --seed ${seed} --images ${images}`))
  const share = images / COCO_VAL.images
  const size = { images, objects: COCO_VAL.objects * share, detections: COCO_VAL.detections * share }
  const task = makeDetectionTask(seed, size)
  writeFileSync(path.join(temporary, 'truth.f64'), task.truth)
  writeFileSync(path.join(temporary, 'detections.f64'), task.detections)
  console.log(
    `${images} images, ${size.objects} objects, ${size.detections} detections, ${CATEGORIES.length} categories`
  )
  const here = () =>
    child(process.execPath, [...process.execArgv, process.argv[1], '--child', temporary, '--images', String(images)])
  const there = () => child(python, ['bench/average-precision.py', temporary, String(images), CATEGORIES.join()])
  const reports = { ours: [] as Report[], pycocotools: [] as Report[] }
  for (let round = 1; round <= rounds; round++) {
    reports.ours.push(await here())
    reports.pycocotools.push(await there())
    for (const [name, all] of Object.entries(reports)) {
      const { seconds, evaluateSeconds, peakMb, beforeMb } = all[round - 1]
      const growth = (peakMb - beforeMb).toFixed(0)
      console.log(
        `  round ${round} ${name}: ${seconds.toFixed(2)} s (evaluation ${evaluateSeconds.toFixed(2)} s), peak ${peakMb.toFixed(0)} MB, growth ${growth} MB`
      )
    }
  }
  checkEqual(reports.ours[0], reports.pycocotools[0])
  const ratioOf = (figure: (report: Report) => number) =>
    (median(reports.ours.map(figure)) / median(reports.pycocotools.map(figure))).toFixed(3)
  console.log(`ours : pycocotools, time ${ratioOf(({ seconds }) => seconds)}`)
  console.log(`ours : pycocotools, time of the evaluation alone ${ratioOf(({ evaluateSeconds }) => evaluateSeconds)}`)
  console.log(`ours : pycocotools, peak memory ${ratioOf(({ peakMb }) => peakMb)}`)
  console.log(`ours : pycocotools, growth of memory ${ratioOf(({ peakMb, beforeMb }) => peakMb - beforeMb)}`)
  bootstrapOnce(task, size.images)
}

async function child(command: string, args: readonly string[]): Promise<Report> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as Report
}

function checkEqual({ metrics }: Report, reference: Report): void {
  let largest = 0
  for (const [name, value] of Object.entries(reference.metrics)) {
    const difference = Math.abs((value ?? NaN) - (metrics[name] ?? NaN))
    if (!(difference <= 1e-9)) throw new Error(`${name}: ${metrics[name]}, and ${value} in pycocotools`)
    largest = Math.max(largest, difference)
  }
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${value?.toFixed(6)}`)
  console.log(`all twelve figures equal, largest difference ${largest.toExponential(1)}: ${figures.join(', ')}`)
}

function evaluateOnce(from: string): void {
  const read = (name: string) => {
    const { buffer, byteOffset, byteLength } = readFileSync(path.join(from, name))
    return new Float64Array(buffer, byteOffset, byteLength / 8)
  }
  const task = { truth: read('truth.f64'), detections: read('detections.f64') }
  const beforeMb = process.memoryUsage.rss() / 2 ** 20
  const started = performance.now()
  const { metrics } = accumulate(task, images).result()
  const seconds = (performance.now() - started) / 1000
  // maxRSS is in KiB on Linux, macOS and Windows alike
  const peakMb = process.resourceUsage().maxRSS / 1024
  console.log(`\n${JSON.stringify({ seconds, evaluateSeconds: seconds, peakMb, beforeMb, metrics })}`)
}

function accumulate(task: DetectionTask, count: number): CocoAccumulator {
  const accumulator = new CocoAccumulator(CATEGORIES)
  for (const [image, truth, detections] of imagesOf(task, count)) accumulator.add(image, truth, detections)
  return accumulator
}

/** FP32 against a variant whose boxes and scores are a little off. */
function bootstrapOnce(task: DetectionTask, count: number): void {
  for (const some of new Set([500, count])) {
    const reference = accumulate(task, some)
    const variant = accumulate({ ...task, detections: disturbed(task.detections) }, some)
    for (const metric of ['ap', 'ap50', 'ap_small'] as CocoMetric[]) {
      const started = performance.now()
      const [before, after] = [reference.evaluation(), variant.evaluation()]
      const { points, ci95 } = pairedBootstrap(
        some,
        (weights) => before.value(metric, weights),
        (weights) => after.value(metric, weights)
      )
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      const interval = ci95?.map((end) => end.toFixed(2)).join(' to ')
      console.log(
        `bootstrap of ${metric}, ${some} images, 1,000 resamples: ${seconds} s; ${points?.toFixed(2)} points (${interval})`
      )
    }
  }
}

function disturbed(detections: Float64Array): Float64Array {
  return detections.map((value, index) => {
    const column = index % 7
    const wave = Math.sin(index)
    return column === 6 ? value * (1 + 0.05 * wave) : column === 2 || column === 3 ? value + 1.5 * wave : value
  })
}
