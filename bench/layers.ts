// What the comparison of layers costs beside plain inference of both models, for a network of ResNet-50's shapes:
// node bench/run.mjs layers [--images 32] [--rounds 5] [--threads 1] [--python PYTHON]
//
// plain: sessions of the FP32 and of the INT8 model, and both over all images, one at a time.
// compare: compareLayers with its defaults: every figure of every layer, the observer effect, each layer by itself.
// loss-debug: ONNX Runtime's own qdq_loss_debug over the same models and images (bench/qdq_loss_debug.py), where --python
// names an interpreter that has onnxruntime.
// Each contender is a process of its own; peak memory is that of the whole process.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { openDataset, sampleStream, type SampleStream } from '../src/dataset/index.js'
import { compareLayers, describeLayers } from '../src/deviation/index.js'
import { loadRuntime } from '../src/runtime/index.js'
import { withTemporaryFolder } from '../src/util/files.js'
import { encodeNpy } from '../src/util/npy.js'
import { silentProgress } from '../src/util/progress.js'
import { quantizeForCpu } from './lib/int8.js'
import { heading, measure, median, option } from './lib/measure.js'
import { normal } from './lib/random.js'
import { writeResNet50 } from './lib/resnet50.js'

const images = Number(option('images', '32'))
const rounds = Number(option('rounds', '5'))
const threads = Number(option('threads', '1'))
const isolatedSamples = Number(option('isolated', '2'))
const python = option('python', '')
const child = option('child', '')
const SHAPE = [3, 224, 224]

interface Cost {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
}

const run = promisify(execFile)

if (child === '') await withTemporaryFolder(compareAll)
else await runChild(option('folder', ''))

async function compareAll(folder: string): Promise<void> {
  console.log(heading(`node bench/run.mjs layers --images ${images} --rounds ${rounds} --threads ${threads}`))
  const runtime = await loadRuntime()
  await writeResNet50(path.join(folder, 'fp32.onnx'))
  const size = SHAPE.reduce((a, b) => a * b, 1)
  const noise = Float32Array.from({ length: images * size }, normal(7))
  writeFileSync(path.join(folder, 'images.npy'), encodeNpy(noise, [images, ...SHAPE]))
  const stream = await openImages(folder)
  await quantizeForCpu(runtime, path.join(folder, 'fp32.onnx'), stream.atMost(4), path.join(folder, 'int8.onnx'))

  const names = ['plain', 'compare', ...(python === '' ? [] : ['loss-debug'])]
  const costs = new Map(names.map((name) => [name, [] as Cost[]]))
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const cost = name === 'loss-debug' ? await runPython(folder) : await spawnChild(name, folder)
      costs.get(name)?.push(cost)
      const { seconds, cpuSeconds, peakMb } = cost
      console.log(
        `  round ${round} ${name}: ${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, peak ${peakMb.toFixed(0)} MB`
      )
    }
  }
  for (const name of names.slice(1)) {
    const ratio = (pick: (cost: Cost) => number): string => {
      const of = (which: string) => (costs.get(which) ?? []).map(pick)
      const fastest = Math.min(...of(name)) / Math.min(...of('plain'))
      return `${(median(of(name)) / median(of('plain'))).toFixed(2)} (least: ${fastest.toFixed(2)})`
    }
    console.log(
      `${name} : plain, wall ${ratio((cost) => cost.seconds)}, CPU ${ratio((cost) => cost.cpuSeconds)}, ` +
        `peak memory ${ratio((cost) => cost.peakMb)}`
    )
  }
}

async function spawnChild(name: string, folder: string): Promise<Cost> {
  const args = ['--child', name, '--folder', folder, '--images', `${images}`, '--threads', `${threads}`]
  const more = ['--isolated', `${isolatedSamples}`]
  const { stdout } = await run(process.execPath, [...process.execArgv, process.argv[1], ...args, ...more])
  return JSON.parse(stdout) as Cost
}

async function runPython(folder: string): Promise<Cost> {
  const { stdout } = await run(python, [path.join('bench', 'qdq_loss_debug.py'), folder, `${threads}`])
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Cost
}

async function openImages(folder: string): Promise<SampleStream> {
  const source = { kind: 'npy', inputs: path.join(folder, 'images.npy'), classOffset: 0 } as const
  return sampleStream(await openDataset(source, { workspace: folder }), [], { type: 'float32', dims: ['n', ...SHAPE] })
}

async function runChild(folder: string): Promise<void> {
  const stream = await openImages(folder)
  const { wallSeconds, cpuSeconds } = await measure(() =>
    child === 'plain' ? plain(folder, stream) : compare(folder, stream)
  )
  // maxRSS is in KiB on Linux, macOS and Windows alike.
  const peakMb = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ seconds: wallSeconds, cpuSeconds, peakMb }))
}

async function plain(folder: string, stream: SampleStream): Promise<void> {
  const runtime = await loadRuntime()
  const sessions = []
  for (const name of ['fp32.onnx', 'int8.onnx']) {
    sessions.push(await runtime.createSession(path.join(folder, name), { provider: 'cpu', threads }))
  }
  for await (const { input } of stream.batches({ batch: 1 })) {
    for (const session of sessions) await session.run({ images: input })
  }
}

async function compare(folder: string, stream: SampleStream): Promise<void> {
  const deviations = await compareLayers({
    reference: { file: path.join(folder, 'fp32.onnx'), workspace: folder },
    variant: { file: path.join(folder, 'int8.onnx'), workspace: folder },
    name: 'int8',
    images: stream,
    isolatedSamples,
    memoryBytes: 2 ** 30,
    rule: { threshold: 0.1, floor: 0.1 },
    runtime: await loadRuntime(),
    session: { provider: 'cpu', threads },
    signal: new AbortController().signal,
    progress: silentProgress
  })
  describeLayers(deviations, [])
}
