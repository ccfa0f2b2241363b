import path from 'node:path'
import type { CalibrationMethod, GateConfig, QuantizationTarget } from '../config/index.js'
import { canonicalPreprocess } from '../dataset/index.js'
import { RuntimeError } from '../errors.js'
import { tensorData, type OnnxModel } from '../model/index.js'
import {
  ALGORITHM_VERSION,
  calibrate,
  makeTable,
  serializeTable,
  TableCache,
  type CacheLookup,
  type CalibrationTable,
  type KeyParts
} from '../quantization/index.js'
import type { CalibrationResult } from '../result.js'
import { writeFileAtomic } from '../util/files.js'
import { sha256 } from '../util/hash.js'
import type { CalibrationSource, GateContext, PreparedModel } from './types.js'

export interface CalibrationRequest {
  /** Of the variant. */
  readonly name: string
  readonly target: QuantizationTarget
  /** Tensors of the prepared model, in graph order. */
  readonly tensors: readonly string[]
  /** The prepared model. */
  readonly model: OnnxModel
  readonly prepared: PreparedModel
  readonly source: CalibrationSource
  readonly cache: TableCache | undefined
}

export interface Calibrated {
  readonly table: CalibrationTable
  readonly calibration: CalibrationResult
  readonly lookup: CacheLookup
}

/** Finds the table in the cache or calibrates, and writes calibration.<name>.json. */
export async function calibrateVariant(request: CalibrationRequest, context: GateContext): Promise<Calibrated> {
  const { config, modelHash, outputDirectory, log, progress, signal, runtime, session, workDirectory } = context
  const { name, target, model, prepared, source, cache } = request
  const tensors = [...request.tensors]
  const method = calibrationMethod(config)
  const parts: KeyParts = {
    algorithm: ALGORITHM_VERSION,
    model: modelHash,
    weights: hashWeights(model),
    preprocessing: canonicalPreprocess(config.preprocess),
    images: source.hashes.map((hash) => hash.slice(0, 16)).sort(),
    imagesHash: hashOfImages(source.hashes),
    method: JSON.stringify(method),
    target,
    tensors
  }
  const lookup = (await cache?.find(parts)) ?? OFF
  let table: CalibrationTable
  if (lookup.hit) {
    log.info(`${name}: calibration cache hit: ${lookup.file}, of ${lookup.storedAt.toISOString()}`)
    table = lookup.table
  } else {
    log.info(`${name}: calibration cache miss: ${lookup.reason}`)
    const calibrated = await calibrate({
      runtime,
      session: { ...session, provider: 'cpu' },
      modelFile: prepared.file,
      workDirectory,
      values: prepared.values,
      tensors,
      type: target === 'tensorrt' ? 'int8' : 'uint8',
      method,
      images: source.images,
      signal,
      progress,
      label: `calibrate ${name} (${method.method})`
    })
    table = makeTable(parts, source.images.dataset.samples.length, calibrated)
    await storeInCache(cache, table, context)
  }
  const tableFile = `calibration.${name}.json`
  await writeFileAtomic(path.join(outputDirectory, tableFile), serializeTable(table))
  const calibration = {
    key: table.key,
    source: lookup.hit ? ('cache' as const) : ('computed' as const),
    method: describeMethod(method),
    samples: table.samples,
    table: tableFile,
    ...(lookup.hit ? { computedAt: lookup.storedAt.toISOString() } : { reason: lookup.reason })
  }
  return { table, calibration, lookup }
}

const OFF: CacheLookup = { hit: false, refused: false, reason: 'the cache is switched off' }

/** A cache that cannot be written costs time in the next run and nothing in this one. */
async function storeInCache(
  cache: TableCache | undefined,
  table: CalibrationTable,
  { log }: GateContext
): Promise<void> {
  try {
    await cache?.store(table)
  } catch (error) {
    log.warn(`the calibration table was not cached: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Part of the table's key: neither the order nor the names of the images matter. */
export function hashOfImages(hashes: readonly string[]): string {
  return sha256([...hashes].sort().join('\n'))
}

/** Part of the table's key: the method with its parameters and nothing else of `calibration`. */
export function calibrationMethod({ calibration }: GateConfig): CalibrationMethod {
  if (calibration === undefined) throw new RuntimeError('an int8 variant needs `calibration` in the config')
  return calibration.method === 'percentile'
    ? { method: 'percentile', percentile: calibration.percentile }
    : { method: calibration.method }
}

/** As reports print it. */
function describeMethod(method: CalibrationMethod): string {
  return method.method === 'percentile' ? `percentile ${method.percentile}` : method.method
}

/** Tells a changed weight from a changed graph; 8 hex digits are enough to explain a miss. */
function hashWeights(model: OnnxModel): Record<string, string> {
  return Object.fromEntries(
    model.graph.initializer.map((initializer) => {
      const { data } = tensorData(model, initializer)
      return [initializer.name, sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).slice(0, 8)]
    })
  )
}
