import type { OnnxRuntime } from './binding.js'
import { DOT_LENGTH, dotProductModel } from './probes/models.js'

/**
 * Whether sums of unsigned by signed 8-bit products saturate at 16 bits on this processor, found by computing one:
 * 64 products of 255 x 127. Without VNNI the x64 kernel (vpmaddubsw) returns half of the right answer, silently.
 * Measured rather than concluded from flags: Windows does not tell them, and an emulator may show its host's.
 */
export async function saturatesU8S8(ort: OnnxRuntime, precise = false): Promise<boolean> {
  if (process.arch !== 'x64') return false
  const session = await ort.InferenceSession.create(dotProductModel(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    extra: precise ? { 'session.x64quantprecision': '1' } : {}
  })
  try {
    const a = new ort.Tensor('uint8', new Uint8Array(DOT_LENGTH).fill(255), [1, DOT_LENGTH])
    const { y } = await session.run({ a })
    return (y.data as Int32Array).some((sum) => sum !== DOT_LENGTH * 255 * 127)
  } finally {
    await session.release()
  }
}
