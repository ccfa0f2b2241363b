import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTable, serializeTable, type CalibrationTable } from '../../src/quantization/index.js'
import { sha256 } from '../../src/util/hash.js'

/** A whole calibration table of a model that differs by its name only. */
export function tableOf(model: string): CalibrationTable {
  const range = { min: -1, max: 2 }
  const calibrated = new Map([['images', { observed: range, range, quarter: range, half: range, cut: 0 }]])
  const images = ['aaaa']
  const parts = { algorithm: 1, model, weights: {}, preprocessing: '{}', images, imagesHash: sha256('aaaa') }
  return makeTable({ ...parts, method: '{"method":"entropy"}', target: 'cpu', tensors: ['images'] }, 3, calibrated)
}

/** Writes a table under its key. */
export function put(folder: string, table = tableOf('m1')): string {
  const file = join(folder, `${table.key}.json`)
  writeFileSync(file, serializeTable(table))
  return file
}
