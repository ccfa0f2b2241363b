import type { EvaluationResult, ProviderDifference } from '../evaluation/index.js'
import { REFERENCE_VARIANT, type Diagnosis } from '../result.js'

/**
 * The same file on two providers: where it answers worse on the other one, the file is not to blame.
 * @param metric the task's first one.
 */
export function compareProviders({ others }: EvaluationResult, metric: string, first: string): Diagnosis[] {
  return others.flatMap(({ session: { provider }, differences }) => {
    const fp32 = differences.get(REFERENCE_VARIANT)
    const fp32Holds = fp32 !== undefined && lossOf(fp32, metric) !== 'less'
    return [...differences].flatMap(([variant, difference]): Diagnosis[] => {
      const compared = difference.comparison.metrics[metric]
      if (compared === undefined || compared.value === null || compared.drop.points === null) return []
      const loss = lossOf(difference, metric)
      const { points, ci95 } = compared.drop
      const interval = ci95 === null ? '' : ` (95 % interval ${ci95[0].toFixed(2)} to ${ci95[1].toFixed(2)})`
      const evidence =
        `${metric} is ${percent(compared.reference)} on ${first} and ${percent(compared.value)} on ${provider}: ` +
        `${points.toFixed(2)} points lost${interval}${outputsOf(difference)}`
      const entry = { check: `the same model on ${first} and ${provider}`, variant, evidence }
      if (loss !== 'less') return [{ ...entry, status: 'pass', action: '' }]
      const action =
        variant === REFERENCE_VARIANT
          ? `FP32 itself answers worse on ${provider}: look at its arithmetic (TF32, fast math) and driver before any variant.`
          : fp32Holds
            ? `The file is right on ${first}, and FP32 is on both: the loss is in how ${provider} runs this precision, not in calibration or quantization.`
            : `FP32 answers worse on ${provider}, too: look there first.`
      return [{ ...entry, status: 'warn', action }]
    })
  })
}

/** Whether the interval of the loss leaves 0 out. */
function lossOf({ comparison }: ProviderDifference, metric: string): 'less' | 'more' | 'same' {
  const ci95 = comparison.metrics[metric]?.drop.ci95 ?? null
  if (ci95 === null) return 'same'
  return ci95[0] > 0 ? 'less' : ci95[1] < 0 ? 'more' : 'same'
}

function outputsOf({ outputs }: ProviderDifference): string {
  if (outputs === undefined) return ''
  if (!Number.isFinite(outputs.max)) return '; outputs are not finite on one of them'
  if (outputs.max === 0) return '; outputs are identical'
  return `; outputs differ by up to ${outputs.max.toPrecision(2)} (largest output ${outputs.maxReference.toPrecision(3)})`
}

function percent(value: number | null): string {
  return value === null ? 'not measured' : `${(100 * value).toFixed(2)} %`
}
