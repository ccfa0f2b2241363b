// How the ranges settle with the number of calibration images: node bench/run.mjs calibration-size [--models a,b] [--seeds 3]
//
// One pass over the calibration images in random order; ranges of every method after 1, 2, 4, ... images. For a set of n
// images a line says what the audit looks at: the share of ranges that move by more than 20 % from half to all (it allows
// 10 %), that of ranges that move by more than 10 % from a quarter to all (it allows 50 %), and the largest share of a tensor's
// values on 32 test images outside its range, less what the method cut off in calibration.
import { loadModel, GraphIndex } from '../src/model/index.js'
import type { CalibrationMethod } from '../src/config/index.js'
import { planPlacement } from '../src/quantization/index.js'
import { StreamingHistogram, type HistogramSnapshot } from '../src/quantization/histogram.js'
import { observeTensors } from '../src/quantization/observe.js'
import { chooseRange, shareOutside } from '../src/quantization/ranges/index.js'
import type { Range } from '../src/quantization/scale.js'
import { settling } from '../src/diagnosis/settling.js'
import { withTemporaryFolder } from '../src/util/files.js'
import { prepareModel } from '../src/variants/prepare.js'
import path from 'node:path'
import { openContext, openStream } from './lib/context.js'
import { unpackFashionMnist } from './lib/fixtures.js'
import { heading, option } from './lib/measure.js'
import { methodFixtures, type MethodFixture } from './lib/method-fixtures.js'
import { uniform } from './lib/random.js'

const METHODS: Readonly<Record<string, CalibrationMethod>> = {
  minmax: { method: 'minmax' },
  'percentile 99.99': { method: 'percentile', percentile: 99.99 },
  mse: { method: 'mse' },
  entropy: { method: 'entropy' }
}
const TEST_IMAGES = 32

const wanted = option('models', '').split(',').filter(Boolean)
const seeds = Number(option('seeds', '3'))
console.log(heading('node bench/run.mjs calibration-size'))
await withTemporaryFolder(async (folder) => {
  for (const fixture of methodFixtures(unpackFashionMnist(folder))) {
    if (wanted.length > 0 && !wanted.includes(fixture.name)) continue
    for (let seed = 1; seed <= seeds; seed++)
      await measure(fixture, seed, path.join(folder, fixture.name, String(seed)))
  }
})

async function measure(fixture: MethodFixture, seed: number, folder: string): Promise<void> {
  const { model, steps, name } = fixture
  const context = await openContext({
    model,
    steps,
    folder,
    variants: {},
    calibration: { method: 'minmax', dataset: fixture.calibration }
  })
  const prepared = await prepareModel(context)
  const loaded = await loadModel(prepared.file, { workspace: folder })
  const plan = { model: loaded, index: new GraphIndex(loaded.graph), values: prepared.values, kept: new Set<never>() }
  const { tensors: planned } = planPlacement({ ...plan, target: 'cpu' })
  const tensors = [...planned.values()].filter(({ range }) => range.kind === 'calibrated').map(({ tensor }) => tensor)
  const all = await openStream(fixture.calibration, context)
  const images = all.select(shuffled(all.dataset.samples.length, seed))
  const { runtime, session, workDirectory } = context
  const input = {
    runtime,
    session,
    modelFile: prepared.file,
    workDirectory,
    values: prepared.values,
    tensors,
    label: ''
  }

  const test = new Map(tensors.map((tensor) => [tensor, new StreamingHistogram()]))
  const testImages = (await openStream(fixture.evaluation, context)).atMost(TEST_IMAGES)
  await observeTensors({ ...input, images: testImages }, (tensor, data) => test.get(tensor)?.add(data))
  const counters = new Map(tensors.map((tensor) => [tensor, new StreamingHistogram()]))
  const ranges = new Map<number, Map<string, Map<string, { range: Range; cut: number }>>>()
  let done = 0
  await observeTensors(
    { ...input, images },
    (tensor, data) => counters.get(tensor)?.add(data),
    () => {
      done++
      if ((done & (done - 1)) !== 0 && done !== images.dataset.samples.length) return
      const snapshots = new Map([...counters].map(([tensor, counter]) => [tensor, counter.snapshot()]))
      ranges.set(done, new Map(Object.entries(METHODS).map(([name, method]) => [name, choose(snapshots, method)])))
    }
  )
  for (const method of Object.keys(METHODS)) {
    for (const [n, chosen] of ranges) {
      if (n < 4 || (n & (n - 1)) !== 0) continue
      const [whole, half, quarter] = [chosen, ranges.get(n / 2), ranges.get(n / 4)].map((of) => of?.get(method))
      if (whole === undefined || half === undefined || quarter === undefined) continue
      const table = Object.fromEntries(
        tensors.map((tensor) => [
          tensor,
          { range: whole.get(tensor)!.range, half: half.get(tensor)!.range, quarter: quarter.get(tensor)!.range }
        ])
      )
      const changes = Object.values(table).map(({ range, half }) => settling(half, range))
      const early = Object.values(table).map(({ range, quarter }) => settling(quarter, range))
      const excess = tensors.map((tensor) => {
        const { range, cut } = whole.get(tensor)!
        return shareOutside(test.get(tensor)!.snapshot(), range) - cut
      })
      const over = (values: readonly number[], limit: number) =>
        values.filter((value) => value > limit).length / values.length
      console.log(
        [
          `${name}, seed ${seed}, ${method}, ${n} images`,
          `since half ${percent(over(changes, 0.2))}`,
          `since a quarter ${percent(over(early, 0.1))}`,
          `outside ${percent(Math.max(...excess))}`
        ].join('; ')
      )
    }
  }
}
function choose(snapshots: ReadonlyMap<string, HistogramSnapshot>, method: CalibrationMethod) {
  return new Map(
    [...snapshots].map(([tensor, snapshot]) => {
      const range = chooseRange(snapshot, method, 'uint8')
      return [tensor, { range, cut: shareOutside(snapshot, range) }]
    })
  )
}

function shuffled(count: number, seed: number): number[] {
  const random = uniform(seed)
  const order = Array.from({ length: count }, (_, index) => index)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
