import type { ElementType, Tensor } from '../tensor.js'
import type { Size } from './preprocess/geometry.js'

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'area'
/** Whose pixels a resize reproduces. */
export type ResizeLike = 'pillow' | 'opencv'

/**
 * One step of the preprocessing list with every default filled in: the canonical form that is hashed.
 * Steps before `normalize` work on 8-bit pixels (interleaved, height x width x channels); `normalize` makes float32.
 */
export type PreprocessStep =
  | {
      readonly step: 'resize'
      readonly size: ResizeSize
      readonly interpolation: Interpolation
      readonly like: ResizeLike
    }
  | {
      readonly step: 'center_crop'
      readonly size: { readonly width: number; readonly height: number } | { readonly fraction: number }
    }
  | {
      readonly step: 'letterbox'
      readonly width: number
      readonly height: number
      readonly color: readonly number[]
      /** false: an image smaller than the box is not enlarged. */
      readonly enlarge: boolean
      readonly interpolation: Interpolation
      readonly like: ResizeLike
    }
  | {
      readonly step: 'pad'
      readonly left: number
      readonly top: number
      readonly right: number
      readonly bottom: number
      readonly color: readonly number[]
    }
  | { readonly step: 'color'; readonly to: 'rgb' | 'bgr' | 'gray' | 'gray-to-rgb' }
  | {
      readonly step: 'normalize'
      readonly scale: number
      readonly mean: readonly number[]
      readonly std: readonly number[]
    }
  | { readonly step: 'layout'; readonly to: 'nchw' | 'nhwc' }
  | { readonly step: 'cast'; readonly to: ElementType }

export type ResizeSize =
  { readonly width: number; readonly height: number } | { readonly shorter: number } | { readonly longer: number }

/** Where samples and labels come from; paths are absolute and inside the workspace. */
export type DatasetSource = ClassificationSource | DetectionSource | SegmentationSource | UnlabelledSource

export type ClassificationSource = (
  | { readonly kind: 'folders'; readonly path: string; readonly classes?: string }
  | { readonly kind: 'manifest'; readonly manifest: string; readonly root: string; readonly classes?: string }
  | { readonly kind: 'npy'; readonly inputs: string; readonly labels?: string }
) & {
  /** Added to every label: 1 for networks with 1,001 outputs whose output 0 is background. */
  readonly classOffset: number
}

export type DetectionSource =
  | { readonly kind: 'coco'; readonly annotations: string; readonly images: string }
  | {
      readonly kind: 'voc'
      /** Folder of XML files. */
      readonly annotations: string
      readonly images: string
      /** Class names in index order. */
      readonly classes: string
      /** Text file with one name (without extension) a line, as in ImageSets/Main; without it, every XML file. */
      readonly list?: string
    }
  | {
      readonly kind: 'yolo'
      /** Folder of text files; one that is missing means an image without objects. */
      readonly labels: string
      readonly images: string
      /** data.yaml with `names`, or one name a line. */
      readonly classes: string
    }

export interface SegmentationSource {
  readonly kind: 'masks'
  readonly images: string
  readonly masks: string
  readonly classes?: string
  /** What an image's name ends with in place of {@link maskSuffix}; by default its extension. */
  readonly imageSuffix?: string
  readonly maskSuffix: string
  /** Mask value of pixels that do not count. */
  readonly ignore?: number
  /** Class of each mask value; a value that is not listed is an error, or ignored where `others` says so. */
  readonly map?: { readonly values: ReadonlyMap<number, number | 'ignore'>; readonly others: 'error' | 'ignore' }
}

export interface UnlabelledSource {
  readonly kind: 'images'
  /** Folder of images, at any depth. */
  readonly images: string
}

/** The annotated objects of one image, as parallel arrays. */
export interface Objects {
  /** x, y, width, height of each object in pixels of the image; x and y are the outer edge of the first pixel. */
  readonly boxes: Float64Array
  /** Indices into the class names of the data set. */
  readonly categories: Int32Array
  /** Square pixels, as annotated: COCO's area is that of the outline. */
  readonly areas: Float64Array
  /** 1: a crowd (COCO), which takes any number of detections and requires none. */
  readonly crowd: Uint8Array
  /** 1: difficult (Pascal VOC), not counted either way. */
  readonly difficult: Uint8Array
}

/** {@link Mask} value of a pixel that does not count. */
export const IGNORED = 255

/** A class index a pixel, row by row; {@link IGNORED} where there is none. */
export interface Mask extends Size {
  readonly data: Uint8Array
}

export interface Sample {
  /** Stable name for reports and side files: the path relative to the data set with `/`, or `inputs.npy[17]`. */
  readonly id: string
  /** Class index after the offset; undefined where the source has no labels (calibration). */
  readonly label?: number
  /** The image's size where the annotations say it; an image of another size is refused. */
  readonly size?: Size
  /** COCO: the image's id, by which equal scores of different images rank. */
  readonly imageId?: number
  /** Detection: what is in the image. */
  readonly objects?: Objects
}

/** A listed data set. Listing reads names and labels; pixels and bytes are read sample by sample. */
export interface Dataset {
  readonly source: DatasetSource
  readonly samples: readonly Sample[]
  /** Class names by index before the offset, where the source names them. */
  readonly classes?: readonly string[]
  /** COCO: the category id of each class, ascending. */
  readonly categoryIds?: readonly number[]
  /** What is odd but usable, such as repeated manifest rows that were dropped. */
  readonly warnings: readonly string[]
  /** A subset in the given order; shares the files. */
  select(indices: readonly number[]): Dataset
  /**
   * The bytes behind a sample (an encoded image, or one raw .npy record) for hashing and decoding, read anew by every
   * call: the memory is the caller's.
   */
  read(index: number): Promise<Buffer>
  /**
   * Segmentation: the classes of an image's pixels.
   * @param classes of the network: a mask with any other value is refused.
   * @param size of the image; a mask of another size is refused.
   */
  readMask?(index: number, options: { readonly classes: number; readonly size?: Size }): Promise<Mask>
  /** Segmentation: SHA-256 of the encoded mask. */
  hashMask?(index: number): string
  /** Raw tensors need no decoding or preprocessing; images do. */
  readonly content:
    | { readonly kind: 'image' }
    | { readonly kind: 'tensor'; readonly type: ElementType; readonly dims: readonly number[] }
  close(): Promise<void>
}

/** Decoded 8-bit pixels, interleaved. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

/** A batch ready for a session: the same buffer serves every variant. */
export interface Batch {
  /** Index of the first sample in the data set. */
  readonly start: number
  readonly samples: readonly Sample[]
  /** Sizes of the images before preprocessing; none for tensors. */
  readonly sizes: readonly Size[]
  /** First dimension = samples.length. */
  readonly input: Tensor
}
