import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import Ajv from 'ajv'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { format } from 'prettier'
import { parse, stringify } from 'yaml'
import { ConfigurationError } from '../../src/errors.js'
import { configJsonSchema } from '../../src/config/json-schema.js'
import { configReference } from '../../src/config/reference.js'
import { documentSchema } from '../../src/config/schema/index.js'
import { validDocument } from './documents.js'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

const accepts = new Ajv({ schemaId: 'auto' }).compile(configJsonSchema())

describe('the generated files', () => {
  it('schema/config.schema.json is up to date', () => {
    expect(JSON.parse(readFileSync('schema/config.schema.json', 'utf8'))).toEqual(configJsonSchema())
  })

  it('the table in docs/config.md is up to date', async () => {
    const text = readFileSync('docs/config.md', 'utf8')
    const table = /<!-- reference: .*?-->\n([^]*)<!-- \/reference -->/.exec(text)?.[1]
    const expected = await format(configReference(configJsonSchema()), { parser: 'markdown' })
    expect(table?.trim()).toBe(expected.trim())
  })

  it('every example in docs/config.md that is a whole config is valid', () => {
    const text = readFileSync('docs/config.md', 'utf8')
    const documents = [...text.matchAll(/```yaml\n([^]*?)```/g)].map((match) => parse(match[1] ?? '') as unknown)
    expect(documents).not.toHaveLength(0)
    for (const document of documents) expect(accepts(document)).toBe(true)
  })

  it('describes every key', () => {
    const bare: string[] = []
    walk(configJsonSchema(), '', (path, schema) => {
      if (schema.description === undefined) bare.push(path)
    })
    // Sizes speak for themselves.
    expect(
      bare.filter((path) => !/\.(shorter|longer|width|height|size|all|left|top|right|bottom)$/.test(path))
    ).toEqual([])
  })
})

describe('the JSON Schema and the program', () => {
  it('accept the same valid documents, which load', async () => {
    await fc.assert(
      fc.asyncProperty(validDocument, async (document) => {
        expect(accepts(document)).toBe(true)
        await expect(project.load(stringify(document))).resolves.toBeDefined()
      }),
      { numRuns: 60 }
    )
  })

  it('a config that went through YAML and back is the same config', async () => {
    await fc.assert(
      fc.asyncProperty(validDocument, async (document) => {
        const once = await project.load(stringify(document))
        const twice = await project.load(stringify(parse(stringify(document))))
        expect(twice).toEqual(once)
      }),
      { numRuns: 20 }
    )
  })

  it('agree on documents with one value replaced, and every refusal has a message', async () => {
    fc.assert(
      fc.property(validDocument, fc.nat(), junk, (document, place, value) => {
        const changed = replaceAt(document, place, value)
        const { success } = documentSchema.safeParse(changed)
        if (success) expect(accepts(changed) || needsCalibration(changed)).toBe(true)
        else expect(accepts(changed)).toBe(false)
      }),
      { numRuns: 1500 }
    )
    await fc.assert(
      fc.asyncProperty(validDocument, fc.nat(), junk, async (document, place, value) => {
        const changed = replaceAt(document, place, value)
        if (accepts(changed)) return
        const error: unknown = await project.load(stringify(changed)).catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(ConfigurationError)
        for (const { message, position } of (error as ConfigurationError).issues) {
          expect(message).toMatch(/^\S.{8,}/)
          expect(position).toBeDefined()
        }
      }),
      { numRuns: 150 }
    )
  })

  it.each([
    ['an INT8 variant without calibration', { variants: '{a: {precision: int8}}' }],
    ['percentile with minmax', { calibration: '{dataset: data/calibration, method: minmax, percentile: 99}' }],
    ['model and precision', { variants: '{a: {precision: fp16, model: x}}' }],
    ['an empty normalize', { preprocess: '[{normalize: {}}]' }],
    ['a scale of 0', { preprocess: '[{scale: 0}]' }],
    ['two means', { preprocess: '[{mean: [1, 2], std: 1}]' }],
    ['no variant', { variants: '{}' }],
    ['the reference as a variant', { variants: '{fp32: {precision: fp16}}' }],
    ['a threshold without a limit', { thresholds: '[{metric: top1}]' }]
  ])('both refuse %s', async (_, changes) => {
    expect(accepts(parse(config(changes)))).toBe(false)
    await expect(project.load(config(changes))).rejects.toBeInstanceOf(ConfigurationError)
  })
})

/** What people type by mistake: other types, empty things, numbers out of every range, words that are no option. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 'nonsense', 0, -1, 0.5, 1e9, [], {}, [1, 2], { unknown: 1 }, ['a'], '1/0'),
  fc.constantFrom<unknown>('fp16', 'int8', 'rgb', 'percentile', 224, [224, 224], [0.1, 0.2, 0.3], { path: 'data/test' })
)

function needsCalibration(document: unknown): boolean {
  const { calibration, variants } = document as { calibration?: unknown; variants: Record<string, object> }
  return (
    calibration === undefined &&
    Object.values(variants).some((one) => 'precision' in one && one.precision === 'int8' && !('ranges' in one))
  )
}

/** A copy with the value at the n-th place (in depth-first order) replaced. */
function replaceAt(document: unknown, n: number, value: unknown): unknown {
  const copy = structuredClone(document)
  const places: [Record<string, unknown>, string][] = []
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key])
      collect((node as Record<string, unknown>)[key])
    }
  }
  collect(copy)
  const [parent, key] = places[n % places.length] ?? [{}, '']
  parent[key] = value
  return copy
}

type Schema = ReturnType<typeof configJsonSchema>

function walk(schema: Schema, path: string, visit: (path: string, schema: Schema) => void): void {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    visit(`${path}.${key}`, child)
    walk(child, `${path}.${key}`, visit)
  }
  for (const branch of schema.anyOf ?? []) walk(branch, path, visit)
  if (schema.items !== undefined) walk(schema.items, `${path}[]`, visit)
  if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${path}.*`, visit)
}
