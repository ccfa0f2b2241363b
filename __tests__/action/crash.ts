import { join } from 'node:path'
import { makeNode, makeTensor } from '../../src/model/index.js'
import { makeModel, writeModel } from '../model/helpers.js'

/** Other processors have a number for the remainder of -2^31 and -1. */
export const CAN_CRASH = process.arch === 'x64'

/**
 * A model that every checker takes and that ends the process when it runs: -2^31 modulo -1, for which an x64 processor
 * raises SIGFPE (ONNX Runtime 1.30 looks for a divisor of zero only). A real instance of what an untrusted model can do.
 */
export function writeCrashingModel(folder: string, file = 'model.onnx'): void {
  const weight = makeTensor('weight', { type: 'float32', dims: [10, 3, 1, 1], data: new Float32Array(30).fill(0.1) })
  const constant = (name: string, value: number) =>
    makeTensor(name, { type: 'int32', dims: [1], data: Int32Array.of(value) })
  const nodes = [
    makeNode('Conv', ['images', 'weight'], ['mixed'], { name: 'mix' }),
    makeNode('GlobalAveragePool', ['mixed'], ['means'], { name: 'pool' }),
    makeNode('Flatten', ['means'], ['logits'], { name: 'flatten' }),
    makeNode('Cast', ['logits'], ['integers'], { attributes: { to: { int: 6 } } }),
    // From the input, so that nothing is folded before it runs.
    makeNode('Sub', ['integers', 'integers'], ['zeros']),
    makeNode('Add', ['zeros', 'smallest'], ['dividend']),
    makeNode('Add', ['zeros', 'minus-one'], ['divisor']),
    makeNode('Mod', ['dividend', 'divisor'], ['rest'], { name: 'crash' }),
    makeNode('Cast', ['rest'], ['numbers'], { attributes: { to: { int: 1 } } }),
    makeNode('Add', ['logits', 'numbers'], ['scores'])
  ]
  const inputs = { images: ['batch', 3, 32, 32] }
  const initializers = [weight, constant('smallest', -(2 ** 31)), constant('minus-one', -1)]
  writeModel(join(folder, file), makeModel({ nodes, inputs, outputs: ['scores'], initializers }))
}
