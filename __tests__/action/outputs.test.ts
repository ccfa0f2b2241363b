import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readFileSync } from 'node:fs'
import { OUTPUT } from '../../src/action/names.js'
import { outputsOf } from '../../src/action/outputs.js'
import { hasTables, rememberTables, tableFile } from '../../src/action/table-index.js'
import type { Result } from '../../src/result.js'
import { sha256 } from '../../src/util/hash.js'
import { put, tableOf } from '../github/tables.js'
import { failingResult, fullResult, passingResult } from '../report/results.js'

const outputs = (result: Result | undefined, judged = true) =>
  outputsOf({ result, judged, passed: judged, outputDirectory: undefined, published: {} })

describe('outputs', () => {
  it('are those of action.yml', () => {
    const action = parse(readFileSync('action.yml', 'utf8')) as { outputs: Record<string, unknown> }
    expect(Object.values(OUTPUT).sort()).toEqual(Object.keys(action.outputs).sort())
  })

  it('take the worst variant of each precision', () => {
    const { int8 } = failingResult.variants
    const better = { ...int8, metrics: { ...int8.metrics, top1: 0.94 } }
    const result = { ...failingResult, variants: { ...failingResult.variants, better } }
    expect(outputs(result)).toMatchObject({
      conclusion: 'failure',
      'accuracy-fp32': 0.9461,
      'accuracy-int8': int8.metrics.top1,
      'accuracy-drop': int8.drop.top1.points
    })
  })

  it('name the worst layer of the variant that loses most', () => {
    const layer = { op: 'Conv', tensor: 't', elements: 1, cosine: 1, maxAbs: 1, relErrorCount: 0, deviationRatio: 0 }
    const layers = {
      int8: [
        { ...layer, name: 'good', sqnrDb: 40 },
        { ...layer, name: 'bad', sqnrDb: 3 }
      ],
      fp16: [{ ...layer, name: 'other', sqnrDb: 1 }]
    }
    expect(outputs({ ...failingResult, layers })).toMatchObject({ 'worst-layer': 'bad' })
    expect(outputs({ ...failingResult, layers: undefined })).not.toHaveProperty('worst-layer')
  })

  it('leave out what was not measured', () => {
    const failed = { ...fullResult.variants.fp32, precision: 'int8', metrics: {}, drop: {}, error: 'no' } as const
    const result = { ...passingResult, variants: { fp32: passingResult.variants.fp32, int8: failed } }
    const given = outputs(result)
    for (const name of ['accuracy-fp16', 'accuracy-int8', 'accuracy-drop']) expect(given).not.toHaveProperty(name)
  })

  it('have no verdict of a run that crashed after it', () => {
    expect(outputs(passingResult, false)).toMatchObject({ conclusion: 'error', passed: false })
    expect(outputs(undefined, false)).toMatchObject({ conclusion: 'error', passed: false, 'cache-hit': false })
  })
})

describe('the index of the local tables', () => {
  const hash = sha256('a config')
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'precision-gate-index-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('finds a key whose tables are all there', async () => {
    expect(await hasTables(folder, hash)).toBe(false)
    const tables = [tableOf('m1'), tableOf('m2')]
    for (const table of tables) put(folder, table)
    await rememberTables(
      folder,
      hash,
      tables.map(({ key }) => key)
    )
    expect(await hasTables(folder, hash)).toBe(true)
    expect(await hasTables(folder, sha256('another'))).toBe(false)
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toHaveLength(2)
  })

  it.each<[string, (file: string) => void]>([
    ['missing', (file) => rmSync(file)],
    ['damaged', (file) => writeFileSync(file, readFileSync(file, 'utf8').replaceAll('-1', '-9'))]
  ])('does not vouch for a table that is %s', async (_, harm) => {
    const { key } = tableOf('m1')
    const file = put(folder)
    await rememberTables(folder, hash, [key])
    harm(file)
    expect(await hasTables(folder, hash)).toBe(false)
  })

  it('follows no key that is a path', () => {
    expect(tableFile(folder, '../../etc/passwd')).toBeUndefined()
  })
})
