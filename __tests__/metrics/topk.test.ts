import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FileError, RuntimeError } from '../../src/errors.js'
import { Outcome, summarizeTopK, TopKAccumulator } from '../../src/metrics/index.js'
import type { Tensor } from '../../src/tensor.js'

const scores = (rows: number[][], extra: number[] = []): Tensor => ({
  type: 'float32',
  dims: [rows.length, rows[0].length, ...extra],
  data: Float32Array.from(rows.flat())
})

function outcomesOf(rows: number[][], labels: number[]): number[] {
  const accumulator = new TopKAccumulator()
  accumulator.add(scores(rows), labels)
  return [...accumulator.result().outcomes]
}

/** The definition, spelled out: classes in a stable descending order of their scores. */
function rankOf(row: readonly number[], label: number): number {
  return row
    .map((_, index) => index)
    .sort((a, b) => row[b] - row[a] || a - b)
    .indexOf(label)
}

describe('top-k', () => {
  it('counts the label with the highest score, and among the five highest', () => {
    const row = [0, 6, 5, 4, 3, 2, 1]
    const accumulator = new TopKAccumulator()
    accumulator.add(scores([row, row, row, row]), [1, 2, 5, 6])
    const { metrics, samples, classes, nonFinite, outcomes } = accumulator.result()
    expect(metrics).toEqual({ top1: 0.25, top5: 0.75 })
    expect([samples, classes, nonFinite]).toEqual([4, 7, 0])
    expect([...outcomes]).toEqual([Outcome.top1 | Outcome.top5, Outcome.top5, Outcome.top5, 0])
  })

  it('gives a tie to the lowest index, as numpy.argmax does', () => {
    expect(outcomesOf([[1, 1, 0]], [0])).toEqual([Outcome.top1])
    expect(outcomesOf([[1, 1, 0]], [1])).toEqual([0])
    expect(outcomesOf([[7, 7, 7, 7, 7, 7]], [4])).toEqual([Outcome.top5])
    expect(outcomesOf([[7, 7, 7, 7, 7, 7]], [5])).toEqual([0])
  })

  it('has no top-5 where five classes are all there is', () => {
    const accumulator = new TopKAccumulator()
    accumulator.add(scores([[5, 4, 3, 2, 1]]), [4])
    expect(accumulator.result().metrics).toEqual({ top1: 0 })
  })

  it.each([NaN, Infinity, -Infinity])('counts a sample whose output holds %p as wrong, wherever it stands', (value) => {
    expect(outcomesOf([[9, 1, 1, 1, 1, value]], [0])).toEqual([Outcome.nonFinite])
    expect(outcomesOf([[value, 1, 1, 1, 1, 1]], [0])).toEqual([Outcome.nonFinite])
  })

  it('agrees with sorting, for any scores', () => {
    const sample = fc.tuple(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 6, maxLength: 12 }), fc.nat(5))
    fc.assert(
      fc.property(sample, ([row, label]) => {
        const rank = rankOf(row, label)
        expect(outcomesOf([row], [label])).toEqual([(rank === 0 ? 1 : 0) | (rank < 5 ? 2 : 0)])
      })
    )
  })

  it('gives the same result for any batches and any split into shards', () => {
    const samples = fc.array(fc.tuple(fc.array(fc.nat(9), { minLength: 8, maxLength: 8 }), fc.nat(7)), { minLength: 1 })
    fc.assert(
      fc.property(samples, fc.nat(100), (all, cut) => {
        const whole = new TopKAccumulator()
        whole.add(
          scores(all.map(([row]) => row)),
          all.map(([, label]) => label)
        )
        const [first, second] = [new TopKAccumulator(), new TopKAccumulator()]
        all.forEach(([row, label], index) => (index < cut ? first : second).add(scores([row]), [label]))
        first.merge(second)
        expect(first.result()).toEqual(whole.result())
        expect(summarizeTopK(whole.result().outcomes, 8)).toEqual(whole.result())
      })
    )
  })

  it('grows past its first allocation', () => {
    const accumulator = new TopKAccumulator()
    for (let batch = 0; batch < 50; batch++)
      accumulator.add(scores(Array(64).fill([0, 1]) as number[][]), Array(64).fill(1) as number[])
    expect(accumulator.result().samples).toBe(3200)
    expect(accumulator.result().metrics).toEqual({ top1: 1 })
  })

  it('reads outputs with trailing dimensions of 1, and those of quantized and half-precision models', () => {
    const accumulator = new TopKAccumulator()
    accumulator.add(scores([[0, 1]], [1, 1]), [1])
    accumulator.add({ type: 'int8', dims: [1, 2], data: Int8Array.of(-128, 127) }, [1])
    accumulator.add({ type: 'uint8', dims: [1, 2], data: Uint8Array.of(3, 200) }, [1])
    // float16 bits of -2, -1; 0.5, 1; 1, infinity
    accumulator.add(
      { type: 'float16', dims: [3, 2], data: Uint16Array.of(0xc000, 0xbc00, 0x3800, 0x3c00, 0x3c00, 0x7c00) },
      [1, 1, 1]
    )
    expect([...accumulator.result().outcomes]).toEqual([1, 1, 1, 1, 1, Outcome.nonFinite])
  })

  it('has null for a metric of no samples', () => {
    expect(new TopKAccumulator().result().metrics).toEqual({ top1: null })
    expect(summarizeTopK(new Uint8Array(), 10).metrics).toEqual({ top1: null, top5: null })
  })

  it.each([-1, 2, 0.5, NaN])('refuses label %p of two classes and names the sample', (label) => {
    const add = (ids?: string[]) => new TopKAccumulator().add(scores([[0, 1]]), [label], ids)
    expect(() => add(['7-sneaker/00123.png'])).toThrow(FileError)
    expect(() => add(['7-sneaker/00123.png'])).toThrow(/sample 7-sneaker\/00123\.png has label .* classes 0 to 1/)
    expect(() => add()).toThrow(/sample number 0/)
  })

  it.each([
    ['one score a sample', { type: 'float32', dims: [2, 1], data: new Float32Array(2) }],
    ['maps instead of scores', { type: 'float32', dims: [2, 3, 4, 4], data: new Float32Array(96) }],
    ['another number of rows', { type: 'float32', dims: [3, 4], data: new Float32Array(12) }],
    ['no batch dimension', { type: 'float32', dims: [8], data: new Float32Array(8) }],
    ['indices that were already ranked', { type: 'int64', dims: [2, 5], data: new BigInt64Array(10) }]
  ] as [string, Tensor][])('refuses an output that is %s', (_, output) => {
    expect(() => new TopKAccumulator().add(output, [0, 0])).toThrow(RuntimeError)
  })

  it('refuses another number of classes than before', () => {
    const accumulator = new TopKAccumulator()
    accumulator.add(scores([[0, 1]]), [0])
    expect(() => accumulator.add(scores([[0, 1, 2]]), [0])).toThrow(/3 scores per sample, and 2 before/)
  })
})
