import { describe, expect, it } from '@jest/globals'
import type { GateConfig } from '../../src/config/index.js'
import type { Batch, SampleStream } from '../../src/dataset/index.js'
import { networkClasses } from '../../src/postprocess/index.js'
import { agreementTask } from '../../src/task/agreement/index.js'
import type { Tensor } from '../../src/tensor.js'

type Row = readonly [x1: number, y1: number, x2: number, y2: number, score: number, category: number]

/** One image's finished boxes, filled up with what scores nothing. */
const predictions = (rows: readonly Row[]): Record<string, Tensor> => {
  const all = [...rows, ...Array<Row>(4).fill([0, 0, 1, 1, 0, 0])].slice(0, 4)
  return { predictions: { type: 'float32', dims: [1, 4, 6], data: Float32Array.from(all.flat()) } }
}

const size = { width: 100, height: 100 }
const images = {
  dataset: { samples: [] },
  input: { ...size, channels: 3, layout: 'nchw' },
  mapping: () => ({ image: size, input: size, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 })
} as unknown as SampleStream

function compare(reference: readonly (readonly Row[])[], variant: readonly (readonly Row[])[], minScore = 0.3) {
  const config = {
    task: {
      name: 'detection',
      decode: { layout: 'rows', outputs: { predictions: 'predictions' }, classes: 'index', options: {} },
      vocIou: 0.5
    },
    thresholds: [],
    expect: []
  } as unknown as GateConfig
  const outputs = [{ name: 'predictions', dims: [1, 4, 6], type: 'float32' }] as const
  const task = agreementTask(config, { minScore }, images, outputs, true)
  const scorers = [task.scorer({ file: 'fp32', outputs }), task.scorer({ file: 'ours', outputs })]
  const truths = reference.map(() => ({}))
  for (const [own, lists] of [reference, variant].entries()) {
    lists.forEach((rows, start) => {
      const batch = { start, samples: [{ id: String(start) }], sizes: [size] } as unknown as Batch
      scorers[own].add(predictions(rows), batch, truths[start])
    })
  }
  const [fp32, ours] = scorers.map((scorer) => scorer.result())
  return { fp32, ours, guess: task.guess(fp32), compared: task.compare(fp32, ours, 'ours') }
}

const CAT: Row = [10, 10, 30, 30, 0.9, 0]
const DOG: Row = [50, 50, 90, 90, 0.8, 1]
const SECOND_CAT: Row = [60, 10, 80, 30, 0.7, 0]

describe('boxes beside those of FP32', () => {
  it('agree completely with themselves, those below the limit included', () => {
    const faint: Row = [0, 0, 40, 40, 0.1, 2]
    const { fp32, ours, compared } = compare([[CAT, DOG, faint], [SECOND_CAT]], [[CAT, DOG, faint], [SECOND_CAT]])
    expect(fp32.metrics).toEqual({ agreement: 1, agreement_matched: 1 })
    expect(ours.metrics).toEqual({ agreement: 1, agreement_matched: 1 })
    expect(compared).toMatchObject({ changed: 0, nonFinite: 0 })
    expect(compared).not.toHaveProperty('flips')
  })

  it('agree completely where some were clipped to nothing, which overlap not even themselves', () => {
    const empty: Row = [100, 10, 100, 30, 0.95, 0]
    const { fp32, ours, compared } = compare([[empty, CAT], [DOG]], [[CAT], [DOG, empty]])
    expect(fp32.metrics).toEqual({ agreement: 1, agreement_matched: 1 })
    expect(ours.metrics).toEqual({ agreement: 1, agreement_matched: 1 })
    expect(compared.changed).toBe(0)
  })

  it('lose average precision with every box that is not found again', () => {
    // one of two cats: precision 1 up to recall 0.5, which are 51 of COCO's 101 steps
    const { ours, compared } = compare([[CAT, SECOND_CAT], [DOG]], [[CAT], [DOG]])
    expect(ours.metrics.agreement).toBeCloseTo((51 / 101 + 1) / 2, 12)
    expect(ours.metrics.agreement_matched).toBeCloseTo(4 / 5, 12)
    expect(compared.changed).toBe(1)
  })

  it('count a box that is new, of another class, or elsewhere', () => {
    const asDog: Row = [10, 10, 30, 30, 0.9, 1]
    const moved: Row = [50, 50, 70, 90, 0.8, 1]
    const { compared } = compare([[CAT], [DOG], []], [[asDog], [moved], [CAT]])
    // the second overlaps by exactly half, which is a match
    expect(compared.changed).toBe(3)
    expect(compared.metrics.agreement_matched.value).toBeCloseTo(2 / 5, 12)
  })

  it('hardly change where a score crosses the limit', () => {
    const { ours } = compare(
      [[CAT, [...DOG.slice(0, 4), 0.31, 1] as unknown as Row]],
      [[CAT, [...DOG.slice(0, 4), 0.29, 1] as unknown as Row]]
    )
    expect(ours.metrics.agreement).toBe(1)
    expect(ours.metrics.agreement_matched).toBeCloseTo(2 / 3, 12)
  })

  it('have no figure where FP32 finds nothing above the limit', () => {
    const { ours, compared } = compare([[CAT], [DOG]], [[CAT], [DOG]], 0.95)
    expect(ours.metrics).toEqual({ agreement: null, agreement_matched: null })
    expect(compared.metrics.agreement.unmeasured).toContain('no box that scores more than 0.95')
  })

  it('agree with nothing where they are no numbers', () => {
    const broken: Row = [NaN, 0, 1, 1, 0.9, 0]
    const { ours, compared } = compare([[CAT], [DOG]], [[broken, CAT], [DOG]])
    expect(compared.nonFinite).toBe(1)
    expect(ours.metrics.agreement).toBeCloseTo(0.5, 12)
  })

  it('that are the same in every image say nothing', () => {
    expect(compare([[CAT], [CAT]], [[CAT], [CAT]]).guess).toMatchObject({ value: 1, certain: false })
    expect(compare([[CAT], [DOG]], [[CAT], [CAT]]).guess).toBeUndefined()
  })
})

describe('the classes of a network whose data set names none', () => {
  const decode = (layout: string, more: object = {}) =>
    ({ layout, outputs: {}, classes: 'index', options: {}, ...more }) as Parameters<typeof networkClasses>[0]
  const output = (name: string, ...dims: (number | string)[]) => ({ name, dims, type: 'float32' })

  it.each([
    ['yolov8', [output('out', 1, 84, 8400)], 80],
    ['yolov8', [output('out', 'n', 'anchors', 14)], 10],
    ['yolov5', [output('out', 1, 25200, 85)], 80],
    ['ssd', [output('boxes', 1, 8732, 4), output('scores', 1, 8732, 21)], 20],
    ['detr', [output('logits', 1, 100, 92), output('boxes', 1, 100, 4)], 91],
    ['torchvision', [output('boxes', 'k', 4), output('labels', 'k'), output('scores', 'k')], 2048]
  ] as const)('are counted in the outputs of %s', (layout, outputs, count) => {
    expect(networkClasses(decode(layout), outputs)).toHaveLength(count)
  })

  it('have the names of decode.classes', () => {
    expect(networkClasses(decode('yolov8', { classes: ['cat', 'dog'] }), [])).toEqual(['cat', 'dog'])
  })

  it('have to be named where shapes leave them open', () => {
    expect(() => networkClasses(decode('yolov8'), [output('out', 'n', 'c', 'a')])).toThrow(
      'the outputs do not say how many classes the network has (layout yolov8)'
    )
  })
})
