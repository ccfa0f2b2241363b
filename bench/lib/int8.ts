import { dirname } from 'node:path'
import type { SampleStream } from '../../src/dataset/index.js'
import { GraphIndex, loadModel, saveModel } from '../../src/model/index.js'
import { calibrate } from '../../src/quantization/calibrate.js'
import { insertQdq, planPlacement } from '../../src/quantization/index.js'
import type { Runtime } from '../../src/runtime/index.js'

/** Quantizes a float model with folded batch normalization for the CPU, with min-max ranges of a few images. */
export async function quantizeForCpu(
  runtime: Runtime,
  float: string,
  images: SampleStream,
  target: string
): Promise<void> {
  const folder = dirname(float)
  const model = await loadModel(float, { workspace: folder })
  const values = await runtime.inspect(float)
  const index = new GraphIndex(model.graph)
  const placement = planPlacement({ model, index, values, target: 'cpu', kept: new Set() })
  const tensors = [...placement.tensors.values()].flatMap(({ tensor, range }) =>
    range.kind === 'calibrated' ? [tensor] : []
  )
  const calibrated = await calibrate({
    runtime,
    session: { provider: 'cpu', threads: 1 },
    modelFile: float,
    workDirectory: folder,
    values,
    tensors,
    images,
    type: 'uint8',
    method: { method: 'minmax' },
    label: 'calibrate'
  })
  const ranges = new Map([...calibrated].map(([tensor, { range }]) => [tensor, range]))
  insertQdq(model, placement, ranges, { reduceRange: false })
  await saveModel(model, target)
}
