import { ConfigurationError } from '../errors.js'
import { resolveClassMap, type ClassMapOption } from './detection/class-map.js'
import { detectionPreset, outputRoles } from './detection/defaults.js'
import { readPriors, type Places, type PriorsFile } from './detection/priors.js'
import type { DetectionLayout, DetectionOptions, OutputRole } from './detection/types.js'
import { proposeDecoder, type OutputFact } from './propose.js'
import type { SegmentationOptions } from './segmentation/types.js'

/** What a config says about boxes; the layout decides the rest. */
export interface DetectionDecode {
  readonly layout: DetectionLayout
  readonly outputs: DetectionOptions['outputs']
  readonly classes: ClassMapOption
  readonly options: Partial<Omit<DetectionOptions, 'layout' | 'outputs' | 'nms' | 'priors' | 'classMap'>>
  /** undefined: the layout's default. */
  readonly nms?: NonNullable<DetectionOptions['nms']> | false
  /** ssd: what boxes are relative to, where that is a file. */
  readonly priors?: PriorsFile
}

/** What a config says about pixels; the output's shape decides the rest. */
export interface SegmentationDecode extends Pick<SegmentationOptions, 'activation' | 'threshold' | 'compareAt'> {
  readonly kind?: SegmentationOptions['kind']
  readonly output?: string
  readonly layout?: SegmentationOptions['layout']
  readonly classes?: number
}

type Size = { readonly width: number; readonly height: number }

/**
 * Every option of a detection decoder: the config's, else the layout's.
 *
 * @param outputs of the FP32 model.
 * @param places that files of `decode` must lie in.
 * @throws ConfigurationError where priors do not fit, where an output is named that is not there, or none can be told for a role.
 */
export function completeDetection(
  decode: DetectionDecode,
  outputs: readonly OutputFact[],
  data: { readonly classes: readonly string[]; readonly categoryIds?: readonly number[] },
  places: Places,
  input?: Size
): DetectionOptions {
  const { layout, classes, options, priors } = decode
  const { nms: standard, ...preset } = detectionPreset(layout)
  const nms = decode.nms ?? standard ?? false
  const named = nameOutputs(decode, outputs, input)
  return {
    ...preset,
    ...options,
    layout,
    outputs: named,
    ...(nms !== false && { nms }),
    ...(priors !== undefined && { priors: readPriors(priors, places, input, boxCount(outputs, named.boxes)) }),
    classMap: resolveClassMap(classes, data)
  }
}

/** Boxes of an image, where an output [N, P, 4] or [N, 4 P] says how many. */
function boxCount(outputs: readonly OutputFact[], name: string | undefined): number | undefined {
  const [, ...dims] = outputs.find((output) => output.name === name)?.dims ?? []
  const numbers = dims.filter((size) => typeof size === 'number')
  return dims.length === 0 || numbers.length < dims.length
    ? undefined
    : numbers.reduce((product, size) => product * size, 1) / 4
}

function nameOutputs(
  { layout, outputs: named }: DetectionDecode,
  outputs: readonly OutputFact[],
  input: Size | undefined
): DetectionOptions['outputs'] {
  const names = outputs.map(({ name }) => name)
  for (const [role, name] of Object.entries(named)) {
    if (!names.includes(name)) throw unknownOutput(`decode.outputs.${role}`, name, names)
  }
  const proposal = proposeDecoder(outputs, input)
  const proposed = proposal?.task === 'detection' && proposal.layout === layout ? proposal.outputs : {}
  const roles = outputRoles(layout)
  const listed = outputs.length === roles.length ? names : []
  const found: Partial<Record<OutputRole, string>> = { ...named }
  roles.forEach((role, position) => {
    found[role] ??= proposed[role] ?? listed[position]
    if (found[role] !== undefined) return
    throw new ConfigurationError(
      [{ message: `decode: which of the outputs ${names.join(', ')} holds ${role} is not clear (layout ${layout})` }],
      `say it: \`decode: {layout: ${layout}, outputs: {${role}: NAME}}\``
    )
  })
  return found
}

/**
 * Every option of a segmentation decoder, and the number of classes.
 *
 * @param named classes that the data set names.
 * @throws ConfigurationError where neither config nor shapes tell.
 */
export function completeSegmentation(
  decode: SegmentationDecode,
  outputs: readonly OutputFact[],
  named: number | undefined,
  input?: Size
): { readonly options: SegmentationOptions; readonly classes: number } {
  const names = outputs.map(({ name }) => name)
  const output = decode.output === undefined ? outputs[0] : outputs.find(({ name }) => name === decode.output)
  if (output === undefined) throw unknownOutput('decode.output', decode.output ?? '', names)
  const proposal = proposeDecoder([output], input)
  const proposed = proposal?.task === 'segmentation' ? proposal : undefined
  const kind = decode.kind ?? proposed?.kind
  if (kind === undefined)
    throw new ConfigurationError(
      [{ message: `decode: output ${output.name} [${output.dims.join(', ')}] does not say how it holds classes` }],
      'say it: `decode: {kind: scores}` (a channel a class), `binary` (one channel) or `labels` (class numbers)'
    )
  const layout = decode.layout ?? proposed?.layout ?? 'nchw'
  const { activation, threshold, compareAt } = decode
  const options = { output: output.name, kind, layout, activation, threshold, compareAt }
  return { options, classes: classesOf(decode, kind, output.dims[layout === 'nchw' ? 1 : 3], named) }
}

function classesOf(
  { classes }: SegmentationDecode,
  kind: SegmentationOptions['kind'],
  channels: number | string | undefined,
  named: number | undefined
): number {
  if (kind === 'binary') return 2
  const found = classes ?? (kind === 'scores' && typeof channels === 'number' ? channels : named)
  if (found !== undefined) return found
  throw new ConfigurationError(
    [{ message: 'decode: the number of classes is not known: neither the output nor the data set says it' }],
    'say it: `decode: {classes: 21}`, or name a file of class names in `dataset`'
  )
}

export function unknownOutput(where: string, name: string, names: readonly string[]): ConfigurationError {
  return new ConfigurationError(
    [{ message: `${where}: the model has no output ${JSON.stringify(name)}` }],
    `its outputs are ${names.join(', ')}`
  )
}
