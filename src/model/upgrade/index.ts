import { FileError } from '../../errors.js'
import type { ValueInfo } from '../../runtime/types.js'
import { dropInitializerInputs } from '../graph.js'
import { uniqueNamer } from '../names.js'
import type { OnnxModel } from '../onnx.js'
import { isDefaultDomain, isStandard, opsetVersion, setOpsetVersion } from '../opset.js'
import type { GraphProto, NodeProto } from '../proto/onnx_pb.js'
import { subgraphsOf } from '../visit.js'
import { COMPATIBLE } from './compatible.js'
import { UpgradeContext } from './context.js'
import { RULES } from './rules.js'

const OLDEST = 7
const NEWEST = 13
/** The format version that came with opset 13. */
const IR_VERSION = 7n

/**
 * Rewrites a model of opset 7 to 12 in operators of opset 13, with the same results; a newer model is left alone.
 * Initializers that old models list among the graph's inputs become constants. A model that is refused is left half
 * rewritten: load it again.
 * @param target 13.
 * @param shapes element types and shapes by tensor name; what is missing narrows what can be upgraded.
 * @throws FileError naming the operator and node that has no equivalent.
 */
export function upgradeOpset(model: OnnxModel, target: number, shapes: ReadonlyMap<string, ValueInfo>): void {
  const from = opsetVersion(model)
  if (from >= target) return
  if (target !== NEWEST) throw new RangeError(`models are upgraded to opset ${NEWEST}, not ${target}`)
  if (from < OLDEST) {
    throw new FileError(
      `${model.file}: opset ${from} is too old: models from opset ${OLDEST} on are supported`,
      'export the model again with opset 13 or later'
    )
  }
  const local = model.proto.functions.find(({ opsetImport }) =>
    opsetImport.some(({ domain }) => isDefaultDomain(domain))
  )
  if (local !== undefined) {
    throw new FileError(
      `${model.file}: local function ${local.name} cannot be upgraded from opset ${from}`,
      'export the model again with opset 13 or later'
    )
  }
  upgradeGraph(model.graph, { model, from, shapes, unique: uniqueNamer(model.graph) })
  dropInitializerInputs(model)
  setOpsetVersion(model, target)
  if (model.proto.irVersion < IR_VERSION) model.proto.irVersion = IR_VERSION
}

interface Upgrade {
  readonly model: OnnxModel
  readonly from: number
  readonly shapes: ReadonlyMap<string, ValueInfo>
  readonly unique: (base: string) => string
}

function upgradeGraph(graph: GraphProto, upgrade: Upgrade): void {
  const context = new UpgradeContext(upgrade.model, graph, upgrade.from, upgrade.unique, upgrade.shapes)
  graph.node = graph.node.flatMap((node) => {
    for (const inner of subgraphsOf(node)) upgradeGraph(inner, upgrade)
    return upgradeNode(node, context)
  })
}

function upgradeNode(node: NodeProto, context: UpgradeContext): readonly NodeProto[] {
  const { opType } = node
  if (!isStandard(node, opType) || COMPATIBLE.has(opType)) return [node]
  const rule = RULES.get(opType)
  return rule === undefined ? context.refuse(node, 'no rule is known for this operator') : rule(node, context)
}
