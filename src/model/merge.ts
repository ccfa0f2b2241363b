import { create } from '@bufbuild/protobuf'
import { externalRegion } from './external.js'
import { GraphIndex } from './graph.js'
import { makeNode } from './nodes.js'
import type { OnnxModel } from './onnx.js'
import { isDefaultDomain, opsetVersion, setOpsetVersion } from './opset.js'
import {
  TensorProto_DataLocation as Location,
  ValueInfoProtoSchema,
  type GraphProto,
  type ValueInfoProto
} from './proto/onnx_pb.js'
import { isExternal } from './raw.js'
import { regionBytes } from './region.js'
import { subgraphsOf } from './visit.js'

/** A tensor's name in the graph that its model was merged into. */
export type Renamed = (tensor: string) => string

/**
 * Puts `other` into `base`, in place, so that both read one input. Names of `base` stay as they are; those of `other`
 * get a prefix that nothing in `base` begins with. Both have one input, and operator sets that can be taken for one: the
 * higher version of each serves both. Outputs of `other` are not outputs of the result.
 *
 * The shared input has `other`'s element type; where `base` wants another one it is cast. External weights of `other` are
 * read into memory: they lie in another folder.
 *
 * @returns the new names of `other`'s tensors.
 */
export function mergeModels(base: OnnxModel, other: OnnxModel, prefix: string): Renamed {
  const input = shareInput(base, other)
  const [own] = new GraphIndex(other.graph).inputs
  const taken = [...base.graph.node.flatMap(({ output }) => output), ...base.graph.initializer.map(({ name }) => name)]
  let unused = prefix
  while (taken.some((name) => name.startsWith(unused))) unused = `${unused}_`
  const renamed: Renamed = (name) => (name === '' ? '' : name === own ? input : `${unused}${name}`)

  for (const tensor of other.graph.initializer) {
    if (!isExternal(tensor)) continue
    tensor.rawData = regionBytes(externalRegion(tensor, other.directory))
    tensor.externalData = []
    tensor.dataLocation = Location.DEFAULT
  }
  renameAll(other.graph, renamed)
  base.graph.node.push(...other.graph.node)
  base.graph.initializer.push(...other.graph.initializer)
  base.graph.sparseInitializer.push(...other.graph.sparseInitializer)
  const functions = new Set(base.proto.functions.map(({ domain, name }) => `${domain} ${name}`))
  base.proto.functions.push(...other.proto.functions.filter(({ domain, name }) => !functions.has(`${domain} ${name}`)))
  shareOpsets(base, other)
  return renamed
}

/** @returns the name of the input that both are to read. */
function shareInput(base: OnnxModel, other: OnnxModel): string {
  const [name] = new GraphIndex(base.graph).inputs
  const [otherName] = new GraphIndex(other.graph).inputs
  const mine = base.graph.input.find((input) => input.name === name)
  const theirs = other.graph.input.find((input) => input.name === otherName)
  if (mine === undefined || theirs === undefined) throw new Error('a model without an input cannot be merged')
  const type = elementType(mine)
  if (type === elementType(theirs)) return name
  const shared = `${name}__shared`
  base.graph.input = [create(ValueInfoProtoSchema, { name: shared, type: theirs.type })]
  base.graph.node.unshift(makeNode('Cast', [shared], [name], { name: shared, attributes: { to: { int: type } } }))
  return shared
}

function elementType({ type }: ValueInfoProto): number {
  return type?.value.case === 'tensorType' ? type.value.value.elemType : 0
}

/** Names in graphs inside nodes too: all get the prefix, so that what is captured from outside is still found. */
function renameAll(graph: GraphProto, renamed: Renamed): void {
  for (const node of graph.node) {
    if (node.name !== '') node.name = renamed(node.name)
    node.input = node.input.map(renamed)
    node.output = node.output.map(renamed)
    for (const inner of subgraphsOf(node)) {
      renameAll(inner, renamed)
      for (const value of [...inner.input, ...inner.output]) value.name = renamed(value.name)
      inner.valueInfo = []
    }
  }
  for (const tensor of graph.initializer) tensor.name = renamed(tensor.name)
  for (const { values } of graph.sparseInitializer) if (values !== undefined) values.name = renamed(values.name)
}

function shareOpsets(base: OnnxModel, other: OnnxModel): void {
  setOpsetVersion(base, Math.max(opsetVersion(base), opsetVersion(other)))
  for (const { domain, version } of other.proto.opsetImport) {
    if (isDefaultDomain(domain)) continue
    const known = base.proto.opsetImport.find((entry) => entry.domain === domain)
    setOpsetVersion(base, Math.max(Number(version), Number(known?.version ?? 0)), domain)
  }
  if (other.proto.irVersion > base.proto.irVersion) base.proto.irVersion = other.proto.irVersion
}
