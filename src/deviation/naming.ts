import type { GraphIndex, NodeProto } from '../model/index.js'
import { hasWeights, isAbsorbed, movesOnly, selectsOnly } from './operators.js'
import type { ObservedLayer } from './types.js'

/**
 * The name of the layer that makes a tensor, as the user sees it in the FP32 model: one kernel stands for all nodes
 * between the tensors that are compared. The node with weights names it, else the first one that does more than follow
 * another operator; the others are listed as fused.
 * @param constants nodes that compute with constants alone (`constantArithmetic`): no part of a kernel.
 */
export function nameLayer(
  tensor: string,
  index: GraphIndex,
  observed: { has(tensor: string): boolean },
  constants: ReadonlySet<NodeProto>
): Pick<ObservedLayer, 'name' | 'op' | 'fused'> {
  const members = membersOf(tensor, index, observed, constants)
  const last = members.at(-1)
  if (last === undefined) return { name: tensor, op: 'Input', fused: [] }
  const main =
    members.findLast(({ opType }) => hasWeights(opType)) ??
    members.find(({ opType }) => !isAbsorbed(opType) && !selectsOnly(opType)) ??
    last
  const describe = (node: NodeProto) => ({ name: node.name, op: node.opType })
  return { ...describe(main), fused: members.filter((node) => node !== main && !movesOnly(node.opType)).map(describe) }
}

/** The nodes that make a tensor out of compared ones, first to last; constants left out. */
function membersOf(
  tensor: string,
  index: GraphIndex,
  observed: { has(tensor: string): boolean },
  constants: ReadonlySet<NodeProto>
): NodeProto[] {
  const members = new Set<NodeProto>()
  const visit = (name: string): void => {
    const node = index.producer(name)
    if (node === undefined || members.has(node) || node.opType === 'Constant') return
    members.add(node)
    for (const input of node.input) {
      const maker = index.producer(input)
      if (maker !== undefined && !observed.has(input) && !constants.has(maker)) visit(input)
    }
  }
  visit(tensor)
  // Found from the last to the first.
  return [...members].reverse()
}
