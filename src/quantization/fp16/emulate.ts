import { makeNode, sortTopologically, uniqueNamer, type NodeProto } from '../../model/index.js'
import { dropUnused } from './convert.js'
import { FLOAT, FLOAT16, type Fp16Plan } from './precision.js'
import { roundedToHalf, type Fp16WeightLoss } from './weights.js'

/** What these make of float16 values are float16 values: no rounding is needed behind them. */
const EXACT = new Set([
  'Abs',
  'Concat',
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'MaxPool',
  'GlobalMaxPool',
  'Neg',
  'Pad',
  'Relu',
  'Reshape',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
  'Max',
  'Min'
])

/**
 * Makes a float32 model that computes what a float16 one would, in place: weights are rounded to float16 and every
 * result passes through a pair of casts, which round it and make infinity where float16 overflows.
 *
 * ONNX Runtime's CPU provider computes float16 models in float32 without rounding in between, so that an overflow
 * stays unseen; the pairs survive its optimizer (measured). Sums inside an operator are still accumulated in float32,
 * as GPUs with float32 accumulation do.
 */
export function emulateFp16(plan: Fp16Plan): Fp16WeightLoss[] {
  const { model, index } = plan
  const { graph } = model
  const unique = uniqueNamer(graph)
  const losses: Fp16WeightLoss[] = []
  const casts: NodeProto[] = []
  const rounded = new Map<string, string>()

  const roundingPair = (from: string, to: string): void => {
    const half = unique(`${to}_fp16`)
    casts.push(
      makeNode('Cast', [from], [half], { name: unique(`${to}_ToHalf`), attributes: { to: { int: FLOAT16 } } }),
      makeNode('Cast', [half], [to], { name: unique(`${to}_ToFloat`), attributes: { to: { int: FLOAT } } })
    )
  }
  const asHalf = (tensor: string): string => {
    if (plan.isHalfTensor(tensor)) return tensor
    let name = rounded.get(tensor)
    if (name === undefined) {
      name = unique(`${tensor}_rounded`)
      const initializer = index.initializer(tensor)
      if (initializer === undefined) roundingPair(tensor, name)
      else {
        const { tensor: weight, loss } = roundedToHalf(model, initializer, name)
        graph.initializer.push(weight)
        losses.push(loss)
      }
      rounded.set(tensor, name)
    }
    return name
  }

  for (const node of graph.node) {
    node.input = node.input.map((tensor, slot) => (plan.readsHalf(node, slot) ? asHalf(tensor) : tensor))
    if (!plan.isHalf(node) || EXACT.has(node.opType)) continue
    node.output = node.output.map((output) => {
      if (!plan.isHalfTensor(output)) return output
      const exact = unique(`${output}_exact`)
      roundingPair(exact, output)
      return exact
    })
  }
  graph.node.push(...casts)
  sortTopologically(graph)
  dropUnused(model)
  return losses
}
