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

const labelledTensors = z.strictObject({ npy: npyInputs, labels: npyLabels, class_offset: classOffset })
const tensors = z.strictObject({ npy: npyInputs, labels: npyLabels.optional(), class_offset: classOffset })

const shortForm = pathSchema.describe('Short form of {path: ...}')

export const datasetSchema = z
  .union([shortForm, folders, manifest, labelledTensors])
  .describe('Labelled test set: a folder per class, a CSV manifest, or tensors')
  .meta({ examples: ['data/test', { manifest: 'data/test.csv' }, { npy: 'inputs.npy', labels: 'labels.csv' }] })

export const calibrationDatasetSchema = z
  .union([shortForm, folders, manifest, tensors])
  .describe('Images (or tensors) for calibration. Labels are not needed; the test set must not be used')
  .meta({ examples: ['data/calibration'] })

export type DatasetDocument = z.infer<typeof calibrationDatasetSchema>
