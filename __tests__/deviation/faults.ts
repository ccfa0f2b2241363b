import { attributeInt, type NodeProto, type OnnxModel } from '../../src/model/index.js'
import { editConstant, type Edits, type Network } from './network.js'

/** Something that is wrong with one layer of an INT8 model, and how the comparison must call that layer. */
export interface Fault {
  readonly what: string
  readonly edits: Edits
  readonly isIt: (layer: { readonly name: string; readonly tensor: string }) => boolean
  /** The channel that must be named. */
  readonly channel?: number
}

/** Faults as they happen: chosen by the numbers of `random`, in [0, 1). */
export function plant(network: Network, random: () => number): Fault {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  const kind = pick(['scale', 'range', 'channel'] as const)
  if (kind === 'range') {
    const tensor = pick([...network.ranges.keys()])
    return {
      what: `range of ${tensor} cut to a quarter`,
      edits: {
        ranges: (ranges) => {
          const { min, max } = ranges.get(tensor) ?? { min: 0, max: 0 }
          ranges.set(tensor, { min: min / 4, max: max / 4 })
        }
      },
      isIt: (layer) => layer.tensor === tensor
    }
  }
  const name = pick(network.weighted)
  const isIt = (layer: { readonly name: string }): boolean => layer.name === name
  if (kind === 'scale') {
    const edits = { model: (model: OnnxModel) => editConstant(model, weightOf(model, name).input[1], double) }
    return { what: `weights of ${name} doubled`, edits, isIt }
  }
  const share = random()
  let channel = 0
  const edits = {
    model: (model: OnnxModel) => {
      const weight = weightOf(model, name)
      const axis = attributeInt(weight, 'axis', 1)
      editConstant(model, weight.input[0], (codes, dims) => {
        channel = Math.floor(share * dims[axis])
        const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1)
        codes.forEach((_, i) => {
          if (Math.floor(i / inner) % dims[axis] === channel) codes[i] = 0
        })
      })
    }
  }
  return {
    what: `a channel of ${name} zeroed`,
    edits,
    isIt,
    get channel() {
      return channel
    }
  }
}

function double(scales: Float32Array | Int8Array): void {
  scales.forEach((value, i) => (scales[i] = 2 * value))
}

/** The DequantizeLinear of a node's weights. */
function weightOf(model: OnnxModel, name: string): NodeProto {
  const node = model.graph.node.find((one) => one.name === name)
  const dequantize = model.graph.node.find(({ output }) => output[0] === node?.input[1])
  if (dequantize === undefined) throw new Error(`${name} has no quantized weights`)
  return dequantize
}
