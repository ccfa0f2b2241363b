import { FileError } from '../../errors.js'
import { imageSize } from '../decode/size.js'
import type { Size } from '../preprocess/geometry.js'
import type { Dataset, DatasetSource } from '../types.js'
import { readText } from './classes.js'
import { ImageDataset, isImageName, type ImageEntry } from './images.js'
import { boxProblem, packObjects, type AnnotatedObject } from './objects.js'
import type { Workspace } from './paths.js'
import { Problems } from './table.js'
import { byStem, listTree, stemOf } from './tree.js'
import { readYoloClasses } from './yolo-classes.js'

type YoloSource = Extract<DatasetSource, { kind: 'yolo' }>

const HINT = 'write one object a line: class cx cy width height, the last four as shares (0 to 1) of the image'

/**
 * YOLO text labels: for `images/a/b.jpg` the file `labels/a/b.txt` with one line an object. An image without a label
 * file has no objects, as in Ultralytics' trainer; a label file without an image is an error.
 */
export async function openYolo(source: YoloSource, workspace: Workspace): Promise<Dataset> {
  const classes = readYoloClasses(source.classes, workspace)
  const images = byStem(listTree('the images', source.images, workspace, isImageName))
  const labels = byStem(listTree('the labels', source.labels, workspace, isLabelName))
  if (images.size === 0) throw new FileError(`there are no images in ${source.images}`, 'check `images`')
  if (![...images.keys()].some((name) => labels.has(name)))
    throw new FileError(
      `no image in ${source.images} has a label file in ${source.labels}`,
      'label files have the name of the image, with .txt'
    )
  for (const [name, label] of labels)
    if (!images.has(name))
      throw new FileError(`${label.file} has no image in ${source.images}`, 'add the image, or remove the label file')
  const entries: ImageEntry[] = []
  for (const [name, image] of images) {
    const label = labels.get(name)
    const size = await imageSize(image.file, image.name)
    const objects = label === undefined ? [] : readLabels(label.file, classes.length, size, workspace)
    entries.push({ sample: { id: image.name, size, objects: packObjects(objects) }, file: image.file })
  }
  return new ImageDataset(source, entries, classes)
}

/** Annotation tools leave their class list beside the labels. */
function isLabelName(name: string): boolean {
  return name.endsWith('.txt') && stemOf(name) !== 'classes'
}

function readLabels(file: string, classes: number, size: Size, workspace: Workspace): AnnotatedObject[] {
  const problems = new Problems(file)
  const objects = readText('the labels', file, workspace)
    .split(/\r?\n/)
    .flatMap((text, index) => {
      if (text.trim() === '') return []
      const object = parseLine(text.trim(), classes, size)
      if (typeof object !== 'string') return [object]
      problems.add(index + 1, object)
      return []
    })
  problems.throwIfAny(HINT)
  return objects
}

/** @returns the object, or what is wrong with the line. */
function parseLine(text: string, classes: number, { width, height }: Size): AnnotatedObject | string {
  const cells = text.split(/\s+/)
  const [index, cx, cy, w, h] = cells.map(Number)
  if (cells.length !== 5)
    return `${cells.length} values${cells.length > 6 ? ' (an outline?)' : ''} where 5 are expected: '${text.slice(0, 60)}'`
  if (!Number.isInteger(index) || index < 0 || index >= classes)
    return `class '${cells[0]}' is not one of the ${classes} classes, 0 to ${classes - 1}`
  if ([cx, cy, w, h].some((value) => Math.abs(value) > 2)) return `'${text}' is in pixels, not in shares of the image`
  const box = [(cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height] as const
  return boxProblem(box, { width, height }) ?? { box, class: index }
}
