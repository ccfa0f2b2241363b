import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Candidates } from '../../src/postprocess/detection/candidates.js'
import { suppress } from '../../src/postprocess/detection/nms.js'
import { readReference, tensorOf, type StoredTensor } from './references.js'

interface Case {
  readonly iou: number
  readonly boxes: StoredTensor
  readonly scores: StoredTensor
  readonly labels: readonly number[]
  readonly agnostic: readonly number[]
  readonly byClass: readonly number[]
}

/** Numbers of the boxes that are kept. */
function kept(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  nms: { iou: number; agnostic: boolean },
  most = 1e6
): number[] {
  const candidates = new Candidates()
  for (let i = 0; i < scores.length; i++) candidates.push(i, labels[i], scores[i])
  const asked: number[] = []
  const corners = (anchor: number, out: Float64Array) => {
    asked.push(anchor)
    for (let side = 0; side < 4; side++) out[side] = boxes[4 * anchor + side]
  }
  const result = suppress(candidates, corners, nms, most)
  const order = [...asked].sort((a, b) => scores[b] - scores[a] || a - b)
  expect(asked).toEqual(order)
  // A box is found again by its corners, which are distinct.
  return Array.from({ length: result.count }, (_, at) =>
    asked.find((anchor) => [0, 1, 2, 3].every((side) => boxes[4 * anchor + side] === result.corners[4 * at + side]))
  ).map(Number)
}

const { cases } = readReference<{ cases: Case[] }>('nms.json')

describe('non-maximum suppression', () => {
  it.each(cases.map((entry) => [entry.labels.length, entry.iou, entry] as const))(
    'keeps the boxes of torchvision and OpenCV: %i boxes, IoU %f',
    (_count, iou, { boxes, scores, labels, agnostic, byClass }) => {
      const [b, s] = [tensorOf(boxes).data as Float32Array, tensorOf(scores).data as Float32Array]
      expect(kept(b, s, labels, { iou, agnostic: true })).toEqual(agnostic)
      expect(kept(b, s, labels, { iou, agnostic: false })).toEqual(byClass)
    }
  )

  const boxes = fc.array(
    fc.record({
      x: fc.integer({ min: 0, max: 40 }),
      y: fc.integer({ min: 0, max: 40 }),
      w: fc.integer({ min: 1, max: 20 }),
      h: fc.integer({ min: 1, max: 20 }),
      score: fc.integer({ min: 1, max: 1000 }),
      label: fc.integer({ min: 0, max: 2 })
    }),
    { maxLength: 40 }
  )

  it('keeps no two boxes of a class that overlap, none without reason is dropped, and keeps what it kept', () => {
    fc.assert(
      fc.property(boxes, fc.double({ min: 0.1, max: 0.9, noNaN: true }), fc.boolean(), (list, iou, agnostic) => {
        // Distinct corners: a box is told by them.
        const corners = list.flatMap(({ x, y, w, h }, i) => [x + i / 1024, y, x + i / 1024 + w, y + h])
        const scores = list.map(({ score }) => Math.fround(score / 1000))
        const labels = list.map(({ label }) => label)
        const result = kept(corners, scores, labels, { iou, agnostic })
        const rivals = (a: number, b: number) =>
          (agnostic || labels[a] === labels[b]) && overlap(corners, a, b) > iou + 1e-9
        for (const a of result) for (const b of result) expect(a !== b && rivals(a, b)).toBe(false)
        const ahead = (a: number, b: number) => scores[a] > scores[b] || (scores[a] === scores[b] && a < b)
        const near = (a: number, b: number) =>
          (agnostic || labels[a] === labels[b]) && overlap(corners, a, b) > iou - 1e-9
        for (const [box] of list.entries())
          if (!result.includes(box)) expect(result.some((other) => ahead(other, box) && near(other, box))).toBe(true)
        const pick = <T>(values: readonly T[]) => result.map((box) => values[box])
        const again = result.flatMap((box) => corners.slice(4 * box, 4 * box + 4))
        expect(kept(again, pick(scores), pick(labels), { iou, agnostic })).toEqual(result.map((_, i) => i))
        expect(kept(corners, scores, labels, { iou, agnostic }, 5)).toEqual(result.slice(0, 5))
      })
    )
  })
})

function overlap(corners: readonly number[], a: number, b: number): number {
  const side = (box: number, i: number) => corners[4 * box + i]
  const width = Math.min(side(a, 2), side(b, 2)) - Math.max(side(a, 0), side(b, 0))
  const height = Math.min(side(a, 3), side(b, 3)) - Math.max(side(a, 1), side(b, 1))
  const shared = Math.max(0, width) * Math.max(0, height)
  const area = (box: number) => (side(box, 2) - side(box, 0)) * (side(box, 3) - side(box, 1))
  return shared / (area(a) + area(b) - shared)
}
