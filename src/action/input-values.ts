import { ConfigurationError } from '../errors.js'
import type { InputName } from './names.js'

/** An input as the runner hands it on, without the spaces around it; '' where it is not set. */
export function inputOf(env: NodeJS.ProcessEnv, name: InputName): string {
  return (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim()
}

/**
 * `true` or `false`, as YAML writes them.
 * @throws ConfigurationError for anything else.
 */
export function booleanInput(env: NodeJS.ProcessEnv, name: InputName, fallback: boolean): boolean {
  const text = inputOf(env, name)
  if (text === '') return fallback
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  throw wrong(name, text, 'give true or false')
}

/**
 * A whole number in digits.
 * @throws ConfigurationError for anything else, and outside the bounds.
 */
export function integerInput(
  env: NodeJS.ProcessEnv,
  name: InputName,
  { min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number }
): number {
  const text = inputOf(env, name)
  if (text === '') return fallback
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (value >= min && value <= max) return value
  throw wrong(
    name,
    text,
    max === Infinity ? `give a whole number from ${min}` : `give a whole number, ${min} to ${max}`
  )
}

/**
 * One of a few words.
 * @throws ConfigurationError naming them.
 */
export function choiceInput<T extends string>(
  env: NodeJS.ProcessEnv,
  name: InputName,
  choices: readonly T[],
  fallback: T
): T {
  const text = inputOf(env, name)
  if (text === '') return fallback
  const chosen = choices.find((choice) => choice === text)
  if (chosen === undefined) throw wrong(name, text, `choose one of ${choices.join(', ')}`)
  return chosen
}

function wrong(name: InputName, text: string, advice: string): ConfigurationError {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text
  return new ConfigurationError([{ message: `input ${name}: ${JSON.stringify(shown)} is not valid: ${advice}` }])
}
