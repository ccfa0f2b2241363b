import { RuntimeError } from '../../errors.js'
import { numbersOf, outputOf, wrongShape, type Numbers } from '../tensors.js'
import { cornersOf, type ReadOutputs, type ReaderContext } from './reader.js'

/**
 * A finished list of boxes, scores and class numbers an image, with or without the number of those that count. Without
 * a batch dimension ([K, 4]: torchvision) it is that of one image.
 */
export const readListed: ReadOutputs = (outputs, context) => {
  const named = (role: 'boxes' | 'scores' | 'classes'): Numbers & { name: string } => {
    const name = context.outputs[role] ?? ''
    return { name, ...numbersOf(outputOf(outputs, name)) }
  }
  const boxes = named('boxes')
  const [scores, classes] = [named('scores'), named('classes')]
  const [images, count] = boxes.dims.length === 2 ? [1, boxes.dims[0]] : boxes.dims
  if (boxes.dims.length > 3 || boxes.dims.at(-1) !== 4) wrongShape(boxes.name, boxes.dims, '[N, boxes, 4]')
  for (const { name, dims, data } of [scores, classes])
    if (data.length !== images * count) wrongShape(name, dims, `${count} values an image, one a box,`)
  const counts = context.outputs.count === undefined ? undefined : numbersOf(outputOf(outputs, context.outputs.count))
  const write = cornersOf(context)
  return {
    images,
    collect(image, into) {
      const valid = counts?.data[image] ?? count
      if (!(valid >= 0 && valid <= count)) wrongCount(context.outputs.count, valid, count)
      for (let anchor = 0, at = image * count; anchor < valid; anchor++, at++) {
        if (scores.data[at] <= context.minScore) continue
        const category = categoryOf(classes.data[at], context)
        if (category >= 0) into.push(anchor, category, scores.data[at])
      }
    },
    corners(image, anchor, out) {
      const [data, at] = [boxes.data, (image * count + anchor) * 4]
      write(data[at], data[at + 1], data[at + 2], data[at + 3], out)
    }
  }
}

/** One tensor [N, K, 6] of four coordinates, score and class number. */
export const readSixes: ReadOutputs = (outputs, context) => {
  const name = context.outputs.predictions ?? ''
  const { dims, data } = numbersOf(outputOf(outputs, name))
  if (dims.length !== 3 || dims[2] !== 6) wrongShape(name, dims, '[N, boxes, 6]')
  const [images, count] = dims
  const write = cornersOf(context)
  return {
    images,
    collect(image, into) {
      for (let anchor = 0, at = image * count * 6; anchor < count; anchor++, at += 6) {
        if (data[at + 4] <= context.minScore) continue
        const category = categoryOf(data[at + 5], context)
        if (category >= 0) into.push(anchor, category, data[at + 4])
      }
    },
    corners(image, anchor, out) {
      const at = (image * count + anchor) * 6
      write(data[at], data[at + 1], data[at + 2], data[at + 3], out)
    }
  }
}

/** @returns the data set's class, -1 where it has none. */
function categoryOf(number: number, { firstClass, classMap, layout }: ReaderContext): number {
  const index = number - firstClass
  if (Number.isInteger(index) && index >= 0 && index < classMap.length) return classMap[index]
  throw new RuntimeError(
    `the network gives class ${number} (${layout}, its first class is ${firstClass}), and ${classMap.length} classes are expected`,
    'set `decode: {first_class: …}`, or say which class of the data set each one is: `classes: ids`, `classes: [...]`'
  )
}

function wrongCount(name: string | undefined, valid: number, count: number): never {
  throw new RuntimeError(
    `output '${name ?? ''}' says that ${valid} of ${count} boxes count`,
    'check the names of the outputs in `decode`'
  )
}
