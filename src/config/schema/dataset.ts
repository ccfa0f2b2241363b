import * as z from 'zod'
import { pathSchema } from './common.js'

const classOffset = z
  .int()
  .min(-1)
  .default(0)
  .describe('Added to every label: 1 for networks with 1,001 outputs, whose output 0 is background')

const classes = pathSchema
  .optional()
  .describe('Text file with one class name a line; the line gives the index. Without it sorted folder names do')

const folders = z.strictObject({
  path: pathSchema.describe('Folder with one folder of images for each class'),
  classes,
  class_offset: classOffset
})

const manifest = z.strictObject({
  manifest: pathSchema.describe('CSV file with a header: image path and label on each line'),
  root: pathSchema.optional().describe("Folder that the manifest's paths start from; by default its own"),
  classes,
  class_offset: classOffset
})

const npyInputs = pathSchema.describe('.npy file with one tensor a sample along its first axis')
const npyLabels = pathSchema.describe('Labels in the same order: a .npy of integers, or a CSV file')

const tensors = z.strictObject({ npy: npyInputs, labels: npyLabels.optional(), class_offset: classOffset })

const imageFolder = pathSchema.describe('Folder of images')
const classNames = pathSchema.describe('Class names in the order of their numbers: one a line, or a data.yaml')

const coco = z.strictObject({
  coco: pathSchema.describe("Detection: COCO's instances.json"),
  images: imageFolder
})

const voc = z.strictObject({
  voc: pathSchema.describe("Detection: folder of Pascal VOC's XML files"),
  images: imageFolder,
  classes: classNames,
  list: pathSchema.optional().describe('Text file with one name a line, without extension; every XML file without it')
})

const yolo = z.strictObject({
  yolo: pathSchema.describe("Detection: folder of YOLO's text files"),
  images: imageFolder,
  classes: classNames
})

const plainImages = z.strictObject({
  images: imageFolder.describe('Folder of images, at any depth, without labels: for calibration and `metric: agreement`')
})

const maskClass = z.union([z.int().min(0).max(254), z.literal('ignore')])

const masks = z.strictObject({
  masks: pathSchema.describe('Segmentation: folder of masks, indexed or grey PNG, named after their images'),
  images: imageFolder,
  classes: classNames.optional(),
  image_suffix: z.string().min(1).optional().describe("What an image's name ends with in place of mask_suffix"),
  mask_suffix: z.string().min(1).default('.png').describe("What a mask's name ends with"),
  ignore: z.int().min(0).max(255).optional().describe('Mask value of pixels that do not count'),
  map: z
    .record(z.string().regex(/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/).meta({ title: 'mask value of 0 to 255' }), maskClass)
    .optional()
    .describe('Class of each mask value, or ignore; without it a value is its class'),
  others: z.enum(['error', 'ignore']).default('error').describe('Mask values that the map does not list')
})

const shortForm = pathSchema.describe('Short form of {path: ...}')

export const datasetSchema = z
  .union([shortForm, folders, manifest, tensors, coco, voc, yolo, masks, plainImages])
  .describe(
    'Test set: a folder per class, a CSV manifest, tensors, annotated boxes, or masks. With `metric: agreement` images or tensors alone'
  )
  .meta({
    examples: [
      'data/test',
      { manifest: 'data/test.csv' },
      { npy: 'inputs.npy', labels: 'labels.csv' },
      { coco: 'data/instances.json', images: 'data/images' },
      { masks: 'data/masks', images: 'data/images' }
    ]
  })

export const calibrationDatasetSchema = z
  .union([shortForm, folders, manifest, tensors, coco, voc, yolo, masks, plainImages])
  .describe('Images (or tensors) for calibration: a folder of images, or any form of `dataset`. Labels are not needed; the test set must not be used')
  .meta({ examples: ['data/calibration'] })

export type DatasetDocument = z.infer<typeof calibrationDatasetSchema>
