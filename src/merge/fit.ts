import { processorClass } from '../baseline/index.js'
import { FileError } from '../errors.js'
import type { ShardReport } from './load.js'

/**
 * Whether these are all shards of one run.
 *
 * @returns them in their order.
 * @throws FileError that names what is missing, is there twice, or differs.
 */
export function fitTogether(reports: readonly ShardReport[]): ShardReport[] {
  const ordered = [...reports].sort((a, b) => a.shard.index - b.shard.index)
  const problems = completeness(ordered)
  if (problems.length === 0) problems.push(...differences(ordered))
  if (problems.length === 0) problems.push(...gaps(ordered))
  if (problems.length > 0) throw new FileError(`the shards cannot be merged: ${problems.join('; ')}`, hintFor(problems))
  return ordered
}

const OTHER_MODEL = 'the model of variant'
const MISSING = 'is missing'

function hintFor(problems: readonly string[]): string | undefined {
  if (problems.some((problem) => problem.endsWith(MISSING)))
    return 'every shard leaves a report folder, which merge takes by name: run those that are missing'
  return problems.some((problem) => problem.startsWith(OTHER_MODEL))
    ? 'let all shards use one calibration table: calibrate before them and share the cache (docs/shards.md)'
    : undefined
}

function completeness(ordered: readonly ShardReport[]): string[] {
  const [first] = ordered
  if (first === undefined) return ['there is none']
  const { count } = first.shard
  const other = ordered.find(({ shard }) => shard.count !== count)
  if (other !== undefined) {
    return [
      `${nameOf(first)} (${first.folder}) and ${nameOf(other)} (${other.folder}) are parts of different divisions`
    ]
  }
  const problems: string[] = []
  for (let index = 1; index <= count; index++) {
    const own = ordered.filter(({ shard }) => shard.index === index)
    if (own.length === 0) problems.push(`shard ${index} of ${count} ${MISSING}`)
    if (own.length > 1) {
      problems.push(
        `shard ${index} of ${count} is there more than once (${own.map(({ folder }) => folder).join(', ')})`
      )
    }
  }
  return problems
}

/** What has to be the same in all shards, by the words for it. */
function factsOf({ result, shard, samples }: ShardReport): Map<string, unknown> {
  const { tool, model, preprocessing, decoding, environment, task, variants } = result
  const facts = new Map<string, unknown>([
    ['the version of precision-gate', tool.version],
    ['the config', shard.config],
    ['the FP32 model', model.sha256],
    ['the task', task],
    ['the preprocessing', preprocessing.hash],
    ['how outputs are read', decoding?.hash],
    ['the test set', `${shard.testSet.samples} samples, ${shard.testSet.listing}`],
    ['the number of classes', samples.classes],
    ['the version of ONNX Runtime', environment.onnxruntime],
    ['the provider', environment.provider],
    ['the processor', processorClass(environment)]
  ])
  for (const [name, hash] of Object.entries(shard.artefacts)) facts.set(`${OTHER_MODEL} ${name}`, hash)
  for (const [name, { executed }] of Object.entries(variants)) {
    if (executed !== undefined) facts.set(`the precisions that layers of ${name} ran in`, executed)
  }
  return facts
}

function differences([first, ...others]: readonly ShardReport[]): string[] {
  const problems = new Map<string, string>()
  const expected = factsOf(first)
  for (const other of others) {
    for (const [what, value] of factsOf(other)) {
      // A variant that did not run in one of them fails, whatever its model was in the others.
      if (!expected.has(what)) expected.set(what, value)
      const [place] = differingPlaces(expected.get(what), value, '')
      if (place !== undefined && !problems.has(what)) problems.set(what, describe(what, place, first, other))
    }
  }
  return [...problems.values()]
}

interface Place {
  readonly path: string
  readonly then: unknown
  readonly now: unknown
}

function describe(what: string, { path, then, now }: Place, first: ShardReport, other: ShardReport): string {
  const where = path === '' ? what : `${what}, ${path.slice(1)}`
  return `${where} differs: ${short(then)} in ${nameOf(first)}, ${short(now)} in ${nameOf(other)}`
}

function differingPlaces(then: unknown, now: unknown, path: string): Place[] {
  if (!isObject(then) || !isObject(now)) return then === now ? [] : [{ path, then, now }]
  const keys = new Set([...Object.keys(then), ...Object.keys(now)])
  return [...keys].flatMap((key) => differingPlaces(then[key], now[key], `${path}.${key}`))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function gaps(ordered: readonly ShardReport[]): string[] {
  let position = 0
  for (const report of ordered) {
    if (report.shard.testSet.start !== position)
      return [`${nameOf(report)} does not begin where the one before it ends`]
    position += report.samples.ids.length
  }
  const { samples } = ordered[0].shard.testSet
  return position === samples ? [] : [`they hold ${position} samples of ${samples}`]
}

function nameOf({ shard: { index, count } }: ShardReport): string {
  return `shard ${index} of ${count}`
}
