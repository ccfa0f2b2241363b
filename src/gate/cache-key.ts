import { readFile } from 'node:fs/promises'
import type { GateConfig } from '../config/index.js'
import { canonicalPreprocess, hashDataset } from '../dataset/index.js'
import { hashModel } from '../model/index.js'
import { findOnnxRuntime, ONNXRUNTIME_VERSION, type Sources } from '../provision/index.js'
import { ALGORITHM_VERSION } from '../quantization/index.js'
import { sha256 } from '../util/hash.js'
import { calibrationMethod, hashOfImages } from '../variants/index.js'
import { TOOL } from '../version.js'
import { openCalibrationSet } from './calibration-set.js'

/** Raised when the parts of the key change their meaning. */
const VERSION = 1

/**
 * Names all calibration tables of a config at once, for a cache that is outside of this program: SHA-256 over what
 * determines them. Nothing native is opened. A table's own key also has the names of its tensors, which only the runtime
 * can tell (it folds the graph); here the versions of the runtime and of this program, and the `keep` rules, stand for
 * them.
 *
 * @returns lower-case hex; undefined where nothing is calibrated
 * @throws GateError for a model or a calibration set that cannot be read
 */
export async function calibrationCacheKey(
  config: GateConfig,
  { sources = {}, signal }: { readonly sources?: Sources; readonly signal?: AbortSignal } = {}
): Promise<string | undefined> {
  const dataset = await openCalibrationSet(config)
  if (dataset === undefined) return undefined
  const hashes = await hashDataset(dataset, signal === undefined ? {} : { signal })
  const tables: string[] = []
  for (const variant of config.variants.values()) {
    if (variant.kind !== 'int8') continue
    // Only what an imported table lacks is calibrated.
    const ranges = variant.ranges === undefined ? [] : [sha256(await readFile(variant.ranges))]
    tables.push(JSON.stringify([variant.target, variant.keep.map(({ pattern }) => pattern), ...ranges]))
  }
  const parts = {
    version: VERSION,
    tool: TOOL.version,
    algorithm: ALGORITHM_VERSION,
    onnxruntime: runtimeVersion(sources),
    model: await hashModel(config.model, { workspace: config.workspace }),
    preprocessing: canonicalPreprocess(config.preprocess),
    images: hashOfImages(hashes),
    method: calibrationMethod(config),
    tables: [...new Set(tables)].sort()
  }
  return sha256(JSON.stringify(parts))
}

/** Of the runtime that a run would take; where none is installed, of the one that it would fetch. */
function runtimeVersion(sources: Sources): string {
  try {
    return findOnnxRuntime(sources).version
  } catch {
    // A run says what is wrong with it.
    return ONNXRUNTIME_VERSION
  }
}
