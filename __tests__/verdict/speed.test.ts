import { describe, expect, it } from '@jest/globals'
import type { SpeedLimit } from '../../src/config/index.js'
import { spreadOf } from '../../src/evaluation/index.js'
import { judgeSpeed } from '../../src/verdict/index.js'

const limit = (value: number, more: Partial<SpeedLimit> = {}): SpeedLimit => ({
  value,
  severity: 'error',
  position: { line: 4, column: 7 },
  ...more
})
const SPEEDS = [
  { batch: 1, median: 1.5, quartiles: [1.4, 1.6] as const },
  { batch: 8, median: 2, quartiles: [1.9, 2.1] as const }
]
const judge = (one: SpeedLimit, speeds: typeof SPEEDS | string = SPEEDS) =>
  judgeSpeed([one], ['int8'], () => speeds).map(({ subject, status, observed }) => [subject, status, observed])

describe('a limit on speed', () => {
  it('is judged for each batch size: by the median, and open where the quartiles span it', () => {
    expect(judge(limit(1.2))).toEqual([
      ['speed at batch 1', 'pass', 1.5],
      ['speed at batch 8', 'pass', 2]
    ])
    expect(judge(limit(1.58))).toEqual([
      ['speed at batch 1', 'inconclusive', 1.5],
      ['speed at batch 8', 'pass', 2]
    ])
    expect(judge(limit(1.7, { batch: 1 }))).toEqual([['speed at batch 1', 'fail', 1.5]])
    expect(judge(limit(1.7, { batch: 1, severity: 'warning' }))).toEqual([['speed at batch 1', 'warn', 1.5]])
  })

  it('fails where nothing was measured, whatever its severity', () => {
    expect(judge(limit(1.2, { severity: 'warning' }), 'an emulation ran')).toEqual([['speed', 'fail', null]])
    expect(judge(limit(1.2, { batch: 4 }))).toEqual([['speed at batch 4', 'fail', null]])
  })
})

describe('quartiles', () => {
  // numpy.percentile([...], [25, 50, 75])
  it.each([
    [
      [3, 1, 2],
      [1.5, 2, 2.5]
    ],
    [
      [4, 1, 3, 2],
      [1.75, 2.5, 3.25]
    ],
    [[7], [7, 7, 7]]
  ])('of %j are those of NumPy', (values, [low, middle, high]) => {
    expect(spreadOf(values)).toEqual({ median: middle, quartiles: [low, high] })
  })
})
