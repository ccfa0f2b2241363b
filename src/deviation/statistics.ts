import type { OnnxModel, Renamed } from '../model/index.js'
import { GraphWriter } from './graph-writer.js'
import { isNonNegative } from './operators.js'
import type { DeviationRule, ObservedLayer, TensorSource } from './types.js'

/** A statistic of one channel of one sample. */
export type Statistic =
  | 'squaredError'
  | 'squaredReference'
  | 'referenceByError'
  | 'absoluteError'
  | 'deviating'
  | 'zeroed'
  | 'saturated'
  | 'maxError'
  | 'min'
  | 'max'
  | 'nan'
  | 'infinite'

/** Which statistics: of the network, of layers by themselves, or of what is not finite. */
export type StatisticsKind = 'network' | 'isolated' | 'nonFinite'

/** Values of a channel from which a matrix product is faster than a product and a sum (measured, 1.30). */
const SHORTEST_DOT = 512

/** Where the statistics of a layer leave the graph. */
export interface StatisticsOutput {
  readonly layer: ObservedLayer
  /** (samples, statistics x channels) */
  readonly output: string
  readonly statistics: readonly Statistic[]
  /** Number of values, where the model does not say. */
  readonly size: string | undefined
}

/**
 * Adds the statistics of every layer to a graph that holds both models, in place. Only vectors leave the runtime: what
 * is reduced is the spatial axes alone, so that float32 sums stay short (their relative error is 3e-7 where that of whole
 * tensors is 4e-4), and JavaScript adds them up in float64.
 *
 * Nodes are listed last layer first: ONNX Runtime then runs each as soon as its tensors exist and frees them.
 *
 * @param referenceName names of FP32 tensors in the graph.
 */
export function addStatistics(
  model: OnnxModel,
  layers: readonly ObservedLayer[],
  referenceName: Renamed,
  rule: DeviationRule,
  kind: StatisticsKind
): StatisticsOutput[] {
  const writer = new GraphWriter(model)
  const outputs = [...layers].reverse().map((layer) => {
    return new LayerStatistics(writer, layer, rule, kind).write(referenceName(layer.tensor))
  })
  model.graph.node.push(...writer.nodes)
  return outputs.reverse()
}

/** The variant's tensor as float32 numbers. Codes get a DequantizeLinear of their own, which every kernel survives. */
export function readVariant(writer: GraphWriter, source: TensorSource): string {
  if (source.kind === 'float') return source.half ? writer.cast(source.name, 'float32') : source.name
  const { scaleName, zeroPointName, axis, domain } = source.quantization
  const inputs = [source.name, scaleName, ...(zeroPointName === '' ? [] : [zeroPointName])]
  return writer.add('DequantizeLinear', inputs, axis === undefined ? {} : { axis: { int: axis } }, domain)
}

class LayerStatistics {
  constructor(
    private readonly writer: GraphWriter,
    private readonly layer: ObservedLayer,
    private readonly rule: DeviationRule,
    private readonly kind: StatisticsKind
  ) {}

  write(reference: string): StatisticsOutput {
    const { writer, layer } = this
    const x = this.arranged(reference)
    const y = this.arranged(readVariant(writer, layer.source))
    const values = this.kind === 'nonFinite' ? this.nonFinite(y) : this.errors(x, y)
    const output = writer.add('Concat', Object.values(values), { axis: { int: 1 } })
    return {
      layer,
      output: writer.output(output),
      statistics: Object.keys(values) as Statistic[],
      size: layer.spatial === undefined ? writer.output(writer.add('Size', [x])) : undefined
    }
  }

  private nonFinite(y: string): Partial<Record<Statistic, string>> {
    return { nan: this.count(this.writer.add('IsNaN', [y])), infinite: this.count(this.writer.add('IsInf', [y])) }
  }

  private errors(x: string, y: string): Partial<Record<Statistic, string>> {
    const error = this.writer.add('Sub', [x, y])
    const squaredReference = this.dot(x, x)
    const squares = { squaredError: this.dot(error, error), squaredReference }
    if (this.kind === 'isolated') return { ...squares, ...this.losses(x, y) }
    const magnitude = this.writer.add('Abs', [error])
    return {
      ...squares,
      referenceByError: this.dot(x, error),
      absoluteError: this.reduce('ReduceSum', magnitude),
      deviating: this.deviating(x, magnitude, squaredReference),
      maxError: this.reduce('ReduceMax', magnitude),
      min: this.reduce('ReduceMin', x),
      max: this.reduce('ReduceMax', x)
    }
  }

  private losses(x: string, y: string): Partial<Record<Statistic, string>> {
    const saturated = this.saturated(y)
    return { zeroed: this.zeroed(x, y), ...(saturated !== undefined && { saturated }) }
  }

  /** Sums of products over the values of a channel. */
  private dot(a: string, b: string): string {
    const { writer, layer } = this
    if (layer.channels === 'last' || (layer.spatial ?? 0) < SHORTEST_DOT)
      return this.reduce('ReduceSum', writer.add('Mul', [a, b]))
    const rows = (tensor: string) => writer.add('Unsqueeze', [tensor, writer.integers([2])])
    const product = writer.add('FusedMatMul', [rows(a), rows(b)], { transB: { int: 1 } }, 'com.microsoft')
    return writer.add('Squeeze', [product, writer.integers([2, 3])])
  }

  /** (samples, channels, values): a view, not a copy. */
  private arranged(tensor: string): string {
    const { channels, rank } = this.layer
    if (channels === 'last') return tensor
    const shape = channels === 'second' ? [0, 0, -1] : rank < 2 ? [1, 1, -1] : [0, 1, -1]
    return this.writer.add('Reshape', [tensor, this.writer.integers(shape)])
  }

  private reduce(op: Parameters<GraphWriter['reduce']>[0], tensor: string): string {
    return this.writer.reduce(op, tensor, [this.layer.channels === 'last' ? 1 : 2])
  }

  private count(condition: string): string {
    return this.reduce('ReduceSum', this.writer.cast(condition, 'float32'))
  }

  /** |x - y| > threshold * max(|x|, floor * rms(x)) */
  private deviating(x: string, magnitude: string, squares: string): string {
    const { writer, rule, layer } = this
    const size = isNonNegative(layer.fused.at(-1)?.op ?? layer.op) ? x : writer.add('Abs', [x])
    const allowed = writer.add('Mul', [size, writer.scalar(rule.threshold)])
    const beyond = writer.add('Greater', [magnitude, allowed])
    if (rule.floor === 0) return this.count(beyond)
    // Two comparisons with bytes as results, not a maximum of floats: less memory is written.
    return this.count(writer.add('And', [beyond, writer.add('Greater', [magnitude, this.least(x, squares)])]))
  }

  /** threshold * floor * rms of a sample, as (samples, 1, 1). */
  private least(x: string, squares: string): string {
    const { writer, rule, layer } = this
    const mean = writer.reduce('ReduceMean', squares, [1], true)
    const factor = (rule.threshold * rule.floor) ** 2
    const scaled =
      layer.spatial !== undefined
        ? writer.add('Mul', [mean, writer.scalar(factor / layer.spatial)])
        : writer.add('Div', [
            writer.add('Mul', [mean, writer.scalar(factor)]),
            writer.add('Div', [this.sizeOf(x), this.sizeOf(squares)])
          ])
    return writer.add('Unsqueeze', [writer.add('Sqrt', [scaled]), writer.integers([2])])
  }

  private sizeOf(tensor: string): string {
    return this.writer.cast(this.writer.add('Size', [tensor]), 'float32')
  }

  /** x != 0 and y == 0 */
  private zeroed(x: string, y: string): string {
    const { writer } = this
    const zero = writer.scalar(0)
    const kept = writer.add('Not', [writer.add('Equal', [x, zero])])
    return this.count(writer.add('And', [kept, writer.add('Equal', [y, zero])]))
  }

  /** Values at an end of what the codes can say, unless that end is 0, where ReLU puts them. */
  private saturated(y: string): string | undefined {
    const { writer } = this
    const { source } = this.layer
    const range = source.kind === 'codes' ? source.quantization.range : undefined
    const ends = range === undefined ? [] : [range.min, range.max].filter((end) => end !== 0)
    const [first, second] = ends.map((end) => writer.add('Equal', [y, writer.scalar(end)]))
    if (first === undefined) return undefined
    return this.count(second === undefined ? first : writer.add('Or', [first, second]))
  }
}
