import * as z from 'zod'
import { DEFAULT_LETTERBOX_VALUE } from '../defaults.js'
import { fillSchema, interpolationSchema, likeSchema, needsOneOf, perChannel } from './common.js'
import { pixelsSchema, widthAndHeight } from './common.js'

const filter = { interpolation: interpolationSchema, like: likeSchema }
const box = { width: pixelsSchema, height: pixelsSchema }

const resize = z.strictObject({
  resize: z
    .union([
      pixelsSchema.describe('Shorter side, as torchvision.transforms.Resize(int)'),
      widthAndHeight,
      z.strictObject({ shorter: pixelsSchema, ...filter }),
      z.strictObject({ longer: pixelsSchema, ...filter }),
      z.strictObject({ ...box, ...filter })
    ])
    .describe('Shorter or longer side, which keeps the aspect ratio, or the exact size')
    .meta({ examples: [256, { shorter: 256, interpolation: 'bilinear', like: 'pillow' }] })
})

const centerCrop = z.strictObject({
  center_crop: z
    .union([
      pixelsSchema,
      widthAndHeight,
      z.strictObject(box),
      z.strictObject({ fraction: z.number().gt(0).max(1).describe('Share of each side that is kept') })
    ])
    .describe('Square of that size, [width, height], or a share of each side')
    .meta({ examples: [224, { fraction: 0.875 }] })
})

const letterboxOptions = {
  value: fillSchema.default(DEFAULT_LETTERBOX_VALUE).describe('Colour of the bars, 0..255'),
  enlarge: z.boolean().default(true).describe('false: images smaller than the box keep their size'),
  ...filter
}

const letterbox = z.strictObject({
  letterbox: z
    .union([
      pixelsSchema,
      widthAndHeight,
      z.strictObject({ size: pixelsSchema, ...letterboxOptions }),
      z.strictObject({ ...box, ...letterboxOptions })
    ])
    .describe('Fits the image into a box with its aspect ratio kept, and fills the rest')
    .meta({ examples: [640, { size: 640, value: 114 }] })
})

const border = z.int().min(0).max(4096)
const padValue = fillSchema.default(0).describe('Colour of the border, 0..255')

const pad = z.strictObject({
  pad: z
    .union([
      border,
      z.strictObject({ all: border, value: padValue }),
      needsOneOf(
        z.strictObject({
          left: border.optional(),
          top: border.optional(),
          right: border.optional(),
          bottom: border.optional(),
          value: padValue
        }),
        ['left', 'top', 'right', 'bottom'],
        'at least one side'
      )
    ])
    .describe('Border in pixels: the same on every side, or for each side')
    .meta({ examples: [2, { left: 2, right: 2, value: 0 }] })
})

const color = z.strictObject({
  color: z
    .enum(['rgb', 'bgr', 'gray', 'gray-to-rgb'])
    .describe('Channels that the model was trained with. Images are decoded as RGB (grey files as grey)')
})

const fraction = z
  .string()
  .regex(/^[1-9][0-9]*\/[1-9][0-9]*$/)
  .meta({ title: 'fraction such as "1/255"' })

const factor = z
  .union([
    z
      .number()
      .refine((value) => value !== 0, 'expected a number other than 0')
      .meta({ not: { const: 0 } }),
    fraction
  ])
  .describe('Pixels are multiplied by it')
  .meta({ examples: ['1/255', 0.00392156862745098] })

const mean = perChannel(z.number()).describe('Subtracted, after the scale')
const std = perChannel(z.number().gt(0)).describe('Divided by, after the mean')

const scaling = z.strictObject({ scale: factor })
const standardizing = z.strictObject({ mean, std })
const normalize = z.strictObject({
  normalize: needsOneOf(
    z.strictObject({ scale: factor.optional(), mean: mean.optional(), std: std.optional() }),
    ['scale', 'mean', 'std'],
    'at least one of'
  )
    .describe('(pixel * scale - mean) / std')
    .meta({ examples: [{ scale: '1/255', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }] })
})

const layout = z.strictObject({
  layout: z.enum(['nchw', 'nhwc']).describe("Order of the tensor's axes. nchw where it is not given")
})

const cast = z.strictObject({
  cast: z
    .enum(['float32', 'float16', 'uint8', 'int8'])
    .describe("Element type of the tensor; by default that of the model's input")
})

export const stepSchema = z.union([
  resize,
  centerCrop,
  letterbox,
  pad,
  color,
  scaling,
  standardizing,
  normalize,
  layout,
  cast
])

const stepsSchema = z
  .array(stepSchema)
  .describe('Steps from the decoded image to the input tensor, in order; one for each list entry')

const referenceSchema = z
  .string()
  .min(1)
  .optional()
  .describe(
    'Your own network inputs (.npy, one an image, named as the image), compared with what the steps give: a glob, a folder or a file'
  )
  .meta({ title: 'path or glob', examples: ['refs/*.npy'] })

export const preprocessSchema = z
  .union([stepsSchema, z.strictObject({ steps: stepsSchema, reference: referenceSchema })])
  .default([])
  .describe('What becomes of an image before the network sees it: a list of steps, or {steps, reference}')

export type PreprocessDocument = z.infer<typeof preprocessSchema>
export type StepDocument = z.infer<typeof stepSchema>
