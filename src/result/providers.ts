import type { Result, VariantResult } from '../result.js'

/** The FP32 reference of the first provider. */
const REFERENCE = 'fp32'

/** How a variant on another provider than the first is called in verdicts and reports; no variant's name has an `@`. */
export function nameOn(variant: string, provider: string): string {
  return `${variant}@${provider}`
}

/** Whether a name is that of FP32, on whatever provider. */
export function isReference(name: string): boolean {
  return name === REFERENCE || name.startsWith(`${REFERENCE}@`)
}

/** The FP32 that a variant is compared with: the one on the same provider. */
export function referenceOf(name: string): string {
  const at = name.indexOf('@')
  return at < 0 ? REFERENCE : `${REFERENCE}${name.slice(at)}`
}

/** The variants of the first provider, then those of the others, by the names that verdicts use. */
export function everyVariant({ variants, providers = {} }: Result): Readonly<Record<string, VariantResult>> {
  const others = Object.entries(providers).flatMap(([provider, run]) =>
    Object.entries(run.variants).map(([name, variant]) => [nameOn(name, provider), variant] as const)
  )
  return others.length === 0 ? variants : { ...variants, ...Object.fromEntries(others) }
}
