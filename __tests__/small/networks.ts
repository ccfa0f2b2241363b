import { makeNode, makeTensor } from '../../src/model/index.js'
import { uniform } from '../../src/util/random.js'
import type { ModelParts } from '../model/helpers.js'

/** Height and width of the images; detection has a cell for every 4 x 4 pixels. */
export const SIZE = 16
export const CELL = 4
const CELLS = (SIZE / CELL) ** 2

export type TaskName = 'classification' | 'detection' | 'segmentation'

/** What FP32 sees too little of the colour itself: `blur` of 0 sees it alone, 1 sees nothing. */
function colours(kernel: number, blur: number) {
  const area = kernel * kernel
  const data = Float32Array.from({ length: 3 * 3 * area }, (_, i) => {
    const [to, from] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3]
    return ((to === from ? 1 : 0) * (1 - blur) + blur * NOISE[3 * to + from]) / area
  })
  return makeTensor('colours', { type: 'float32', dims: [3, 3, kernel, kernel], data })
}

const next = uniform(7)
const NOISE = Array.from({ length: 9 }, next)

const constant = (name: string, dims: readonly number[], values: readonly number[]) =>
  makeTensor(name, { type: 'float32', dims, data: Float32Array.from(values) })
const shape = (name: string, values: readonly number[]) =>
  makeTensor(name, { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) })

/** A small network that tells three colours apart, and worse the more `blur` its weights have. */
export function network(task: TaskName, blur: number): ModelParts {
  const inputs = { images: ['batch', 3, SIZE, SIZE] }
  switch (task) {
    case 'classification':
      return {
        inputs,
        outputs: ['logits'],
        initializers: [colours(1, blur)],
        nodes: [
          makeNode('Conv', ['images', 'colours'], ['mixed'], { name: 'mix' }),
          makeNode('GlobalAveragePool', ['mixed'], ['means'], { name: 'pool' }),
          makeNode('Flatten', ['means'], ['logits'], { name: 'flatten' })
        ]
      }
    case 'segmentation':
      return {
        inputs,
        outputs: ['scores'],
        initializers: [colours(1, blur)],
        nodes: [makeNode('Conv', ['images', 'colours'], ['scores'], { name: 'mix' })]
      }
    case 'detection':
      return detector(inputs, blur)
  }
}

/** Output [batch, 4 + 3, cells] of the layout yolov8: a fixed box for each cell, and how much of each colour is in it. */
function detector(inputs: NonNullable<ModelParts['inputs']>, blur: number): ModelParts {
  const columns = SIZE / CELL
  const centres = Array.from({ length: CELLS }, (_, i) => [i % columns, Math.floor(i / columns)])
  const boxes = [
    ...centres.map(([x]) => CELL * x + CELL / 2),
    ...centres.map(([, y]) => CELL * y + CELL / 2),
    ...Array<number>(2 * CELLS).fill(CELL)
  ]
  const stride = { kernel_shape: { ints: [CELL, CELL] }, strides: { ints: [CELL, CELL] } }
  return {
    inputs,
    outputs: ['predictions'],
    initializers: [
      constant('same', [3, 3, 1, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      colours(CELL, blur),
      constant('nothing', [4, 3, CELL, CELL], Array<number>(12 * CELL * CELL).fill(0)),
      constant('boxes', [1, 4, CELLS], boxes),
      shape('four', [0, 4, CELLS]),
      shape('three', [0, 3, CELLS])
    ],
    nodes: [
      // What feeds the head stays in float: there has to be a layer before it.
      makeNode('Conv', ['images', 'same'], ['features'], { name: 'features' }),
      makeNode('Conv', ['features', 'colours'], ['seen'], { name: 'mix', attributes: stride }),
      makeNode('Conv', ['features', 'nothing'], ['zeros'], { name: 'zeros', attributes: stride }),
      makeNode('Reshape', ['zeros', 'four'], ['flat'], { name: 'flat' }),
      makeNode('Add', ['flat', 'boxes'], ['placed'], { name: 'place' }),
      makeNode('Reshape', ['seen', 'three'], ['scores'], { name: 'scores' }),
      makeNode('Concat', ['placed', 'scores'], ['predictions'], { name: 'predict', attributes: { axis: { int: 1 } } })
    ]
  }
}
