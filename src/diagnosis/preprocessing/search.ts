import type { ImageInput, Pixels, PreprocessStep } from '../../dataset/index.js'
import { fitLines, pictureChannel, valueIndex, type Line, type Order } from './fit.js'
import { geometries, type Geometry } from './geometry.js'
import { constantsOf, normalizations, type Normalization } from './normalization.js'
import { pictureOf } from './picture.js'

/** A dump beside the image that it was made of. */
export interface Subject {
  readonly pixels: Pixels
  /** Flat, in the order of the file. */
  readonly values: Float64Array
  /** Whether the shape of the file puts the channels first. */
  readonly channelsFirst: boolean
}

export interface Difference {
  readonly max: number
  readonly mean: number
  /** The mean in grey levels of the explanation's own normalization. */
  readonly levels: number
  readonly maxLevels: number
}

/** What the user's pipeline seems to do differently; nothing where `changes` is empty. */
export interface Explanation {
  readonly changes: readonly string[]
  /** What remains on each subject when the differences are followed. */
  readonly remaining: readonly Difference[]
}

/** Of several explanations that fit about as well, the one with the fewest differences is believed. */
const AS_GOOD = 1.25
/** Grey levels below which a fit is exact but for rounding. */
const EXACT = 0.15
const MAX_POSITIONS = 4096

/** How far a dump lies from what the config's own steps give, in the axis order that its shape says. */
export function plainDifference(subject: Subject, steps: readonly PreprocessStep[], input: ImageInput): Difference {
  const order = { planar: subject.channelsFirst, swapped: false }
  const [normalization] = normalizations(constantsOf(steps), input.channels)
  const picture = pictureOf(subject.pixels, { changes: [], steps: () => pixelSteps(steps) }, input)
  return measure(subject.values, picture, normalization, order, input.channels)
}

/**
 * Tries the classic mistakes, and every pair and triple of them, on several images at once: first which pixels in which
 * order, by what a linear fit leaves over; then what was done to their values.
 */
export function explain(
  subjects: readonly Subject[],
  steps: readonly PreprocessStep[],
  input: ImageInput
): Explanation {
  const positions = spread(input.width * input.height)
  const structure = bestStructure(subjects, geometries(pixelSteps(steps), input), positions, input)
  const { geometry, order } = structure
  const { channels } = input
  const pictures = subjects.map(({ pixels }) => pictureOf(pixels, geometry, input))
  const known = normalizations(constantsOf(steps), channels).map((normalization) => ({
    changes: normalization.change === undefined ? [] : [normalization.change],
    levels: mean(
      subjects.map((subject, i) => measure(subject.values, pictures[i], normalization, order, channels).levels)
    ),
    normalization
  }))
  const fitting = simplest(known)
  const unknown = fitting.levels > 2 * structure.levels + 2 * EXACT
  const normalization = unknown ? fromLines(structure.lines) : fitting.normalization
  return {
    changes: [
      ...geometry.changes,
      ...structure.orderChanges,
      ...(normalization.change === undefined ? [] : [normalization.change])
    ],
    remaining: subjects.map(({ values }, i) => measure(values, pictures[i], normalization, order, channels))
  }
}

function bestStructure(
  subjects: readonly Subject[],
  all: readonly Geometry[],
  positions: readonly number[],
  input: ImageInput
) {
  const { channels } = input
  const candidates = all.flatMap((geometry) => {
    const pictures = subjects.map(({ pixels }) => pictureOf(pixels, geometry, input))
    return ordersOf(subjects[0], input).map(({ order, changes }) => {
      const fits = pictures.map((picture, i) =>
        picture === undefined ? undefined : fitLines(picture, subjects[i].values, positions, channels, order)
      )
      return {
        geometry,
        order,
        orderChanges: changes,
        changes: [...geometry.changes, ...changes],
        levels: mean(fits.map((fit) => fit?.levels ?? Infinity)),
        lines: averageLines(fits.flatMap((fit) => (fit === undefined ? [] : [fit.lines])))
      }
    })
  })
  return simplest(candidates)
}

function simplest<T extends { readonly changes: readonly string[]; readonly levels: number }>(
  candidates: readonly T[]
): T {
  const best = Math.min(...candidates.map(({ levels }) => levels))
  const good = candidates.filter(({ levels }) => levels <= Math.max(EXACT, AS_GOOD * best))
  return good.reduce((a, b) => (b.changes.length < a.changes.length ? b : a))
}

/** Axis orders in memory and channel orders; the shape's own axis order first. */
function ordersOf({ channelsFirst }: Subject, { channels, layout }: ImageInput): { order: Order; changes: string[] }[] {
  if (channels === 1) return [{ order: { planar: true, swapped: false }, changes: [] }]
  const first = layout === 'nchw'
  const axes = (planar: boolean): string[] => {
    if (planar === first && planar === channelsFirst) return []
    const name = (isFirst: boolean) => (isFirst ? 'NCHW' : 'NHWC')
    if (planar === channelsFirst) return [`NCHW/NHWC: the dumps are ${name(planar)}, the network takes ${name(first)}`]
    return [`NCHW/NHWC: the values lie in ${name(planar)} order in an array of ${name(channelsFirst)} shape`]
  }
  return [channelsFirst, !channelsFirst].flatMap((planar) => [
    { order: { planar, swapped: false }, changes: axes(planar) },
    { order: { planar, swapped: true }, changes: [...axes(planar), 'RGB/BGR swapped'] }
  ])
}

function measure(
  values: Float64Array,
  picture: Uint8Array | undefined,
  normalization: Normalization,
  { planar, swapped }: Order,
  channels: number
): Difference {
  if (picture === undefined) return { max: Infinity, mean: Infinity, levels: Infinity, maxLevels: Infinity }
  const area = picture.length / channels
  let [max, sum] = [0, 0]
  for (let channel = 0; channel < channels; channel++) {
    const shown = pictureChannel(channel, channels, swapped)
    const table = Float64Array.from({ length: 256 }, (_, pixel) => normalization.value(pixel, channel))
    for (let pixel = 0; pixel < area; pixel++) {
      const value = values[valueIndex(channel, pixel, channels, area, planar)]
      const difference = Math.abs(value - table[picture[pixel * channels + shown]])
      // Not Math.max: a NaN in the dump must show.
      if (!(difference <= max)) max = difference
      sum += difference
    }
  }
  const mean = sum / values.length
  return { max, mean, levels: mean / normalization.level, maxLevels: max / normalization.level }
}

function fromLines(lines: readonly Line[]): Normalization {
  const text = lines.map(
    ({ gain, offset }) => `${short(gain)} x pixel ${offset < 0 ? '-' : '+'} ${short(Math.abs(offset))}`
  )
  const same = new Set(text).size === 1
  return {
    change: `another normalization: the values are ${same ? text[0] : text.join(', ')}`,
    value: (pixel, channel) => pixel * lines[channel].gain + lines[channel].offset,
    level: Math.max(...lines.map(({ gain }) => Math.abs(gain)))
  }
}

function averageLines(fits: readonly (readonly Line[])[]): Line[] {
  if (fits.length === 0) return []
  return fits[0].map((_, channel) => ({
    gain: mean(fits.map((lines) => lines[channel].gain)),
    offset: mean(fits.map((lines) => lines[channel].offset))
  }))
}

function pixelSteps(steps: readonly PreprocessStep[]): PreprocessStep[] {
  return steps.filter(({ step }) => step !== 'normalize' && step !== 'layout' && step !== 'cast')
}

/** Pixels spread over the whole picture by the golden ratio, which meets neither rows nor columns. */
function spread(area: number): number[] {
  if (area <= MAX_POSITIONS) return Array.from({ length: area }, (_, index) => index)
  return Array.from({ length: MAX_POSITIONS }, (_, index) => Math.floor(((index * 0.6180339887498949) % 1) * area))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
