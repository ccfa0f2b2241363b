import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { RuntimeError } from '../../src/errors.js'
import {
  addAgreement,
  argmaxAgreement,
  compareBoxes,
  countObjectFlips,
  Found,
  foundObjects,
  NO_AGREEMENT,
  summarizeAgreement
} from '../../src/metrics/index.js'
import type { Tensor } from '../../src/tensor.js'
import { detectionsOf, truthOf, type DetectionRow } from './boxes.js'

const at = (x: number, score: number, category = 1): DetectionRow => [1, category, x, 0, 10, 10, score]

describe('objects found and lost', () => {
  const truth = truthOf([
    [1, 1, 0, 0, 10, 10, 100, 0],
    [1, 1, 50, 0, 10, 10, 100, 0],
    [1, 2, 90, 0, 10, 10, 100, 0],
    [1, 1, 200, 0, 50, 50, 2500, 1]
  ])
  const { found, missed, crowd } = Found

  it('are those that a confident box of their category overlaps by half', () => {
    expect([...foundObjects(truth, detectionsOf([at(1, 0.9), at(54, 0.9), at(90, 0.9)]))]).toEqual([
      found,
      missed,
      missed,
      crowd
    ])
    expect([...foundObjects(truth, detectionsOf([at(0, 0.49), at(50, 0.5)]))]).toEqual([missed, found, missed, crowd])
    expect([...foundObjects(truth, detectionsOf([at(54, 0.3), at(90, 0.2, 2)]), { iou: 0.25, score: 0.2 })]).toEqual([
      missed,
      found,
      found,
      crowd
    ])
  })

  it('take one box each: two boxes on one object find one, and the better box does not steal another', () => {
    const close = truthOf([
      [1, 1, 0, 0, 10, 10, 100, 0],
      [1, 1, 3, 0, 10, 10, 100, 0]
    ])
    expect([...foundObjects(close, detectionsOf([at(2, 0.9)]))]).toEqual([missed, found])
    expect([...foundObjects(close, detectionsOf([at(2, 0.9), at(1, 0.8)]))]).toEqual([found, found])
  })

  it('are paired, crowds left out', () => {
    const before = Uint8Array.of(found, missed, found, crowd)
    const after = Uint8Array.of(missed, found, found, crowd)
    expect(countObjectFlips(before, after)).toEqual({ objects: 3, lost: 1, gained: 1 })
    expect(countObjectFlips(before, Uint8Array.of(missed, missed, missed, crowd))).toMatchObject({ lost: 2, gained: 0 })
    expect(() => countObjectFlips(before, after.subarray(1))).toThrow(RuntimeError)
    expect(() => countObjectFlips(before, Uint8Array.of(found, crowd, found, crowd))).toThrow(RuntimeError)
  })

  it('are none where the output holds NaN', () => {
    const broken = detectionsOf([at(0, 0.9), at(NaN, 0.9)])
    expect([...foundObjects(truth, broken)]).toEqual([missed, missed, missed, crowd])
  })
})

describe('agreement of two lists of boxes', () => {
  const options = { iou: 0.5, score: 0.3 }
  const summary = (a: DetectionRow[], b: DetectionRow[]) =>
    summarizeAgreement(compareBoxes(detectionsOf(a), detectionsOf(b), options))

  it('is of matched boxes, not of elements: the order and the boxes in between do not matter', () => {
    const a = [at(0, 0.9), at(50, 0.8), at(90, 0.7, 2)]
    const b = [at(90, 0.6, 2), at(300, 0.5), at(50, 0.8), at(0, 0.7)]
    expect(compareBoxes(detectionsOf(a), detectionsOf(b), options)).toMatchObject({
      matched: 3,
      referenceOnly: 0,
      variantOnly: 1
    })
    const { matchedShare, meanIou, meanScoreDifference } = summary(a, b) ?? {}
    expect(matchedShare).toBeCloseTo(6 / 7, 12)
    expect(meanIou).toBe(1)
    expect(meanScoreDifference).toBeCloseTo(0.1, 12)
  })

  it('needs the category and the overlap', () => {
    expect(summary([at(0, 0.9)], [at(0, 0.9, 2)])).toEqual({
      matchedShare: 0,
      meanIou: null,
      meanScoreDifference: null
    })
    expect(summary([at(0, 0.9)], [at(5, 0.9)])?.matchedShare).toBe(0)
    expect(summary([at(0, 0.9)], [at(2, 0.9)])?.meanIou).toBeCloseTo(8 / 12, 12)
  })

  it('leaves out boxes below the score limit, and is full where neither side has one', () => {
    expect(summary([at(0, 0.2)], [at(50, 0.1)])).toEqual({ matchedShare: 1, meanIou: null, meanScoreDifference: null })
    expect(summary([at(0, 0.31)], [at(0, 0.29)])?.matchedShare).toBe(0)
  })

  it('does not exist without images or with a NaN', () => {
    expect(summarizeAgreement(NO_AGREEMENT)).toBeNull()
    expect(summary([at(0, 0.9)], [at(0, NaN)])).toBeNull()
    expect(summary([at(Infinity, 0.9)], [at(0, 0.9)])).toBeNull()
  })

  const boxes = fc
    .array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 2 })), { maxLength: 12 })
    .map((rows) => rows.map(([x, score, category]) => at(x, score / 1000, category)))

  it('with itself is full, and of two lists never more than full', () => {
    fc.assert(
      fc.property(boxes, boxes, (a, b) => {
        const own = compareBoxes(detectionsOf(a), detectionsOf(a), { iou: 0.5, score: 0 })
        expect(own).toMatchObject({ matched: a.length, referenceOnly: 0, variantOnly: 0, scoreDifferenceSum: 0 })
        const { matched, referenceOnly, variantOnly } = compareBoxes(detectionsOf(a), detectionsOf(b), {
          iou: 0.5,
          score: 0
        })
        expect(matched + referenceOnly).toBe(a.length)
        expect(matched + variantOnly).toBe(b.length)
      })
    )
  })

  it('of merged images is the sum of theirs', () => {
    const one = compareBoxes(detectionsOf([at(0, 0.9)]), detectionsOf([at(0, 0.5)]), options)
    const two = compareBoxes(detectionsOf([at(0, 0.9)]), detectionsOf([]), options)
    expect(addAgreement(one, two)).toEqual({
      images: 2,
      matched: 1,
      referenceOnly: 1,
      variantOnly: 0,
      iouSum: 1,
      scoreDifferenceSum: 0.4,
      nonFinite: 0
    })
  })
})

describe('agreement of classes', () => {
  const tensor = (dims: number[], values: number[]): Tensor => ({
    type: 'float32',
    dims,
    data: Float32Array.from(values)
  })

  it('is the share of samples with the same highest score, the lowest index winning a tie', () => {
    const a = tensor([3, 3], [1, 2, 3, 5, 5, 0, 0, 1, 0])
    const b = tensor([3, 3], [0, 0, 1, 5, 4, 0, 1, 0, 0])
    expect([...argmaxAgreement(a, b)]).toEqual([1, 1, 0])
  })

  it('is the share of pixels for maps', () => {
    // two classes, 2 x 2 pixels: classes 1 1 0 0 and 1 0 0 0
    const a = tensor([1, 2, 2, 2], [0, 0, 1, 1, 1, 1, 0, 0])
    const b = tensor([1, 2, 2, 2], [0, 2, 1, 1, 1, 1, 0, 0])
    expect([...argmaxAgreement(a, b)]).toEqual([0.75])
  })

  it('does not exist for a sample with NaN, and the others are not touched', () => {
    const a = tensor([2, 2], [0, NaN, 0, 1])
    expect([...argmaxAgreement(a, tensor([2, 2], [0, 1, 0, 1]))]).toEqual([NaN, 1])
  })

  it('refuses outputs of different shapes', () => {
    expect(() => argmaxAgreement(tensor([1, 2], [0, 1]), tensor([2, 1], [0, 1]))).toThrow(/\[1, 2\] and \[2, 1\]/)
  })
})
