// What the gate costs beside a bare loop: node bench/run.mjs evaluate [--images 2000] [--rounds 5] [--threads 0]
//     [--batch 8] [--provider webgpu] [--variants fp16,int8]
//
// A: `evaluate`, the gate's stage: FP32, FP16 (emulated on the CPU) and INT8 in one pass, with hashes, per-sample outcomes,
//    and the profile that tells which layers ran in which precision.
// B: a plain loop over the same images, the same three files and the same session settings: sharp decodes a batch,
//    the three sessions run, repeat. Both create their sessions.
// C: B with the next batch decoded meanwhile, for information.
import path from 'node:path'
import { evaluate } from '../src/evaluation/index.js'
import { readCpuFacts } from '../src/runtime/cpu.js'
import { nativeSettings } from '../src/runtime/settings.js'
import type { Provider } from '../src/runtime/index.js'
import { openTask } from '../src/task/index.js'
import { withTemporaryFolder } from '../src/util/files.js'
import { makeVariants } from '../src/variants/index.js'
import { bareLoop, listClasses } from './lib/bare-loop.js'
import { calibrationSource, FP16, folders, INT8, openContext, openStream } from './lib/context.js'
import { FASHION_STEPS, fixture, unpackFashionMnist } from './lib/fixtures.js'
import { heading, interleave, median, option, ratio, type Sample } from './lib/measure.js'

const images = Number(option('images', '2000'))
const rounds = Number(option('rounds', '5'))
const threads = Number(option('threads', '0'))
const batch = Number(option('batch', '8'))
const provider = option('provider', 'cpu') as Provider
const chosen = option('variants', 'fp16,int8').split(',')
const models = option('models', 'classify-resnet14,classify-mobilenetv2').split(',')

console.log(
  heading(
    `node bench/run.mjs evaluate --images ${images} --rounds ${rounds} --threads ${threads} --batch ${batch} --provider ${provider} --variants ${chosen.join()}`
  )
)

await withTemporaryFolder(async (folder) => {
  const data = unpackFashionMnist(folder)
  for (const name of models) await compare(name, path.join(folder, name), data)
})

async function compare(name: string, folder: string, data: ReturnType<typeof unpackFashionMnist>): Promise<void> {
  const context = await openContext({
    model: fixture(`own/models/${name}.onnx`),
    steps: FASHION_STEPS,
    folder,
    variants: Object.fromEntries(Object.entries({ fp16: FP16, int8: INT8 }).filter(([name]) => chosen.includes(name))),
    calibration: { method: 'minmax', dataset: folders(data.calibration), samples: 64 },
    threads,
    batch,
    provider
  })
  const { variants } = await makeVariants(context, await calibrationSource(context), undefined)
  const stream = await openStream(folders(data.test), context, images)

  const all = listClasses(data.test)
  const files = stream.dataset.samples.map(({ id }) => {
    const found = all.find(({ file }) => file === path.join(data.test, id))
    if (found === undefined) throw new Error(`${id} is not in the list`)
    return found
  })
  const opened = await context.runtime.createSession(context.config.model, context.session)
  const { outputs } = opened
  await opened.release()
  const saturates = context.runtime.environment(context.session).x64QuantPrecision
  const session = nativeSettings(context.session, { cpu: await readCpuFacts(), saturates })
  const loop = { models: variants.map(({ runFile }) => runFile), files, batch, session }

  let ours: number[] = []
  let theirs: number[] = []
  console.log(`${name}, ${files.length} images, batch ${batch}, ${provider}, ${session.intraOpNumThreads} threads`)
  const samples = await interleave(
    {
      evaluate: async () => {
        const { evaluations } = await evaluate(variants, stream, openTask(context.config, stream, outputs), context)
        ours = evaluations.map(({ scores }) => Math.round((scores.metrics.top1 ?? 0) * scores.samples))
      },
      'bare loop': async () => {
        theirs = await bareLoop({ ...loop, decodeAhead: false })
      },
      'decode ahead': async () => {
        theirs = await bareLoop({ ...loop, decodeAhead: true })
      }
    },
    rounds
  )
  if (ours.join() !== theirs.join()) throw new Error(`different answers: ${ours.join()} and ${theirs.join()}`)
  console.log(`  right answers of ${variants.map(({ name }) => name).join(', ')}, the same in all: ${ours.join(', ')}`)
  const perImage = (of: readonly Sample[]) =>
    `${((1000 * median(of.map(({ cpuSeconds }) => cpuSeconds))) / files.length).toFixed(2)} ms CPU an image`
  console.log(`  evaluate ${perImage(samples.evaluate)}, bare loop ${perImage(samples['bare loop'])}`)
  const perSecond = (of: readonly Sample[]) =>
    `${(files.length / median(of.map(({ wallSeconds }) => wallSeconds))).toFixed(0)} images/s`
  console.log(`  evaluate ${perSecond(samples.evaluate)}, bare loop ${perSecond(samples['bare loop'])}`)
  for (const other of ['bare loop', 'decode ahead'] as const) {
    console.log(`  evaluate : ${other}, wall time ${ratio(samples.evaluate, samples[other], 'wallSeconds')}`)
    console.log(`  evaluate : ${other}, CPU time  ${ratio(samples.evaluate, samples[other], 'cpuSeconds')}`)
  }
}
