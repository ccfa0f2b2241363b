import picomatch from 'picomatch'
import type { KeepRule } from '../config/types.js'
import { ConfigurationError } from '../errors.js'
import type { NodeProto } from '../model/index.js'

/**
 * Nodes that stay in float: a rule is an operator type (`Softmax`) or a glob on node names (`/head/*`, `conv_1?`).
 * In a glob, `*` stops at `/` and `**` does not.
 *
 * @throws ConfigurationError at the rule's position where it matches no node: a limit silently not kept is no limit
 */
export function matchKept(
  nodes: readonly NodeProto[],
  rules: readonly KeepRule[],
  file: string
): ReadonlySet<NodeProto> {
  const kept = new Set<NodeProto>()
  for (const { pattern, position } of rules) {
    const matchesName = picomatch(pattern, { dot: true })
    const matched = nodes.filter((node) => node.opType === pattern || node.name === pattern || matchesName(node.name))
    if (matched.length === 0) {
      const message = `keep: ${JSON.stringify(pattern)} matches no layer of the model. ${examples(nodes)}`
      throw new ConfigurationError([{ message, file, position }])
    }
    for (const node of matched) kept.add(node)
  }
  return kept
}

function examples(nodes: readonly NodeProto[]): string {
  const operators = [...new Set(nodes.map((node) => node.opType))].slice(0, 8)
  const names = nodes
    .map((node) => node.name)
    .filter((name) => name !== '')
    .slice(0, 3)
  return `Operators: ${operators.join(', ')}; node names look like ${names.map((name) => JSON.stringify(name)).join(', ')}`
}
