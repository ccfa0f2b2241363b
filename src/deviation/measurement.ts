import type { BatchPlan } from '../evaluation/index.js'
import { elementCount, TENSOR_ARRAYS, type ElementType, type Tensor } from '../tensor.js'
import type { MeasuredChunk } from './contract.js'
import type { Kernel } from './kernel/kernel.js'
import { MeasuredLayer } from './kernel/layer.js'
import type { Comparison } from './sessions.js'
import { encodingOf, type StoredLayers, type StoredNetwork } from './stored.js'
import type { ObservedLayer } from './types.js'

/** The tensors of both models in the kernel's memory, written anew for each batch. */
export class Measurement {
  private readonly layers: readonly MeasuredLayer[]
  private readonly tensors = new Map<string, Tensor>()
  private readonly intoNetwork: Record<string, Tensor>
  private readonly intoLayers: Record<string, Tensor>
  private readonly input: Tensor
  private readonly outputs: Readonly<Record<string, Tensor>> | undefined

  constructor(
    private readonly kernel: Kernel,
    private readonly comparison: Comparison,
    chunk: readonly ObservedLayer[],
    plan: BatchPlan,
    private readonly opened: StoredNetwork,
    private readonly cut: StoredLayers
  ) {
    const { reference, rule } = comparison
    const dimsOf = (tensor: string): number[] =>
      (reference.values.get(tensor)?.dims ?? []).map((size) => (typeof size === 'number' ? size : plan.size))
    kernel.reset()
    const needed = [reference.input, ...opened.reference.keys()]
    const places = new Map(needed.map((tensor) => [tensor, kernel.reserve(4 * elementCount(dimsOf(tensor)))]))
    const codes = chunk.map((layer) => {
      const dims = dimsOf(layer.tensor)
      const encoding = encodingOf(layer.source)
      const y = kernel.reserve((encoding.stored === 'float32' ? 4 : 1) * elementCount(dims))
      const place = { x: places.get(layer.tensor) ?? 0, y, encoding, dims }
      return { layer, place, measured: new MeasuredLayer(kernel, layer, place, rule) }
    })
    this.layers = codes.map(({ measured }) => measured)
    kernel.allocate()
    for (const layer of this.layers) layer.start()

    const { buffer } = kernel
    for (const [tensor, address] of places) {
      const dims = dimsOf(tensor)
      this.tensors.set(tensor, { type: 'float32', dims, data: new Float32Array(buffer, address, elementCount(dims)) })
    }
    this.input = this.tensor(reference.input)
    const variant = ({ place: { y, encoding, dims } }: (typeof codes)[number]): Tensor => {
      const View = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array }[encoding.stored]
      return { type: encoding.stored, dims, data: new View(buffer, y, elementCount(dims)) }
    }
    const outputs = (names: ReadonlyMap<ObservedLayer, string>): [string, Tensor][] =>
      codes.map((one) => [names.get(one.layer) ?? '', variant(one)])
    this.intoLayers = Object.fromEntries(outputs(cut.variant))
    const references = [...opened.reference].map(([tensor, name]) => [name, this.tensor(tensor)] as const)
    this.intoNetwork = Object.fromEntries([...outputs(opened.variant), ...references])
    this.outputs = this.outputsOf(opened, plan)
    Object.assign(this.intoNetwork, this.outputs)
  }

  /** Memory for the variant's outputs: there where they are compared, new elsewhere. */
  private outputsOf({ session, outputs }: StoredNetwork, plan: BatchPlan): Record<string, Tensor> | undefined {
    const [batch] = session.inputs[0].dims
    const tensors = outputs.map((name) => {
      const info = session.outputs.find((output) => output.name === name)
      const dims = (info?.dims ?? ['']).map((size) => (size !== '' && size === batch ? plan.size : size))
      return [name, this.intoNetwork[name] ?? emptyTensor(info?.type, dims)] as const
    })
    return tensors.every(([, tensor]) => tensor !== undefined) ? Object.fromEntries(tensors) : undefined
  }

  async network(feeds: Readonly<Record<string, Tensor>>, samples: number): Promise<void> {
    const [image] = Object.values(feeds)
    ;(this.input.data as Float32Array).set(image.data as Float32Array)
    await this.opened.session.fill(feeds, this.intoNetwork)
    for (const layer of this.layers) layer.addInNetwork(samples, this.kernel)
  }

  /** Of the batch that ran through the network last, whose FP32 tensors are there; the variant's are overwritten. */
  async alone(samples: number): Promise<void> {
    const feeds = [...this.cut.feeds].map(([name, tensor]) => [name, this.tensor(tensor)])
    await this.cut.session.fill(Object.fromEntries(feeds) as Record<string, Tensor>, this.intoLayers)
    for (const layer of this.layers) layer.addAlone(samples)
  }

  /** The variant's outputs of the batch that ran last; where their shapes are not known beforehand, it runs again. */
  async outputsFor(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    return this.outputs ?? (await this.opened.session.run(feeds, this.opened.outputs))
  }

  result(): Omit<MeasuredChunk, 'effect'> {
    return {
      layers: this.layers.map((layer) => ({
        inNetwork: layer.inNetwork(),
        isolated: layer.isolated(),
        nonFinite: layer.nonFinite()
      }))
    }
  }

  private tensor(name: string): Tensor {
    const tensor = this.tensors.get(name)
    if (tensor === undefined)
      throw new Error(`no memory was reserved for ${name} of ${this.comparison.reference.input}`)
    return tensor
  }
}

/** undefined: of unknown shape, or no tensor. */
function emptyTensor(type: string | undefined, dims: readonly (number | string)[]): Tensor | undefined {
  if (type === undefined || !Object.hasOwn(TENSOR_ARRAYS, type)) return undefined
  const sizes = dims.filter((size) => typeof size === 'number')
  if (sizes.length < dims.length) return undefined
  const element = type as ElementType
  return { type: element, dims: sizes, data: new TENSOR_ARRAYS[element](elementCount(sizes)) }
}
