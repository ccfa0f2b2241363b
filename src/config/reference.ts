import { describe } from './expectation.js'
import type { JsonSchema } from './json-schema.js'

interface Row {
  readonly key: string
  readonly value: string
  readonly standard: string
  readonly description: string
}

const REQUIRED = '**required**'

/**
 * The table of docs/config.md: every key with its values, default and description, from the JSON Schema.
 * A key of several forms has a row for each form of mapping that it can hold.
 */
export function configReference(schema: JsonSchema): string {
  const rows = propertyRows(schema, '', new Set())
  const lines = rows.map(({ key, value, standard, description }) =>
    [`\`${key}\``, value, standard, description].map(escapeCell).join(' | ')
  )
  return [
    '| Key | Value | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`)
  ].join('\n')
}

/** @param lists whose entries have their rows already: a list that is offered in two places is described once. */
function propertyRows(schema: JsonSchema, prefix: string, lists: Set<string>): Row[] {
  const required = schema.required ?? []
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    {
      key: `${prefix}${name}`,
      value: summarize(property),
      standard:
        property.default !== undefined ? defaultText(property.default) : required.includes(name) ? REQUIRED : '',
      description: property.description ?? ''
    },
    ...nestedRows(property, `${prefix}${name}`, lists)
  ])
}

function nestedRows(schema: JsonSchema, prefix: string, lists: Set<string>): Row[] {
  const branches = schema.properties === undefined && schema.anyOf !== undefined ? schema.anyOf : [schema]
  const rows = branches.map((branch) => {
    if (branch.items !== undefined) {
      const text = JSON.stringify(branch.items)
      if (lists.has(text)) return []
      if (branch.items.anyOf !== undefined) lists.add(text)
      return nestedRows(branch.items, `${prefix}[]`, lists)
    }
    if (typeof branch.additionalProperties === 'object')
      return nestedRows(branch.additionalProperties, `${prefix}.NAME`, lists)
    return propertyRows(branch, `${prefix}.`, lists)
  })
  return mergeBranches(rows.filter((branch) => branch.length > 0))
}

/** The same key in several branches is one row; it is required if all of them require it. */
function mergeBranches(branches: readonly (readonly Row[])[]): Row[] {
  const merged = new Map<string, Row[]>()
  for (const row of branches.flat()) merged.set(row.key, [...(merged.get(row.key) ?? []), row])
  return [...merged].map(([key, rows]) => {
    const standards = distinct(rows.map(({ standard }) => standard))
    const everywhere = rows.length === branches.length && standards.length === 1
    const standard = everywhere ? standards[0] : standards.find((text) => text !== REQUIRED)
    return {
      key,
      value: distinct(rows.map(({ value }) => value)).join(', '),
      standard: standard ?? '',
      description: distinct(rows.map(({ description }) => description)).join('. ')
    }
  })
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

function summarize(schema: JsonSchema): string {
  const branches = schema.anyOf !== undefined && schema.properties === undefined ? schema.anyOf : [schema]
  const words = branches.map((branch) => {
    if (branch.properties !== undefined) return 'mapping'
    if (typeof branch.additionalProperties === 'object') return 'mapping of names'
    if (branch.items !== undefined && branch.title === undefined) return `list of ${summarize(branch.items)}`
    return describe(branch).replace(/^a /, '')
  })
  return [...new Set(words)].join(', ')
}

function defaultText(value: unknown): string {
  return `\`${JSON.stringify(value).replaceAll('"', '')}\``
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
