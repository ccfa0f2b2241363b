import { ConfigurationError } from '../errors.js'
import { didYouMean } from '../util/suggest.js'
import type { InputName } from './names.js'

/** Of an input that is refused: a file pasted by mistake must not fill the log. */
const MAX_SHOWN = 100

/**
 * Turns the texts of inputs into values. Problems are collected, so that a workflow with three mistakes is told of three.
 */
export class InputReader {
  private readonly problems: string[] = []

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly defaults: Partial<Readonly<Record<InputName, string>>>
  ) {}

  /** The text, trimmed as the toolkit does; the default of action.yml where the runner has set nothing. */
  text(name: InputName): string {
    return (this.env[environmentName(name)] ?? this.defaults[name] ?? '').trim()
  }

  /** undefined where it is empty. */
  optional(name: InputName): string | undefined {
    const text = this.text(name)
    return text === '' ? undefined : text
  }

  /** YAML's core schema, as everywhere in GitHub Actions. */
  boolean(name: InputName): boolean {
    const text = this.text(name)
    if (/^(?:true|True|TRUE)$/.test(text)) return true
    if (!/^(?:false|False|FALSE)$/.test(text)) this.refuse(name, text, 'true or false')
    return false
  }

  choice<Choice extends string>(name: InputName, choices: readonly Choice[]): Choice {
    const text = this.text(name)
    const chosen = choices.find((choice) => choice === text)
    if (chosen === undefined) this.refuse(name, text, listOf(choices), didYouMean(text, [...choices]))
    return chosen ?? choices[0]
  }

  /** undefined where it is empty. */
  optionalChoice<Choice extends string>(name: InputName, choices: readonly Choice[]): Choice | undefined {
    return this.text(name) === '' ? undefined : this.choice(name, choices)
  }

  /** Of a list with commas or line ends; undefined where it is empty. */
  choices<Choice extends string>(name: InputName, choices: readonly Choice[]): readonly Choice[] | undefined {
    const texts = this.text(name)
      .split(/[,\n]/)
      .map((text) => text.trim())
      .filter((text) => text !== '')
    const chosen = texts.flatMap((text) => {
      const choice = choices.find((known) => known === text.toLowerCase())
      if (choice === undefined) this.refuse(name, text, listOf(choices), didYouMean(text, [...choices]))
      return choice ?? []
    })
    return texts.length === 0 ? undefined : [...new Set(chosen)]
  }

  number(name: InputName, { min, max, whole }: { min: number; max: number; whole: boolean }): number {
    const text = this.text(name)
    const value = Number(text)
    const plain = whole ? /^\d+$/ : /^\d+(?:\.\d+)?$/
    if (plain.test(text) && value >= min && value <= max) return value
    this.refuse(name, text, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`)
    return min
  }

  /** @throws ConfigurationError with every input that was refused */
  finish(): void {
    if (this.problems.length === 0) return
    throw new ConfigurationError(
      this.problems.map((message) => ({ message })),
      "correct the step's `with:`"
    )
  }

  refuse(name: InputName, given: string, allowed: string, hint = ''): void {
    const shown = given.length > MAX_SHOWN ? `${given.slice(0, MAX_SHOWN)}…` : given
    this.problems.push(`input ${name}: ${JSON.stringify(shown)} is not ${allowed}${hint}`)
  }
}

/** `INPUT_<NAME>`: upper case, spaces become underscores, hyphens stay; the runner's own rule. */
export function environmentName(input: string): string {
  return `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`
}

/** Inputs in the environment that the action does not have: a typing mistake leaves a default in force. */
export function unknownInputs(env: NodeJS.ProcessEnv, known: readonly string[]): string[] {
  const names = new Set(known.map(environmentName))
  return Object.keys(env)
    .filter((name) => name.startsWith('INPUT_') && !names.has(name.toUpperCase()))
    .map((name) => name.slice('INPUT_'.length).toLowerCase())
    .map((name) => `there is no input ${JSON.stringify(name)}${didYouMean(name, [...known])}: it is ignored`)
}

function listOf(choices: readonly string[]): string {
  return choices.length === 1 ? choices[0] : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
}
