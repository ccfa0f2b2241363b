import type { ZodError } from 'zod'
import { FileError } from '../errors.js'

/**
 * @param name how the file is called in messages.
 * @throws FileError where the text is no JSON.
 */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileError(`${name} is not valid JSON`, undefined, { cause: error })
  }
}

/** The version that a file of one of our formats says it has; undefined where it says none. */
export function schemaVersionOf(value: unknown): number | undefined {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion
  return typeof version === 'number' ? version : undefined
}

/** The first fields that are wrong, and why. */
export function wrongFields({ issues }: ZodError, most = 1): string {
  return issues
    .slice(0, most)
    .map(({ path, message }) => `${path.join('.') || 'top level'}: ${message}`)
    .join('; ')
}
