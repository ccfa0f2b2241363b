import { describe, expect, it } from '@jest/globals'
import { reporters } from '../../src/report/index.js'
import type { LayerComparison, Result } from '../../src/result.js'
import { fullResult } from './results.js'

const options = { color: false, width: 300 }
const comparison: LayerComparison = { samples: 4, isolatedSamples: 1, threshold: 0.1, floor: 0.1, unmatched: [] }
const formats = [['terminal'], ['markdown']] as const

function format(name: 'terminal' | 'markdown', result: Partial<Result>): string {
  return reporters[name].format({ ...fullResult, ...result }, options).replaceAll('\u00a0', ' ')
}

describe.each(formats)('%s', (name) => {
  it('says why layers are not compared, where none are there', () => {
    const error = 'the merged model cannot be run'
    const text = format(name, { layers: undefined, layerComparison: { int8: { ...comparison, samples: 0, error } } })
    expect(text).toMatch(/int8.*: .*layers are not compared: the merged model cannot be run/)
  })

  it('says where the comparison stops', () => {
    const one = [{ name: '/nms/NonMaxSuppression', op: 'NonMaxSuppression' }]
    const layerComparison = (stoppedAt: typeof one) => ({ layerComparison: { fp16: { ...comparison, stoppedAt } } })
    expect(format(name, layerComparison(one))).toMatch(
      /stops before NonMaxSuppression \/nms\/NonMaxSuppression, which selects by value: lists have no common order/
    )
    expect(format(name, layerComparison([...one, { name: '', op: 'TopK' }]))).toMatch(/, TopK, which select by value/)
    expect(format(name, { layerComparison: { fp16: comparison } })).not.toContain('stops before')
  })
})
