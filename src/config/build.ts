import type { Position } from '../errors.js'
import { DEFAULT_MAX_DROP_POINTS, DEFAULT_TARGET } from './defaults.js'
import { buildPriors, buildTask } from './decode.js'
import { buildRequirement } from './executed.js'
import type { PathResolver } from './files.js'
import { buildLatency, buildSpeedLimits } from './latency.js'
import { buildLayerLimits, buildLayers } from './layers.js'
import { LABELLED_METRICS, metricsOf, type MetricName } from './metrics.js'
import type { Path, Problem } from './position.js'
import { canonicalSteps, stepsOf } from './preprocess.js'
import { devicesOf, LIMIT_KEYS } from './schema/index.js'
import type {
  CalibrationDocument,
  ConfigDocument,
  PreprocessDocument,
  ThresholdDocument,
  VariantDocument
} from './schema/index.js'
import type { Sections } from './checks.js'
import type {
  CalibrationConfig,
  Expectation,
  GateConfig,
  KeepRule,
  PreprocessReference,
  Threshold,
  VariantConfig
} from './types.js'

export type Locate = (path: Path, at?: Problem['at']) => Position

/** Looks at every path of the valid sections, so that missing files are reported together with everything else. */
export async function checkPaths(sections: Sections, paths: PathResolver): Promise<void> {
  if (sections.model !== undefined) await paths.resolve(sections.model, ['model'], 'file')
  if (sections.decode !== undefined) await buildPriors(sections.decode, paths, () => ({ line: 0, column: 0 }))
  if (sections.dataset !== undefined) await paths.dataset(sections.dataset, ['dataset'])
  if (sections.calibration !== undefined) await paths.dataset(sections.calibration.dataset, ['calibration', 'dataset'])
  if (sections.preprocess !== undefined) await buildReference(sections.preprocess, paths)
  for (const [name, variant] of Object.entries(sections.variants ?? {})) {
    if ('model' in variant) {
      await paths.resolve(variant.model, ['variants', name, 'model'], 'file')
      if (variant.engine !== undefined) await paths.resolve(variant.engine, ['variants', name, 'engine'], 'file')
    }
    if ('ranges' in variant && variant.ranges !== undefined) {
      await paths.resolve(variant.ranges, ['variants', name, 'ranges'], 'file')
    }
  }
}

/** Turns a document without mistakes into the config that the gate reads. */
export async function buildConfig(
  document: ConfigDocument,
  places: { readonly file: string; readonly workspace: string },
  paths: PathResolver,
  locate: Locate
): Promise<GateConfig> {
  const variants: [string, VariantConfig][] = []
  for (const [name, variant] of Object.entries(document.variants)) {
    const built = await buildVariant(variant, ['variants', name], paths, locate)
    variants.push([name, { ...built, ...buildRequirement(document, name, locate) }])
  }
  const reference = await buildReference(document.preprocess, paths)
  const speedLimits = buildSpeedLimits(document.thresholds, locate)
  const latency = buildLatency(document.latency, speedLimits)
  const { providers: [first, ...others] = [], batch, device, threads, strict } = document.runtime
  const provider = first ?? document.runtime.provider
  return {
    ...places,
    model: await paths.resolve(document.model, ['model'], 'file'),
    task: await buildTask(document, paths, locate),
    ...(document.metric === 'agreement' && { agreement: { minScore: document.agreement_score } }),
    dataset: await paths.dataset(document.dataset, ['dataset']),
    preprocess: canonicalSteps(stepsOf(document.preprocess).steps),
    ...(reference !== undefined && { reference }),
    ...(document.calibration !== undefined && { calibration: await buildCalibration(document.calibration, paths) }),
    variants: new Map(variants),
    expect: buildExpectations(document.expect, locate),
    thresholds: buildThresholds(
      document.thresholds,
      metricsOf(document.task, document.metric === 'agreement')[0],
      locate
    ),
    ...(document.layers !== false && { layers: buildLayers(document.layers) }),
    layerLimits: buildLayerLimits(document.thresholds, locate),
    ...(latency !== undefined && { latency }),
    ...(speedLimits.length > 0 && { speedLimits }),
    runtime: {
      provider,
      ...(others.length > 0 && { others }),
      batch,
      ...buildDevices(devicesOf(device)),
      threads,
      ...(strict && { strict })
    },
    onInconclusive: document.on_inconclusive
  }
}

/** @param devices at least one. */
export function buildDevices(devices: readonly number[]): Pick<GateConfig['runtime'], 'device' | 'devices'> {
  return { device: devices[0], ...(devices.length > 1 && { devices }) }
}

async function buildReference(
  document: PreprocessDocument,
  paths: PathResolver
): Promise<PreprocessReference | undefined> {
  if (!('steps' in document) || document.reference === undefined) return undefined
  return paths.reference(document.reference, ['preprocess', 'reference'])
}

async function buildCalibration(document: CalibrationDocument, paths: PathResolver): Promise<CalibrationConfig> {
  const dataset = await paths.dataset(document.dataset, ['calibration', 'dataset'])
  const common = { dataset, ...(document.samples !== undefined && { samples: document.samples }) }
  return document.method === 'percentile'
    ? { ...common, method: 'percentile', percentile: document.percentile }
    : { ...common, method: document.method }
}

async function buildVariant(
  document: VariantDocument,
  path: Path,
  paths: PathResolver,
  locate: Locate
): Promise<VariantConfig> {
  const position = locate(path, 'key')
  if ('model' in document) {
    const model = await paths.resolve(document.model, [...path, 'model'], 'file')
    if (document.engine === undefined) return { kind: 'model', model, position }
    return { kind: 'model', model, engine: await paths.resolve(document.engine, [...path, 'engine'], 'file'), position }
  }
  const keep = buildKeep(document.keep, [...path, 'keep'], locate)
  if (document.precision === 'fp16') return { kind: 'fp16', keep, position }
  const { ranges, reduce_range: reduceRange } = document
  const target = document.target ?? (ranges === undefined ? DEFAULT_TARGET : undefined)
  return {
    kind: 'int8',
    ...(target !== undefined && { target }),
    ...(ranges !== undefined && { ranges: await paths.resolve(ranges, [...path, 'ranges'], 'file') }),
    keep,
    reduceRange,
    position
  }
}

function buildKeep(keep: string | readonly string[], path: Path, locate: Locate): KeepRule[] {
  if (typeof keep === 'string') return [{ pattern: keep, position: locate(path) }]
  return keep.map((pattern, index) => ({ pattern, position: locate([...path, index]) }))
}

function buildExpectations(document: ConfigDocument['expect'], locate: Locate): Expectation[] {
  if (document === undefined) return []
  const { tolerance } = document
  return LABELLED_METRICS.flatMap((metric) => {
    const value = document[metric]
    return value === undefined ? [] : [{ metric, value, tolerance, position: locate(['expect', metric], 'key') }]
  })
}

/** One entry for each limit, so that each verdict points at its own key. */
function buildThresholds(documents: ThresholdDocument[] | undefined, first: MetricName, locate: Locate): Threshold[] {
  if (documents === undefined) {
    const position = locate(['variants'], 'key')
    return [{ metric: first, maxDropPoints: DEFAULT_MAX_DROP_POINTS, severity: 'error', position }]
  }
  return documents.flatMap((document, index) => {
    if (!('metric' in document)) return []
    const { metric, variant, severity, ...limits } = document
    return LIMIT_KEYS.flatMap((key) => {
      const limit = limits[key]
      if (limit === undefined) return []
      const position = locate(['thresholds', index, key], 'key')
      return [{ metric, ...(variant !== undefined && { variant }), [LIMIT_FIELDS[key]]: limit, severity, position }]
    })
  })
}

const LIMIT_FIELDS = {
  max_drop_points: 'maxDropPoints',
  max_drop_relative: 'maxDropRelative',
  min: 'min',
  max_regression_points: 'maxRegressionPoints'
} as const
