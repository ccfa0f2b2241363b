import { dirname, join } from 'node:path'
import { openDataset, sampleStream, type Dataset, type SampleStream } from '../../src/dataset/index.js'
import { GraphIndex, loadModel, saveModel, tensorData, type OnnxModel } from '../../src/model/index.js'
import type { PreprocessStep } from '../../src/dataset/index.js'
import { calibrate } from '../../src/quantization/calibrate.js'
import { insertQdq, planPlacement, type Placement, type Range } from '../../src/quantization/index.js'
import type { ValueInfo } from '../../src/runtime/index.js'
import { prepareModel } from '../../src/variants/prepare.js'
import type { GateContext } from '../../src/variants/index.js'
import { silentLogger } from '../../src/util/progress.js'
import { theRuntime } from './compare.js'

/** What each kind of network is fed. */
export const FASHION: readonly PreprocessStep[] = [
  { step: 'pad', left: 2, top: 2, right: 2, bottom: 2, color: [0] },
  { step: 'color', to: 'gray-to-rgb' },
  { step: 'normalize', scale: 1 / 255, mean: [0.286], std: [0.353] }
]
export const SCENES: readonly PreprocessStep[] = [{ step: 'normalize', scale: 1 / 255, mean: [0], std: [1] }]

/** What can be changed on the way to an INT8 model. */
export interface Edits {
  /** Ranges that the activations get. */
  ranges?(ranges: Map<string, Range>): void
  /** The finished QDQ model. */
  model?(model: OnnxModel): void
}

const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm'])

/** A float network that is calibrated once and quantized again and again, each time with something else wrong. */
export class Network {
  private constructor(
    readonly reference: string,
    readonly folder: string,
    private readonly folded: string,
    private readonly values: ReadonlyMap<string, ValueInfo>,
    readonly ranges: ReadonlyMap<string, Range>,
    /** Names of the nodes whose weights are quantized. */
    readonly weighted: readonly string[],
    readonly images: SampleStream
  ) {}

  static async open(reference: string, source: Dataset['source'], steps: readonly PreprocessStep[], folder: string) {
    const runtime = await theRuntime()
    const session = { provider: 'cpu', threads: 1 } as const
    const config = { model: reference, workspace: dirname(reference) }
    const prepared = await prepareModel({
      config,
      runtime,
      workDirectory: folder,
      log: silentLogger
    } as unknown as GateContext)
    const dataset = await openDataset(source, { workspace: '/' })
    const opened = await runtime.createSession(reference, session)
    await opened.release()
    const images = sampleStream(dataset, steps, opened.inputs[0])
    const placement = placementOf(await load(prepared.file), prepared.values)
    const tensors = [...placement.tensors.values()].flatMap(({ tensor, range }) =>
      range.kind === 'calibrated' ? [tensor] : []
    )
    const calibrated = await calibrate({
      runtime,
      session,
      modelFile: prepared.file,
      workDirectory: folder,
      values: prepared.values,
      tensors,
      images: images.atMost(32),
      type: 'uint8',
      method: { method: 'percentile', percentile: 99.99 },
      label: ''
    })
    const ranges = new Map([...calibrated].map(([tensor, { range }]) => [tensor, range]))
    const weighted = [...placement.quantized].filter(({ opType }) => WEIGHTED.has(opType)).map(({ name }) => name)
    return new Network(reference, folder, prepared.file, prepared.values, ranges, weighted, images)
  }

  /** @returns the file of the INT8 model. */
  async quantize(edits: Edits = {}): Promise<string> {
    const model = await load(this.folded)
    const placement = placementOf(model, this.values)
    const ranges = new Map(this.ranges)
    edits.ranges?.(ranges)
    insertQdq(model, placement, ranges, { reduceRange: false })
    edits.model?.(model)
    const file = join(this.folder, 'variant.onnx')
    await saveModel(model, file)
    return file
  }
}

function load(file: string): Promise<OnnxModel> {
  return loadModel(file, { workspace: dirname(file) })
}

function placementOf(model: OnnxModel, values: ReadonlyMap<string, ValueInfo>): Placement {
  return planPlacement({ model, index: new GraphIndex(model.graph), values, target: 'cpu', kept: new Set() })
}

/** Replaces the values of an initializer. */
export function editConstant(
  model: OnnxModel,
  name: string,
  edit: (values: Float32Array | Int8Array, dims: readonly number[]) => void
): void {
  const tensor = model.graph.initializer.find((initializer) => initializer.name === name)
  if (tensor === undefined) throw new Error(`no initializer ${name}`)
  const { data, dims } = tensorData(model, tensor)
  const values = data.slice() as Float32Array | Int8Array
  edit(values, dims)
  tensor.rawData = new Uint8Array(values.buffer as ArrayBuffer)
}
