import {
  attributeFloat,
  attributeTensor,
  GraphIndex,
  tensorData,
  type NodeProto,
  type OnnxModel
} from '../model/index.js'
import type { Range } from './scale.js'

/** What a table from elsewhere says of the tensors that are to be quantized. */
export interface RangeMatch {
  /** By needed tensor. */
  readonly ranges: ReadonlyMap<string, Range>
  /** The name in the table, by needed tensor. */
  readonly sources: ReadonlyMap<string, string>
  /** Needed tensors without a range, in the order of `needed`. */
  readonly missing: readonly string[]
  /**
   * Of the missing ones: the tensor before batch normalization, which the table has. It is no substitute: normalization
   * scales and shifts each channel by itself, and the range of its input says nothing of its output's.
   */
  readonly beforeNormalization: ReadonlyMap<string, string>
}

/** Operators that hand on the very values of their first input. */
const SAME_VALUES = new Set(['Identity', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose'])

/**
 * Finds a range for every needed tensor: under its own name, or under that of a neighbour that implies it. Those are
 *
 * - a tensor of the same values (Identity, Dropout, Reshape, Transpose and the like), on either side;
 * - what a ReLU or Clip reads, clipped; with a symmetric table the result may be wider than what a calibration would give;
 * - what a ReLU or Clip makes of the tensor, where nothing else reads it: what the range cuts off is clipped anyway.
 *
 * @param needed names of the prepared model
 * @param models the user's own and the prepared one, which has other operators and mostly the same names
 */
export function matchRanges(
  table: ReadonlyMap<string, Range>,
  needed: readonly string[],
  models: readonly OnnxModel[]
): RangeMatch {
  const searches = models.map((model) => new Search(table, model))
  const ranges = new Map<string, Range>()
  const sources = new Map<string, string>()
  const missing: string[] = []
  const beforeNormalization = new Map<string, string>()
  for (const tensor of needed) {
    const found = first(searches, (search) => search.find(tensor))
    if (found !== undefined) {
      ranges.set(tensor, found.range)
      sources.set(tensor, found.source)
      continue
    }
    missing.push(tensor)
    const before = first(searches, (search) => search.beforeNormalization(tensor))
    if (before !== undefined) beforeNormalization.set(tensor, before)
  }
  return { ranges, sources, missing, beforeNormalization }
}

interface Found {
  readonly range: Range
  readonly source: string
}

class Search {
  private readonly index: GraphIndex

  constructor(
    private readonly table: ReadonlyMap<string, Range>,
    private readonly model: OnnxModel
  ) {
    this.index = new GraphIndex(model.graph)
  }

  find(tensor: string): Found | undefined {
    return this.named(tensor) ?? this.before(tensor) ?? this.after(tensor)
  }

  /** A name in the table that lies before the normalization which makes the tensor, or an activation of it. */
  beforeNormalization(tensor: string): string | undefined {
    const node = this.index.producer(tensor)
    if (node === undefined) return undefined
    if (node.opType === 'BatchNormalization') return this.table.has(node.input[0]) ? node.input[0] : undefined
    return handsOn(node) || isActivation(node) ? this.beforeNormalization(node.input[0]) : undefined
  }

  private named(tensor: string): Found | undefined {
    const range = this.table.get(tensor)
    return range === undefined ? undefined : { range, source: tensor }
  }

  private before(tensor: string): Found | undefined {
    const node = this.index.producer(tensor)
    if (node?.output[0] !== tensor || !(handsOn(node) || isActivation(node))) return undefined
    const found = this.named(node.input[0]) ?? this.before(node.input[0])
    if (found === undefined || handsOn(node)) return found
    const { min, max } = this.limits(node)
    const clip = (value: number): number => Math.min(Math.max(value, min), max)
    return { ...found, range: { min: clip(found.range.min), max: clip(found.range.max) } }
  }

  private after(tensor: string): Found | undefined {
    const readers = this.index.consumers(tensor)
    const alone = readers.length === 1 && !this.index.isGraphOutput(tensor)
    return first(readers, (node) => {
      if (node.input[0] !== tensor || !(handsOn(node) || (alone && isActivation(node)))) return undefined
      return this.named(node.output[0]) ?? this.after(node.output[0])
    })
  }

  /** A bound that is not constant bounds nothing here. */
  private limits(node: NodeProto): Range {
    if (node.opType === 'Relu') return { min: 0, max: Infinity }
    const [, min = '', max = ''] = node.input
    return {
      min: this.scalar(min) ?? attributeFloat(node, 'min', -Infinity),
      max: this.scalar(max) ?? attributeFloat(node, 'max', Infinity)
    }
  }

  private scalar(name: string): number | undefined {
    const producer = this.index.producer(name)
    const tensor =
      this.index.initializer(name) ?? (producer?.opType === 'Constant' ? attributeTensor(producer, 'value') : undefined)
    return tensor === undefined ? undefined : Number(tensorData(this.model, tensor).data[0])
  }
}

function handsOn({ opType }: NodeProto): boolean {
  return SAME_VALUES.has(opType)
}

function isActivation({ opType }: NodeProto): boolean {
  return opType === 'Relu' || opType === 'Clip'
}

function first<From, To>(items: readonly From[], find: (item: From) => To | undefined): To | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
