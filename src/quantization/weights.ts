import { clamp, roundHalfToEven } from './scale.js'

/** Largest |bias| in integer steps: leaves the other half of int32 to the accumulated products. */
const BIAS_LIMIT = 2 ** 30
/** Steps given to the bias of a channel whose weights are all zero: more than float32 can tell apart. */
const ZERO_CHANNEL_STEPS = 2 ** 24

export interface WeightOptions {
  /** Axis of the output channels; undefined = one scale for the whole tensor. */
  readonly axis?: number
  /** Largest code: 127, or 64 with reduced range, whose products cannot saturate on CPUs without VNNI. */
  readonly maxCode: number
}

/** What the bias of the same layer demands of the weight scales: |bias| must fit int32 in steps of input x weight scale. */
export interface BiasDemand {
  /** One value per channel. */
  readonly bias: Float32Array
  readonly inputScale: number
}

export interface QuantizedWeight {
  readonly codes: Int8Array
  /** One per channel, or one. */
  readonly scales: Float32Array
}

/**
 * Symmetric int8 weights: scale = max|w| / maxCode per channel, code = round(w / scale), zero point 0.
 * A channel whose bias would overflow int32 gets a larger scale; one of nothing but zeros gets a scale that represents
 * its bias well, because the bias is stored in steps of input scale x weight scale.
 */
export function quantizeWeight(
  weight: Float32Array,
  dims: readonly number[],
  { axis, maxCode }: WeightOptions,
  demand?: BiasDemand
): QuantizedWeight {
  const { channels, channelOf } = channelLayout(dims, axis)
  const largest = new Float64Array(channels)
  for (let i = 0; i < weight.length; i++) {
    const channel = channelOf(i)
    const magnitude = Math.abs(weight[i])
    if (magnitude > largest[channel]) largest[channel] = magnitude
  }
  const scales = new Float32Array(channels)
  for (let channel = 0; channel < channels; channel++) {
    scales[channel] = weightScale(largest[channel], maxCode, biasOf(demand, channel, channels))
  }
  const codes = new Int8Array(weight.length)
  for (let i = 0; i < weight.length; i++) {
    codes[i] = clamp(roundHalfToEven(weight[i] / scales[channelOf(i)]), -maxCode, maxCode)
  }
  return { codes, scales }
}

/** int32 bias in steps of inputScale * weightScale[c]; `scales` are what DequantizeLinear needs beside it. */
export function quantizeBias(
  { bias, inputScale }: BiasDemand,
  weightScales: Float32Array
): { codes: Int32Array; scales: Float32Array } {
  const scales = new Float32Array(bias.length)
  const codes = new Int32Array(bias.length)
  for (let channel = 0; channel < bias.length; channel++) {
    scales[channel] = inputScale * weightScales[channel % weightScales.length]
    codes[channel] = clamp(roundHalfToEven(bias[channel] / scales[channel]), -(2 ** 31), 2 ** 31 - 1)
  }
  return { codes, scales }
}

function weightScale(largest: number, maxCode: number, biasSteps: number): number {
  if (largest === 0) return biasSteps === 0 ? 1 : Math.fround(biasSteps / ZERO_CHANNEL_STEPS)
  return Math.fround(Math.max(largest / maxCode, biasSteps / BIAS_LIMIT, 1.1754943508222875e-38))
}

/** |bias| in steps of the input scale: divided by the weight scale it is the integer that will be stored. */
function biasOf(demand: BiasDemand | undefined, channel: number, channels: number): number {
  if (demand === undefined) return 0
  let largest = 0
  // A grouped transposed convolution has several output channels per entry of its weight's axis 1.
  for (let i = channel; i < demand.bias.length; i += channels) largest = Math.max(largest, Math.abs(demand.bias[i]))
  return largest / demand.inputScale
}

function channelLayout(
  dims: readonly number[],
  axis: number | undefined
): { channels: number; channelOf: (index: number) => number } {
  if (axis === undefined) return { channels: 1, channelOf: () => 0 }
  const channels = dims[axis]
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1)
  return { channels, channelOf: (index) => Math.floor(index / inner) % channels }
}
