import { create, toBinary } from '@bufbuild/protobuf'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModelProtoSchema } from '../../src/model/proto/onnx_pb.js'
import type { Tensor } from '../../src/tensor.js'

/** Models committed beside their profiles (script/references/runtime_models.py). */
export const REFERENCE_MODELS = join(import.meta.dirname, '..', '..', '__fixtures__', 'runtime')

export interface TinyModel {
  readonly op: string
  readonly domain?: string
  /** Imported operator sets besides the default one. */
  readonly imports?: readonly { readonly domain: string; readonly version: bigint }[]
  readonly opset?: bigint
  readonly irVersion?: bigint
  /** ONNX element type of input and output; 1 = float32. */
  readonly type?: number
  readonly outputType?: number
  readonly dims?: readonly (number | string)[]
  readonly inputs?: readonly string[]
  readonly initializers?: readonly {
    readonly name: string
    readonly dataType: number
    readonly dims: readonly number[]
    readonly rawData?: Uint8Array
    /** External location in place of raw data. */
    readonly location?: string
  }[]
  readonly attributes?: Readonly<Record<string, number>>
}

/** Bytes of a model with one node: `y = op(x, …)`. */
export function tinyModel(model: TinyModel): Uint8Array {
  const { op, domain = '', imports = [], opset = 17n, irVersion = 8n, type = 1, dims = ['n', 4] } = model
  const value = (name: string, elemType: number, shape?: readonly (number | string)[]) => ({
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: {
          elemType,
          ...(shape && {
            shape: {
              dim: shape.map((size) =>
                typeof size === 'string'
                  ? { value: { case: 'dimParam' as const, value: size } }
                  : { value: { case: 'dimValue' as const, value: BigInt(size) } }
              )
            }
          })
        }
      }
    }
  })
  const initializer = (model.initializers ?? []).map(({ location, dims: shape, ...tensor }) => ({
    ...tensor,
    dims: shape.map(BigInt),
    ...(location === undefined ? {} : { dataLocation: 1, externalData: [{ key: 'location', value: location }] })
  }))
  const attribute = Object.entries(model.attributes ?? {}).map(([name, i]) => ({ name, type: 2, i: BigInt(i) }))
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      opsetImport: [{ domain: '', version: opset }, ...imports],
      graph: {
        name: 'tiny',
        node: [{ name: 'only', opType: op, domain, input: [...(model.inputs ?? ['x'])], output: ['y'], attribute }],
        input: [value('x', type, dims)],
        output: [value('y', model.outputType ?? type)],
        initializer
      }
    })
  )
}

/** A folder for one test file; `write` returns the path. */
export function scratchFolder(): {
  path: string
  write(name: string, bytes: Uint8Array | string): string
  remove(): void
} {
  const path = mkdtempSync(join(tmpdir(), 'runtime-test-'))
  return {
    path,
    write: (name, bytes) => {
      const file = join(path, name)
      writeFileSync(file, bytes)
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true })
  }
}

export function floats(dims: readonly number[], value: (i: number) => number = () => 0): Tensor {
  return {
    type: 'float32',
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => value(i))
  }
}
