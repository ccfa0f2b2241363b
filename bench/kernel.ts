// What the statistics of layers cost a value, beside the memory that they read:
// node bench/run.mjs kernel [--rounds 40]
//
// Tensors of shapes as in ResNet-50 at 224x224: FP32 values and their codes, of which together more are read than a
// processor's cache holds. copy: the same FP32 values, copied once, as the least that reading them costs.
import { Kernel, type Encoding } from '../src/deviation/kernel/kernel.js'
import { heading, median, option } from './lib/measure.js'

const rounds = Number(option('rounds', '40'))
/** Channels, values in each, and how often. */
const SHAPES = [
  [64, 12544, 1],
  [64, 3136, 6],
  [256, 3136, 4],
  [128, 3136, 1],
  [128, 784, 7],
  [512, 784, 5],
  [256, 784, 1],
  [256, 196, 11],
  [1024, 196, 7],
  [512, 196, 1],
  [512, 49, 5],
  [2048, 49, 4]
] as const
const SCALE = Math.fround(0.02)
const CODES: Readonly<Record<string, Encoding>> = {
  'errors, codes beside ReLU': { stored: 'uint8', scale: SCALE, zeroPoint: 0, besideNonNegative: true },
  'errors, codes': { stored: 'uint8', scale: SCALE, zeroPoint: 77 }
}
const ENDS = [NaN, 255 * SCALE] as const

const kernel = new Kernel()
const layers = SHAPES.flatMap(([rows, length, count]) =>
  Array.from({ length: count }, () => {
    const values = rows * length
    const place = { x: kernel.reserve(4 * values), y: kernel.reserve(values), rows, length }
    return { ...place, values, energy: kernel.reserve(48 * rows), errors: kernel.reserve(80 * rows) }
  })
)
kernel.allocate()
for (const { x, y, values } of layers) {
  const [floats, codes] = [new Float32Array(kernel.buffer, x, values), new Uint8Array(kernel.buffer, y, values)]
  for (let i = 0; i < values; i++) {
    codes[i] = Math.imul(i, 2654435761) >>> 24
    floats[i] = codes[i] * SCALE + ((i % 97) - 48) * 1e-4
  }
}
const copy = new Float32Array(Math.max(...layers.map(({ values }) => values)))

const work: Readonly<Record<string, (layer: (typeof layers)[number]) => void>> = {
  copy: ({ x, values }) => copy.set(new Float32Array(kernel.buffer, x, values)),
  'range and energy': (layer) => kernel.energy(layer, layer.energy),
  ...Object.fromEntries(
    Object.entries(CODES).map(([name, encoding]) => [
      name,
      (layer: (typeof layers)[number]) => kernel.errors(layer, encoding, layer.errors, 0.1, 0.01)
    ])
  ),
  losses: (layer) => {
    kernel.losses(layer, CODES['errors, codes'], layer.errors, ENDS)
  }
}

console.log(heading(`node bench/run.mjs kernel --rounds ${rounds}`))
const values = layers.reduce((sum, layer) => sum + layer.values, 0)
const times = new Map(Object.keys(work).map((name) => [name, [] as number[]]))
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(work)) {
    const started = performance.now()
    for (const layer of layers) run(layer)
    times.get(name)?.push(performance.now() - started)
  }
}
console.log(`${(values / 1e6).toFixed(1)} M values, medians of ${rounds} rounds:`)
const least = median(times.get('copy') ?? [])
for (const [name, all] of times) {
  const ms = median(all)
  console.log(`  ${name}: ${((1e6 * ms) / values).toFixed(2)} ns a value, ${(ms / least).toFixed(2)} of a copy`)
}
