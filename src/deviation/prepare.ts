import { RuntimeError } from '../errors.js'
import type { Runtime, SessionOptions } from '../runtime/index.js'
import { Half } from './halves.js'
import { observe } from './observe.js'
import type { Comparison } from './sessions.js'
import type { DeviationRule } from './types.js'

/** A model file and the folder that nothing it reads may lie outside of. */
export interface ModelFile {
  readonly file: string
  readonly workspace: string
}

/** What is compared, and where it runs. */
export interface ComparedModels {
  readonly reference: ModelFile
  /** What runs: the artefact, or its emulation. */
  readonly variant: ModelFile
  /** The variant's name, for messages and files. */
  readonly name: string
  readonly rule: DeviationRule
  readonly runtime: Runtime
  readonly session: SessionOptions
}

/** @throws RuntimeError where no tensor of the variant has a counterpart in FP32. */
export async function prepareComparison(models: ComparedModels): Promise<Comparison> {
  const { runtime, session, rule, name } = models
  const reference = await Half.open(models.reference.file, models.reference.workspace, runtime)
  const variant = await Half.open(models.variant.file, models.variant.workspace, runtime)
  const observation = observe(await reference.typed(), await variant.typed())
  if (observation.layers.length === 0) {
    throw new RuntimeError(
      `no layer of ${name} can be compared with FP32: no tensor has the same name in both models`,
      'quantizers and converters keep the names of tensors; a model that was exported anew has others'
    )
  }
  return { reference, variant, observation, rule, runtime, session }
}
