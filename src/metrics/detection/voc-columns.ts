import { FileError } from '../../errors.js'
import { Column, columnOf, decodeColumn, encodeColumn, type ColumnArray } from '../columns.js'
import type { VocRow } from './voc-evaluation.js'

const TYPES = {
  /** One entry a row: image number, position of the category, objects to be found, detections. */
  image: columnOf.uint32,
  category: columnOf.uint16,
  objects: columnOf.uint32,
  detections: columnOf.uint32,
  /** One entry a detection, row by row. Outcomes are one more than in `VocRow`. */
  score: columnOf.float64,
  outcome: columnOf.uint8
} as const
type Name = keyof typeof TYPES
type Make = (from: number | ArrayBuffer) => ColumnArray
const NAMES = Object.keys(TYPES) as Name[]

/** The columns' text (`encodeColumn`). */
export type EncodedVocColumns = Readonly<Record<Name, string>>

export function encodeVocRows(
  rows: readonly VocRow[],
  imageIds: readonly number[],
  categories: readonly number[]
): EncodedVocColumns {
  const images = new Map(imageIds.map((id, position) => [id, position]))
  const columns = Object.fromEntries(NAMES.map((name) => [name, new Column(TYPES[name] as Make)])) as Record<
    Name,
    Column<ColumnArray>
  >
  for (const { image, category, objects, scores, outcomes } of rows) {
    columns.image.push(images.get(image) ?? imageIds.length)
    columns.category.push(categories.indexOf(category))
    columns.objects.push(objects)
    columns.detections.push(scores.length)
    columns.score.append(scores)
    for (const outcome of outcomes) columns.outcome.push(outcome + 1)
  }
  return Object.fromEntries(NAMES.map((name) => [name, encodeColumn(columns[name].view())])) as EncodedVocColumns
}

/** @throws FileError where the columns do not belong together. */
export function decodeVocRows(
  encoded: EncodedVocColumns,
  imageIds: readonly number[],
  categories: readonly number[]
): VocRow[] {
  const [image, category, objects, detections, score, outcome] = NAMES.map((name) =>
    decodeColumn(encoded[name], TYPES[name] as Make, name)
  )
  let total = 0
  for (const count of detections) total += count
  const rows = image.length
  const whole =
    [category, objects, detections].every(({ length }) => length === rows) &&
    score.length === total &&
    outcome.length === total &&
    image.every((index) => index < imageIds.length) &&
    category.every((index) => index < categories.length) &&
    outcome.every((value) => value <= 2)
  if (!whole) throw new FileError('the stored detection results do not belong together: the file is cut off or damaged')
  let start = 0
  return Array.from({ length: rows }, (_, row) => {
    const end = start + detections[row]
    const own = {
      image: imageIds[image[row]],
      category: categories[category[row]],
      objects: objects[row],
      scores: Array.from(score.subarray(start, end)),
      outcomes: Array.from(outcome.subarray(start, end), (value) => value - 1)
    }
    start = end
    return own
  })
}
