import { describe, expect, it } from '@jest/globals'
import type { LayerLimit, LayerLimitKind } from '../../src/config/types.js'
import type { LayerResult } from '../../src/result.js'
import { judgeLayers } from '../../src/verdict/index.js'

const layer = (name: string, more: Partial<LayerResult> = {}): LayerResult => ({
  name,
  op: 'Conv',
  tensor: `${name}_out`,
  elements: 1000,
  sqnrDb: 30,
  cosine: 0.999,
  maxAbs: 0.5,
  relErrorCount: 10,
  deviationRatio: 0.01,
  ...more
})

const limit = (kind: LayerLimitKind, value: number, more: Partial<LayerLimit> = {}): LayerLimit => {
  return { layer: '*', kind, value, severity: 'error', position: { line: 7, column: 3 }, ...more }
}

function judge(
  limits: readonly LayerLimit[],
  layers: readonly LayerResult[] | string,
  baseline: readonly LayerResult[] | string = 'no baseline was given'
) {
  return judgeLayers({ limits, variants: ['int8'], layersOf: () => layers, baselineLayersOf: () => baseline })
}

const identical = layer('/same', { sqnrDb: null, cosine: null, maxAbs: 0, deviationRatio: 0 })
const infinite = layer('/inf', { sqnrDb: null, cosine: null, maxAbs: null, deviationRatio: 1 })

describe('a limit on layers', () => {
  const layers = [
    layer('/stem/Conv'),
    layer('/head/a/Conv', { sqnrDb: 8, cosine: 0.9, maxAbs: 4, deviationRatio: 0.3 }),
    layer('/head/Gemm', { op: 'Gemm', sqnrDb: 9 })
  ]

  it.each<[LayerLimitKind, number, number, string]>([
    ['min_sqnr_db', 10, 2, '/head/a/Conv (Conv): SQNR 8.0 dB, floor 10 dB; 2 of 3 layers break it'],
    ['min_cosine', 0.95, 1, '/head/a/Conv (Conv): cosine 0.90000, floor 0.95; 1 of 3 layers break it'],
    ['max_abs_error', 1, 1, '/head/a/Conv (Conv): error up to 4.00, limit 1; 1 of 3 layers break it'],
    [
      'max_deviation_ratio',
      0.05,
      1,
      '/head/a/Conv (Conv): 30.0000 % of the values deviate, limit 5 %; 1 of 3 layers break it'
    ]
  ])('%s gives one verdict, with the worst layer and the number of broken ones', (kind, value, broken, message) => {
    const verdicts = judge([limit(kind, value)], layers)
    expect(verdicts).toHaveLength(1)
    expect(verdicts[0]).toMatchObject({
      id: `int8.layer *.${kind}`,
      subject: 'layer *',
      status: 'fail',
      message,
      layers: { compared: 3, broken, worst: { name: '/head/a/Conv', op: 'Conv', tensor: '/head/a/Conv_out' } },
      configPosition: { line: 7, column: 3 }
    })
  })

  it.each([
    ['*', 3],
    ['Conv', 2],
    ['/head/*', 1],
    ['/head/**', 2],
    ['/stem/Conv', 1]
  ])('applies to names by glob and to operator types: %s', (pattern, compared) => {
    const [verdict] = judge([limit('min_sqnr_db', 0, { layer: pattern })], layers)
    expect(verdict).toMatchObject({ status: 'pass', layers: { compared, broken: 0 } })
  })

  it('applies to a layer by the name of a node fused into it', () => {
    const fused = layer('/c', { fused: [{ name: '/act/Relu', op: 'Relu' }] })
    const [one, other] = judge(
      [limit('min_sqnr_db', 0, { layer: 'Relu' }), limit('min_sqnr_db', 0, { layer: '/act/*' })],
      [fused]
    )
    expect([one.layers?.compared, other.layers?.compared]).toEqual([1, 1])
  })

  it('fails where it matches no layer: a limit that limits nothing is no limit', () => {
    const [verdict] = judge([limit('min_sqnr_db', 0, { layer: '/tail/*' })], layers)
    expect(verdict).toMatchObject({ status: 'fail', observed: null })
    expect(verdict.message).toMatch(/^"\/tail\/\*" matches no layer of int8: its operators are Conv, Gemm/)
  })

  it('fails where nothing was measured, as an error whatever its severity', () => {
    const [verdict] = judge([limit('min_sqnr_db', 0, { severity: 'warning' })], 'the variant did not run')
    expect(verdict).toMatchObject({ status: 'fail', message: 'no layer was measured: the variant did not run' })
  })

  it('holds for layers that are identical, and is broken by what is not finite', () => {
    for (const kind of ['min_sqnr_db', 'min_cosine', 'max_abs_error'] as const) {
      const high = kind === 'max_abs_error' ? 100 : 0.99
      expect(judge([limit(kind, high)], [identical])[0]).toMatchObject({ status: 'pass' })
      expect(judge([limit(kind, high)], [identical, infinite, layer('/a')])[0]).toMatchObject({
        status: 'fail',
        observed: null,
        layers: { broken: 1, worst: { name: '/inf' } }
      })
    }
  })

  it('warns with severity: warning', () => {
    expect(judge([limit('min_sqnr_db', 10, { severity: 'warning' })], layers)[0]).toMatchObject({
      status: 'warn',
      id: 'int8.layer *.min_sqnr_db.warning'
    })
  })
})

describe('no_worse_than: baseline', () => {
  const then = [layer('/a', { sqnrDb: 30 }), layer('/b', { sqnrDb: 8 }), identical]

  it('flags layers that became worse, and not those that were bad before', () => {
    const now = [layer('/a', { sqnrDb: 26.5 }), layer('/b', { sqnrDb: 7 }), identical, layer('/new', { sqnrDb: 1 })]
    expect(judge([limit('no_worse_than', 3)], now, then)[0]).toMatchObject({
      status: 'fail',
      observed: 3.5,
      against: 'baseline',
      layers: { compared: 3, broken: 1, worst: { name: '/a' } },
      message: "/a (Conv): SQNR 3.5 dB below the baseline's, tolerance 3 dB; 1 of 3 layers break it"
    })
  })

  it('holds within the tolerance and for improvements', () => {
    const now = [layer('/a', { sqnrDb: 27 }), layer('/b', { sqnrDb: 20 })]
    expect(judge([limit('no_worse_than', 3)], now, then)[0]).toMatchObject({ status: 'pass', observed: 3 })
  })

  it('flags a layer that is no longer finite, or no longer identical', () => {
    for (const now of [layer('/a', { sqnrDb: null, maxAbs: null }), layer('/same', { sqnrDb: 90 })]) {
      expect(judge([limit('no_worse_than', 3)], [now], then)[0]).toMatchObject({ status: 'fail', observed: null })
    }
  })

  it('stays open without a baseline, or with one that has no such layer', () => {
    const verdicts = [
      ...judge([limit('no_worse_than', 3)], then),
      ...judge([limit('no_worse_than', 3)], [layer('/other')], then)
    ]
    expect(verdicts.map(({ status }) => status)).toEqual(['inconclusive', 'inconclusive'])
    expect(verdicts[0].message).toBe('layers are not compared with the baseline: no baseline was given')
    expect(judge([limit('no_worse_than', 3, { severity: 'warning' })], then)[0].status).toBe('warn')
  })
})
