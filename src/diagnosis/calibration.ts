import path from 'node:path'
import type { SampleStream } from '../dataset/index.js'
import { GraphIndex, loadModel } from '../model/index.js'
import { measureOutside, type Range } from '../quantization/index.js'
import type { Diagnosis } from '../result.js'
import type { GateContext, PreparedModel, Variant } from '../variants/index.js'
import { auditCut } from './cut.js'
import { auditSettling, type LayerNames } from './settling.js'
import { auditImported, auditImportedOrigin } from './imported.js'
import { auditOrigin, auditOutside } from './table.js'

/**
 * Of every variant with ranges: does an imported table belong to this network, have calibrated ranges settled, do test images
 * contradict them, where do they come from.
 */
export async function auditRanges(
  variants: readonly Variant[],
  images: SampleStream,
  { runtime, session, workDirectory, signal, progress }: GateContext
): Promise<Diagnosis[]> {
  const audited = variants.flatMap(({ name, int8 }) => (int8 === undefined ? [] : [{ name, ...int8 }]))
  if (audited.length === 0) return []
  const [{ prepared }] = audited
  const layerOf = await layerNames(prepared)
  const outside = await measureOutside(
    audited.map(({ ranges, imported }) => (imported === undefined ? ranges : rounded(ranges))),
    {
      runtime,
      session: { ...session, provider: 'cpu' },
      modelFile: prepared.file,
      workDirectory,
      values: prepared.values,
      images,
      signal,
      progress,
      label: 'test values against the calibrated ranges'
    }
  )
  const count = images.dataset.samples.length
  const now = new Date()
  const tables = audited.flatMap(({ name, calibrated }) => (calibrated === undefined ? [] : [{ name, ...calibrated }]))
  return [
    ...audited.flatMap(({ name, imported }) => (imported === undefined ? [] : [auditImported(name, imported)])),
    ...tables.map(({ name, table }) => auditSettling(name, table, layerOf)),
    ...tables.map(({ name, table }) => auditCut(name, table, layerOf)),
    ...audited.map((variant, index) => auditOutside(variant.name, variant, outside[index], count, layerOf)),
    ...audited.flatMap(({ name, imported, target }) =>
      imported === undefined ? [] : [auditImportedOrigin(name, imported, target)]
    ),
    ...tables.map(({ name, table, lookup }) => auditOrigin(name, table, lookup, now))
  ]
}

/** The largest value of a tensor lies outside its own range once that went through a float32 scale and back. */
const ROUNDING = 1e-6

function rounded(ranges: ReadonlyMap<string, Range>): Map<string, Range> {
  const widen = (end: number): number => end + ROUNDING * end
  return new Map([...ranges].map(([tensor, { min, max }]) => [tensor, { min: widen(min), max: widen(max) }]))
}

/** The layer that makes a tensor, as the user finds it in the model; the name of the tensor where nothing does. */
async function layerNames({ file }: PreparedModel): Promise<LayerNames> {
  const { graph } = await loadModel(file, { workspace: path.dirname(file) })
  const index = new GraphIndex(graph)
  return (tensor) => {
    const node = index.producer(tensor)
    return node === undefined ? `input ${tensor}` : `${node.opType} ${node.name === '' ? tensor : node.name}`
  }
}
