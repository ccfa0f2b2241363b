import * as z from 'zod'
import { pathSchema } from './common.js'

const share = z.number().min(0).max(1)
const outputName = z.string().min(1)

const priorsFile = pathSchema.describe('.npy file [priors, 4], in the order of the boxes')
const variance = z.number().positive().max(100)

const priors = z
  .union([
    priorsFile,
    z.strictObject({
      file: priorsFile,
      box_format: z
        .enum(['cxcywh', 'xyxy'])
        .default('cxcywh')
        .describe('Of the priors: centre and size, or corners'),
      units: z
        .enum(['normalized', 'pixels'])
        .default('normalized')
        .describe("Of the priors: shares of the network's input, or its pixels"),
      variances: z
        .tuple([variance, variance])
        .meta({ title: 'list of two numbers above 0, of the centre and of the size' })
        .default([0.1, 0.2])
        .describe('Of the centre and of the size, which offsets are multiplied with')
    })
  ])
  .optional()
  .describe('ssd: what the boxes are relative to, where the model does not have it as an output')
  .meta({ examples: ['priors.npy', { file: 'priors.npy', box_format: 'xyxy', variances: [0.1, 0.2] }] })

const roles = z
  .strictObject({
    predictions: outputName.optional().describe('One tensor with boxes and scores: yolov8, yolov5, yolox, rows'),
    boxes: outputName.optional().describe('Boxes'),
    scores: outputName.optional().describe('Scores, or logits'),
    classes: outputName.optional().describe('Class numbers'),
    count: outputName.optional().describe('How many entries of an image count'),
    indices: outputName.optional().describe('What NonMaxSuppression selected'),
    priors: outputName.optional().describe('ssd: the priors, where they are an output')
  })
  .optional()
  .describe('Name of the output for each role; needed where names and shapes do not tell')

const classMap = z
  .union([
    z.enum(['index', 'ids']),
    z
      .array(z.union([z.string(), z.int(), z.null()]))
      .min(1)
      .meta({ title: 'list of class names, category ids or null' })
  ])
  .default('index')
  .describe(
    "Class of the data set for each class of the network. index: the same, in the same order; ids: the network gives the data set's category ids; a list: name, category id, or null for none"
  )

const detectionDecodeSchema = z.strictObject({
  layout: z
    .enum([
      'yolov8',
      'yolov5',
      'yolox',
      'rows',
      'ssd',
      'detr',
      'torchvision',
      'tensorflow',
      'efficient_nms',
      'nms_indices'
    ])
    .describe('How a detector was exported (docs/decode.md); it decides the defaults of the keys below'),
  outputs: roles,
  priors,
  classes: classMap,
  box_format: z.enum(['xyxy', 'xywh', 'cxcywh', 'yxyx']).optional().describe('Order of the four numbers of a box'),
  units: z.enum(['pixels', 'normalized']).optional().describe("Of boxes: pixels of the network's input, or shares of it"),
  activation: z
    .enum(['none', 'sigmoid', 'softmax'])
    .optional()
    .describe('Applied to scores; of a segmentation with one channel, none or sigmoid'),
  background: z
    .enum(['first', 'last', 'none'])
    .optional()
    .describe('Where the class scores hold one for background'),
  first_class: z.int().min(0).optional().describe('Number of the first class where outputs are class numbers'),
  min_score: share.optional().describe('Boxes that score this or less are left out; 0.001 as in COCO evaluations'),
  multi_label: z
    .boolean()
    .optional()
    .describe('A box counts for every class above min_score; false: for its best one alone'),
  nms: z
    .union([
      z.literal(false),
      z.strictObject({
        iou: share.default(0.6).describe('Boxes that overlap a better one by more are dropped'),
        agnostic: z.boolean().default(false).describe('Across classes; false: within each class')
      })
    ])
    .optional()
    .describe('Non-maximum suppression; false where the network has done it or needs none'),
  max_detections: z.int().min(1).max(10000).optional().describe('Boxes kept of an image, the best first'),
  clip: z.boolean().optional().describe('Cut boxes at the edges of the image'),
  strides: z.array(z.int().min(1)).min(1).optional().describe('yolox: pixels a grid cell, level by level')
})

const segmentationDecodeSchema = z.strictObject({
  kind: z
    .enum(['scores', 'binary', 'labels'])
    .optional()
    .describe(
      'scores: one channel a class, the highest wins; binary: one channel, class 1 above `threshold`; labels: class numbers. By default what the shape of the output says'
    ),
  output: outputName.optional().describe('Name of the output; the first by default'),
  axes: z.enum(['nchw', 'nhwc']).optional().describe('Order of the axes of the output'),
  activation: z.enum(['none', 'sigmoid']).optional().describe('binary: applied to the output'),
  threshold: z.number().default(0.5).describe('binary: class 1 lies above'),
  compare_at: z
    .enum(['image', 'input'])
    .default('image')
    .describe(
      "Where prediction and mask meet. image: scores are resized to the image; input: the mask is brought to the network's input"
    ),
  classes: z
    .int()
    .min(2)
    .max(255)
    .optional()
    .describe('Of segmentation: number of classes, where the output does not tell')
})

export const decodeSchema = z
  .union([detectionDecodeSchema, segmentationDecodeSchema])
  .optional()
  .describe(
    'How outputs are read as boxes (needed by task: detection) or as a class for each pixel; of classification, only `output`'
  )
  .meta({ examples: [{ layout: 'yolov8', nms: { iou: 0.7 } }, { kind: 'binary', threshold: 0.5 }] })

export type DecodeDocument = NonNullable<z.infer<typeof decodeSchema>>
