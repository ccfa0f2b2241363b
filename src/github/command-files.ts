import { randomUUID } from 'node:crypto'
import { appendFile, stat } from 'node:fs/promises'
import { messageOf } from '../errors.js'
import { limits } from './limits.js'
import { bytes, truncateMarkdown } from './truncate.js'

export type FileOutcome =
  | { readonly kind: 'written'; readonly truncated: boolean }
  /** Not in GitHub Actions, no room left, or the file cannot be written. */
  | { readonly kind: 'skipped'; readonly reason: string }

/**
 * Appends Markdown to the summary of the step. GitHub drops a summary over its limit as a whole, so the text is cut to
 * the room that earlier writers in the step left.
 */
export async function writeSummary(env: NodeJS.ProcessEnv, markdown: string): Promise<FileOutcome> {
  const file = env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return skipped('GITHUB_STEP_SUMMARY is not set')
  try {
    const room = limits.summary.maxBytes - (await sizeOf(file)) - 1
    const note = '_Shortened: GitHub limits the job summary to 1 MiB per step. The report has the rest._'
    const text = truncateMarkdown(markdown.trimEnd(), { max: room, measure: bytes, note })
    if (text === '' && markdown.trim() !== '') return skipped('other writers in this step left no room in the summary')
    await appendFile(file, `${text}\n`)
    return { kind: 'written', truncated: bytes(text) < bytes(markdown.trimEnd()) }
  } catch (error) {
    return skipped(`the job summary cannot be written: ${messageOf(error)}`)
  }
}

/** Sets outputs of the step; values may hold any text. Undefined values are left out. */
export async function writeOutputs(
  env: NodeJS.ProcessEnv,
  outputs: Readonly<Record<string, string | number | boolean | undefined>>
): Promise<FileOutcome> {
  const file = env.GITHUB_OUTPUT
  if (file === undefined || file === '') return skipped('GITHUB_OUTPUT is not set')
  const entries = Object.entries(outputs).filter(([, value]) => value !== undefined)
  const text = entries.map(([name, value]) => formatOutput(name, String(value))).join('')
  if (bytes(text) > limits.output.maxBytesPerJob) return skipped(`the outputs are larger than GitHub takes (1 MiB)`)
  try {
    await appendFile(file, text)
    return { kind: 'written', truncated: false }
  } catch (error) {
    return skipped(`the outputs cannot be written: ${messageOf(error)}`)
  }
}

/** The delimiter is random, so that no value can end itself and set another output. */
function formatOutput(name: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) throw new TypeError(`${name} cannot be the name of an output`)
  const delimiter = `ghadelimiter_${randomUUID()}`
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

function skipped(reason: string): FileOutcome {
  return { kind: 'skipped', reason }
}
