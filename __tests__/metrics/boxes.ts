import { readFileSync } from 'node:fs'
import type { BoxTruth, CocoAccumulator, Detections } from '../../src/metrics/index.js'

/** image, category, x, y, width, height, area, crowd */
export type TruthRow = readonly [number, number, number, number, number, number, number, number]
/** image, category, x, y, width, height, score */
export type DetectionRow = readonly [number, number, number, number, number, number, number]

export interface BoxCase {
  readonly images: readonly number[]
  readonly categories: readonly number[]
  readonly truth: readonly TruthRow[]
  readonly detections: readonly DetectionRow[]
}

export function reference<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../__fixtures__/metrics/${name}`, import.meta.url), 'utf8')) as T
}

export function truthOf(rows: readonly TruthRow[]): BoxTruth {
  return {
    categories: rows.map(([, category]) => category),
    boxes: Float64Array.from(rows.flatMap((row) => row.slice(2, 6))),
    areas: Float64Array.from(rows, (row) => row[6]),
    crowd: Uint8Array.from(rows, (row) => row[7])
  }
}

export function detectionsOf(rows: readonly DetectionRow[]): Detections {
  return {
    categories: rows.map(([, category]) => category),
    boxes: Float64Array.from(rows.flatMap((row) => row.slice(2, 6))),
    scores: Float64Array.from(rows, (row) => row[6])
  }
}

/** Image by image, in the order of `images`. */
export function addImages<T extends Pick<CocoAccumulator, 'add'>>(
  accumulator: T,
  { truth, detections }: Pick<BoxCase, 'truth' | 'detections'>,
  images: readonly number[]
): T {
  const of = <Row extends readonly number[]>(rows: readonly Row[]) => {
    const groups = new Map<number, Row[]>()
    for (const row of rows) groups.set(row[0], [...(groups.get(row[0]) ?? []), row])
    return groups
  }
  const [objects, boxes] = [of(truth), of(detections)]
  for (const id of images) accumulator.add(id, truthOf(objects.get(id) ?? []), detectionsOf(boxes.get(id) ?? []))
  return accumulator
}

/** pycocotools' -1 for "nothing to average" is null here. */
export function expectFigures(
  own: Readonly<Record<string, number | null>>,
  expected: Readonly<Record<string, number>>,
  within = 1e-12
): void {
  for (const [name, value] of Object.entries(own)) {
    const difference = Math.abs((value ?? -1) - expected[name])
    if (!(difference <= within)) throw new Error(`${name} is ${value}, and ${expected[name]} in the reference`)
  }
}
