/**
 * Runs the gate on a GPU provider beside the CPU provider, over the large fixtures (PRECISION_GATE_FIXTURES, or
 * ../shared/fixtures), and checks what docs/verification.md says must hold. It needs Node.js and a runtime alone.
 *
 *     node script/verify-provider.mjs webgpu [--limit N] [--only NAME,...] [--out verification] [--cli dist/cli.js]
 *         [--batch 64] [--layers 32] [-- ARGUMENTS FOR precision-gate, such as --runtime-path DIR]
 *
 * Writes a report folder for every network and provider, the layer table of segment-unet's FP16 (layers.json), and
 * doctor.json; prints a table and what did not hold. Exit code 1 where something did not.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'

const split = process.argv.indexOf('--')
const own = process.argv.slice(2, split < 0 ? undefined : split)
const passedOn = split < 0 ? [] : process.argv.slice(split + 1)
const { values, positionals } = parseArgs({
  args: own,
  allowPositionals: true,
  options: {
    limit: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string', default: 'verification' },
    cli: { type: 'string', default: 'dist/cli.js' },
    batch: { type: 'string', default: '64' },
    layers: { type: 'string', default: '32' }
  }
})
const provider = positionals[0] ?? 'webgpu'
const out = resolve(values.out)
const fixtures = resolve(process.env.PRECISION_GATE_FIXTURES || '../shared/fixtures', 'own')
if (!existsSync(fixtures)) {
  console.error(`${fixtures} is missing: point PRECISION_GATE_FIXTURES to the large fixtures`)
  process.exit(2)
}

const FASHION = `task: classification
dataset: ${join(out, 'images', 'test')}
preprocess:
  - pad: 2
  - color: gray-to-rgb
  - normalize: {scale: 0.00392156862745098, mean: 0.2860, std: 0.3530}
calibration: {dataset: ${join(out, 'images', 'calibration')}}`
const scenes = join(fixtures, 'data', 'scenes')
const SCENES = `preprocess: [{scale: 1/255}]
calibration: {dataset: {path: ${scenes}/calibration/images}}`

/** Published figures: fixtures/README.md. `tolerance`: how far FP32 may be from the CPU's, in samples or as a share. */
const NETWORKS = [
  { name: 'classify-resnet14', metric: 'top1', config: FASHION, expect: 0.9461, tolerance: 3 },
  { name: 'classify-mobilenetv2', metric: 'top1', config: FASHION, expect: 0.9344, tolerance: 3 },
  { name: 'classify-mobilenet-imbalanced', metric: 'top1', config: FASHION, expect: 0.9369, tolerance: 3 },
  {
    name: 'classify-mobilenet-overflow',
    metric: 'top1',
    config: FASHION,
    expect: 0.9369,
    tolerance: 3,
    overflows: true
  },
  {
    name: 'detect-tiny',
    metric: 'map',
    config: `task: detection
dataset: {coco: ${scenes}/test/instances.json, images: ${scenes}/test/images}
decode: {layout: yolov8}
${SCENES}`,
    expect: 0.8059,
    tolerance: 0.001
  },
  {
    name: 'segment-unet',
    metric: 'miou',
    config: `task: segmentation
dataset: {masks: ${scenes}/test/masks, images: ${scenes}/test/images}
${SCENES}`,
    expect: 0.7998,
    tolerance: 0.001
  }
]

const only = values.only?.split(',')
const problems = []
const rows = []
mkdirSync(out, { recursive: true })
unpack()
writeFileSync(join(out, 'doctor.json'), command(['doctor', '--json']).stdout)
for (const network of NETWORKS) {
  if (only !== undefined && !only.includes(network.name)) continue
  const [cpu, gpu] = ['cpu', provider].map((name) => judge(network, name))
  if (cpu !== undefined && gpu !== undefined) check(network, cpu, gpu)
}
if (only === undefined || only.includes('segment-unet')) layers()
table()
for (const problem of problems) console.log(`DOES NOT HOLD: ${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0

function unpack() {
  const images = join(out, 'images')
  if (existsSync(images)) return
  const unpacked = join(out, 'unpacked')
  mkdirSync(unpacked, { recursive: true })
  spawnSync('tar', ['-xzf', join(fixtures, 'data', 'fashion-mnist.tar.gz'), '-C', unpacked], { stdio: 'inherit' })
  const inner = join(unpacked, 'fashion-mnist')
  renameSync(existsSync(inner) ? inner : unpacked, images)
  rmSync(unpacked, { recursive: true, force: true })
}

function command(args) {
  const all = [resolve(values.cli), ...args, ...passedOn]
  return spawnSync(process.execPath, all, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: '1' }
  })
}

function writeConfig({ name, metric, config, expect }, on) {
  const file = join(out, `${name}.${on}.yml`)
  const text = `version: 1
model: ${join(fixtures, 'models', `${name}.onnx`)}
${config}
variants: {fp16: {precision: fp16}, int8: {precision: int8}}
expect: {${metric}: ${expect}, tolerance: 0.001}
layers: {samples: ${values.layers}}
runtime: {provider: ${on}, batch: ${values.batch}}
`
  writeFileSync(file, text)
  return file
}

function judge(network, on) {
  const folder = join(out, `${network.name}.${on}`)
  const started = performance.now()
  const args = ['run', '-c', writeConfig(network, on), '-o', folder, '--workspace', parse(out).root]
  args.push('--no-cache', '-q', ...(values.limit === undefined ? [] : ['--limit', values.limit]))
  const { status, stdout, stderr } = command(args)
  const seconds = (performance.now() - started) / 1000
  console.log(`${network.name} on ${on}: exit code ${status}, ${seconds.toFixed(1)} s`)
  writeFileSync(join(out, `${network.name}.${on}.log`), stdout + stderr)
  if (status === 0 || status === 1) {
    return { status, seconds, result: JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) }
  }
  problems.push(`${network.name} on ${on} ended with ${status}: ${stderr.trim()}`)
  return undefined
}

function check({ name, metric, tolerance, overflows = false }, cpu, gpu) {
  const { samples } = gpu.result.dataset
  const figure = ({ result }, variant) => {
    const value = result.variants[variant].metrics[metric]
    return value === undefined || value === null ? value : metric === 'top1' ? Math.round(value * samples) : value
  }
  const must = (holds, what) => void (holds || problems.push(`${name}: ${what}`))
  const { fp32, fp16, int8 } = gpu.result.variants
  const difference = Math.abs(figure(cpu, 'fp32') - figure(gpu, 'fp32'))
  must(difference <= tolerance, `FP32 is ${figure(gpu, 'fp32')} on ${provider} and ${figure(cpu, 'fp32')} on the CPU`)
  must(fp32.executed.fp16 === 0 && fp32.executed.simulated === 0, 'FP32 did not run in float32')
  must(fp16.executed.fp16 > 0 && fp16.executed.simulated === 0, 'FP16 did not run in half precision')
  must(int8.executed.int8 === 0 && int8.executed.simulated > 0, 'INT8 was not counted as simulated')
  for (const variant of ['fp16', 'int8']) {
    const compared = gpu.result.layers?.[variant]?.length ?? 0
    must(compared > 0, `layers of ${variant} were not compared`)
    must(compared === (cpu.result.layers?.[variant]?.length ?? 0), `other layers of ${variant} than on the CPU`)
  }
  const verdict = gpu.result.verdicts.find(({ id }) => id.startsWith(`fp16.${metric}.`))?.status
  if (overflows) must(verdict === 'fail' && gpu.status === 1, `the overflow is not seen in FP16 (${verdict})`)
  else if (values.limit === undefined) must(verdict === 'pass', `FP16 does not pass (${verdict})`)
  for (const variant of ['fp32', 'fp16', 'int8']) {
    const { executed } = gpu.result.variants[variant]
    const ran = Object.entries(executed).flatMap(([precision, layers]) =>
      layers > 0 ? [`${layers} ${precision}`] : []
    )
    rows.push([name, variant, shown(figure(cpu, variant)), shown(figure(gpu, variant)), ran.join(', ')])
  }
}

function shown(value) {
  return value === undefined || value === null
    ? 'not measured'
    : Number.isInteger(value)
      ? `${value}`
      : value.toFixed(4)
}

/** The layer table by the command that users would take. */
function layers() {
  for (const on of ['cpu', provider]) {
    const config = writeConfig(NETWORKS.at(-1), on)
    const args = ['layers', '-c', config, '-o', join(out, `layers.${on}`), '--workspace', parse(out).root, '--no-cache']
    const { status, stdout, stderr } = command([
      ...args,
      '-q',
      '--variant',
      'fp16',
      '--samples',
      values.layers,
      '--json'
    ])
    if (status === 0) writeFileSync(join(out, `layers.${on}.json`), stdout)
    else problems.push(`layers on ${on} ended with ${status}: ${stderr.trim()}`)
  }
}

function table() {
  console.log(`\n| network | variant | cpu | ${provider} | layers on ${provider} |\n| --- | --- | ---: | ---: | --- |`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
