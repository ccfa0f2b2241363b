import * as z from 'zod'
import { FileError } from '../errors.js'
import { sha256 } from '../util/hash.js'
import type { CalibratedTensor } from './calibrate.js'
import type { Range } from './scale.js'

/** Raised whenever the same inputs would give another table. */
export const ALGORITHM_VERSION = 2

/**
 * Everything that a table depends on. The key is the SHA-256 over all of it but the readable forms, which are there to
 * say what changed.
 */
export const keyPartsSchema = z.strictObject({
  algorithm: z.int(),
  /** Hash of the model file and its external data. */
  model: z.string(),
  /** Name -> short hash of every initializer, to tell a changed weight from a changed graph. */
  weights: z.record(z.string(), z.string()),
  /** Canonical JSON of the preprocessing list. */
  preprocessing: z.string(),
  /** Sorted short content hashes of the calibration images. */
  images: z.array(z.string()),
  /** SHA-256 over the sorted full content hashes. */
  imagesHash: z.string(),
  /** Method with its parameters, as JSON. */
  method: z.string(),
  target: z.string(),
  /** Names of the calibrated tensors, in graph order. */
  tensors: z.array(z.string())
})

export type KeyParts = z.infer<typeof keyPartsSchema>

const rangeSchema = z.tuple([z.number(), z.number()])

const tableSchema = z.strictObject({
  format: z.literal('precision-gate calibration table'),
  version: z.literal(1),
  key: z.string(),
  parts: keyPartsSchema,
  samples: z.int().positive(),
  /** Each range as [min, max]; see CalibratedTensor. */
  tensors: z.record(
    z.string(),
    z.strictObject({
      observed: rangeSchema,
      range: rangeSchema,
      quarter: rangeSchema,
      half: rangeSchema,
      cut: z.number().min(0).max(1)
    })
  ),
  /** SHA-256 over the rest of the file. */
  checksum: z.string()
})

export type CalibrationTable = z.infer<typeof tableSchema>

export function tableKey(parts: KeyParts): string {
  const { algorithm, model, preprocessing, imagesHash, method, target, tensors } = parts
  return sha256(JSON.stringify([algorithm, model, preprocessing, imagesHash, method, target, tensors]))
}

export function makeTable(
  parts: KeyParts,
  samples: number,
  calibrated: ReadonlyMap<string, CalibratedTensor>
): CalibrationTable {
  const tensors: CalibrationTable['tensors'] = {}
  const pair = ({ min, max }: Range): [number, number] => [min, max]
  for (const [name, { observed, range, quarter, half, cut }] of calibrated) {
    const ranges = { observed: pair(observed), range: pair(range), quarter: pair(quarter), half: pair(half) }
    tensors[name] = { ...ranges, cut }
  }
  const content = {
    format: 'precision-gate calibration table',
    version: 1,
    key: tableKey(parts),
    // Parsing settles the order of the fields, and with it the bytes.
    parts: keyPartsSchema.parse(parts),
    samples,
    tensors
  } as const
  return { ...content, checksum: sha256(JSON.stringify(content)) }
}

/** The same table gives the same bytes. */
export function serializeTable(table: CalibrationTable): string {
  return `${JSON.stringify(table, null, 1)}\n`
}

/**
 * Reads a table and believes nothing: schema, checksum, key over its own parts, a range for every tensor.
 *
 * @throws FileError saying what is wrong with it
 */
export function parseTable(text: string, file: string): CalibrationTable {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new FileError(`calibration table ${file} is not JSON: it is cut short or another file`, undefined, { cause })
  }
  const parsed = tableSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new FileError(
      `calibration table ${file} is damaged at ${issue.path.join('.') || 'its top'}: ${issue.message}`
    )
  }
  const { checksum, ...content } = parsed.data
  const { format, version, key, parts, samples, tensors } = content
  if (sha256(JSON.stringify({ format, version, key, parts, samples, tensors })) !== checksum) {
    throw new FileError(`calibration table ${file} does not match its checksum: it was edited or damaged`)
  }
  if (tableKey(parts) !== key) throw new FileError(`calibration table ${file} carries a key that is not its own`)
  const missing = parts.tensors.find((tensor) => !Object.hasOwn(tensors, tensor))
  if (missing !== undefined) throw new FileError(`calibration table ${file} has no range for tensor ${missing}`)
  return parsed.data
}
