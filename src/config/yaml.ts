import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Document, Node, Pair, YAMLError } from 'yaml'
import type { ConfigurationIssue, Position } from '../errors.js'
import type { Path, Problem } from './position.js'
import { show } from './position.js'

/** A parsed config file: plain values, and where in the text each of them stands. */
export interface YamlSource {
  readonly value: unknown
  readonly problems: readonly ConfigurationIssue[]
  readonly locate: (path: Path, at?: Problem['at']) => Position
}

/** Aliases resolved in all; each reuse of an anchor counts with everything inside it. */
const MAX_ALIASES = 100

/**
 * Parses YAML 1.2 (core schema) with positions. Syntax errors, duplicate keys, unknown tags and keys that are not text are
 * problems; a text whose aliases multiply is refused before it is expanded.
 * @returns `value` undefined where the text has no usable structure.
 */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter()
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const broken = (message: string, at = 0): YamlSource => ({
    value: undefined,
    problems: [{ file, position: position(at), message }],
    locate: () => position(at)
  })

  let document: Document.Parsed
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      uniqueKeys: true,
      stringKeys: true,
      prettyErrors: false,
      lineCounter: lines
    })
  } catch (error) {
    if (error instanceof RangeError) return broken('the file is nested too deeply')
    throw error
  }

  const problems = [...document.errors, ...document.warnings].map((error) => ({
    file,
    position: position(error.pos[0]),
    message: explain(error, text)
  }))
  const unusable = unusableAliases(document).map(({ offset, message }) => ({
    file,
    position: position(offset),
    message
  }))
  problems.push(...unusable)
  const structural = unusable.length > 0 || document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')
  const locate = (path: Path, at: Problem['at'] = 'value') => position(offsetOf(document, path, at))
  if (structural) return { value: undefined, problems, locate }
  if (document.contents === null)
    return broken('the file is empty: it needs at least version, model, dataset and variants')
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }), problems, locate }
  } catch (error) {
    if ((error as Error).name !== 'ReferenceError') throw error
    return broken(`the aliases of the file multiply to more than ${MAX_ALIASES} copies of an anchor`)
  }
}

function explain(error: YAMLError, text: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^:\n]*/.exec(text.slice(error.pos[0], error.pos[0] + 80))?.[0].trim() ?? ''
      return `duplicate key ${show(key.replace(/^["']|["']$/g, ''))}: a key may appear once; keep one of them`
    }
    case 'MULTIPLE_DOCS':
      return 'the file holds more than one YAML document: remove the "---" between them'
    default:
      return `not valid YAML: ${error.message}`
  }
}

/** Aliases of anchors that are not there, and those inside their own anchor, which would never end. */
function unusableAliases(document: Document.Parsed): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = []
  visit(document, {
    Alias: (_, alias, parents) => {
      const target = alias.resolve(document)
      const offset = alias.range?.[0] ?? 0
      if (target === undefined) {
        found.push({ offset, message: `*${alias.source} refers to an anchor that is not defined before it` })
      } else if (parents.some((parent) => parent === target)) {
        found.push({ offset, message: `*${alias.source} stands inside its own anchor` })
      }
    }
  })
  return found
}

/** Offset of a value or of its key; of the nearest parent that is there where the path leads nowhere. */
function offsetOf(document: Document.Parsed, path: Path, at: Problem['at']): number {
  let node = resolve(document, document.contents)
  let offset = startOf(document.contents) ?? 0
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === String(part))
      if (pair === undefined) return offset
      const key = startOf(pair.key as Node)
      const value = startOf(pair.value as Node | null)
      const wanted = last && at === 'value' ? (value ?? key) : key
      offset = wanted ?? offset
      node = resolve(document, pair.value as Node | null)
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined
      if (item === undefined) return offset
      offset = startOf(item) ?? offset
      node = resolve(document, item)
    } else {
      return offset
    }
  }
  return offset
}

function resolve(document: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node
}

function startOf(node: Node | null | undefined): number | undefined {
  if (node === null || node === undefined) return undefined
  // `key:` without a value parses to an empty scalar behind the colon: the key is the better place to show.
  if (isScalar(node) && node.range !== undefined && node.range !== null && node.range[0] === node.range[1])
    return undefined
  return node.range?.[0]
}
