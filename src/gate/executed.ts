import type { EvaluationResult } from '../evaluation/index.js'
import type { Verdict } from '../result.js'
import { judgeExecuted } from '../verdict/index.js'
import type { GateContext } from '../variants/index.js'

/** `require_executed`: one verdict for each variant that asks for it. One that did not run is an error already. */
export function judgeRequired({ evaluations }: EvaluationResult, { session: { provider } }: GateContext): Verdict[] {
  return evaluations.flatMap(({ variant, kernels }) =>
    (variant.required ?? []).map((required) =>
      judgeExecuted({ variant: variant.name, required, executed: kernels ?? UNOBSERVABLE, provider })
    )
  )
}

const UNOBSERVABLE =
  'a TensorRT engine is one kernel in the profile. `trtexec --profilingVerbosity=detailed --dumpLayerInfo` with the ' +
  'options of tensorrt.<variant>.md lists the types of its layers'
