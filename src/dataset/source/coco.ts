import { resolve } from 'node:path'
import { FileError, messageOf } from '../../errors.js'
import type { Size } from '../preprocess/geometry.js'
import type { DatasetSource, Dataset } from '../types.js'
import { readText } from './classes.js'
import { ImageDataset, type ImageEntry } from './images.js'
import { boxProblem, packObjects, type AnnotatedObject } from './objects.js'
import { byCodeUnit, type Workspace } from './paths.js'
import { Problems } from './table.js'

type CocoSource = Extract<DatasetSource, { kind: 'coco' }>
type Json = Readonly<Record<string, unknown>>

interface Image {
  readonly id: number
  readonly name: string
  readonly file: string
  readonly size: Size
  readonly objects: AnnotatedObject[]
}

const HINT = 'correct the file, or export it again; the format is the one of cocodataset.org, object detection'

/**
 * COCO's `instances.json`: every image that it lists, with or without objects.
 *
 * Categories get class indices 0, 1, … by ascending id, which is the order that detectors trained on COCO use. Areas are
 * taken as given, since those of outlines (polygons and RLE) are smaller than their boxes; a missing one is that of
 * the box, as in pycocotools' loadRes.
 */
export function openCoco(source: CocoSource, workspace: Workspace): Dataset {
  const { annotations: file } = source
  const document = parse(file, workspace)
  const problems = new Problems(file)
  const categories = readCategories(section(document, 'categories', file), problems)
  const images = readImages(section(document, 'images', file), source, workspace, problems)
  const index = new Map(categories.map(({ id }, position) => [id, position]))
  readAnnotations(section(document, 'annotations', file), images, index, problems)
  problems.throwIfAny(HINT)
  if (images.size === 0) throw new FileError(`${file} lists no images`, HINT)
  const entries = [...images.values()]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .map(({ id, name, file, size, objects }): ImageEntry => ({
      sample: { id: name, imageId: id, size, objects: packObjects(objects) },
      file
    }))
  const names = categories.map(({ name }) => name)
  const ids = categories.map(({ id }) => id)
  return new ImageDataset(source, entries, names, [], ids)
}

function parse(file: string, workspace: Workspace): Json {
  const text = readText('the annotations', file, workspace)
  try {
    const document: unknown = JSON.parse(text)
    if (isObject(document)) return document
  } catch (error) {
    throw new FileError(
      `${file} is not valid JSON: ${messageOf(error)}`,
      'JSON has no NaN and no Infinity; export the file again',
      { cause: error }
    )
  }
  throw new FileError(`${file} is not a COCO file: an object with images, annotations and categories is expected`, HINT)
}

function section(document: Json, key: string, file: string): readonly unknown[] {
  const value = document[key]
  if (!Array.isArray(value)) throw new FileError(`${file} has no list '${key}'`, HINT)
  return value
}

function readCategories(list: readonly unknown[], problems: Problems): { id: number; name: string }[] {
  const categories: { id: number; name: string }[] = []
  const ids = new Set<number>()
  list.forEach((entry, position) => {
    const place = `categories[${position}]`
    const { id, name } = isObject(entry) ? entry : {}
    if (!isId(id)) problems.add(place, `id ${show(id)} is not a whole number`)
    else if (typeof name !== 'string') problems.add(place, `name ${show(name)} is not a text`)
    else if (ids.has(id)) problems.add(place, `category ${id} is in the list twice`)
    else {
      ids.add(id)
      categories.push({ id, name })
    }
  })
  return categories.sort((a, b) => a.id - b.id)
}

function readImages(
  list: readonly unknown[],
  source: CocoSource,
  workspace: Workspace,
  problems: Problems
): Map<number, Image> {
  const root = workspace.confine('the images', source.images)
  const images = new Map<number, Image>()
  const names = new Set<string>()
  list.forEach((entry, position) => {
    const place = `images[${position}]`
    const { id, file_name: name, width, height } = isObject(entry) ? entry : {}
    if (!isId(id)) return problems.add(place, `id ${show(id)} is not a whole number`)
    if (images.has(id)) return problems.add(place, `image ${id} is in the list twice`)
    if (typeof name !== 'string' || name === '') return problems.add(place, `file_name ${show(name)} is not a name`)
    if (names.has(name)) return problems.add(place, `'${name}' is in the list twice`)
    if (!isSide(width) || !isSide(height))
      return problems.add(place, `width ${show(width)} and height ${show(height)} of '${name}' are not a size`)
    names.add(name)
    try {
      const file = workspace.confine('image', resolve(root, name))
      images.set(id, { id, name, file, size: { width, height }, objects: [] })
    } catch (error) {
      problems.add(place, messageOf(error))
    }
  })
  return images
}

function readAnnotations(
  list: readonly unknown[],
  images: ReadonlyMap<number, Image>,
  index: ReadonlyMap<number, number>,
  problems: Problems
): void {
  list.forEach((entry, position) => {
    const annotation = isObject(entry) ? entry : {}
    const { id, image_id: imageId, category_id: category, bbox: box, area, iscrowd = 0 } = annotation
    const place = `annotations[${position}]${isId(id) ? ` (id ${id})` : ''}`
    const image = isId(imageId) ? images.get(imageId) : undefined
    if (image === undefined) return problems.add(place, `image_id ${show(imageId)} is not one of the images`)
    const classIndex = isId(category) ? index.get(category) : undefined
    if (classIndex === undefined)
      return problems.add(place, `category_id ${show(category)} is not one of the categories`)
    if (!isBox(box)) return problems.add(place, `bbox ${show(box)} is not [x, y, width, height]`)
    const problem = boxProblem(box, image.size)
    if (problem !== undefined) return problems.add(place, `${problem} '${image.name}'`)
    if (area !== undefined && !(typeof area === 'number' && area >= 0))
      return problems.add(place, `area ${show(area)} is not a number from 0 on`)
    if (![0, 1, true, false].includes(iscrowd as number))
      return problems.add(place, `iscrowd ${show(iscrowd)} is neither 0 nor 1`)
    image.objects.push({ box, class: classIndex, crowd: Boolean(iscrowd), ...(area !== undefined && { area }) })
  })
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}

function isSide(value: unknown): value is number {
  return isId(value) && value > 0
}

function isBox(value: unknown): value is [number, number, number, number] {
  return Array.isArray(value) && value.length === 4 && value.every((side) => typeof side === 'number')
}

function show(value: unknown): string {
  return value === undefined ? '(missing)' : JSON.stringify(value).slice(0, 80)
}
