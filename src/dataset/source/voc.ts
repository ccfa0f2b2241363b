import { statSync } from 'node:fs'
import { join } from 'node:path'
import { FileError, messageOf } from '../../errors.js'
import type { Dataset, DatasetSource } from '../types.js'
import { readClasses, readText } from './classes.js'
import { ImageDataset, isImageName, type ImageEntry } from './images.js'
import { boxProblem, packObjects, type AnnotatedObject } from './objects.js'
import type { Workspace } from './paths.js'
import { Problems } from './table.js'
import { byStem, listTree, stemOf } from './tree.js'
import { elements, numberOf, parseXml, textOf, type Element } from './xml.js'

type VocSource = Extract<DatasetSource, { kind: 'voc' }>

const HINT = 'correct the annotations; the format is the one of the Pascal VOC development kit'

/**
 * Pascal VOC: one XML file an image, of the same name but for the extension.
 *
 * Corners are 1-based and inclusive (an object on the first pixel alone has xmin = xmax = 1), so a box starts at
 * xmin - 1 and is xmax - xmin + 1 wide.
 */
export function openVoc(source: VocSource, workspace: Workspace): Dataset {
  const classes = readClasses(source.classes, workspace)
  const index = new Map(classes.map((name, position) => [name, position]))
  const images = byStem(listTree('the images', source.images, workspace, isImageName))
  const names = source.list === undefined ? allNames(source, workspace) : listed(source.list, workspace)
  const entries = names.map((name): ImageEntry => {
    const file = join(source.annotations, `${name}.xml`)
    const problems = new Problems(file)
    const annotation = parseXml(readText('the annotations', file, workspace), file)
    const image = images.get(name)
    if (image === undefined)
      throw new FileError(`${file} has no image: there is no ${name}.jpg or .png in ${source.images}`, HINT)
    const size = readSize(annotation, problems)
    const objects = size === undefined ? [] : readObjects(annotation, index, size, problems)
    problems.throwIfAny(HINT)
    if (!statSync(image.file).isFile()) throw new FileError(`image ${image.file} is not a file`)
    return { sample: { id: image.name, ...(size && { size }), objects: packObjects(objects) }, file: image.file }
  })
  return new ImageDataset(source, entries, classes)
}

function allNames(source: VocSource, workspace: Workspace): string[] {
  const isXml = (name: string) => name.toLowerCase().endsWith('.xml')
  const names = listTree('the annotations', source.annotations, workspace, isXml).map(({ name }) => stemOf(name))
  if (names.length === 0) throw new FileError(`there are no XML files in ${source.annotations}`, HINT)
  return names
}

function listed(file: string, workspace: Workspace): string[] {
  const problems = new Problems(file)
  const seen = new Set<string>()
  readText('the list of images', file, workspace)
    .split(/\r?\n/)
    .forEach((text, line) => {
      const [name, ...rest] = text.trim().split(/\s+/)
      if (name === '') return
      if (rest.length > 0) problems.add(line + 1, `'${text.trim()}' is not one name`)
      else if (seen.has(name)) problems.add(line + 1, `'${name}' is in the list twice`)
      seen.add(name)
    })
  problems.throwIfAny('name one image a line, without its extension; lists of one class (with 1 and -1) do not serve')
  if (seen.size === 0) throw new FileError(`${file} names no images`, HINT)
  return [...seen]
}

function readSize(annotation: Element, problems: Problems) {
  const size = elements(annotation, 'size').at(0)
  const width = size && numberOf(size, 'width')
  const height = size && numberOf(size, 'height')
  if (width !== undefined && height !== undefined && width > 0 && height > 0) return { width, height }
  problems.add(size?.lineNumber ?? 1, 'there is no size with a width and a height above 0')
  return undefined
}

function readObjects(
  annotation: Element,
  index: ReadonlyMap<string, number>,
  size: { readonly width: number; readonly height: number },
  problems: Problems
): AnnotatedObject[] {
  return elements(annotation, 'object').flatMap((object) => {
    const line = object.lineNumber ?? 0
    try {
      const name = textOf(object, 'name')
      const classIndex = index.get(name)
      if (classIndex === undefined) throw new FileError(`'${name}' is not one of the classes`)
      const box = readBox(object)
      const problem = boxProblem(box, size)
      if (problem !== undefined) throw new FileError(problem)
      const difficult = elements(object, 'difficult').length > 0 && textOf(object, 'difficult') !== '0'
      return [{ box, class: classIndex, difficult }]
    } catch (error) {
      problems.add(line, messageOf(error))
      return []
    }
  })
}

function readBox(object: Element): AnnotatedObject['box'] {
  const box = elements(object, 'bndbox').at(0)
  if (box === undefined) throw new FileError('the object has no bndbox')
  const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => numberOf(box, name))
  if (xmax < xmin || ymax < ymin)
    throw new FileError(
      `the corners ${xmin},${ymin} and ${xmax},${ymax} (xmin,ymin and xmax,ymax) are the wrong way round`
    )
  return [xmin - 1, ymin - 1, xmax - xmin + 1, ymax - ymin + 1]
}
