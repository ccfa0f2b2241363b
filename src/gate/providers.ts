import type { GateConfig } from '../config/index.js'
import type { EvaluationResult } from '../evaluation/index.js'
import { nameOn, type Verdict } from '../result.js'
import type { Task } from '../task/index.js'
import { judge, judgeExecuted, type Failed, type VariantComparison } from '../verdict/index.js'
import type { FailedVariant, GateContext } from '../variants/index.js'

type Evaluated = Pick<EvaluationResult, 'evaluations' | 'failed'>

export interface Elsewhere {
  readonly verdicts: readonly Verdict[]
  /** What did not run, each as a sentence. */
  readonly failed: readonly string[]
}

/**
 * The limits on the providers beside the first one: each variant is compared with FP32 on its own provider. What one
 * provider shows for all (layers, the loss since an earlier run) is judged on the first one alone.
 *
 * @param notMade variants that run on no provider, and are said to fail on the first.
 */
export function judgeElsewhere(
  { others }: EvaluationResult,
  notMade: readonly FailedVariant[],
  { config, task, partial }: { readonly config: GateConfig; readonly task: Task; readonly partial: boolean }
): Elsewhere {
  const verdicts: Verdict[] = []
  const failed: string[] = []
  for (const { session, ...run } of others) {
    const { provider } = session
    const there = (name: string): string => nameOn(name, provider)
    const [reference] = run.evaluations
    const comparisons = new Map<string, VariantComparison | Failed>([
      ...run.evaluations.map(({ variant, comparison }) => [variant.name, comparison] as const),
      ...run.failed.map(({ name, error }) => [name, { error }] as const)
    ])
    const judged = [...config.variants.keys()].filter((name) => !notMade.some((one) => one.name === name))
    const guess = task.guess(reference.scores)
    const judgement = judge({
      reference: reference.comparison,
      variants: new Map(judged.map((name) => [name, comparisons.get(name) ?? { error: 'it was not evaluated' }])),
      expect: config.expect,
      thresholds: config.thresholds
        .filter(({ variant }) => variant === undefined || judged.includes(variant))
        .map(({ maxRegressionPoints: _, ...threshold }) => threshold),
      partial,
      ...(guess !== undefined && { guess }),
      others: judgeRequired(run, provider)
    })
    verdicts.push(
      ...judgement.verdicts.map((verdict) => ({
        ...verdict,
        id: `${there(verdict.variant)}${verdict.id.slice(verdict.variant.length)}`,
        variant: there(verdict.variant)
      }))
    )
    failed.push(...run.failed.map(({ name, error }) => `${there(name)} did not run: ${error}`))
  }
  return { verdicts, failed }
}

/** `require_executed`: one verdict for each variant that asks for it. One that did not run is an error already. */
export function judgeRequired({ evaluations }: Evaluated, provider: GateContext['session']['provider']): Verdict[] {
  return evaluations.flatMap(({ variant, kernels }) =>
    (variant.required ?? []).map((required) =>
      judgeExecuted({ variant: variant.name, required, executed: kernels ?? UNOBSERVABLE, provider })
    )
  )
}

const UNOBSERVABLE =
  'a TensorRT engine is one kernel in the profile. `trtexec --profilingVerbosity=detailed --dumpLayerInfo` with the ' +
  'options of tensorrt.<variant>.md lists the types of its layers'
