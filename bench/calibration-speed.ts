// What entropy calibration costs beside plain inference, for a network of ResNet-50's shapes:
// node bench/run.mjs calibration-speed [--images 32] [--rounds 5] [--threads 0] [--method entropy]
//
// A: `calibrate`: makes a session whose calibrated tensors are outputs, fills their histograms, chooses ranges.
// B: the plain FP32 model on the same images, batch 1, same threads and session settings, with onnxruntime-node alone.
// Both create their session. Images are seeded noise in a .npy file: decoding would flatter the ratio.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import path from 'node:path'
import type { CalibrationMethod } from '../src/config/index.js'
import { GraphIndex, loadModel } from '../src/model/index.js'
import { planPlacement } from '../src/quantization/index.js'
import { calibrate } from '../src/quantization/calibrate.js'
import { StreamingHistogram } from '../src/quantization/histogram.js'
import { observeTensors } from '../src/quantization/observe.js'
import { chooseRange } from '../src/quantization/ranges/index.js'
import { readCpuFacts } from '../src/runtime/cpu.js'
import { nativeSettings } from '../src/runtime/settings.js'
import { withTemporaryFolder } from '../src/util/files.js'
import { prepareModel } from '../src/variants/prepare.js'
import { openContext, openStream, type Source } from './lib/context.js'
import { heading, interleave, median, option, ratio, type Sample } from './lib/measure.js'
import { normal } from './lib/random.js'
import { writeResNet50 } from './lib/resnet50.js'

const images = Number(option('images', '32'))
const rounds = Number(option('rounds', '5'))
const threads = Number(option('threads', '0'))
const name = option('method', 'entropy')
const method: CalibrationMethod =
  name === 'percentile' ? { method: name, percentile: 99.99 } : { method: name as 'entropy' }
const SHAPE = [3, 224, 224]
const NPY_HEADER = 128
const SIZE = SHAPE.reduce((product, size) => product * size, 1)

const flags = `--images ${images} --rounds ${rounds} --threads ${threads} --method ${name}`
console.log(heading(`node bench/run.mjs calibration-speed ${flags}`))
await withTemporaryFolder(run)

async function run(folder: string): Promise<void> {
  const model = path.join(folder, 'resnet50.onnx')
  await writeResNet50(model)
  const dataset = writeNoise(path.join(folder, 'noise'))
  const context = await openContext({
    model,
    steps: [],
    folder,
    variants: {},
    calibration: { ...method, dataset },
    threads
  })
  const { runtime, session, workDirectory } = context
  const stream = await openStream(dataset, context)
  const prepared = await prepareModel(context)
  const loaded = await loadModel(prepared.file, { workspace: folder })
  const placement = planPlacement({
    model: loaded,
    index: new GraphIndex(loaded.graph),
    values: prepared.values,
    target: 'cpu',
    kept: new Set()
  })
  const tensors = [...placement.tensors.values()]
    .filter(({ range }) => range.kind === 'calibrated')
    .map(({ tensor }) => tensor)
  const input = {
    runtime,
    session,
    modelFile: prepared.file,
    workDirectory,
    values: prepared.values,
    tensors,
    images: stream,
    label: 'bench'
  }
  const saturates = runtime.environment(session).x64QuantPrecision
  const settings = nativeSettings(session, { cpu: await readCpuFacts(), saturates })
  const inputs = readNoise(path.join(folder, 'noise', 'inputs.npy'))
  console.log(`${images} images, ${tensors.length} calibrated tensors, ${settings.intraOpNumThreads} threads`)

  const split = {
    'session and inference with outputs': [] as number[],
    histograms: [] as number[],
    ranges: [] as number[]
  }
  const samples = await interleave(
    {
      calibrate: async () => {
        const ranges = await calibrate({ ...input, type: 'uint8', method })
        if (ranges.size !== tensors.length) throw new Error(`${ranges.size} ranges for ${tensors.length} tensors`)
      },
      'plain inference': async () => {
        const plain = await InferenceSession.create(model, settings)
        for (const data of inputs) await plain.run({ images: new Tensor('float32', data, [1, ...SHAPE]) })
        await plain.release()
      },
      'calibrate, timed inside': async () => {
        const histograms = new Map(tensors.map((tensor) => [tensor, new StreamingHistogram()]))
        let histogramMs = 0
        const started = cpuMs()
        await observeTensors(input, (tensor, data) => {
          const before = cpuMs()
          histograms.get(tensor)?.add(data)
          histogramMs += cpuMs() - before
        })
        const observed = cpuMs()
        for (const histogram of histograms.values()) chooseRange(histogram.snapshot(), method, 'uint8')
        split.ranges.push(cpuMs() - observed)
        split.histograms.push(histogramMs)
        split['session and inference with outputs'].push(observed - started - histogramMs)
      }
    },
    rounds
  )
  const elements = tensors.reduce((sum, tensor) => sum + sizeOf(prepared.values.get(tensor)?.dims ?? []), 0)
  const ms = (of: readonly Sample[], key: keyof Sample) => (1000 * median(of.map((sample) => sample[key]))) / images
  for (const contender of ['calibrate', 'plain inference'] as const) {
    const [wall, cpu] = [ms(samples[contender], 'wallSeconds'), ms(samples[contender], 'cpuSeconds')]
    console.log(`  ${contender}: ${wall.toFixed(1)} ms wall, ${cpu.toFixed(1)} ms CPU an image`)
  }
  console.log(`  ${(elements / 1e6).toFixed(1)} million values an image are observed`)
  for (const [part, times] of Object.entries(split)) {
    console.log(`  ${part}: ${(median(times.slice(1)) / images).toFixed(1)} ms CPU an image`)
  }
  console.log(
    `  calibrate : plain inference, wall time ${ratio(samples.calibrate, samples['plain inference'], 'wallSeconds')}`
  )
  console.log(
    `  calibrate : plain inference, CPU time  ${ratio(samples.calibrate, samples['plain inference'], 'cpuSeconds')}`
  )
}

/** CPU time of this process so far; the runtime's threads are idle while JavaScript works. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function sizeOf(dims: readonly (number | string)[]): number {
  return dims.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
}

/** Normal noise, as normalized images are. */
function writeNoise(folder: string): Source {
  mkdirSync(folder, { recursive: true })
  const random = normal(7)
  const data = Float32Array.from({ length: images * SIZE }, random)
  const header = Buffer.alloc(NPY_HEADER, ' ')
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(NPY_HEADER - 10, 8)
  header.write(`{'descr': '<f4', 'fortran_order': False, 'shape': (${images}, ${SHAPE.join(', ')}), }`, 10)
  header.write('\n', NPY_HEADER - 1)
  const inputs = path.join(folder, 'inputs.npy')
  writeFileSync(inputs, Buffer.concat([header, Buffer.from(data.buffer)]))
  return { kind: 'npy', inputs, classOffset: 0 }
}

function readNoise(file: string): Float32Array[] {
  const bytes = readFileSync(file)
  return Array.from({ length: images }, (_, i) => {
    const start = NPY_HEADER + 4 * i * SIZE
    return new Float32Array(Uint8Array.from(bytes.subarray(start, start + 4 * SIZE)).buffer)
  })
}
