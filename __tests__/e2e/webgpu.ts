import { describe } from '@jest/globals'
import { loadRuntime } from '../../src/runtime/index.js'

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
