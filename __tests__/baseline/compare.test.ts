import { describe, expect, it } from '@jest/globals'
import { compareWithBaseline, processorClass, type Baseline } from '../../src/baseline/index.js'
import { parseResult, type Result, type Samples } from '../../src/result.js'
import { passingResult } from '../report/results.js'
import { runOf } from './runs.js'

const baselineOf = (result: Result, samples?: Samples): Baseline => ({
  path: 'main/result.json',
  result,
  ...(samples !== undefined && { samples }),
  notes: samples === undefined ? ['not paired: samples.json does not lie beside result.json'] : []
})
const then = runOf(60)
const now = runOf(80)
const compare = (before: Partial<Result>, after: Partial<Result> = {}) =>
  compareWithBaseline(baselineOf({ ...then.result, ...before }, then.samples), { ...now.result, ...after }, now.samples)

describe('a run beside its baseline', () => {
  it('has then and now of every metric, paired by sample', () => {
    const { comparison, regressionOf } = compare({})
    expect(comparison).toMatchObject({
      path: 'main/result.json',
      run: { commit: '1a2b3c4d5e6f', ref: 'main' },
      comparable: true,
      reasons: [],
      notes: []
    })
    const { metrics } = comparison.variants.int8
    // samples 60 to 79 were right and are wrong now
    expect(metrics.top1).toMatchObject({ value: 0.94, dropPoints: 1 })
    expect(metrics.top1.regression).toMatchObject({ points: 2, paired: true })
    expect(metrics.top1.regression!.pValue).toBeCloseTo(2 / 2 ** 20, 15)
    expect(regressionOf('int8', 'top1')).toMatchObject({ points: 2 })
    expect(comparison.variants.fp32.metrics.top1.regression).toMatchObject({ points: 0, pValue: 1 })
    expect(parseResult({ ...now.result, baseline: comparison }).baseline).toEqual(comparison)
  })

  it('pairs agreement with FP32 where it is a share of samples, and of no other task', () => {
    const renamed = ({ result, samples }: typeof then, task: Result['task']) => {
      const variants = Object.fromEntries(
        Object.entries(result.variants).map(([name, variant]) => [
          name,
          { ...variant, metrics: { agreement: variant.metrics.top1 }, drop: {} }
        ])
      )
      return { result: { ...result, task, comparedWith: 'fp32' as const, variants }, samples }
    }
    const run = (task: Result['task']) => {
      const [before, after] = [renamed(then, task), renamed(now, task)]
      return compareWithBaseline(baselineOf(before.result, before.samples), after.result, after.samples)
    }
    expect(run('classification').regressionOf('int8', 'agreement')).toMatchObject({ points: 2, paired: true })
    expect(run('detection').regressionOf('int8', 'agreement')).toContain('did not measure agreement')
  })

  it('does not compare figures of outputs that were read in another way', () => {
    const decoding = (hash: string) => ({ decoding: { hash, canonical: '{}' } })
    expect(compare(decoding('a'), decoding('b')).comparison).toMatchObject({
      comparable: false,
      reasons: ['the outputs are read in another way (`decode`)']
    })
    expect(compare(decoding('a'), decoding('a')).comparison.comparable).toBe(true)
    expect(compare({}, decoding('a')).comparison.comparable).toBe(true)
  })

  it('says what the baseline concluded', () => {
    for (const conclusion of ['success', 'failure'] as const) {
      expect(compare({ conclusion }, { conclusion: 'inconclusive' }).comparison.conclusion).toBe(conclusion)
    }
  })

  it('pairs by name, in whatever order the samples were', () => {
    const { samples } = then
    const backwards: Samples = {
      ...samples,
      ids: samples.ids.toReversed(),
      labels: samples.labels.toReversed(),
      outcomes: Object.fromEntries(
        Object.entries(samples.outcomes).map(([name, digits]) => [name, [...digits].reverse().join('')])
      )
    }
    const shuffled = compareWithBaseline(baselineOf(then.result, backwards), now.result, now.samples)
    expect(shuffled.comparison).toEqual(compare({}).comparison)
  })

  it('tells twenty other answers from none changed, where both have the same share', () => {
    const moved = runOf(60, 500)
    const { comparison } = compareWithBaseline(baselineOf(then.result, then.samples), moved.result, moved.samples)
    const { regression } = comparison.variants.int8.metrics.top1
    expect(regression).toMatchObject({ points: 0, pValue: 1 })
    expect(regression!.ci95[1]).toBeGreaterThan(2)
  })
})

describe('without pairs', () => {
  const unpaired = (samples: Samples | undefined, current: Samples | undefined = now.samples) => {
    const { comparison } = compareWithBaseline(baselineOf(then.result, samples), now.result, current)
    return { regression: comparison.variants.int8.metrics.top1.regression, notes: comparison.notes }
  }
  const without = (change: Partial<Samples>): Samples => ({ ...then.samples, ...change })

  it.each<[string, Samples | undefined, RegExp]>([
    ['there are no outcomes', undefined, /does not lie beside/],
    ['a sample is missing', without({ ids: ['x.png', ...then.samples.ids.slice(1)] }), /sample 0\.png is not in/],
    ['a sample is named twice', without({ ids: ['1.png', ...then.samples.ids.slice(1)] }), /names a sample twice/],
    ['a label changed', without({ labels: [9, ...then.samples.labels.slice(1)] }), /0\.png had another label/],
    ['the variant is missing', without({ outcomes: { fp32: then.samples.outcomes.fp32 } }), /no outcomes of int8/],
    [
      'outcomes and result disagree',
      without({ outcomes: { ...then.samples.outcomes, int8: runOf(61).samples.outcomes.int8 } }),
      /in the baseline, samples\.json and result\.json disagree about int8/
    ]
  ])('because %s, the interval is that of two shares, and a note says so', (_, samples, note) => {
    const { regression, notes } = unpaired(samples)
    expect(regression).toMatchObject({ points: 2, pValue: null, paired: false })
    expect(notes).toEqual(expect.arrayContaining([expect.stringMatching(note)]))
    expect(notes.every((text) => text.startsWith('not paired: '))).toBe(true)
  })

  it('because this run has no outcomes at hand', () => {
    const { comparison } = compareWithBaseline(baselineOf(then.result, then.samples), now.result)
    expect(comparison.notes).toEqual(['not paired: the sample outcomes of this run are not at hand'])
  })
})

describe('a baseline is shown and not compared', () => {
  const environment = (change: Partial<Result['environment']>) => ({
    environment: { ...passingResult.environment, ...change }
  })

  it.each<[string, Partial<Result>, string]>([
    [
      'of another test set',
      { dataset: { ...then.result.dataset, sha256: 'e'.repeat(64) } },
      'the test sets differ (both have 1,000 samples, and not the same)'
    ],
    [
      'of a part of it',
      { dataset: { ...then.result.dataset, sha256: 'e'.repeat(64), samples: 10 } },
      'the test sets differ (10 samples then, 1,000 now)'
    ],
    ['with other preprocessing', { preprocessing: { hash: 'x', canonical: '[]' } }, 'the preprocessing differs'],
    [
      'of a processor with VNNI',
      environment({ vnni: true }),
      'the processors differ: cpu x64 with VNNI then, cpu x64 without VNNI now'
    ],
    [
      'of an ARM processor',
      environment({ os: 'Linux 6.1 arm64' }),
      'the processors differ: cpu arm64 then, cpu x64 without VNNI now'
    ],
    [
      'of another provider',
      environment({ provider: 'cuda' }),
      'the processors differ: cuda then, cpu x64 without VNNI now'
    ]
  ])('%s', (_, before, reason) => {
    const { comparison, regressionOf } = compare(before)
    expect(comparison).toMatchObject({ comparable: false, reasons: [reason] })
    expect(comparison.variants.int8.metrics.top1).toEqual({ value: 0.94, dropPoints: 1 })
    expect(regressionOf('int8', 'top1')).toBe(
      `the baseline (commit 1a2b3c4d of main, 2026-11-23) cannot be compared: ${reason}`
    )
  })

  it('for all reasons at once', () => {
    const { comparison } = compare({ ...environment({ vnni: true }), preprocessing: { hash: 'x', canonical: '[]' } })
    expect(comparison.reasons).toHaveLength(2)
  })

  it.each<[string, Partial<Result['variants'][string]>, RegExp]>([
    ['was of another precision', { precision: 'fp16' }, /the variant was fp16 then and is int8 now/],
    ['did not run', { error: 'no kernel' }, /the variant did not run then/]
  ])('in a variant that %s', (_, change, reason) => {
    const int8 = { ...then.result.variants.int8, ...change }
    const { comparison, regressionOf } = compare({ variants: { ...then.result.variants, int8 } })
    expect(comparison.comparable).toBe(true)
    expect(comparison.variants.int8.reason).toMatch(reason)
    expect(comparison.variants.int8.metrics.top1).not.toHaveProperty('regression')
    expect(regressionOf('int8', 'top1')).toMatch(reason)
    expect(regressionOf('fp32', 'top1')).toMatchObject({ points: 0 })
  })

  it('in a variant or a metric that it does not have', () => {
    const { fp32, int8 } = then.result.variants
    expect(compare({ variants: { fp32 } }).regressionOf('int8', 'top1')).toMatch(/has no variant int8$/)
    const top5 = { ...int8, metrics: { top5: 0.9 } }
    expect(compare({ variants: { fp32, int8: top5 } }).regressionOf('int8', 'top1')).toMatch(/has no top1 of int8$/)
    const unmeasured = { ...int8, metrics: { top1: null } }
    expect(compare({ variants: { fp32, int8: unmeasured } }).regressionOf('int8', 'top1')).toMatch(
      /did not measure top1/
    )
  })

  it('in a metric that is no share of right samples, whose statistics are others', () => {
    const variants = Object.fromEntries(
      Object.entries(then.result.variants).map(([name, variant]) => [name, { ...variant, metrics: { ap: 0.5 } }])
    )
    const { comparison } = compare({ variants }, { variants })
    expect(comparison.variants.int8.metrics.ap).toEqual({ value: 0.5, dropPoints: null })
  })
})

describe('what merely may matter', () => {
  it('is a note', () => {
    const environment = {
      ...passingResult.environment,
      onnxruntime: '1.26.0',
      gpu: 'A',
      driver: '1',
      libraries: { cuDNN: '9.1' }
    }
    const libraries = { cuDNN: '9.7.1', TensorRT: '10' }
    const gpu = { environment: { ...passingResult.environment, gpu: 'B', driver: '1', libraries } }
    const { comparison } = compare({ environment, tool: { name: 'precision-gate', version: '0.0.9' } }, gpu)
    expect(comparison.comparable).toBe(true)
    expect(comparison.notes).toEqual([
      'ONNX Runtime: 1.26.0 then, 1.30.0 now',
      'GPU: A then, B now',
      'cuDNN: 9.1 then, 9.7.1 now',
      'precision-gate: 0.0.9 then, 0.1.0 now'
    ])
  })
})

describe('the class of a processor', () => {
  it('is the provider, and on the CPU the architecture and whether it has VNNI', () => {
    const { environment } = passingResult
    expect(processorClass({ ...environment, os: 'Linux 6.1 x64', vnni: true })).toBe('cpu x64 with VNNI')
    expect(processorClass({ ...environment, os: 'Darwin 24.0 arm64' })).toBe('cpu arm64')
    expect(processorClass({ ...environment, provider: 'webgpu', vnni: true })).toBe('webgpu')
  })
})
