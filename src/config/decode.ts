import type { DetectionDecode, SegmentationDecode } from '../postprocess/index.js'
import type { ConfigDocument, DecodeDocument } from './schema/index.js'
import type { Locate } from './build.js'
import type { PathResolver } from './files.js'
import type { TaskConfig } from './types.js'

/** The task of a document without mistakes: detection then has a `decode` with a layout. */
export async function buildTask(
  { task, decode, voc_iou: vocIou }: ConfigDocument,
  paths: PathResolver,
  locate: Locate
): Promise<TaskConfig> {
  switch (task) {
    case 'classification':
      return { name: task, ...classification(decode) }
    case 'detection':
      if (decode === undefined || !('layout' in decode))
        throw new Error('checkTask lets no detection pass without a layout')
      return { name: task, decode: { ...detection(decode), ...(await buildPriors(decode, paths, locate)) }, vocIou }
    case 'segmentation':
      return { name: task, decode: segmentation(decode) }
  }
}

/** Looks at the path of the priors, where they are a file. */
export async function buildPriors(
  document: DecodeDocument,
  paths: PathResolver,
  locate: Locate
): Promise<Pick<DetectionDecode, 'priors'>> {
  if (!('layout' in document) || document.priors === undefined) return {}
  const path = ['decode', 'priors']
  const { priors } = document
  const given = typeof priors === 'string' ? priors : priors.file
  const file = await paths.resolve(given, typeof priors === 'string' ? path : [...path, 'file'], 'file')
  const { box_format: boxFormat, units, variances } = typeof priors === 'string' ? PRIORS_DEFAULTS : priors
  return { priors: { file, given, boxFormat, units, variances, position: locate(path) } }
}

const PRIORS_DEFAULTS = { box_format: 'cxcywh', units: 'normalized', variances: [0.1, 0.2] } as const

function detection(document: Extract<DecodeDocument, { layout: string }>): DetectionDecode {
  const { layout, outputs = {}, classes, nms, activation, units, background, clip, strides } = document
  return {
    layout,
    outputs,
    classes,
    options: defined({
      boxFormat: document.box_format,
      units,
      activation,
      background,
      firstClass: document.first_class,
      minScore: document.min_score,
      multiLabel: document.multi_label,
      maxDetections: document.max_detections,
      clip,
      strides
    }),
    ...(nms !== undefined && { nms })
  }
}

function classification(document: DecodeDocument | undefined): { readonly output?: string } {
  return document === undefined || 'layout' in document ? {} : defined({ output: document.output })
}

function segmentation(document: DecodeDocument | undefined): SegmentationDecode {
  if (document === undefined || 'layout' in document) return { activation: 'none', threshold: 0.5, compareAt: 'image' }
  const { kind, output, axes, activation = 'none', threshold, compare_at: compareAt, classes } = document
  return { activation, threshold, compareAt, ...defined({ kind, output, layout: axes, classes }) }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
