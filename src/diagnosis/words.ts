/** `a, b, c and 5 more`. */
export function firstFew(names: readonly string[], count = 3): string {
  const shown = names.slice(0, count).join(', ')
  return names.length > count ? `${shown} and ${names.length - count} more` : shown
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** A share as a percentage of two significant digits. */
export function percent(share: number): string {
  const value = 100 * share
  return `${value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))} %`
}

export function short(value: number, digits = 3): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value)
}

export function decibel(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} dB` : 'no difference'
}
