import { relative, resolve } from 'node:path'
import { loadConfig } from '../config/index.js'
import { ExitCode } from '../errors.js'
import type { CommandContext } from './context.js'
import { gateOptions, type CacheOptions, type CommonOptions } from './options.js'
import { printable } from './printable.js'

export interface QuantizeOptions extends CommonOptions, CacheOptions {
  readonly output: string
  readonly variant?: string
}

/**
 * `precision-gate quantize`: writes the models and calibration tables of a config, and judges nothing.
 * @returns the exit code.
 */
export async function quantize(options: QuantizeOptions, { terminal, loadGate }: CommandContext): Promise<number> {
  const config = await loadConfig(options.config, options)
  const { quantizeModel } = await loadGate()
  const { variants, failed } = await quantizeModel(config, {
    ...gateOptions(options, resolve(options.output), terminal),
    ...(options.variant !== undefined && { variant: options.variant })
  })
  for (const { name, model, warnings } of variants) {
    terminal.out.stream.write(`${printable(`${name}: ${relative(process.cwd(), model)}`)}\n`)
    for (const warning of warnings) terminal.err.stream.write(`${printable(`warning: ${name}: ${warning}`)}\n`)
  }
  for (const { name, error } of failed) terminal.err.stream.write(`${printable(`error: ${name}: ${error}`)}\n`)
  return failed.length === 0 ? ExitCode.pass : ExitCode.runtime
}
