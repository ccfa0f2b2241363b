import { attributeInt, dataTypeOf, type GraphProto, type NodeProto } from '../model/index.js'
import type { ElementType } from '../tensor.js'

/** Who makes and who reads a tensor of a graph, looking through nodes that only move data. */
export class GraphLinks {
  readonly #producers = new Map<string, NodeProto>()
  readonly #consumers = new Map<string, NodeProto[]>()
  readonly #constants: ReadonlySet<string>

  constructor(
    graph: GraphProto,
    private readonly isPlumbing: (node: NodeProto) => boolean
  ) {
    this.#constants = new Set(graph.initializer.map(({ name }) => name))
    for (const node of graph.node) {
      for (const name of node.output) this.#producers.set(name, node)
      for (const name of node.input) {
        const readers = this.#consumers.get(name)
        if (readers === undefined) this.#consumers.set(name, [node])
        else readers.push(node)
      }
    }
  }

  /** The node behind a tensor; conversions (Q, DQ, Cast) count, data movement is looked through. */
  producer(name: string): NodeProto | undefined {
    let node = this.#producers.get(name)
    while (node !== undefined && this.isPlumbing(node) && !isConversion(node)) {
      node = this.#producers.get(node.input[0] ?? '')
    }
    return node
  }

  /** The nodes that read a tensor, through data movement. */
  consumers(name: string): NodeProto[] {
    return (this.#consumers.get(name) ?? []).flatMap((node) =>
      this.isPlumbing(node) && !isConversion(node) ? node.output.flatMap((output) => this.consumers(output)) : [node]
    )
  }

  /** Whether a tensor is a weight, possibly converted or moved. */
  isConstant(name: string): boolean {
    if (this.#constants.has(name)) return true
    const node = this.#producers.get(name)
    return node !== undefined && this.isPlumbing(node) && this.isConstant(node.input[0] ?? '')
  }

  /** Made by a cast to float16 and one back: the rounding of an FP16 emulation. */
  isRoundedThroughFloat16(name: string): boolean {
    const back = this.producer(name)
    return isCast(back, 'float32') && isCast(this.producer(back?.input[0] ?? ''), 'float16')
  }

  /** Read by such a pair of casts. */
  isRoundedOnwards(name: string): boolean {
    return this.consumers(name).some(
      (node) => isCast(node, 'float16') && this.consumers(node.output[0] ?? '').some((next) => isCast(next, 'float32'))
    )
  }
}

function isConversion({ opType }: NodeProto): boolean {
  return opType === 'QuantizeLinear' || opType === 'DequantizeLinear' || opType === 'Cast'
}

function isCast(node: NodeProto | undefined, to: ElementType): boolean {
  return node?.opType === 'Cast' && attributeInt(node, 'to') === dataTypeOf(to)
}
