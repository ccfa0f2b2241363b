import { FileError } from '../../errors.js'
import type { ValueInfo } from '../../runtime/types.js'
import type { Tensor } from '../../tensor.js'
import { float32ToFloat16 } from '../float16.js'
import { GraphIndex } from '../graph.js'
import { attributeTensor } from '../nodes.js'
import type { OnnxModel } from '../onnx.js'
import { isStandard } from '../opset.js'
import type { GraphProto, NodeProto } from '../proto/onnx_pb.js'
import { makeTensor, tensorData } from '../tensor.js'
import { elementTypeOf } from '../types.js'

/** Rewrites a node for opset 13; the nodes it returns take its place. */
export type Rule = (node: NodeProto, context: UpgradeContext) => readonly NodeProto[]

/** What a rule may know about the graph around its node, and add to it. */
export class UpgradeContext {
  readonly index: GraphIndex

  /** @param from opset that the model had. */
  constructor(
    readonly model: OnnxModel,
    readonly graph: GraphProto,
    readonly from: number,
    readonly unique: (base: string) => string,
    private readonly shapes: ReadonlyMap<string, ValueInfo>
  ) {
    this.index = new GraphIndex(graph)
  }

  /** Sizes where all are known; a symbolic one stays a name. Undefined where nothing is known, the rank included. */
  dims(tensor: string): readonly (number | string)[] | undefined {
    const initializer = this.index.initializer(tensor)
    if (initializer !== undefined) return initializer.dims.map(Number)
    const dims = this.shapes.get(tensor)?.dims
    // The runtime reports an unknown rank as no dimensions; a scalar has nothing that a rule would ask for.
    return dims === undefined || dims.length === 0 ? undefined : dims
  }

  /** Values of an initializer or of a Constant node. */
  constantValue(tensor: string): Tensor | undefined {
    const producer = this.index.producer(tensor)
    const constant =
      this.index.initializer(tensor) ??
      (producer !== undefined && isStandard(producer, 'Constant') ? attributeTensor(producer, 'value') : undefined)
    return constant === undefined ? undefined : tensorData(this.model, constant)
  }

  /** Adds an initializer; returns its name. */
  constant(base: string, tensor: Tensor): string {
    const name = this.unique(base)
    this.graph.initializer.push(makeTensor(name, tensor))
    return name
  }

  int64s(base: string, values: readonly bigint[]): string {
    return this.constant(base, { type: 'int64', dims: [values.length], data: BigInt64Array.from(values) })
  }

  /** A scalar of the same floating-point type as `like`, a tensor that `node` reads. */
  floatScalar(base: string, value: number, like: string, node: NodeProto): string {
    const type = this.type(like)
    const data = Float32Array.of(value)
    if (type === 'float32') return this.constant(base, { type, dims: [], data })
    if (type === 'float64') return this.constant(base, { type, dims: [], data: Float64Array.of(value) })
    if (type === 'float16') return this.constant(base, { type, dims: [], data: float32ToFloat16(data) })
    return this.refuse(node, `the element type of ${like} is ${type ?? 'unknown'}`)
  }

  refuse(node: NodeProto, reason: string): never {
    const name = node.name || node.output.join(', ')
    throw new FileError(
      `${this.model.file}: operator ${node.opType} (node ${name}) cannot be upgraded from opset ${this.from}: ${reason}`,
      'export the model again with opset 13 or later'
    )
  }

  private type(tensor: string): string | undefined {
    const initializer = this.index.initializer(tensor)
    if (initializer !== undefined) return elementTypeOf(initializer.dataType)
    const known = this.shapes.get(tensor)?.type
    if (known !== undefined) return known
    const declared = [...this.graph.valueInfo, ...this.graph.input].find(({ name }) => name === tensor)?.type?.value
    return declared?.case === 'tensorType' ? elementTypeOf(declared.value.elemType) : undefined
  }
}
