import * as z from 'zod'
import { joinOr } from './expectation.js'
import { formatPath, show, type Path } from './position.js'

export type Mapping = Readonly<Record<string, unknown>>

/** Which branch of a union the author meant. */
export type Choice =
  /** A branch for the same kind of value (number, text, list). */
  | { readonly kind: 'option'; readonly option: z.core.$ZodType }
  | {
      readonly kind: 'mapping'
      readonly option: z.ZodObject
      readonly options: readonly z.ZodObject[]
      readonly value: Mapping
    }
  /** The key that selects the branch has a value that none of them knows. */
  | {
      readonly kind: 'discriminator'
      readonly key: string
      readonly allowed: readonly string[]
      readonly options: readonly z.ZodObject[]
      readonly value: Mapping
    }
  /** No branch knows any of the keys. */
  | { readonly kind: 'unknown-keys'; readonly keys: readonly string[]; readonly options: readonly z.ZodObject[] }
  | { readonly kind: 'none' }

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schema below `optional`, `default` and `prefault`. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap())
    : schema
}

export function chooseOption(union: z.ZodUnion, value: unknown): Choice {
  const options = union.options.map(unwrap)
  if (!isMapping(value)) {
    const option = options.find((candidate) => kindOf(candidate) === kindOfValue(value))
    return option === undefined ? { kind: 'none' } : { kind: 'option', option }
  }
  const mappings = options.filter((option) => option instanceof z.ZodObject)
  const keys = Object.keys(value)
  if (mappings.length === 0 || keys.length === 0) return { kind: 'none' }

  for (const key of keys) {
    const selectors = mappings.flatMap((option) => selectorsOf(option, key))
    const selects = mappings.some((option) => selectorsOf(option, key).length === 1) && selectors.length > 0
    if (selects && !selectors.some((selector) => selector === value[key])) {
      return { kind: 'discriminator', key, allowed: selectors, options: mappings, value }
    }
  }

  const scored = mappings
    .map((option) => ({ option, score: scoreOf(option, value, mappings) }))
    .sort((a, b) => b.score - a.score)
  const best = scored[0]
  if (best === undefined) return { kind: 'none' }
  if (!keys.some((key) => mappings.some((option) => Object.hasOwn(option.shape, key)))) {
    return mappings.length === 1
      ? { kind: 'mapping', option: best.option, options: mappings, value }
      : { kind: 'unknown-keys', keys, options: mappings }
  }
  return { kind: 'mapping', option: best.option, options: mappings, value }
}

/** Why a key that belongs to another branch does not belong to the chosen one; undefined where no branch has it. */
export function describeForeignKey(choice: Choice & { kind: 'mapping' }, key: string, path: Path): string | undefined {
  const owners = choice.options.filter((option) => Object.hasOwn(option.shape, key))
  if (owners.length === 0) return undefined
  const shape: Readonly<Record<string, z.core.$ZodType>> = choice.option.shape
  for (const [selector, schema] of Object.entries(shape)) {
    const values = owners.flatMap((owner) => selectorsOf(owner, selector))
    const own = literals(schema)
    if (own.length === 0 || values.length === 0 || own.some((literal) => values.includes(literal))) continue
    const chosen = choice.value[selector]
    const given = chosen === undefined ? `${show(z.safeParse(schema, undefined).data)} (the default)` : show(chosen)
    return `${show(key)} goes with ${selector}: ${joinOr(values)} only, and ${formatPath(path)} has ${selector}: ${given}`
  }
  const partner = Object.keys(choice.value).find((other) => Object.hasOwn(choice.option.shape, other))
  const separate = typeof path.at(-1) === 'number' ? '; put it into a list entry of its own' : '; keep one of them'
  return `${show(key)} cannot be combined with ${show(partner ?? '')}${separate}`
}

/** Known keys count for a branch, missing ones and a selector with another value against it. */
function scoreOf(option: z.ZodObject, value: Mapping, all: readonly z.ZodObject[]): number {
  return Object.entries(option.shape as Record<string, z.core.$ZodType>).reduce((score, [key, schema]) => {
    const values = literals(schema)
    if (!Object.hasOwn(value, key)) {
      const required = !z.safeParse(schema, undefined).success
      return required ? score - 2 : score
    }
    // A value that two branches share tells them not apart.
    const selects = all.some((other) => {
      if (other === option || !Object.hasOwn(other.shape, key)) return false
      return values.length > 0 && !selectorsOf(other, key).some((value) => values.includes(value))
    })
    if (!selects) return score + 2
    return values.some((literal) => literal === value[key]) ? score + 8 : score - 8
  }, 0)
}

function selectorsOf(option: z.ZodObject, key: string): string[] {
  const schema = (option.shape as Record<string, z.core.$ZodType | undefined>)[key]
  return schema === undefined ? [] : literals(schema)
}

function literals(schema: z.core.$ZodType): string[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodLiteral) return [...inner.values].map(String)
  return inner instanceof z.ZodEnum ? inner.options.map(String) : []
}

function kindOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodNumber) return 'number'
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return 'string'
  if (schema instanceof z.ZodBoolean) return 'boolean'
  if (schema instanceof z.ZodArray) return 'list'
  return 'mapping'
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  return isMapping(value) ? 'mapping' : typeof value
}
