import type { SampleStream } from '../dataset/index.js'
import { FP16_MAX, measureFp16Activations, type Fp16ActivationRange } from '../quantization/index.js'
import type { Diagnosis } from '../result.js'
import type { GateContext, Variant } from '../variants/index.js'

/** Share of a layer's values below the smallest normal float16 from which it is worth a word. */
const SUBNORMAL_SHARE = 0.05

/**
 * Would the activations fit into float16? Measured in float32 on real images, because the answer must not depend on
 * a device that hides overflows. Names the first layer that does not fit.
 */
export async function diagnoseFp16(
  { name, fp16 }: Variant,
  images: SampleStream,
  { config, runtime, session, workDirectory, signal, progress }: GateContext
): Promise<Diagnosis[]> {
  if (fp16 === undefined) return []
  const ranges = await measureFp16Activations(fp16.plan, {
    runtime,
    session: { ...session, provider: 'cpu' },
    modelFile: config.model,
    workDirectory,
    values: fp16.values,
    images,
    signal,
    progress,
    label: `FP16 range of ${name}`
  })
  return [overflow(name, ranges, images.dataset.samples.length), ...underflow(name, ranges)]
}

function overflow(variant: string, ranges: readonly Fp16ActivationRange[], images: number): Diagnosis {
  const check = 'fp16 activation range'
  const overflowing = ranges.filter((range) => range.overflowing > 0)
  const [first] = overflowing
  if (first === undefined) {
    const largest = ranges.reduce((max, { maxAbs }) => Math.max(max, maxAbs), 0)
    const evidence = `largest |activation| ${format(largest)} on ${images} images, limit ${FP16_MAX}`
    return { check, status: 'pass', variant, evidence, action: '' }
  }
  const others = overflowing.length > 1 ? `; of the later layers, ${overflowing.length - 1} overflow too` : ''
  return {
    check,
    status: 'fail',
    variant,
    evidence:
      `layer ${first.layer} (${first.op}, tensor ${first.tensor}) is the first to overflow FP16: ` +
      `|x| up to ${format(first.maxAbs)} > ${FP16_MAX}, ${first.overflowing} of ${first.elements} values on ` +
      `${images} images, first on ${first.firstImage}${others}`,
    action:
      `Keep the layers around ${first.layer} in FP32 (\`variants: {${variant}: {precision: fp16, keep: [...]}}\`), or ` +
      "scale its weights down and the next layer's up: what lies between must stay below 65504."
  }
}

function underflow(variant: string, ranges: readonly Fp16ActivationRange[]): Diagnosis[] {
  const share = ({ subnormal, elements }: Fp16ActivationRange) => (elements === 0 ? 0 : subnormal / elements)
  const worst = ranges.reduce<Fp16ActivationRange | undefined>(
    (a, b) => (a === undefined || share(b) > share(a) ? b : a),
    undefined
  )
  if (worst === undefined || share(worst) < SUBNORMAL_SHARE) return []
  return [
    {
      check: 'fp16 underflow',
      status: 'warn',
      variant,
      evidence: `${(100 * share(worst)).toFixed(1)} % of the values of layer ${worst.layer} (${worst.op}) are below 2^-14, the smallest normal FP16 number`,
      action: 'Scale the activations of that layer up, or keep it in FP32, if accuracy is lost.'
    }
  ]
}

function format(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : 'infinity'
}
