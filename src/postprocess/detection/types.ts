/** How a network's outputs are read as boxes, named after those who export them. */
export type DetectionLayout =
  /** One tensor [N, 4 + C, A] of box and class scores: YOLOv8, 9, 11 (and [N, A, 4 + C]). */
  | 'yolov8'
  /** One tensor [N, A, 5 + C] of box, objectness and class scores: YOLOv5, 7. */
  | 'yolov5'
  /** The same with boxes relative to grid cells. */
  | 'yolox'
  /** One tensor [N, K, 6] of corners, score and class after suppression: YOLOv10, YOLO26. */
  | 'rows'
  /** Boxes [N, P, 4], relative to priors or not, and scores [N, P, C]. */
  | 'ssd'
  /** Boxes [N, Q, 4] and logits [N, Q, C]. */
  | 'detr'
  /** Boxes [K, 4], labels [K] and scores [K] of one image: torchvision, Faster and Mask R-CNN. */
  | 'torchvision'
  /** Boxes [N, K, 4], classes [N, K], scores [N, K] and num [N]: TensorFlow's Object Detection API. */
  | 'tensorflow'
  /** num [N, 1], boxes [N, K, 4], scores [N, K] and classes [N, K]: TensorRT's EfficientNMS. */
  | 'efficient_nms'
  /** Indices [K, 3] of ONNX's NonMaxSuppression, with the boxes [N, P, 4] and scores [N, C, P] that they point into. */
  | 'nms_indices'

/** What an output holds. */
export type OutputRole = 'predictions' | 'boxes' | 'scores' | 'classes' | 'count' | 'indices' | 'priors'

export type BoxFormat = 'xyxy' | 'xywh' | 'cxcywh' | 'yxyx'

export interface Priors {
  /** Centre x, centre y, width, height of each prior, as shares of the input. */
  readonly boxes: Float32Array
  /** Of the centre and of the size: 0.1 and 0.2 in the SSD paper's code. */
  readonly variances: readonly [number, number]
}

export interface DetectionOptions {
  readonly layout: DetectionLayout
  /** Name of the output for each role that the layout has. */
  readonly outputs: Readonly<Partial<Record<OutputRole, string>>>
  readonly boxFormat: BoxFormat
  /** pixels: of the network's input. normalized: shares of it. */
  readonly units: 'pixels' | 'normalized'
  /** Applied to class scores. */
  readonly activation: 'none' | 'sigmoid' | 'softmax'
  /** Where the class scores hold one for background. */
  readonly background: 'first' | 'last' | 'none'
  /** Class number of the first class where outputs are class numbers: 1 for torchvision and TensorFlow. */
  readonly firstClass: number
  /** Boxes that score this or less are left out. */
  readonly minScore: number
  /** A box counts for every class above the limit, or for its best one alone. */
  readonly multiLabel: boolean
  /** undefined: none here, since the network has done it or needs none. */
  readonly nms?: { readonly iou: number; readonly agnostic: boolean }
  /** The highest scores of an image that are kept. */
  readonly maxDetections: number
  /** Cuts boxes at the edges of the image. */
  readonly clip: boolean
  /** YOLOX: pixels a grid cell, level by level. */
  readonly strides: readonly number[]
  /** SSD: boxes are relative to these; undefined: boxes are final, or the priors are an output. */
  readonly priors?: Priors
  /** Class of the data set for each class of the network, -1 for none; undefined: they are the same. */
  readonly classMap?: readonly number[]
}

/** What was found in one image, highest scores first. */
export interface Detections {
  /** x, y, width, height in pixels of the image, four numbers a box. */
  readonly boxes: Float32Array
  readonly scores: Float32Array
  /** Class index of the data set, one a box. */
  readonly categories: Int32Array
  /** Boxes and scores that were NaN or infinite, and so left out. */
  readonly nonFinite: number
}
