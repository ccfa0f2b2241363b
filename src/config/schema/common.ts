import * as z from 'zod'

/** A path in the config: relative to the config's folder, with `/`. */
export const pathSchema = z.string().min(1).meta({ title: 'path' })

export const pixelsSchema = z.int().min(1).max(16384)

export const widthAndHeight = z.array(pixelsSchema).length(2).meta({ title: '[width, height]' })

export const interpolationSchema = z
  .enum(['nearest', 'bilinear', 'bicubic', 'area'])
  .default('bilinear')
  .describe('How pixels between pixels are found')

export const likeSchema = z
  .enum(['pillow', 'opencv'])
  .default('pillow')
  .describe('Whose pixels the resize reproduces. torchvision on images uses pillow')

/** JSON Schema's words for "1 or 3 entries", which zod has no method for. */
const NOT_TWO = { not: { minItems: 2, maxItems: 2 } }

/** One value for every channel, or one for each: a single number, or a list of 1 or 3. */
export function perChannel<Value extends z.ZodType>(value: Value) {
  const list = z
    .array(value)
    .min(1)
    .max(3)
    .refine((values) => values.length !== 2, 'expected 1 or 3 values, one for each channel')
    .meta({ ...NOT_TWO, title: 'list of 1 or 3' })
  return z.union([value, list])
}

export const fillSchema = perChannel(z.int().min(0).max(255))

/** A refinement for "at least one of these keys", together with the same rule in JSON Schema. */
export function needsOneOf<Schema extends z.ZodType>(schema: Schema, keys: readonly string[], what: string): Schema {
  return schema
    .refine((value) => keys.some((key) => key in (value as object)), `expected ${what}: ${keys.join(', ')}`)
    .meta({ anyOf: keys.map((key) => ({ required: [key] })) })
}
