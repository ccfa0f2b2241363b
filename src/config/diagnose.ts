import * as z from 'zod'
import { didYouMean } from '../util/suggest.js'
import { expectation, joinOr } from './expectation.js'
import { formatPath, show, type Path, type Problem } from './position.js'
import { chooseOption, describeForeignKey, isMapping, unwrap, type Mapping } from './union.js'

/**
 * Explains why a value does not fit a schema: every problem, each at the deepest key or value that is to blame.
 * zod decides what is valid; this walk only finds the words, because zod's own account of a failed union lists every branch.
 * @returns nothing where the value is valid.
 */
export function diagnose(schema: z.core.$ZodType, value: unknown, path: Path = []): Problem[] {
  if (isValid(schema, value)) return []
  const inner = unwrap(schema)
  if (value === undefined || value === null) return [blame(inner, value, path)]
  if (inner instanceof z.ZodUnion) return diagnoseUnion(inner, value, path)
  if (inner instanceof z.ZodObject && isMapping(value)) return diagnoseObject(inner, value, path)
  if (inner instanceof z.ZodRecord && isMapping(value)) return diagnoseRecord(inner, value, path)
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const items = value.flatMap((item, index) => diagnose(inner.element, item, [...path, index]))
    return items.length > 0 ? items : [blame(inner, value, path)]
  }
  return [blame(inner, value, path)]
}

function diagnoseObject(
  schema: z.ZodObject,
  value: Mapping,
  path: Path,
  foreign?: (key: string) => string | undefined
) {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key))
  const problems = unknown.map((key) => unknownKey(key, Object.keys(shape), path, foreign?.(key)))
  // A misspelt key explains the missing one: saying both would make one mistake look like two.
  const explained = unknown.map((key) => didYouMean(key, Object.keys(shape))).join()
  for (const [key, child] of Object.entries(shape)) {
    const missing = !Object.hasOwn(value, key)
    if (!missing) problems.push(...diagnose(child, value[key], [...path, key]))
    else if (!isValid(child, undefined) && !explained.includes(JSON.stringify(key))) {
      const where = path.length === 0 ? 'the file' : formatPath(path)
      problems.push({ path, at: 'key', message: `${where} has no ${show(key)}: expected ${expectation(child)}` })
    }
  }
  return problems.length > 0 ? problems : [blame(schema, value, path)]
}

function diagnoseRecord(schema: z.ZodRecord, value: Mapping, path: Path): Problem[] {
  const problems = Object.entries(value).flatMap(([key, child]) => {
    const named = isValid(schema.keyType, key)
    const name: Problem[] = named
      ? []
      : [
          {
            path: [...path, key],
            at: 'key',
            message: `${show(key)} is no usable name: expected ${expectation(schema.keyType)}`
          }
        ]
    return [...name, ...diagnose(schema.valueType, child, [...path, key])]
  })
  return problems.length > 0 ? problems : [blame(schema, value, path)]
}

function diagnoseUnion(schema: z.ZodUnion, value: unknown, path: Path): Problem[] {
  const choice = chooseOption(schema, value)
  switch (choice.kind) {
    case 'option':
      return diagnose(choice.option, value, path)
    case 'mapping':
      return diagnoseObject(choice.option, choice.value, path, (key) => describeForeignKey(choice, key, path))
    case 'discriminator': {
      const { key, options, value: mapping } = choice
      const allowed = [...new Set(options.flatMap((option) => Object.keys(option.shape)))]
      const values = choice.allowed.map((text) => JSON.stringify(text))
      const unknown = Object.keys(mapping).filter((name) => !allowed.includes(name))
      return [
        blameValue([...path, key], mapping[key], joinOr(values), choice.allowed),
        ...unknown.map((name) => unknownKey(name, allowed, path))
      ]
    }
    case 'unknown-keys': {
      const allowed = [...new Set(choice.options.flatMap((option) => Object.keys(option.shape)))]
      return choice.keys.map((key) => unknownKey(key, allowed, path))
    }
    case 'none':
      return [blame(schema, value, path)]
  }
}

function unknownKey(key: string, allowed: readonly string[], path: Path, foreign?: string): Problem {
  const at = { path: [...path, key], at: 'key' } as const
  if (foreign !== undefined) return { ...at, message: foreign }
  if (key === '<<')
    return { ...at, message: 'merge keys ("<<") are not part of YAML 1.2: repeat the keys, or alias a whole value' }
  const where = path.length === 0 ? '' : ` in ${formatPath(path)}`
  return {
    ...at,
    message: `unknown key ${show(key)}${where}${didYouMean(key, allowed)}: allowed are ${allowed.join(', ')}`
  }
}

/** Blames a value as a whole, in the words of the schema's own refinement where only that failed. */
function blame(schema: z.core.$ZodType, value: unknown, path: Path): Problem {
  const custom = z
    .safeParse(schema, value)
    .error?.issues.find(({ code, path: at }) => code === 'custom' && at.length === 0)
  if (custom !== undefined) {
    return { path, at: 'value', message: `${formatPath(path)} is ${show(value)}: ${custom.message}` }
  }
  if (Array.isArray(value) && value.length === 0) {
    return { path, at: 'value', message: `${formatPath(path)} is an empty list: expected at least one entry` }
  }
  const candidates = schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral ? enumValues(schema) : []
  return blameValue(path, value, expectation(schema), candidates)
}

function blameValue(path: Path, value: unknown, expected: string, candidates: readonly string[]): Problem {
  const where = path.length === 0 ? 'the file' : formatPath(path)
  if (value === null || value === undefined)
    return { path, at: 'key', message: `${where} is empty: expected ${expected}` }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { path, at: 'value', message: `${where} is ${show(value)}: expected a finite number` }
  }
  const suggestion = typeof value === 'string' ? didYouMean(value, candidates) : percentAsShare(value, expected)
  return { path, at: 'value', message: `${where} is ${show(value)}: expected ${expected}${suggestion}` }
}

/** Metrics are shares; people publish percentages. */
function percentAsShare(value: unknown, expected: string): string {
  const share = /at least 0 and at most 1$/.test(expected)
  if (!share || typeof value !== 'number' || value <= 1 || value > 100) return ''
  return ` (did you mean ${Number((value / 100).toPrecision(12))}?)`
}

function enumValues(schema: z.ZodEnum | z.ZodLiteral): string[] {
  const values = schema instanceof z.ZodEnum ? schema.options : [...schema.values]
  return values.length > 1 ? values.map(String) : []
}

function isValid(schema: z.core.$ZodType, value: unknown): boolean {
  return z.safeParse(schema, value).success
}
