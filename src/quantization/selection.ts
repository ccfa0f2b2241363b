import type { GraphIndex, GraphProto, NodeProto } from '../model/index.js'
import { WEIGHTED } from './operators.js'

/** Inputs by whose values an operator chooses, or looks up places: boxes and scores, never features. */
const CHOSEN_BY: Readonly<Record<string, readonly number[]>> = {
  NonMaxSuppression: [0, 1],
  TopK: [0],
  NonZero: [0],
  RoiAlign: [1],
  MaxRoiPool: [1]
}

/**
 * The arithmetic on boxes and scores before NonMaxSuppression, TopK, NonZero and RoI pooling, back to the layers that make
 * them. In 8 bits a box of a 500 pixel image moves in steps of two pixels, near scores tie, and boxes that are moved
 * apart class by class fall together; FP16 has steps of 16 pixels from 16,384 on, where the twentieth class lies. None of
 * it is worth a faster kernel.
 *
 * A tensor that a layer with weights reads as well is a feature, and what made it is none of this.
 */
export function selectionArithmetic(graph: GraphProto, index: GraphIndex): ReadonlySet<NodeProto> {
  const found = new Set<NodeProto>()
  const open = graph.node.flatMap((node) => (CHOSEN_BY[node.opType] ?? []).map((input) => node.input[input]))
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const node = index.producer(tensor)
    if (node === undefined || found.has(node) || WEIGHTED.has(node.opType)) continue
    const isFeature = node.output.some((output) => index.consumers(output).some(({ opType }) => WEIGHTED.has(opType)))
    if (isFeature) continue
    found.add(node)
    // places are chosen by, the features at them are not
    const places = CHOSEN_BY[node.opType]
    open.push(...(places === undefined ? node.input : places.map((input) => node.input[input])))
  }
  return found
}
