/** Parts of the format that are designed and not built yet: refused by name, so that nobody looks for a spelling mistake. */
const PLANNED_KEYS: readonly { readonly parent: RegExp; readonly keys: readonly string[] }[] = []

const PLANNED_VALUES: readonly { readonly path: RegExp; readonly values: readonly string[] }[] = []

export function isPlannedKey(parent: string, key: string): boolean {
  return PLANNED_KEYS.some((entry) => entry.parent.test(parent) && entry.keys.includes(key))
}

export function isPlannedValue(path: string, value: unknown): boolean {
  return PLANNED_VALUES.some(
    (entry) =>
      entry.path.test(path) &&
      entry.values.some((planned) => typeof value === 'string' && planned === value.toLowerCase())
  )
}

export const notSupported = (what: string) => `${what} is not supported in this version`
