import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withTemporaryFolder } from '../../util/files.js'
import type { ExecutedPrecision, Provider, Runtime } from '../types.js'
import { float16Model, float16SumModel, quantizedModel } from './models.js'

/** What a provider makes of low precision, found by running it. */
export interface PrecisionProbe {
  /**
   * `half`: sums overflow at 65504, as float16 does. `float32`: they do not, although the model says float16, so overflow
   * cannot be seen on this provider.
   */
  readonly fp16: 'half' | 'float32'
  /**
   * Largest error of a sum of 256 float16 products in a convolution, in steps of float16. Half a step is a float32 sum that
   * is rounded once, as the emulation on the CPU has it; more is a sum in float16.
   */
  readonly fp16SumErrorSteps: number
  /** How a convolution between Q/DQ pairs executed; undefined where the provider's profile does not tell. */
  readonly int8?: ExecutedPrecision
  /** Largest |INT8 - exact| of that convolution, in steps of its output scale. */
  readonly int8ErrorSteps: number
}

/** (60000 + 60000) / 4: 30000 in float32; in float16 the sum is infinite. */
const LARGE = 60000

/**
 * Runs a float16 sum that overflows, and a quantized convolution, on the provider.
 * @throws RuntimeError where the provider does not run at all
 */
export async function probePrecision(runtime: Runtime, provider: Provider, device = 0): Promise<PrecisionProbe> {
  return withTemporaryFolder(async (folder) => {
    const options = { provider, device, threads: 1 }
    const half = join(folder, 'float16.onnx')
    await writeFile(half, float16Model())
    const x = { type: 'float32' as const, dims: [1, 4], data: new Float32Array(4).fill(LARGE) }
    const sum = await runOnce(runtime, half, { x }, options)

    const sums = join(folder, 'sums.onnx')
    const long = float16SumModel()
    await writeFile(sums, long.model)
    const terms = { type: 'float32' as const, dims: long.input.dims, data: long.input.data }
    const added = await runOnce(runtime, sums, { x: terms }, options)
    const fp16SumErrorSteps = largestError(added, long.expected, long.step)

    const quantized = join(folder, 'quantized.onnx')
    const { model, input, expected, scale } = quantizedModel()
    await writeFile(quantized, model)
    const feeds = { x: { type: 'float32' as const, dims: input.dims, data: input.data } }
    const found = await runOnce(runtime, quantized, feeds, options)
    const int8ErrorSteps = largestError(found, expected, scale)
    const layers = provider === 'tensorrt' ? [] : await runtime.executedLayers(quantized, feeds, options)
    const convolution = layers.find(({ op }) => op.includes('Conv'))
    return {
      fp16: sum.some((value) => !Number.isFinite(value)) ? 'half' : 'float32',
      fp16SumErrorSteps,
      ...(convolution !== undefined && { int8: convolution.executed }),
      int8ErrorSteps
    }
  })
}

function largestError(found: Float32Array, expected: readonly number[], step: number): number {
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(found[i] - value) / step), 0)
}

async function runOnce(
  runtime: Runtime,
  file: string,
  feeds: Parameters<Awaited<ReturnType<Runtime['createSession']>>['run']>[0],
  options: Parameters<Runtime['createSession']>[1]
): Promise<Float32Array> {
  const session = await runtime.createSession(file, options)
  try {
    const { y } = await session.run(feeds)
    return y.data as Float32Array
  } finally {
    await session.release()
  }
}
