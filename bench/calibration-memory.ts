// Does calibration need more memory for more images: node bench/run.mjs calibration-memory [--rounds 3]
//
// Peak resident memory of whole processes that quantize the same model with entropy, from 64 images and from all.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { withTemporaryFolder } from '../src/util/files.js'
import { makeVariants } from '../src/variants/index.js'
import { calibrationSource, folders, INT8, openContext } from './lib/context.js'
import { FASHION_STEPS, fixture, SCALE_STEPS, unpackFashionMnist } from './lib/fixtures.js'
import { heading, median, option } from './lib/measure.js'

const FEW = 64
const MANY = 1024
const MODELS = { 'classify-resnet14': FASHION_STEPS, 'segment-unet': SCALE_STEPS }

const rounds = Number(option('rounds', '3'))
const child = option('child', '')
if (child === '') await withTemporaryFolder(compareAll)
else await quantizeOnce(child as keyof typeof MODELS, option('data', ''), Number(option('images', '0')))

async function compareAll(folder: string): Promise<void> {
  console.log(heading(`node bench/run.mjs calibration-memory --rounds ${rounds}`))
  const data = { 'classify-resnet14': unpackFashionMnist(folder).calibration, 'segment-unet': manyScenes(folder) }
  for (const [model, images] of Object.entries(data)) {
    const peaks = { [FEW]: [] as number[], [MANY]: [] as number[] }
    for (let round = 1; round <= rounds; round++) {
      for (const count of [FEW, MANY] as const) {
        const peak = await peakOfChild(model, images, count)
        peaks[count].push(peak)
        console.log(`  round ${round} ${model}, ${count} images: peak RSS ${peak.toFixed(1)} MB`)
      }
    }
    const ratio = median(peaks[MANY]) / median(peaks[FEW])
    console.log(`${model}, entropy, ${MANY} : ${FEW} images, peak RSS ${ratio.toFixed(3)}`)
  }
}

/** The fixtures have 628 scenes; the same ones under other names make up the rest. */
function manyScenes(folder: string): string {
  const target = path.join(folder, 'scenes')
  mkdirSync(target)
  const sources = ['calibration', 'test'].flatMap((split) => {
    const images = fixture(`own/data/scenes/${split}/images`)
    return readdirSync(images).map((name) => path.join(images, name))
  })
  for (let i = 0; i < MANY; i++) {
    cpSync(sources[i % sources.length], path.join(target, `${String(i).padStart(4, '0')}.jpg`))
  }
  return target
}

async function peakOfChild(model: string, data: string, images: number): Promise<number> {
  const args = ['--child', model, '--data', data, '--images', String(images)]
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, process.argv[1], ...args])
  return Number(stdout)
}

async function quantizeOnce(model: keyof typeof MODELS, data: string, samples: number): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const context = await openContext({
      model: fixture(`own/models/${model}.onnx`),
      steps: MODELS[model],
      folder,
      variants: { int8: INT8 },
      calibration: { method: 'entropy', dataset: folders(data), samples }
    })
    const { failed } = await makeVariants(context, await calibrationSource(context), undefined)
    if (failed.length > 0) throw new Error(failed[0].error)
  })
  // In KiB on Linux, macOS and Windows alike.
  console.log(process.resourceUsage().maxRSS / 1024)
}
