import { dirname } from 'node:path'
import { openDataset, sampleStream, type SampleStream } from '../../src/dataset/index.js'
import { compareLayers, describeLayers, type Deviations } from '../../src/deviation/index.js'
import type { LayerResult } from '../../src/result.js'
import { loadRuntime, type Runtime } from '../../src/runtime/index.js'
import { silentProgress } from '../../src/util/progress.js'
import { bytes, npy, type Folder } from '../dataset/files.js'

export interface Given {
  readonly reference: string
  readonly variant: string
  readonly images: SampleStream
  readonly folder: string
  readonly floor?: number
  readonly memoryBytes?: number
  readonly isolatedSamples?: number
  /** In the graph, as on a GPU, though the CPU needs it not. */
  readonly statistics?: 'graph'
}

let loaded: Promise<Runtime> | undefined

export function theRuntime(): Promise<Runtime> {
  return (loaded ??= loadRuntime({}))
}

export async function deviations(given: Given): Promise<Deviations> {
  const { reference, variant, images } = given
  return compareLayers({
    reference: { file: reference, workspace: dirname(reference) },
    variant: { file: variant, workspace: dirname(variant) },
    name: 'variant',
    images,
    isolatedSamples: given.isolatedSamples ?? images.dataset.samples.length,
    memoryBytes: given.memoryBytes ?? 2 ** 30,
    statistics: given.statistics,
    rule: { threshold: 0.1, floor: given.floor ?? 0.1 },
    runtime: await theRuntime(),
    session: { provider: 'cpu', threads: 1 },
    signal: new AbortController().signal,
    progress: silentProgress
  })
}

export async function layersOf(given: Given): Promise<LayerResult[]> {
  return describeLayers(await deviations(given), [])
}

/** The tensors of a .npy file as samples. */
export async function tensorStream(file: string, dims: readonly number[]): Promise<SampleStream> {
  const dataset = await openDataset({ kind: 'npy', inputs: file, classOffset: 0 }, { workspace: dirname(file) })
  return sampleStream(dataset, [], { type: 'float32', dims: ['n', ...dims] })
}

/** Samples of values that look like noise, each different. */
export async function noiseStream(folder: Folder, samples: number, dims: readonly number[]): Promise<SampleStream> {
  const size = dims.reduce((a, b) => a * b, samples)
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * Math.cos(i * 0.37))
  folder.write({ 'noise.npy': npy('<f4', [samples, ...dims], bytes(data)) })
  return tensorStream(folder.at('noise.npy'), dims)
}
