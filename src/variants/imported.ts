import path from 'node:path'
import type { QuantizationTarget } from '../config/index.js'
import { FileError } from '../errors.js'
import { loadModel, type OnnxModel } from '../model/index.js'
import {
  matchRanges,
  readRangeFile,
  writeRanges,
  type Range,
  type RangeMatch,
  type RangeTable,
  type SourceFormat
} from '../quantization/index.js'
import type { CalibrationResult } from '../result.js'
import { writeFileAtomic } from '../util/files.js'
import { sha256 } from '../util/hash.js'
import type { Calibrated } from './calibrated.js'
import type { GateContext, ImportedRanges } from './types.js'

/** Names shown in a message; the rest is a number. */
const SHOWN = 5

export type RangeFile = RangeTable & { readonly format: SourceFormat; readonly file: string }

export async function readImported(file: string, { config }: GateContext): Promise<RangeFile> {
  const table = await readRangeFile(file, { workspace: config.workspace })
  return { ...table, file: path.relative(config.workspace, file).replaceAll(path.sep, '/') }
}

/**
 * What a table was made for, where the config does not say: TensorRT, if every range is symmetric, as all are in its own
 * caches and in a model with int8 activations; else the CPU, whose ranges have two ends.
 */
export function targetOfRanges({ ranges }: RangeTable): QuantizationTarget {
  return [...ranges.values()].every(({ min, max }) => min === -max) ? 'tensorrt' : 'cpu'
}

/** Finds the ranges of the needed tensors under the names that the table gives them. */
export async function matchImported(
  table: RangeFile,
  needed: readonly string[],
  prepared: OnnxModel,
  { config }: GateContext
): Promise<{ match: RangeMatch; imported: ImportedRanges }> {
  const original = await loadModel(config.model, { workspace: config.workspace })
  const match = matchRanges(table.ranges, needed, [original, prepared])
  const known = new Set(
    [original, prepared].flatMap(({ graph }) => [
      ...graph.input.map(({ name }) => name),
      ...graph.initializer.map(({ name }) => name),
      ...graph.node.flatMap(({ output }) => output)
    ])
  )
  const { file, format, ranges } = table
  return { match, imported: { file, format, table: ranges, known, needed, sources: match.sources } }
}

/** @throws FileError naming the first tensors that have no range, and what can be done about it */
export function assertComplete(
  { missing, beforeNormalization }: RangeMatch,
  table: RangeFile,
  needed: readonly string[]
): void {
  if (missing.length === 0) return
  const named = missing.slice(0, SHOWN).map((tensor) => {
    const before = beforeNormalization.get(tensor)
    return before === undefined ? tensor : `${tensor} (${before} is its value before batch normalization)`
  })
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : ''
  throw new FileError(
    `${table.file} has no range for ${missing.length} of ${needed.length} tensors that are quantized: ${named.join(', ')}${more}`,
    missing.length === needed.length
      ? 'The table was made for another network, or the exporter renamed its tensors: make it again for this file.'
      : 'Add `calibration` to the config, which measures the missing ones, keep their layers in FP32 (`keep`), or add the ranges to the table.'
  )
}

/** Writes ranges.<name>.json, the ranges of the tensors that are quantized, and describes where they come from. */
export async function recordImported(
  name: string,
  table: RangeFile,
  ranges: ReadonlyMap<string, Range>,
  calibrated: Calibrated | undefined,
  { modelHash, outputDirectory }: GateContext
): Promise<CalibrationResult> {
  const file = `ranges.${name}.json`
  await writeFileAtomic(path.join(outputDirectory, file), writeRanges({ ranges }, file, 'ranges'))
  return {
    key: sha256(JSON.stringify([modelHash, [...ranges].map(([tensor, { min, max }]) => [tensor, min, max])])),
    source: 'imported',
    method: `${table.format} (${table.file})`,
    samples: calibrated?.table.samples ?? 0,
    table: file
  }
}
