import type * as z from 'zod'
import { jsonSchemaOf, type JsonSchema } from './json-schema.js'

/** What a value of this schema may be, in words: `a whole number of at least 1`. */
export function expectation(schema: z.core.$ZodType): string {
  return describe(jsonSchemaOf(schema))
}

export function describe(schema: JsonSchema): string {
  if (schema.title !== undefined) return withArticle(schema.title)
  if (schema.anyOf !== undefined && schema.properties === undefined) {
    return joinOr([...new Set(schema.anyOf.map(describe))])
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return joinOr(schema.enum.map((value) => JSON.stringify(value)))
  switch (schema.type) {
    case 'integer':
      return `a whole number${bounds(schema)}`
    case 'number':
      return schema.not === undefined ? `a number${bounds(schema)}` : 'a number other than 0'
    case 'string':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'array':
      return schema.items === undefined ? 'a list' : `a list, each ${describe(schema.items)}`
    default:
      return describeMapping(schema)
  }
}

function describeMapping({ properties, required }: JsonSchema): string {
  if (properties === undefined) return 'a mapping'
  const keys = required !== undefined && required.length > 0 ? required : Object.keys(properties)
  return `{${keys.map((key) => `${key}: ...`).join(', ')}}`
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const from = [
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`at least ${minimum}`] : []),
    ...(exclusiveMinimum !== undefined ? [`more than ${exclusiveMinimum}`] : [])
  ]
  const to = [
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`at most ${maximum}`] : []),
    ...(exclusiveMaximum !== undefined ? [`less than ${exclusiveMaximum}`] : [])
  ]
  const all = [...from, ...to]
  return all.length === 0 ? '' : ` of ${all.join(' and ')}`
}

function withArticle(title: string): string {
  return title.startsWith('[') ? title : `a ${title}`
}

export function joinOr(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`
}
