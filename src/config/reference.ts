import { describe } from './expectation.js'
import type { JsonSchema } from './json-schema.js'

interface Row {
  readonly key: string
  readonly value: string
  readonly standard: string
  readonly description: string
}

/**
 * The table of docs/config.md: every key with its values, default and description, from the JSON Schema.
 * A key of several forms has a row for each form of mapping that it can hold.
 */
export function configReference(schema: JsonSchema): string {
  const rows = propertyRows(schema, '')
  const lines = rows.map(({ key, value, standard, description }) =>
    [`\`${key}\``, value, standard, description].map(escapeCell).join(' | ')
  )
  return [
    '| Key | Value | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`)
  ].join('\n')
}

function propertyRows(schema: JsonSchema, prefix: string): Row[] {
  const required = schema.required ?? []
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    {
      key: `${prefix}${name}`,
      value: summarize(property),
      standard:
        property.default !== undefined ? defaultText(property.default) : required.includes(name) ? '**required**' : '',
      description: property.description ?? ''
    },
    ...nestedRows(property, `${prefix}${name}`)
  ])
}

function nestedRows(schema: JsonSchema, prefix: string): Row[] {
  const branches = schema.properties === undefined && schema.anyOf !== undefined ? schema.anyOf : [schema]
  const rows = branches.flatMap((branch) => {
    if (branch.items !== undefined) return nestedRows(branch.items, `${prefix}[]`)
    if (typeof branch.additionalProperties === 'object')
      return nestedRows(branch.additionalProperties, `${prefix}.NAME`)
    return propertyRows(branch, `${prefix}.`)
  })
  return mergeRows(rows)
}

/** The same key in several branches is one row; what its branches allow is joined. */
function mergeRows(rows: readonly Row[]): Row[] {
  const merged = new Map<string, Row>()
  for (const row of rows) {
    const other = merged.get(row.key)
    const value =
      other === undefined || other.value.includes(row.value)
        ? (other?.value ?? row.value)
        : `${other.value}, ${row.value}`
    // Required in one of several forms means "this is how the form is chosen", not that it must be there.
    const standard = other?.standard === '' ? '' : row.standard
    merged.set(row.key, other === undefined ? row : { ...other, value, standard })
  }
  return [...merged.values()]
}

function summarize(schema: JsonSchema): string {
  const branches = schema.anyOf !== undefined && schema.properties === undefined ? schema.anyOf : [schema]
  const words = branches.map((branch) => {
    if (branch.properties !== undefined) return 'mapping'
    if (typeof branch.additionalProperties === 'object') return 'mapping of names'
    if (branch.items !== undefined && branch.title === undefined) return `list of ${summarize(branch.items)}`
    return describe(branch)
  })
  return [...new Set(words)].join(', ')
}

function defaultText(value: unknown): string {
  return `\`${JSON.stringify(value).replaceAll('"', '')}\``
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
