import type { Diagnosis } from '../result.js'
import { mcnemarPValue } from '../verdict/index.js'
import type { OutputDifference } from './outputs.js'
import type { Flips, KernelComparison, RuntimeProbe } from './runtime.js'
import { decibel, plural, short } from './words.js'

/** Answers of FP32 that change between two runs of it, as a share: above it no small drop can be judged. */
const UNSTABLE_ANSWERS = 0.01
/** FP32 arithmetic in another order agrees far better; TF32 and half precision do not reach it. */
const FLOAT_FLOOR_DB = 70
/** The kernels' own error stays below that of rounding to 8 bits; from here on they compute something else. */
const KERNEL_NOISE = 1
/** Exact McNemar test of the answers; two models of the same accuracy are taken apart once in a hundred times. */
const SIGNIFICANT = 0.01
/** |input| of normalized images stays far below it; raw pixels reach 255. */
const RAW_PIXELS = 20
/** Less than five grey levels of an image in 0..1. */
const VANISHING = 0.02

/** What FP32 differs from itself by: nothing smaller than this is a finding. */
export function auditFloor({ floor, images }: RuntimeProbe, provider: string): Diagnosis {
  const check = 'noise floor'
  if (floor === undefined) {
    const evidence =
      "not measured: the network's outputs are lists of boxes, which cannot be compared element by element"
    return { check, status: 'skipped', evidence, action: '' }
  }
  const { difference, flips } = floor
  const changed = flips === undefined ? 0 : flips.broken + flips.repaired
  const answers = flips === undefined ? '' : `, ${plural(changed, 'answer')} of ${images} changed`
  const evidence =
    `FP32 against FP32 on ${provider}, one image at a time on one thread: ${decibel(difference.sqnrDb)}, ` +
    `largest difference ${short(difference.max)}${answers}`
  const noisy = changed > UNSTABLE_ANSWERS * images || !(difference.sqnrDb >= FLOAT_FLOOR_DB)
  return {
    check,
    status: noisy ? 'warn' : 'pass',
    evidence,
    action: noisy
      ? 'FP32 does not repeat itself here: look for reduced-precision arithmetic (TF32), random operators or a batch-dependent model before believing small drops.'
      : ''
  }
}

/** Integer kernels against the same file in float: a gap is the kernels' (or saturation's), not calibration's. */
export function auditKernels(comparison: KernelComparison): Diagnosis {
  const { images, answers, kernels, quantization, variant } = comparison
  const check = 'integer kernels against simulation'
  const counted =
    answers === undefined
      ? ''
      : `top-1 ${answers.right.integer} and ${answers.right.simulated} of ${images}, ` +
        `${answers.flips.broken} answers worse and ${answers.flips.repaired} better in integers; `
  const evidence =
    `the same file on ${images} test images: ${counted}kernels against simulation ${decibel(kernels.sqnrDb)}, ` +
    `simulation against FP32 ${decibel(quantization.sqnrDb)}`
  const gap = isGap(kernels, quantization, answers?.flips)
  return {
    check,
    status: gap ? 'fail' : 'pass',
    variant: variant.name,
    evidence,
    action: gap
      ? 'Calibration is not to blame: the integer kernels compute something else than the file says. Suspect saturation on this processor (`reduce_range: true` avoids it), sums of a very wide layer that exceed int32 (`keep` it), or a defect of this version of ONNX Runtime.'
      : ''
  }
}

/** What a deployment with ONNX Runtime's default settings would get on a processor like this one. */
export function auditSaturation(comparison: KernelComparison): Diagnosis[] {
  const { images, answers, unasked, quantization, variant } = comparison
  if (unasked === undefined) return []
  const check = 'saturation without session.x64quantprecision'
  const counted =
    answers === undefined
      ? ''
      : `top-1 is ${answers.right.unasked ?? 0} of ${images} instead of ${answers.right.integer}, and `
  const evidence =
    `this processor has no VNNI; with ONNX Runtime's default kernels ${counted}` +
    `the outputs lie ${decibel(unasked.sqnrDb)} from the simulation`
  const gap = isGap(unasked, quantization, answers?.unaskedFlips)
  return [
    {
      check,
      status: gap ? 'warn' : 'pass',
      variant: variant.name,
      evidence,
      action: gap
        ? 'Where this model is deployed on x64 without VNNI, set session.x64quantprecision=1 as this run does, or quantize with `reduce_range: true`.'
        : ''
    }
  ]
}

function isGap(kernels: OutputDifference, quantization: OutputDifference, flips: Flips | undefined): boolean {
  // Where 8 bits are exact, rounding in float is no fault.
  const louder = !(kernels.sqnrDb >= FLOAT_FLOOR_DB) && !(kernels.noise <= KERNEL_NOISE * quantization.noise)
  if (louder || flips === undefined) return louder
  return flips.broken > flips.repaired && mcnemarPValue(flips.broken, flips.repaired) < SIGNIFICANT
}

/** Do the values that the network is fed look like a network's input? Without a dump this is all that can be said. */
export function auditInput(
  { input, images }: Pick<RuntimeProbe, 'input' | 'images'>,
  evidence: string | undefined
): Diagnosis {
  const check = 'range of the first layer'
  const { min, max, constant } = input
  const seen = `input values from ${short(min)} to ${short(max)} on ${plural(images, 'test image')}`
  const works = evidence !== undefined
  const verdict = works ? `, and ${evidence}` : ''
  const action = 'Compare with the training code, or let `preprocess: {steps, reference}` compare with its dumps.'
  if (constant === images) {
    return { check, status: 'fail', evidence: `${seen}: every image is constant`, action }
  }
  const size = Math.max(Math.abs(min), Math.abs(max))
  const odd =
    size > RAW_PIXELS
      ? 'these are raw pixels, and networks are trained on normalized ones as a rule (not divided by 255?)'
      : size < VANISHING
        ? 'they almost vanish (divided by 255 twice?)'
        : undefined
  if (odd === undefined || works) return { check, status: 'pass', evidence: `${seen}${verdict}`, action: '' }
  return { check, status: 'warn', evidence: `${seen}: ${odd}`, action }
}
