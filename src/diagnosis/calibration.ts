import path from 'node:path'
import type { SampleStream } from '../dataset/index.js'
import { GraphIndex, loadModel } from '../model/index.js'
import { measureOutside, type Range } from '../quantization/index.js'
import type { Diagnosis } from '../result.js'
import type { GateContext, PreparedModel, Variant } from '../variants/index.js'
import { auditCut } from './cut.js'
import { auditSettling, toRange, type LayerNames } from './settling.js'
import { auditOrigin, auditOutside } from './table.js'

/** Of every calibrated variant: have its ranges settled, do test images contradict them, where does its table come from. */
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
    audited.map(({ table }) => rangesOf(table.tensors)),
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
  return [
    ...audited.map(({ name, table }) => auditSettling(name, table, layerOf)),
    ...audited.map(({ name, table }) => auditCut(name, table, layerOf)),
    ...audited.map(({ name, table }, index) => auditOutside(name, table, outside[index], count, layerOf)),
    ...audited.map(({ name, table, lookup }) => auditOrigin(name, table, lookup, now))
  ]
}

function rangesOf(
  tensors: Readonly<Record<string, { readonly range: readonly [number, number] }>>
): Map<string, Range> {
  return new Map(Object.entries(tensors).map(([tensor, { range }]) => [tensor, toRange(range)]))
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
