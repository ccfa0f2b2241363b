import type { Expectation } from '../config/types.js'
import type { Limit, Observation } from './limits.js'

/** What was observed against the limit, in one sentence. `status` before severity is applied. */
export function describe(
  metric: string,
  limit: Limit,
  { observed, interval, samplesNeeded, note }: Observation,
  status: 'pass' | 'fail' | 'inconclusive'
): string {
  const digits = digitsToTell(observed, limit)
  const show = (value: number) => amount(value, limit, digits)
  const bounds = `${note === undefined ? '' : `${note} `}95 % interval ${show(interval[0])} to ${show(interval[1])}`
  const what =
    limit.kind === 'min'
      ? `${metric} is ${show(observed)}`
      : limit.kind === 'max_regression_points'
        ? `${metric} is ${show(Math.abs(observed))} points ${observed < 0 ? 'above' : 'below'} the baseline`
        : observed < 0
          ? `${metric} rises by ${show(-observed)}${unitOf(limit)}`
          : `${metric} drops by ${show(observed)}${unitOf(limit)}`
  const bound = limit.kind === 'min' ? `the floor of ${show(limit.value)}` : `the limit of ${show(limit.value)}`
  switch (status) {
    case 'pass':
      return `${what} (${bounds}); within ${bound}`
    case 'fail':
      return `${what} (${bounds}); ${limit.kind === 'min' ? 'below' : 'more than'} ${bound}`
    case 'inconclusive':
      return `${what}, but its ${bounds} spans ${bound}; ${howToSettle(samplesNeeded)}`
  }
}

export function describeBaseline(
  expected: Expectation,
  value: number,
  status: 'pass' | 'fail' | 'inconclusive'
): string {
  const published = `${expected.value.toFixed(4)} ± ${expected.tolerance.toFixed(4)}`
  switch (status) {
    case 'pass':
      return `FP32 ${expected.metric} is ${value.toFixed(4)}; expected ${published}`
    case 'inconclusive':
      return `FP32 ${expected.metric} is ${value.toFixed(4)} on a part of the data set; expected ${published}, which is within the noise of so few samples`
    case 'fail':
      return (
        `the FP32 baseline itself is broken: ${expected.metric} is ${value.toFixed(4)}, expected ${published}; ` +
        'check preprocessing (size, color order, scale, mean and std), the order of the classes and class_offset'
      )
  }
}

function howToSettle(samples: number | undefined): string {
  return samples === undefined
    ? 'the observed value equals the limit, which no number of samples would settle'
    : `about ${samples.toLocaleString('en-US')} samples would settle it at these rates`
}

function amount(value: number, { unit }: Limit, digits: number): string {
  return unit === 'relative' ? (100 * value).toFixed(digits) : value.toFixed(unit === 'fraction' ? digits + 2 : digits)
}

function unitOf({ unit }: Limit): string {
  return unit === 'relative' ? ' % of the FP32 value' : ' points'
}

/** "1.00 is more than 1.00" helps nobody: as many digits as it takes to tell the two apart. */
function digitsToTell(observed: number, limit: Limit): number {
  let digits = 2
  while (
    digits < 8 &&
    observed !== limit.value &&
    amount(observed, limit, digits) === amount(limit.value, limit, digits)
  ) {
    digits++
  }
  return digits
}
