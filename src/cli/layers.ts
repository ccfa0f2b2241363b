import { join, resolve } from 'node:path'
import { loadConfig } from '../config/index.js'
import { ExitCode } from '../errors.js'
import { layerReport } from '../report/index.js'
import type { CommandContext } from './context.js'
import { gateOptions, type CacheOptions, type CommonOptions } from './options.js'
import { printable } from './printable.js'

export interface LayersOptions extends CommonOptions, CacheOptions {
  readonly output: string
  readonly variant?: string
  readonly limit?: number
  readonly samples?: number
  readonly worst?: number
  readonly json?: boolean
  readonly dump?: string
  readonly layer: string
}

/**
 * `precision-gate layers`: how far each layer of each variant is from FP32, and what it adds by itself. Judges nothing.
 * @returns the exit code.
 */
export async function layers(options: LayersOptions, { terminal, loadGate }: CommandContext): Promise<number> {
  const config = await loadConfig(options.config, options)
  const { compareModelLayers } = await loadGate()
  const { samples, variant, limit, dump, layer } = options
  const report = await compareModelLayers(
    samples === undefined || config.layers === undefined
      ? config
      : { ...config, layers: { ...config.layers, samples } },
    {
      ...gateOptions(options, resolve(options.output), terminal),
      ...(variant !== undefined && { variant }),
      ...(limit !== undefined && { limit }),
      ...(dump !== undefined && { dump: { folder: resolve(dump), layer } })
    }
  )
  const { layers, comparisons, failed, dumped } = report
  const text =
    dump !== undefined
      ? dumped.map((file) => printable(join(dump, file))).join('\n')
      : options.json === true
        ? JSON.stringify({ layers, layerComparison: comparisons }, null, 2)
        : layerReport(layers, comparisons, { width: terminal.out.width, worst: options.worst })
  terminal.out.stream.write(`${text}\n`)
  for (const { name, error } of failed) terminal.err.stream.write(`${printable(`error: ${name}: ${error}`)}\n`)
  const incomplete = failed.length > 0 || Object.values(comparisons).some(({ error }) => error !== undefined)
  return incomplete ? ExitCode.runtime : ExitCode.pass
}
