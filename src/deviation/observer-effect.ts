import { float16ToFloat32 } from '../model/index.js'
import type { Tensor, TensorData } from '../tensor.js'

/** What looking at a model changed in what it computes. */
export class ObserverEffect {
  private samples = 0
  private different = 0
  private values = 0
  private largest = 0
  private largestOutput = 0

  /** @param observed outputs of the instrumented model; @param plain of the same model by itself. */
  add(observed: Readonly<Record<string, Tensor>>, plain: Readonly<Record<string, Tensor>>, samples: number): void {
    this.samples += samples
    for (const [name, tensor] of Object.entries(plain)) {
      const [a, b] = [numbers(observed[name]), numbers(tensor)]
      this.values += b.length
      for (let i = 0; i < b.length; i++) {
        if (Object.is(a[i], b[i])) continue
        this.different++
        const difference = Math.abs(a[i] - b[i])
        this.largest = Math.max(this.largest, Number.isNaN(difference) ? Infinity : difference)
      }
      for (const value of b)
        if (Number.isFinite(value)) this.largestOutput = Math.max(this.largestOutput, Math.abs(value))
    }
  }

  /** For chunks of layers that were measured one after the other. */
  merge(other: ObserverEffect): void {
    this.samples = Math.max(this.samples, other.samples)
    this.values += other.values
    this.different += other.different
    this.largest = Math.max(this.largest, other.largest)
    this.largestOutput = Math.max(this.largestOutput, other.largestOutput)
  }

  result(): { samples: number; values: number; different: number; maxAbs: number | null; maxOutput: number } {
    const { samples, values, different, largest, largestOutput } = this
    return { samples, values, different, maxAbs: Number.isFinite(largest) ? largest : null, maxOutput: largestOutput }
  }
}

function numbers({ type, data }: Tensor): Exclude<TensorData, BigInt64Array | BigUint64Array> | number[] {
  if (type === 'float16') return float16ToFloat32(data as Uint16Array)
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? Array.from(data, Number) : data
}
