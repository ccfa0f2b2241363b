import { FileError } from '../../errors.js'
import { Column, columnOf, decodeColumn, encodeColumn, type ColumnArray } from '../columns.js'
import { AREAS, type CategoryMatches } from './coco-match.js'

/** What accumulation needs of all images, detection by detection, in the order in which they were added. */
export interface CocoColumns {
  /** Image number, its position among the image ids. */
  readonly image: Uint32Array
  /** Position of the category in the category list. */
  readonly category: Uint16Array
  /** 0 for the highest score of its category and image. */
  readonly rank: Uint8Array
  readonly score: Float64Array
  /** Four numbers a detection, one per area range, as in `CategoryMatches`. */
  readonly found: Uint16Array
  readonly ignored: Uint16Array
  /** One row per image and category that has objects: image, category, and objects to be found per area range. */
  readonly objectImage: Uint32Array
  readonly objectCategory: Uint16Array
  readonly objects: Uint32Array
}

/** The columns' text (`encodeColumn`). */
export type EncodedCocoColumns = Readonly<Record<keyof CocoColumns, string>>

const TYPES = {
  image: columnOf.uint32,
  category: columnOf.uint16,
  rank: columnOf.uint8,
  score: columnOf.float64,
  found: columnOf.uint16,
  ignored: columnOf.uint16,
  objectImage: columnOf.uint32,
  objectCategory: columnOf.uint16,
  objects: columnOf.uint32
} as const
type Name = keyof typeof TYPES
type Make = (from: ArrayBuffer) => ColumnArray
const NAMES = Object.keys(TYPES) as Name[]

export class CocoColumnStore {
  readonly #columns = {
    image: new Column(TYPES.image),
    category: new Column(TYPES.category),
    rank: new Column(TYPES.rank),
    score: new Column(TYPES.score),
    found: new Column(TYPES.found),
    ignored: new Column(TYPES.ignored),
    objectImage: new Column(TYPES.objectImage),
    objectCategory: new Column(TYPES.objectCategory),
    objects: new Column(TYPES.objects)
  }

  /** One category of one image. @param scores falling, one a detection. */
  add(image: number, category: number, scores: readonly number[], matches: CategoryMatches): void {
    const columns = this.#columns
    for (const [rank, score] of scores.entries()) {
      columns.image.push(image)
      columns.category.push(category)
      columns.rank.push(rank)
      columns.score.push(score)
    }
    columns.found.append(matches.found)
    columns.ignored.append(matches.ignored)
    if (matches.objects === null) return
    columns.objectImage.push(image)
    columns.objectCategory.push(category)
    columns.objects.append(matches.objects)
  }

  /** @param offset what the other's image numbers grow by. */
  append(other: CocoColumns, offset: number): void {
    for (const name of NAMES) {
      const isImage = name === 'image' || name === 'objectImage'
      this.#columns[name].append(isImage ? other[name].map((image) => image + offset) : other[name])
    }
  }

  view(): CocoColumns {
    return Object.fromEntries(NAMES.map((name) => [name, this.#columns[name].view()])) as unknown as CocoColumns
  }

  encode(): EncodedCocoColumns {
    const view = this.view()
    return Object.fromEntries(NAMES.map((name) => [name, encodeColumn(view[name])])) as EncodedCocoColumns
  }

  /** @throws FileError where the columns do not belong together. */
  static decode(encoded: EncodedCocoColumns, images: number, categories: number): CocoColumnStore {
    const store = new CocoColumnStore()
    for (const name of NAMES) store.#columns[name].append(decodeColumn(encoded[name], TYPES[name] as Make, name))
    if (!store.#isConsistent(images, categories)) {
      throw new FileError('the stored detection results do not belong together: the file is cut off or damaged')
    }
    return store
  }

  #isConsistent(images: number, categories: number): boolean {
    const { image, category, rank, score, found, ignored, objectImage, objectCategory, objects } = this.view()
    const same = (...lengths: number[]) => lengths.every((length) => length === lengths[0])
    const below = (values: Uint16Array | Uint32Array, limit: number) => values.every((value) => value < limit)
    return (
      same(
        image.length,
        category.length,
        rank.length,
        score.length,
        found.length / AREAS.length,
        ignored.length / AREAS.length
      ) &&
      same(objectImage.length, objectCategory.length, objects.length / AREAS.length) &&
      below(image, images) &&
      below(objectImage, images) &&
      below(category, categories) &&
      below(objectCategory, categories)
    )
  }
}
