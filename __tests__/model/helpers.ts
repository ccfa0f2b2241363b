import { create, toBinary } from '@bufbuild/protobuf'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as ort from 'onnxruntime-node'
import type { NodeProto, OnnxModel, TensorProto } from '../../src/model/index.js'
import { dataTypeOf } from '../../src/model/index.js'
import { GraphProtoSchema, ModelProtoSchema } from '../../src/model/proto/onnx_pb.js'
import type { ElementType, Tensor, TensorData } from '../../src/tensor.js'

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-model-')))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function floats(...values: number[]): Tensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) }
}

export interface ModelParts {
  readonly nodes: readonly NodeProto[]
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>
  readonly outputs?: readonly string[]
  readonly initializers?: readonly TensorProto[]
  readonly opset?: number
  readonly type?: ElementType
}

/** A model in memory that was never a file. */
export function makeModel(parts: ModelParts, file = '/nowhere/model.onnx'): OnnxModel {
  const { nodes, inputs = {}, outputs = ['y'], initializers = [], opset = 13, type = 'float32' } = parts
  const value = (name: string, dims?: readonly (number | string)[]) => ({
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: {
          elemType: dataTypeOf(type),
          shape: dims && {
            dim: dims.map((size) => ({
              value:
                typeof size === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(size) }
                  : { case: 'dimParam' as const, value: size }
            }))
          }
        }
      }
    }
  })
  const graph = create(GraphProtoSchema, {
    name: 'g',
    node: [...nodes],
    input: Object.entries(inputs).map(([name, dims]) => value(name, dims)),
    output: outputs.map((name) => value(name)),
    initializer: [...initializers]
  })
  const proto = create(ModelProtoSchema, {
    irVersion: 7n,
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    graph
  })
  return { proto, graph, file, directory: dirname(file) }
}

export function writeModel(file: string, { proto }: OnnxModel): void {
  writeFileSync(file, toBinary(ModelProtoSchema, proto))
}

/** All outputs of a model, from ONNX Runtime. */
export async function run(file: string, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 })
  try {
    const inputs = Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new ort.Tensor(type as 'float32', data as Float32Array, dims)
    ])
    const results = await session.run(Object.fromEntries(inputs) as ort.InferenceSession.FeedsType)
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { type: type as ElementType, dims, data: data as TensorData }
      ])
    )
  } finally {
    await session.release()
  }
}
