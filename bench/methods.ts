// Which calibration method measures best: node bench/run.mjs methods [--models a,b] [--out FILE.json]
//
// Every fixture is quantized (INT8, target cpu) with every method and run over its whole evaluation set in one pass.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { CalibrationMethod } from '../src/config/index.js'
import { loadRuntime, type Session } from '../src/runtime/index.js'
import { withTemporaryFolder } from '../src/util/files.js'
import { makeVariants } from '../src/variants/index.js'
import { calibrationSource, INT8, openContext, openStream } from './lib/context.js'
import { unpackFashionMnist } from './lib/fixtures.js'
import { heading, option } from './lib/measure.js'
import { methodFixtures, type MethodFixture } from './lib/method-fixtures.js'
import { type MethodFigures, methodTables, type FixtureFigures } from './lib/method-tables.js'
import type { Scorer } from './lib/scores.js'

const METHODS: Readonly<Record<string, CalibrationMethod>> = {
  minmax: { method: 'minmax' },
  entropy: { method: 'entropy' },
  'percentile 99.99': { method: 'percentile', percentile: 99.99 },
  'percentile 99.999': { method: 'percentile', percentile: 99.999 },
  mse: { method: 'mse' }
}

const wanted = option('models', '').split(',').filter(Boolean)
const out = option('out', '')
console.log(heading('node bench/run.mjs methods'))

const figures: FixtureFigures[] = out !== '' && wanted.length > 0 ? read(out) : []
await withTemporaryFolder(async (folder) => {
  const fixtures = methodFixtures(unpackFashionMnist(folder))
  for (const fixture of fixtures) {
    if (wanted.length > 0 && !wanted.includes(fixture.name)) continue
    const measured = await measureFixture(fixture, path.join(folder, 'runs', fixture.name))
    const known = figures.findIndex(({ name }) => name === fixture.name)
    if (known < 0) figures.push(measured)
    else figures[known] = measured
    if (out !== '') writeFileSync(out, `${JSON.stringify(figures, null, 1)}\n`)
  }
})
console.log(methodTables(figures, Object.keys(METHODS)))

function read(file: string): FixtureFigures[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FixtureFigures[]
  } catch {
    return []
  }
}

async function measureFixture(fixture: MethodFixture, folder: string): Promise<FixtureFigures> {
  const runtime = await loadRuntime()
  const { model, steps, batch } = fixture
  const sessions = new Map<string, Session>()
  let images
  for (const [name, method] of Object.entries(METHODS)) {
    const started = performance.now()
    const context = await openContext(
      {
        model,
        steps,
        batch,
        folder: path.join(folder, name.replace(/\W/g, '-')),
        variants: { int8: INT8 },
        calibration: { ...method, dataset: fixture.calibration }
      },
      runtime
    )
    const { variants, failed } = await makeVariants(context, await calibrationSource(context), undefined)
    if (failed.length > 0) throw new Error(`${fixture.name}, ${name}: ${failed[0].error}`)
    if (!sessions.has('fp32')) sessions.set('fp32', await runtime.createSession(model, context.session))
    sessions.set(name, await runtime.createSession(variants[1].runFile, context.session))
    images ??= await openStream(fixture.evaluation, context)
    console.log(`${fixture.name}, ${name}: quantized in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  if (images === undefined) throw new Error('no method')

  const scorers = new Map<string, Scorer>([...sessions.keys()].map((name) => [name, fixture.scorer()]))
  for await (const part of images.batches({ batch })) {
    let reference
    for (const [name, session] of sessions) {
      const output = session.outputs[0].name
      const outputs = await session.run({ [session.inputs[0].name]: part.input }, [output])
      reference ??= outputs[output]
      await scorers.get(name)?.add(outputs[output], reference, part)
    }
  }
  for (const session of sessions.values()) await session.release()

  const scores = new Map([...scorers].map(([name, scorer]) => [name, scorer.result()]))
  const fp32 = scores.get('fp32')
  const methods: Record<string, MethodFigures> = {}
  for (const [name, { metric, outcomes, sqnrDb }] of scores) {
    if (name === 'fp32') continue
    const before = fp32?.outcomes
    methods[name] = {
      ...(metric !== undefined && { metric, dropPoints: 100 * ((fp32?.metric ?? 0) - metric) }),
      ...(outcomes !== undefined &&
        before !== undefined && {
          broken: outcomes.filter((right, i) => right === 0 && before[i] !== 0).length,
          repaired: outcomes.filter((right, i) => right !== 0 && before[i] === 0).length
        }),
      sqnrDb
    }
    console.log(`${fixture.name}, ${name}: ${JSON.stringify(methods[name])}`)
  }
  return {
    name: fixture.name,
    ...(fixture.metric !== undefined && { metric: fixture.metric, fp32: fp32?.metric ?? 0 }),
    samples: images.dataset.samples.length,
    methods
  }
}
