import { observeTensors, type ObservationInput } from '../observe.js'
import { FP16_MAX } from './weights.js'
import type { Fp16Plan } from './precision.js'

/** How a tensor's values would fare in float16, measured in float32 on real images. */
export interface Fp16ActivationRange {
  readonly tensor: string
  readonly layer: string
  readonly op: string
  readonly maxAbs: number
  readonly elements: number
  /** Elements beyond +-65504: infinite in float16. */
  readonly overflowing: number
  /** Elements that are not zero but below the smallest normal float16 (2^-14): they lose precision or vanish. */
  readonly subnormal: number
  /** First image on which the tensor overflows. */
  readonly firstImage?: string
}

/** Bits of the float32 numbers 65504 and 2^-14; magnitudes compare like their bits. */
const MAX_BITS = new Int32Array(Float32Array.of(FP16_MAX).buffer)[0]
const MIN_NORMAL_BITS = new Int32Array(Float32Array.of(2 ** -14).buffer)[0]

interface Counters {
  maxBits: number
  elements: number
  overflowing: number
  subnormal: number
  firstImage?: string
}

/** Ranges of every tensor that the plan makes in float16, in execution order. */
export async function measureFp16Activations(
  plan: Fp16Plan,
  input: Omit<ObservationInput, 'tensors'>
): Promise<Fp16ActivationRange[]> {
  const made = [...plan.madeInHalf()]
  const counters = new Map<string, Counters>()
  for (const { tensor } of made) counters.set(tensor, { maxBits: 0, elements: 0, overflowing: 0, subnormal: 0 })
  await observeTensors({ ...input, tensors: made.map(({ tensor }) => tensor) }, (tensor, data, image) => {
    const counter = counters.get(tensor)
    if (counter !== undefined) count(counter, data, image)
  })
  return made.map(({ tensor, node }) => {
    const { maxBits, ...counts } = counters.get(tensor) ?? { maxBits: 0, elements: 0, overflowing: 0, subnormal: 0 }
    const maxAbs = new Float32Array(Int32Array.of(maxBits).buffer)[0]
    return { tensor, layer: node.name === '' ? tensor : node.name, op: node.opType, maxAbs, ...counts }
  })
}

function count(counter: Counters, data: Float32Array, image: string): void {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length)
  let { maxBits } = counter
  let overflowing = 0
  let subnormal = 0
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i] & 0x7fffffff
    if (magnitude > maxBits) maxBits = magnitude
    if (magnitude > MAX_BITS) overflowing++
    if (magnitude < MIN_NORMAL_BITS && magnitude !== 0) subnormal++
  }
  if (overflowing > 0) counter.firstImage ??= image
  counter.maxBits = maxBits
  counter.elements += data.length
  counter.overflowing += overflowing
  counter.subnormal += subnormal
}
