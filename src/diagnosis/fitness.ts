import type { Diagnosis } from '../result.js'
import { mcnemarPValue } from '../verdict/index.js'
import type { OutputDifference } from './outputs.js'
import type { Flips, KernelComparison, RuntimeProbe } from './runtime.js'
import { decibel, percent, plural, short } from './words.js'

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
export function auditFloor({ floor, floorFlips, images }: RuntimeProbe, provider: string): Diagnosis {
  const check = 'noise floor'
  const changed = floorFlips.broken + floorFlips.repaired
  const evidence =
    `FP32 against FP32 on ${provider}, one image at a time on one thread: ${decibel(floor.sqnrDb)}, ` +
    `largest difference ${short(floor.max)}, ${plural(changed, 'answer')} of ${images} changed`
  const noisy = changed > UNSTABLE_ANSWERS * images || !(floor.sqnrDb >= FLOAT_FLOOR_DB)
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
  const { images, right, kernels, quantization, variant, flips } = comparison
  const check = 'integer kernels against simulation'
  const answers =
    `top-1 ${right.integer} and ${right.simulated} of ${images}, ` +
    `${flips.broken} answers worse and ${flips.repaired} better in integers`
  const evidence =
    `the same file on ${images} test images: ${answers}; kernels against simulation ${decibel(kernels.sqnrDb)}, ` +
    `simulation against FP32 ${decibel(quantization.sqnrDb)}`
  const gap = isGap(kernels, quantization, flips)
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
  const { images, right, unasked, unaskedFlips, quantization, variant } = comparison
  if (unasked === undefined || unaskedFlips === undefined) return []
  const check = 'saturation without session.x64quantprecision'
  const evidence =
    `this processor has no VNNI; with ONNX Runtime's default kernels top-1 is ${right.unasked ?? 0} of ${images} instead of ` +
    `${right.integer}, and the outputs lie ${decibel(unasked.sqnrDb)} from the simulation`
  const gap = isGap(unasked, quantization, unaskedFlips)
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

function isGap(kernels: OutputDifference, quantization: OutputDifference, { broken, repaired }: Flips): boolean {
  // Where 8 bits are exact, rounding in float is no fault.
  const louder = !(kernels.sqnrDb >= FLOAT_FLOOR_DB) && !(kernels.noise <= KERNEL_NOISE * quantization.noise)
  return louder || (broken > repaired && mcnemarPValue(broken, repaired) < SIGNIFICANT)
}

/** Do the values that the network is fed look like a network's input? Without a dump this is all that can be said. */
export function auditInput({ input, images }: RuntimeProbe, top1: number | null, classes: number): Diagnosis {
  const check = 'range of the first layer'
  const { min, max, constant } = input
  const seen = `input values from ${short(min)} to ${short(max)} on ${plural(images, 'test image')}`
  const works = top1 !== null && top1 > Math.max(0.5, 2 / Math.max(classes, 1))
  const verdict = works ? `, and FP32 is right on ${percent(top1)}` : ''
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
