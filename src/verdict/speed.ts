import type { SpeedLimit } from '../config/types.js'
import type { Verdict } from '../result.js'
import { spans } from './limits.js'

/** What was measured of a variant at one batch size. */
export interface MeasuredSpeed {
  readonly batch: number
  /** FP32's time over the variant's. */
  readonly median: number
  readonly quartiles: readonly [number, number]
}

/**
 * Limits on speed, one verdict for each variant and batch size. The quartiles of the rounds stand for the interval: where
 * they span the limit, the machine is too noisy to say.
 *
 * @param speedOf the measurements of a variant, or why they say nothing.
 */
export function judgeSpeed(
  limits: readonly SpeedLimit[],
  variants: readonly string[],
  speedOf: (variant: string) => readonly MeasuredSpeed[] | string
): Verdict[] {
  return limits.flatMap((limit) =>
    (limit.variant === undefined ? variants : [limit.variant]).flatMap((variant) => {
      const measured = speedOf(variant)
      if (typeof measured === 'string') return [unmeasured(variant, limit, measured)]
      const wanted = measured.filter(({ batch }) => limit.batch === undefined || batch === limit.batch)
      if (wanted.length === 0) {
        const sizes = measured.map(({ batch }) => batch).join(', ')
        return [unmeasured(variant, limit, `batch ${limit.batch ?? ''} is none of those that were measured (${sizes})`)]
      }
      return wanted.map((speed) => judgeOne(variant, limit, speed))
    })
  )
}

function judgeOne(variant: string, limit: SpeedLimit, { batch, median, quartiles }: MeasuredSpeed): Verdict {
  const status = spans(quartiles, limit.value) ? 'inconclusive' : median < limit.value ? 'fail' : 'pass'
  const what = `${times(median)} as fast as FP32 at batch ${batch} (quartiles ${times(quartiles[0])} to ${times(quartiles[1])})`
  const message = {
    pass: `${what}; at least ${times(limit.value)} is asked`,
    fail: `${what}; less than the ${times(limit.value)} that is asked`,
    inconclusive: `${what}, which spans the ${times(limit.value)} that is asked: the machine is too noisy, or latency.runs too few`
  }[status]
  return {
    ...common(variant, limit, batch),
    observed: median,
    status: limit.severity === 'warning' && status !== 'pass' ? 'warn' : status,
    message
  }
}

/** What cannot be measured fails, whatever its severity. */
function unmeasured(variant: string, limit: SpeedLimit, why: string): Verdict {
  const message = `its speed could not be measured: ${why}`
  return { ...common(variant, limit, limit.batch), observed: null, status: 'fail', message }
}

function common(variant: string, { value, severity, position }: SpeedLimit, batch: number | undefined) {
  const subject = batch === undefined ? 'speed' : `speed at batch ${batch}`
  return {
    id: `${variant}.${subject}.min_speedup${severity === 'warning' ? '.warning' : ''}`,
    variant,
    subject,
    limit: value,
    unit: 'times' as const,
    configPosition: { line: position.line, column: position.column }
  }
}

function times(value: number): string {
  return `${value.toFixed(2)}x`
}
