import type { Path, Problem } from './position.js'
import { canonicalSteps, list, type Channels } from './preprocess.js'
import type { StepDocument } from './schema/index.js'

/** Pixels first, then one normalization, then layout and cast: any other order has no meaning for the pipeline. */
const STAGE = { pixels: 0, normalize: 1, tensor: 2 } as const

/** Steps in the wrong order, twice where once makes sense, or with mean and std of different lengths. */
export function checkSteps(documents: readonly StepDocument[], path: Path): Problem[] {
  const problems: Problem[] = []
  const done: { key: string; stage: number }[] = []
  documents.forEach((document, index) => {
    const key = Object.keys(document)[0] ?? ''
    const stage = stageOf(document)
    const report = (message: string) => problems.push({ path: [...path, index, key], at: 'key', message })
    const later = done.find((other) => other.stage > stage)
    if (later !== undefined) report(`${key} must come before ${later.key}: ${STAGE_RULE}`)
    else if (stage !== STAGE.pixels && repeats(document, done)) report(`${key} repeats an earlier step: ${STAGE_RULE}`)
    const values = 'normalize' in document ? document.normalize : 'mean' in document ? document : undefined
    if (values !== undefined && clash(values.mean, values.std)) {
      report(
        `mean has ${list(values.mean ?? 0).length} values and std has ${list(values.std ?? 1).length}: expected as many`
      )
    }
    done.push({ key, stage })
  })
  return problems
}

const STAGE_RULE = 'pixel steps come first, then one scale, mean and std (or normalize), then layout and cast'

function stageOf(document: StepDocument): number {
  const [step] = canonicalSteps([document])
  if (step?.step === 'normalize') return STAGE.normalize
  return step?.step === 'layout' || step?.step === 'cast' ? STAGE.tensor : STAGE.pixels
}

function repeats(document: StepDocument, done: readonly { key: string; stage: number }[]): boolean {
  const key = Object.keys(document)[0] ?? ''
  const stage = stageOf(document)
  if (stage === STAGE.tensor) return done.some((other) => other.key === key)
  const earlier = done.filter((other) => other.stage === STAGE.normalize).map((other) => other.key)
  return earlier.length > 0 && !('mean' in document && earlier.length === 1 && earlier[0] === 'scale')
}

function clash(mean: Channels | undefined, std: Channels | undefined): boolean {
  return Array.isArray(mean) && Array.isArray(std) && mean.length !== std.length && mean.length > 1 && std.length > 1
}
