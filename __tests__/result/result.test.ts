import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { FileError } from '../../src/errors.js'
import { decodeOutcomes, encodeOutcomes } from '../../src/metrics/index.js'
import { parseResult, parseSamples, resultJsonSchema, serializeResult, serializeSamples } from '../../src/result.js'
import { failingResult, passingResult } from '../report/results.js'

const changed = (change: object) => JSON.stringify({ ...passingResult, ...change })

describe('result.json', () => {
  it('reads what it wrote', () => {
    expect(parseResult(serializeResult(failingResult))).toEqual(failingResult)
  })

  it('accepts and drops fields that a newer tool may have added', () => {
    expect(parseResult(changed({ carbonFootprint: 1 }))).toEqual(passingResult)
  })

  it('holds null where something could not be measured', () => {
    const drop = { top1: { points: null, relative: null, ci95: null, pValue: null } }
    const variants = {
      ...passingResult.variants,
      fp16: { ...passingResult.variants.fp16, metrics: { top1: null }, drop }
    }
    expect(parseResult(changed({ variants })).variants.fp16.drop).toEqual(drop)
  })

  it('refuses to write a NaN, which JSON would turn into null', () => {
    const timings = { evaluate: NaN }
    expect(() => serializeResult({ ...passingResult, timings })).toThrow(/timings\.evaluate/)
  })

  it.each([
    ['not JSON', '{', /result\.json is not valid JSON/],
    ['a list', '[]', /not a result of precision-gate/],
    ['null', 'null', /not a result of precision-gate/],
    ['another version', changed({ schemaVersion: 2 }), /schemaVersion 2, and this version reads 1/],
    ['an unknown conclusion', changed({ conclusion: 'fine' }), /conclusion/],
    [
      'a metric above 1',
      changed({ variants: { fp32: { ...passingResult.variants.fp32, metrics: { top1: 94.6 } } } }),
      /variants\.fp32\.metrics\.top1/
    ]
  ])('refuses %s by name', (_, text, message) => {
    expect(() => parseResult(text)).toThrow(FileError)
    expect(() => parseResult(text)).toThrow(message)
  })

  it('has a JSON Schema, committed, that allows additions and describes its fields', () => {
    const file = new URL('../../schema/result.schema.json', import.meta.url)
    const schema = resultJsonSchema()
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema)
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false')
    expect(schema.required).toEqual(expect.arrayContaining(['schemaVersion', 'conclusion', 'variants', 'verdicts']))
  })
})

describe('samples.json', () => {
  const samples = {
    schemaVersion: 2 as const,
    dataset: 'ab',
    classes: 10,
    ids: ['0/a.png', '1/b.png', '1/c.png'],
    labels: [0, 1, 1],
    outcomes: { fp32: encodeOutcomes(Uint8Array.of(3, 2, 0)), int8: encodeOutcomes(Uint8Array.of(3, 4, 0)) }
  }

  it('keeps one digit a sample', () => {
    expect(samples.outcomes).toEqual({ fp32: '320', int8: '340' })
    const read = parseSamples(serializeSamples(samples))
    expect(read).toEqual(samples)
    expect([...decodeOutcomes(read.outcomes.int8)]).toEqual([3, 4, 0])
  })

  it('reads the first version, which held outcomes of classification alone', () => {
    expect(parseSamples(JSON.stringify({ ...samples, schemaVersion: 1 }))).toEqual(samples)
  })

  it('refuses a version of the future by its number', () => {
    expect(() => parseSamples(JSON.stringify({ ...samples, schemaVersion: 3 }))).toThrow(
      /has schemaVersion 3, and this version reads up to 2/
    )
  })

  it('refuses outcomes of another number of samples, or that are none', () => {
    expect(() => parseSamples(JSON.stringify({ ...samples, outcomes: { fp32: '32' } }))).toThrow(/one entry per id/)
    expect(() => parseSamples(JSON.stringify({ ...samples, outcomes: { fp32: '329' } }))).toThrow(/outcomes\.fp32/)
    expect(() => parseSamples('{')).toThrow(FileError)
    expect(() => decodeOutcomes('39')).toThrow(/sample 1/)
  })
})
