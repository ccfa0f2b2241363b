import path from 'node:path'
import type { QuantizationTarget, VariantConfig } from '../config/index.js'
import { RuntimeError } from '../errors.js'
import { GraphIndex, loadModel, saveModel, type NodeProto, type OnnxModel } from '../model/index.js'
import {
  insertQdq,
  matchKept,
  planPlacement,
  TableCache,
  type Placement,
  type CalibrationTable,
  type Range
} from '../quantization/index.js'
import type { CalibrationResult } from '../result.js'
import { calibrateVariant, type CalibrationRequest } from './calibrated.js'
import { writeEngineCommands } from './engine.js'
import {
  assertComplete,
  matchImported,
  readImported,
  recordImported,
  targetOfRanges,
  type RangeFile
} from './imported.js'
import { requiredOf } from './required.js'
import type { CalibrationSource, GateContext, Int8Ranges, PreparedModel, Variant } from './types.js'

type Int8Config = Extract<VariantConfig, { kind: 'int8' }>

/** Calibrates, finds the table in the cache or imports one, quantizes, and writes model.<name>.onnx and its ranges. */
export async function makeInt8Variant(
  name: string,
  variant: Int8Config,
  prepared: PreparedModel,
  source: CalibrationSource | undefined,
  cache: TableCache | undefined,
  context: GateContext
): Promise<Variant> {
  const { outputDirectory, log } = context
  const table = variant.ranges === undefined ? undefined : await readImported(variant.ranges, context)
  const target = targetOf(variant, table)
  const model = await loadModel(prepared.file, { workspace: path.dirname(prepared.file) })
  const kept = matchKept(model.graph.node, variant.keep, context.config.file)
  const placement = place(name, target, model, prepared, kept)
  const required = requiredOf(variant, model.graph.node, kept)
  const needed = [...placement.tensors.values()]
    .filter(({ range }) => range.kind === 'calibrated')
    .map(({ tensor }) => tensor)
  const request = { name, target, model, prepared, cache }
  const chosen =
    table === undefined
      ? await calibrated({ ...request, source: given(source), tensors: needed }, context)
      : await imported(table, needed, { ...request, source }, context)
  insertQdq(model, placement, chosen.ranges, { reduceRange: variant.reduceRange })
  const file = path.join(outputDirectory, `model.${name}.onnx`)
  await saveModel(model, file)
  if (target === 'tensorrt') await writeEngineCommands(name, 'int8', context)
  log.debug(`${name}: ${placement.quantized.size} layers quantized, ${placement.tensors.size} activation tensors`)
  const { calibration, warnings, ...ranges } = chosen
  return {
    name,
    precision: 'int8',
    model: file,
    runFile: file,
    calibration,
    warnings,
    required,
    int8: { prepared, target, ...ranges }
  }
}

function targetOf({ target }: Int8Config, table: RangeFile | undefined): QuantizationTarget {
  if (target !== undefined) return target
  if (table === undefined) throw new Error('the config left the target to ranges that it does not have')
  return targetOfRanges(table)
}

function place(
  name: string,
  target: QuantizationTarget,
  model: OnnxModel,
  { values }: PreparedModel,
  kept: ReadonlySet<NodeProto>
): Placement {
  const placement = planPlacement({ model, index: new GraphIndex(model.graph), values, target, kept })
  if (placement.tensors.size > 0) return placement
  throw new RuntimeError(
    `variant ${name}: no layer of the model can be quantized`,
    'Float32 Conv, ConvTranspose, Gemm or MatMul layers with constant weights are what INT8 is for; see `keep` too. Layers that feed the head of a detector stay in float (docs/precision.md).'
  )
}

type Chosen = Int8Ranges & { readonly calibration: CalibrationResult; readonly warnings: readonly string[] }

async function calibrated(request: CalibrationRequest, context: GateContext): Promise<Chosen> {
  const { calibration, table, lookup } = await calibrateVariant(request, context)
  return { ranges: rangesOf(table), calibrated: { table, lookup }, calibration, warnings: [] }
}

/** Ranges from a table of the user's; those that it lacks are calibrated where the config says with what. */
async function imported(
  table: RangeFile,
  needed: readonly string[],
  request: Omit<CalibrationRequest, 'tensors' | 'source'> & { readonly source: CalibrationSource | undefined },
  context: GateContext
): Promise<Chosen> {
  const { match, imported } = await matchImported(table, needed, request.model, context)
  const { source } = request
  const { missing } = match
  const everything = missing.length === needed.length
  if (source === undefined || everything) assertComplete(match, table, needed)
  const made =
    missing.length === 0
      ? undefined
      : await calibrateVariant({ ...request, source: given(source), tensors: missing }, context)
  const ranges = made === undefined ? match.ranges : new Map([...match.ranges, ...rangesOf(made.table)])
  const calibration = await recordImported(request.name, table, ranges, made, context)
  const warnings =
    made === undefined
      ? []
      : [
          `${missing.length} of ${needed.length} quantized tensors have no range in ${table.file} and were calibrated (${made.calibration.method})`
        ]
  for (const warning of warnings) context.log.warn(`${request.name}: ${warning}`)
  const { table: calibratedTable, lookup } = made ?? {}
  return {
    ranges,
    imported,
    ...(calibratedTable !== undefined && lookup !== undefined && { calibrated: { table: calibratedTable, lookup } }),
    calibration,
    warnings
  }
}

function rangesOf({ tensors }: CalibrationTable): Map<string, Range> {
  return new Map(Object.entries(tensors).map(([tensor, { range }]) => [tensor, { min: range[0], max: range[1] }]))
}

function given(source: CalibrationSource | undefined): CalibrationSource {
  if (source === undefined) throw new Error('the config was accepted without a calibration set')
  return source
}
