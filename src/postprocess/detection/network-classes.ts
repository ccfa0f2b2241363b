import { ConfigurationError } from '../../errors.js'
import type { DetectionDecode } from '../complete.js'
import type { OutputFact } from '../propose.js'
import { detectionPreset } from './defaults.js'

/** Finished lists hold class numbers, and nothing says how many there are: the largest public detectors know 1,203 (LVIS). */
const MOST_LISTED = 2048

/** Channels of a row beside the classes. */
const OTHERS = { yolov8: 4, yolov5: 5, yolox: 5, ssd: 0, detr: 0, nms_indices: 0 } as const

/**
 * Names for the classes of a detector whose data set names none: those of `decode.classes`, else numbers for as many as
 * the shapes of the outputs say.
 *
 * @param outputs of the model.
 * @throws ConfigurationError where the shapes leave it open.
 */
export function networkClasses(decode: DetectionDecode, outputs: readonly OutputFact[]): readonly string[] {
  const { layout, classes } = decode
  if (typeof classes !== 'string') return classes.map((entry, index) => String(entry ?? index))
  if (!(layout in OTHERS)) return numbered(MOST_LISTED)
  const channels = channelsOf(decode, outputs)
  const others = OTHERS[layout as keyof typeof OTHERS]
  const background = (decode.options.background ?? detectionPreset(layout).background) === 'none' ? 0 : 1
  if (channels !== undefined && channels > others + background) return numbered(channels - others - background)
  throw new ConfigurationError(
    [{ message: `decode: the outputs do not say how many classes the network has (layout ${layout})` }],
    'name them: `decode: {classes: [cat, dog, …]}`'
  )
}

/** Anchors are more than channels; where one of the two is free, it is the anchors. */
function channelsOf({ outputs: named }: DetectionDecode, outputs: readonly OutputFact[]): number | undefined {
  const name = named.predictions ?? named.scores
  const candidates = outputs.filter((output) =>
    name === undefined ? output.dims.length === 3 && output.dims.at(-1) !== 4 : output.name === name
  )
  const sizes = candidates[0]?.dims.slice(1).filter((size) => typeof size === 'number' && size > 1) as
    number[] | undefined
  return sizes === undefined || sizes.length === 0 ? undefined : Math.min(...sizes)
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `class ${index}`)
}
