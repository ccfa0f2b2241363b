import type { ResultEnvironment } from '../result.js'
import type { RunFigures } from './types.js'

/** What keeps the figures of one run from saying something about another, and what is merely worth knowing. */
export interface Differences {
  readonly reasons: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Figures are compared where the same samples went through the same preprocessing on the same class of processor:
 * everything else that moves a metric is the model's doing.
 */
export function differencesOf(then: RunFigures, now: RunFigures): Differences {
  return {
    reasons: [
      ...datasetReasons(then, now),
      ...preprocessingReasons(then, now),
      ...decodingReasons(then, now),
      ...processorReasons(then, now)
    ],
    notes: notesOf(then, now)
  }
}

function datasetReasons({ dataset: then }: RunFigures, { dataset: now }: RunFigures): string[] {
  if (then.sha256 === now.sha256) return []
  const sizes =
    then.samples === now.samples
      ? `both have ${now.samples.toLocaleString('en-US')} samples, and not the same`
      : `${then.samples.toLocaleString('en-US')} samples then, ${now.samples.toLocaleString('en-US')} now`
  return [`the test sets differ (${sizes})`]
}

function preprocessingReasons({ preprocessing: then }: RunFigures, { preprocessing: now }: RunFigures): string[] {
  return then.hash === now.hash ? [] : ['the preprocessing differs']
}

/** Results of earlier versions do not say how outputs were read. */
function decodingReasons({ decoding: then }: RunFigures, { decoding: now }: RunFigures): string[] {
  if (then === undefined || now === undefined || then.hash === now.hash) return []
  return ['the outputs are read in another way (`decode`)']
}

/**
 * INT8 figures belong to a class of processor: x64 without VNNI saturates or is emulated, ARM has kernels of its own,
 * and every provider rounds in its own way.
 */
function processorReasons({ environment: then }: RunFigures, { environment: now }: RunFigures): string[] {
  const [before, after] = [processorClass(then), processorClass(now)]
  return before === after ? [] : [`the processors differ: ${before} then, ${after} now`]
}

export function processorClass({ provider, os, vnni }: ResultEnvironment): string {
  if (provider !== 'cpu') return provider
  const architecture = os.split(' ').at(-1) ?? os
  return architecture === 'x64' ? `cpu x64 ${vnni ? 'with' : 'without'} VNNI` : `cpu ${architecture}`
}

function notesOf(then: RunFigures, now: RunFigures): string[] {
  const [before, after] = [then.environment, now.environment]
  const changed = (what: string, a: string | undefined, b: string | undefined): string[] =>
    a === b || a === undefined || b === undefined ? [] : [`${what}: ${a} then, ${b} now`]
  return [
    ...changed('ONNX Runtime', before.onnxruntime, after.onnxruntime),
    ...changed('GPU', before.gpu, after.gpu),
    ...changed('driver', before.driver, after.driver),
    ...Object.entries(before.libraries ?? {}).flatMap(([name, then]) => changed(name, then, after.libraries?.[name])),
    ...changed('precision-gate', then.tool.version, now.tool.version)
  ]
}
