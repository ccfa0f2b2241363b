import { loadConfig, type GateConfig } from '../config/index.js'
import type { CheckReport } from '../gate.js'
import { withTemporaryFolder } from '../util/files.js'
import type { CommandContext } from './context.js'
import { gateOptions, type CommonOptions } from './options.js'
import { printable } from './printable.js'

/**
 * `precision-gate check`: everything that can be wrong before a model runs: files, data sets, preprocessing. Writes
 * nothing.
 * @returns the exit code.
 */
export async function check(options: CommonOptions, { terminal, loadGate }: CommandContext): Promise<number> {
  const config = await loadConfig(options.config, options)
  const { checkGate } = await loadGate()
  const report = await withTemporaryFolder((folder) => checkGate(config, gateOptions(options, folder, terminal)))
  const warnings = [...report.warnings, ...unjudged(config)]
  const lines = [
    ...describe(report, config),
    ...report.diagnosis.flatMap(findingLines),
    ...warnings.map((warning) => `warning: ${warning}`)
  ]
  terminal.out.stream.write(`${lines.map(printable).join('\n')}\n${options.config} is valid\n`)
  return 0
}

/** What was found is said in full, what was cleared in a line. */
function findingLines({ check, status, evidence, action }: CheckReport['diagnosis'][number]): string[] {
  const line = `${status.padEnd(12)} ${check}: ${evidence}`
  return status === 'pass' || status === 'skipped' ? [line] : [line, `${' '.repeat(12)} -> ${action}`]
}

/** A variant without a limit is measured and can never fail: more likely forgotten than meant. */
export function unjudged(config: GateConfig): string[] {
  const errors = limitsOf(config).filter(({ severity }) => severity === 'error')
  return [...config.variants]
    .filter(([, { requireExecuted }]) => requireExecuted === undefined)
    .filter(([name]) => !errors.some(({ variant }) => variant === undefined || variant === name))
    .map(([name]) => `no limit of severity error applies to variant ${name}: it is measured and never fails`)
}

/** Of every kind: on metrics, layers and speed. */
function limitsOf({ thresholds, layerLimits = [], speedLimits = [] }: GateConfig) {
  return [...thresholds, ...layerLimits, ...speedLimits]
}

function describe({ model, dataset, calibration }: CheckReport, config: GateConfig): string[] {
  const values = (list: CheckReport['model']['inputs']) =>
    list.map(({ name, type, dims }) => `${name} ${type} [${dims.map((size) => size || '?').join(', ')}]`).join(', ')
  return [
    `model        opset ${model.opset}, ${model.parameters.toLocaleString('en-US')} parameters`,
    `  inputs     ${values(model.inputs)}`,
    `  outputs    ${values(model.outputs)}`,
    `test set     ${dataset.samples.toLocaleString('en-US')} samples${dataset.classes === undefined ? '' : `, ${dataset.classes.length} classes`}`,
    ...(calibration === undefined ? [] : [`calibration  ${calibration.samples.toLocaleString('en-US')} samples`]),
    `variants     ${[...config.variants].map(([name, { kind }]) => (name === kind ? name : `${name} (${kind})`)).join(', ')}`,
    `limits       ${limitsOf(config).length}`
  ]
}
