import { create } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto
} from './proto/onnx_pb.js'

/** An attribute with its ONNX type: JavaScript's 1 and 1.0 are the same, ONNX's are not. */
export type AttributeValue =
  | { readonly int: number | bigint }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly tensor: TensorProto }

export interface NodeOptions {
  readonly name?: string
  /** Of the operator; the standard operators' if left out. */
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

/** An operator of the graph. An empty name in `inputs` leaves an optional input out. */
export function makeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  { name, domain, attributes = {} }: NodeOptions = {}
): NodeProto {
  const node = create(NodeProtoSchema, { opType: op, input: [...inputs], output: [...outputs], name, domain })
  for (const [attribute, value] of Object.entries(attributes)) setAttribute(node, attribute, value)
  return node
}

/** Adds the attribute or replaces it. */
export function setAttribute(node: NodeProto, name: string, value: AttributeValue): void {
  const attribute = makeAttribute(name, value)
  const index = node.attribute.findIndex((existing) => existing.name === name)
  if (index < 0) node.attribute.push(attribute)
  else node.attribute[index] = attribute
}

export function removeAttribute(node: NodeProto, name: string): void {
  node.attribute = node.attribute.filter((attribute) => attribute.name !== name)
}

/** An integer attribute; values past 2^53 (open ends of slices) lose their last digits. */
export function attributeInt(node: NodeProto, name: string): number | undefined
export function attributeInt(node: NodeProto, name: string, fallback: number): number
export function attributeInt(node: NodeProto, name: string, fallback?: number): number | undefined {
  const attribute = find(node, name)
  return attribute === undefined ? fallback : Number(attribute.i)
}

export function attributeInts(node: NodeProto, name: string): number[] | undefined
export function attributeInts(node: NodeProto, name: string, fallback: readonly number[]): readonly number[]
export function attributeInts(
  node: NodeProto,
  name: string,
  fallback?: readonly number[]
): readonly number[] | undefined {
  return find(node, name)?.ints.map(Number) ?? fallback
}

export function attributeFloat(node: NodeProto, name: string): number | undefined
export function attributeFloat(node: NodeProto, name: string, fallback: number): number
export function attributeFloat(node: NodeProto, name: string, fallback?: number): number | undefined {
  return find(node, name)?.f ?? fallback
}

export function attributeFloats(node: NodeProto, name: string): number[] | undefined
export function attributeFloats(node: NodeProto, name: string, fallback: readonly number[]): readonly number[]
export function attributeFloats(
  node: NodeProto,
  name: string,
  fallback?: readonly number[]
): readonly number[] | undefined {
  return find(node, name)?.floats ?? fallback
}

export function attributeString(node: NodeProto, name: string): string | undefined
export function attributeString(node: NodeProto, name: string, fallback: string): string
export function attributeString(node: NodeProto, name: string, fallback?: string): string | undefined {
  const attribute = find(node, name)
  return attribute === undefined ? fallback : Buffer.from(attribute.s).toString('utf8')
}

export function attributeTensor(node: NodeProto, name: string): TensorProto | undefined {
  return find(node, name)?.t
}

function find(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name)
}

function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if ('int' in value) return create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(value.int) })
  if ('ints' in value) return create(AttributeProtoSchema, { name, type: Type.INTS, ints: value.ints.map(BigInt) })
  if ('float' in value) return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: value.float })
  if ('floats' in value) return create(AttributeProtoSchema, { name, type: Type.FLOATS, floats: [...value.floats] })
  if ('string' in value) {
    return create(AttributeProtoSchema, { name, type: Type.STRING, s: new TextEncoder().encode(value.string) })
  }
  return create(AttributeProtoSchema, { name, type: Type.TENSOR, t: value.tensor })
}
