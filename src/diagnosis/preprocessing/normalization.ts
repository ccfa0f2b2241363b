import type { PreprocessStep } from '../../dataset/index.js'

/** Scale, mean and standard deviation for each channel. */
export interface Constants {
  readonly scale: number
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Another way to turn pixels 0..255 into the network's values. */
export interface Normalization {
  /** What is different from the config's; empty for this itself. */
  readonly change?: string
  value(pixel: number, channel: number): number
  /** Value of one grey level, the largest of the channels. */
  readonly level: number
}

const IDENTITY = { scale: 1, mean: [0], std: [1] }

export function constantsOf(steps: readonly PreprocessStep[]): Constants {
  return steps.find((step) => step.step === 'normalize') ?? IDENTITY
}

/** The config's normalization, then the classic mistakes with it: in the order in which they are believed. */
export function normalizations(ours: Constants, channels: number): Normalization[] {
  const spread = (values: readonly number[]) =>
    Array.from({ length: channels }, (_, c) => values[values.length === 1 ? 0 : c])
  const { scale } = ours
  const [mean, std] = [spread(ours.mean), spread(ours.std)]
  const [none, one] = [spread([0]), spread([1])]
  const standardizes = mean.some((value) => value !== 0) || std.some((value) => value !== 1)
  const list: (Constants & { readonly change?: string; readonly twice?: boolean })[] = [{ scale, mean, std }]
  if (scale !== 1) list.push({ change: `not divided by 255 (no scale ${shortest(scale)})`, scale: 1, mean, std })
  else list.push({ change: 'divided by 255', scale: 1 / 255, mean, std })
  if (standardizes) {
    list.push(
      { change: 'mean and std missing', scale, mean: none, std: one },
      { change: 'mean and std applied twice', scale, mean, std, twice: true },
      { change: 'std missing (mean applied)', scale, mean, std: one },
      { change: 'mean missing (std applied)', scale, mean: none, std }
    )
    if (scale !== 1)
      list.push({ change: 'not divided by 255, mean and std missing', ...IDENTITY, mean: none, std: one })
    if (new Set(mean).size + new Set(std).size > 2)
      list.push({
        change: 'mean and std in the other channel order',
        scale,
        mean: mean.toReversed(),
        std: std.toReversed()
      })
  }
  if (scale !== 1) list.push({ change: 'divided by 255 twice', scale: scale * scale, mean, std })
  return list.map(({ change, twice = false, ...constants }) => ({
    ...(change !== undefined && { change }),
    value(pixel, channel) {
      const [m, s] = [constants.mean[channel], constants.std[channel]]
      const once = (pixel * constants.scale - m) / s
      return twice ? (once - m) / s : once
    },
    level: Math.max(...constants.std.map((s) => Math.abs(constants.scale) / (twice ? s * s : s)))
  }))
}

/** `1/255` where it is that. */
function shortest(scale: number): string {
  return Math.abs(scale * 255 - 1) < 1e-6 ? '1/255' : String(Number(scale.toPrecision(6)))
}
