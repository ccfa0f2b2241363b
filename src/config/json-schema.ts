import * as z from 'zod'
import { documentSchema } from './schema/index.js'

/** The part of JSON Schema (draft 7) that the config's schema uses. */
export interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly not?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly if?: JsonSchema
  readonly then?: JsonSchema
}

/**
 * JSON Schema (draft 7, which editors support best) of the config file.
 * It accepts what loadConfig accepts, and besides what it cannot see: the order of preprocessing steps, names of variants
 * in thresholds, and the files.
 */
export function configJsonSchema(): JsonSchema {
  return { ...jsonSchemaOf(documentSchema), title: 'precision-gate config', ...CALIBRATION_FOR_INT8 }
}

export function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-07', io: 'input' }) as JsonSchema
}

const INT8_VARIANT: JsonSchema = {
  type: 'object',
  required: ['precision'],
  properties: { precision: { const: 'int8' } },
  not: { required: ['ranges'] }
}

/** "Not every variant is something else" is how draft 7 says "one of them is int8 without ranges". */
const CALIBRATION_FOR_INT8: JsonSchema = {
  if: {
    required: ['variants'],
    properties: { variants: { type: 'object', not: { additionalProperties: { not: INT8_VARIANT } } } }
  },
  then: { required: ['calibration'] }
}
