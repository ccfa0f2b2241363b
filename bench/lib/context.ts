import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { CalibrationMethod, GateConfig, VariantConfig } from '../../src/config/index.js'
import {
  hashDataset,
  openDataset,
  sampleStream,
  type PreprocessStep,
  type SampleStream
} from '../../src/dataset/index.js'
import { hashModel } from '../../src/model/index.js'
import { loadRuntime, type Provider, type Runtime, type SessionOptions } from '../../src/runtime/index.js'
import { silentLogger, silentProgress } from '../../src/util/progress.js'
import { inContentOrder, type CalibrationSource, type GateContext } from '../../src/variants/index.js'

export type Source = GateConfig['dataset']

export interface Setup {
  readonly model: string
  readonly steps: readonly PreprocessStep[]
  /** Folder for artefacts and temporary files. */
  readonly folder: string
  readonly variants: Readonly<Record<string, VariantConfig>>
  readonly calibration: CalibrationMethod & { readonly dataset: Source; readonly samples?: number }
  readonly threads?: number
  readonly batch?: number
  readonly provider?: Provider
}

const position = { line: 1, column: 1 }

export const FP16: VariantConfig = { kind: 'fp16', keep: [], position }
export const INT8: VariantConfig = { kind: 'int8', target: 'cpu', keep: [], reduceRange: false, position }

export function folders(folder: string): Source {
  return { kind: 'folders', path: folder, classOffset: 0 }
}

/** What the gate's stages work with, without a config file. */
export async function openContext(setup: Setup, runtime?: Runtime): Promise<GateContext> {
  const { model, steps, folder, threads = 0, batch = 8, provider = 'cpu' } = setup
  const outputDirectory = path.join(folder, 'output')
  const workDirectory = path.join(folder, 'work')
  await mkdir(outputDirectory, { recursive: true })
  await mkdir(workDirectory, { recursive: true })
  const config: GateConfig = {
    file: path.join(folder, 'bench.yml'),
    workspace: path.parse(folder).root,
    model,
    task: { name: 'classification' },
    dataset: setup.calibration.dataset,
    preprocess: steps,
    calibration: setup.calibration,
    variants: new Map(Object.entries(setup.variants)),
    expect: [],
    thresholds: [],
    runtime: { provider, batch, device: 0, threads },
    onInconclusive: 'warn'
  }
  const used = runtime ?? (await loadRuntime())
  const session: SessionOptions = { provider, device: 0, threads }
  const reference = await used.createSession(model, session)
  const [input] = reference.inputs
  await reference.release()
  return {
    config,
    modelHash: await hashModel(model, { workspace: config.workspace }),
    runtime: used,
    session,
    input,
    outputDirectory,
    workDirectory,
    signal: new AbortController().signal,
    progress: silentProgress,
    log: silentLogger
  }
}

/** The images as the model's input. */
export async function openStream(source: Source, context: GateContext, limit?: number): Promise<SampleStream> {
  const { config, runtime, session } = context
  const opened = await runtime.createSession(config.model, session)
  const [input] = opened.inputs
  await opened.release()
  const stream = sampleStream(await openDataset(source, { workspace: config.workspace }), config.preprocess, input)
  return limit === undefined ? stream : stream.atMost(limit)
}

export async function calibrationSource(context: GateContext): Promise<CalibrationSource> {
  const { calibration } = context.config
  if (calibration === undefined) throw new Error('no calibration set')
  const images = await openStream(calibration.dataset, context, calibration.samples)
  return inContentOrder({ images, hashes: await hashDataset(images.dataset) })
}
