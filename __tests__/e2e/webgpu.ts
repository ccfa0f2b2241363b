import { describe } from '@jest/globals'
import { makeNode, makeTensor } from '../../src/model/index.js'
import { loadRuntime } from '../../src/runtime/index.js'
import type { ModelParts } from '../model/helpers.js'
import { colourWeight, SIZE } from './project.js'

// On a machine without a GPU Mesa's lavapipe (24 or later) stands in, which computes float16 as a GPU does:
// apt-get install mesa-vulkan-drivers libvulkan1
const probe = await (await loadRuntime()).probe('webgpu')
if (!probe.works) {
  const reason = `${probe.reason}; a GPU's Vulkan driver or Mesa's lavapipe would do`
  if (process.env.PRECISION_GATE_REQUIRE_WEBGPU === '1') throw new Error(`webgpu is required here: ${reason}`)
  process.stderr.write(`skipped: the tests on webgpu: ${reason}\n`)
}

/** Tests that need WebGPU: a GPU, or the software that stands in for one. */
export const describeOnWebgpu = probe.works ? describe : describe.skip

/**
 * Bright colours pass 65504 on the way (255 squared, times 2), and come back to 0 to 1. The means over the colours are
 * taken off, so that an infinity becomes NaN and no class stands out.
 */
export const OVERFLOWING: ModelParts = {
  nodes: [
    makeNode('Conv', ['images', 'weight'], ['mixed'], { name: 'mix' }),
    makeNode('Mul', ['mixed', 'up'], ['large'], { name: 'up' }),
    makeNode('Mul', ['large', 'large'], ['squared'], { name: 'square' }),
    makeNode('Mul', ['squared', 'down'], ['small'], { name: 'down' }),
    makeNode('GlobalAveragePool', ['small'], ['means'], { name: 'pool' }),
    makeNode('Flatten', ['means'], ['flat'], { name: 'flatten' }),
    makeNode('ReduceMean', ['flat'], ['mean'], { name: 'mean', attributes: { axes: { ints: [1] } } }),
    makeNode('Sub', ['flat', 'mean'], ['logits'], { name: 'spread' })
  ],
  inputs: { images: ['batch', 3, SIZE, SIZE] },
  outputs: ['logits'],
  initializers: [
    colourWeight(),
    makeTensor('up', { type: 'float32', dims: [], data: Float32Array.of(2048) }),
    makeTensor('down', { type: 'float32', dims: [], data: Float32Array.of(2 ** -20) })
  ]
}
