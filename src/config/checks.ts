import { didYouMean } from '../util/suggest.js'
import { checkDevices } from './devices.js'
import { checkSpeedLimits } from './latency.js'
import type { Problem } from './position.js'
import { show } from './position.js'
import { stepsOf } from './preprocess.js'
import { checkSteps } from './step-order.js'
import { checkTask } from './task-checks.js'
import { documentSchema, type ConfigDocument, type DatasetDocument, type VariantDocument } from './schema/index.js'
import { variantSchema } from './schema/precision.js'
import { isMapping, type Mapping } from './union.js'

/** The sections of a config that are valid by themselves, so that one mistake does not hide the next. */
export type Sections = Partial<ConfigDocument>

export function validSections(value: Mapping): Sections {
  const entries = Object.entries(documentSchema.shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(value[key])
    return parsed.success && parsed.data !== undefined ? [[key, parsed.data] as const] : []
  })
  return Object.fromEntries(entries)
}

/** Contradictions between parts of the config that are each valid. */
export function checkSections(value: Mapping, sections: Sections): Problem[] {
  const { steps, path } = stepsOf(sections.preprocess ?? [])
  return [
    ...checkSteps(steps, path),
    ...checkTensorData(sections),
    ...checkTask(value, sections),
    ...checkCalibration(value),
    ...checkVariantNames(value, sections),
    ...checkLayerLimits(sections),
    ...checkProviders(value),
    ...checkDevices(value, sections),
    ...checkSpeedLimits(sections)
  ]
}

function checkProviders({ runtime }: Mapping): Problem[] {
  if (!isMapping(runtime) || runtime.provider === undefined || runtime.providers === undefined) return []
  const message =
    '"providers" cannot be combined with "provider"; the first one of the list is the one that is judged in full'
  return [{ path: ['runtime', 'providers'], at: 'key', message }]
}

function checkTensorData({ dataset, calibration, preprocess = [] }: Sections): Problem[] {
  if (dataset === undefined) return []
  const problems: Problem[] = []
  if (isTensors(dataset) && (stepsOf(preprocess).steps.length > 0 || 'reference' in preprocess)) {
    const message = 'preprocess is for images: the tensors of an .npy data set go to the model as they are'
    problems.push({ path: ['preprocess'], at: 'key', message })
  }
  if (calibration !== undefined && isTensors(calibration.dataset) !== isTensors(dataset)) {
    const [one, other] = isTensors(dataset) ? ['tensors', 'images'] : ['images', 'tensors']
    const message = `calibration.dataset holds ${other} and dataset ${one}: both must be of the same kind`
    problems.push({ path: ['calibration', 'dataset'], at: 'value', message })
  }
  return problems
}

function isTensors(dataset: DatasetDocument): boolean {
  return typeof dataset === 'object' && 'npy' in dataset
}

function checkCalibration(value: Mapping): Problem[] {
  if (value.calibration !== undefined) return []
  return variantsOf(value)
    .filter(([, variant]) => 'precision' in variant && variant.precision === 'int8' && variant.ranges === undefined)
    .map(([name]) => ({
      path: ['variants', name],
      at: 'key',
      message: `variants.${name} has precision: int8, which needs calibration: add calibration: {dataset: ...}, or ranges: FILE to the variant`
    }))
}

/** Read variant by variant, so that a mistake in one of them leaves the others checked. */
function variantsOf(value: Mapping): [string, VariantDocument][] {
  if (!isMapping(value.variants)) return []
  return Object.entries(value.variants).flatMap(([name, variant]) => {
    const parsed = variantSchema.safeParse(variant)
    return parsed.success ? [[name, parsed.data] as [string, VariantDocument]] : []
  })
}

function checkLayerLimits({ layers, thresholds = [] }: Sections): Problem[] {
  if (layers !== false) return []
  return thresholds.flatMap((threshold, index): Problem[] =>
    'layer' in threshold
      ? [
          {
            path: ['thresholds', index, 'layer'],
            at: 'key',
            message: 'a limit on layers needs their comparison, and the config says layers: false'
          }
        ]
      : []
  )
}

function checkVariantNames(value: Mapping, { thresholds = [] }: Sections): Problem[] {
  if (!isMapping(value.variants)) return []
  const names = Object.keys(value.variants)
  const twins: Problem[] = names.flatMap((name, index) => {
    const first = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase())
    const message = `variants ${show(first)} and ${show(name)} differ in case only: their files would overwrite each other`
    return first === undefined ? [] : [{ path: ['variants', name], at: 'key', message }]
  })
  const unknown: Problem[] = thresholds.flatMap(({ variant }, index) => {
    if (variant === undefined || names.includes(variant)) return []
    const path = ['thresholds', index, 'variant']
    const hint = didYouMean(variant, names)
    return [
      { path, at: 'value', message: `there is no variant ${show(variant)}${hint}: variants are ${names.join(', ')}` }
    ]
  })
  return [...twins, ...unknown]
}
