import { describe, expect, it } from '@jest/globals'
import { auditSettling, settling } from '../../src/diagnosis/settling.js'
import { makeTable, type CalibratedTensor } from '../../src/quantization/index.js'

const parts = { algorithm: 2, model: 'm', weights: {}, preprocessing: '{}', images: [], imagesHash: '' }

/** A table of ten tensors over [-1, 1], some of which reached that far late. */
function audit(images: number, late: { readonly half?: number; readonly quarter?: number }) {
  const range = { min: -1, max: 1 }
  const tensors = Array.from({ length: 10 }, (_, i): [string, CalibratedTensor] => [
    `tensor ${i}`,
    {
      observed: range,
      range,
      half: i < (late.half ?? 0) ? { min: -1, max: 0.5 } : range,
      quarter: i < (late.quarter ?? 0) ? { min: -0.7, max: 1 } : range,
      cut: 0
    }
  ])
  const names = tensors.map(([name]) => name)
  const table = makeTable(
    { ...parts, method: '{"method":"minmax"}', target: 'cpu', tensors: names },
    images,
    new Map(tensors)
  )
  return auditSettling('int8', table, (tensor) => `Conv ${tensor}`)
}

describe('the number of calibration images', () => {
  it('is enough where hardly any range has moved since half of them', () => {
    expect(audit(64, { half: 1, quarter: 5 })).toMatchObject({
      status: 'pass',
      evidence: expect.stringMatching(/^the ranges have settled: from 32 to 64 images 1 of 10/)
    })
  })

  it('is too small where several moved since half, and says which', () => {
    const { status, evidence } = audit(64, { half: 2 })
    expect(status).toBe('warn')
    expect(evidence).toMatch(/^too small: the ranges have not settled: .*Conv tensor 0 \(25 %\)/)
  })

  it('is too small where most moved since a quarter', () => {
    expect(audit(64, { quarter: 6 }).status).toBe('warn')
  })

  it('is too small below 32, whatever the ranges did', () => {
    expect(audit(31, {})).toMatchObject({ status: 'warn', evidence: expect.stringMatching(/^too small: 31 images/) })
    expect(audit(32, {}).status).toBe('pass')
  })
})

it('a range is measured against its whole width, and a tensor of zeros has not moved', () => {
  expect(settling({ min: 0, max: 3 }, { min: -1, max: 4 })).toBeCloseTo(0.2, 12)
  expect(settling({ min: 0, max: 0 }, { min: 0, max: 0 })).toBe(0)
})
