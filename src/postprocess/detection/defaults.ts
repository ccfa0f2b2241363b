import type { DetectionLayout, DetectionOptions, OutputRole } from './types.js'

type Preset = Omit<DetectionOptions, 'layout' | 'outputs'>

/** COCO's: every box that might count, 100 an image. Deployment uses higher limits, and gets a lower AP. */
const COMMON: Preset = {
  boxFormat: 'cxcywh',
  units: 'pixels',
  activation: 'none',
  background: 'none',
  firstClass: 0,
  minScore: 0.001,
  multiLabel: true,
  maxDetections: 100,
  clip: true,
  strides: [8, 16, 32]
}

const WITH_NMS = { ...COMMON, nms: { iou: 0.6, agnostic: false } }
const FINISHED = { ...COMMON, boxFormat: 'xyxy' } as const

/** What exporters write unless told otherwise. */
const PRESETS: Readonly<Record<DetectionLayout, Preset>> = {
  yolov8: WITH_NMS,
  yolov5: WITH_NMS,
  yolox: WITH_NMS,
  rows: FINISHED,
  ssd: { ...WITH_NMS, boxFormat: 'xyxy', units: 'normalized', background: 'first' },
  detr: { ...COMMON, units: 'normalized', activation: 'softmax', background: 'last', multiLabel: false },
  torchvision: { ...FINISHED, firstClass: 1 },
  tensorflow: { ...FINISHED, boxFormat: 'yxyx', units: 'normalized', firstClass: 1 },
  efficient_nms: FINISHED,
  nms_indices: { ...FINISHED, boxFormat: 'yxyx' }
}

const ROLES: Readonly<Record<DetectionLayout, readonly OutputRole[]>> = {
  yolov8: ['predictions'],
  yolov5: ['predictions'],
  yolox: ['predictions'],
  rows: ['predictions'],
  ssd: ['boxes', 'scores'],
  detr: ['boxes', 'scores'],
  torchvision: ['boxes', 'classes', 'scores'],
  tensorflow: ['boxes', 'classes', 'scores', 'count'],
  efficient_nms: ['count', 'boxes', 'scores', 'classes'],
  nms_indices: ['indices', 'boxes', 'scores']
}

export const DETECTION_LAYOUTS = Object.keys(PRESETS) as readonly DetectionLayout[]

export function detectionPreset(layout: DetectionLayout): Preset {
  return PRESETS[layout]
}

/** The outputs that a layout needs, in the order in which exporters list them. */
export function outputRoles(layout: DetectionLayout): readonly OutputRole[] {
  return ROLES[layout]
}
