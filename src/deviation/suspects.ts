import { SUSPECT, type Diagnosis, type LayerResult } from '../result.js'

/** Layers that one finding names. */
const NAMED = 3

/** Layers that lose more than their precision explains, by variant. */
export function suspectsOf(layers: Readonly<Record<string, readonly LayerResult[]>>): Diagnosis[] {
  return Object.entries(layers).flatMap(([variant, all]) => {
    const suspects = all
      .filter(({ introduced }) => (introduced?.suspicion ?? 0) >= SUSPECT)
      .sort((a, b) => (a.introduced?.rank ?? 0) - (b.introduced?.rank ?? 0))
    const [first] = suspects
    if (first === undefined) return []
    const named = suspects.slice(0, NAMED).map(describe)
    const more = suspects.length > NAMED ? `; and ${suspects.length - NAMED} more` : ''
    return [
      {
        check: 'layers',
        status: 'warn',
        variant,
        evidence: `more is lost than rounding explains, with FP32 inputs: ${named.join('; ')}${more}`,
        action: actionFor(first)
      }
    ]
  })
}

function describe({ name, op, introduced, channels = [], saturatedRatio = 0 }: LayerResult): string {
  const noise = introduced?.sqnrDb
  const whole = noise === null || noise === undefined ? 'not finite' : `SQNR ${noise.toFixed(1)} dB by itself`
  const broken = channels.filter(({ suspicion }) => suspicion >= SUSPECT)
  const clipped = saturatedRatio >= 0.001 ? `, ${(100 * saturatedRatio).toFixed(1)} % of its values saturate` : ''
  const where =
    broken.length === 0 || broken.length === channels.length
      ? ''
      : `, in ${broken.length === 1 ? 'channel' : 'channels'} ${broken.map(({ channel }) => channel).join(', ')} alone`
  return `${name} (${op}): ${whole}${where}${clipped}`
}

function actionFor({ name, saturatedRatio = 0 }: LayerResult): string {
  return saturatedRatio >= 0.001
    ? `The calibrated range of ${name} is too narrow for the test images: calibrate on more or other images, or with \`method: minmax\`; \`keep: ['${name}']\` leaves it in FP32.`
    : `Compare the weights and scales of ${name} with the FP32 model; \`keep: ['${name}']\` leaves it in FP32.`
}
