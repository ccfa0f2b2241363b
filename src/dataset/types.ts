import type { ElementType, Tensor } from '../tensor.js'

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
export type DatasetSource = (
  | { readonly kind: 'folders'; readonly path: string; readonly classes?: string }
  | { readonly kind: 'manifest'; readonly manifest: string; readonly root: string; readonly classes?: string }
  | { readonly kind: 'npy'; readonly inputs: string; readonly labels?: string }
) & {
  /** Added to every label: 1 for networks with 1,001 outputs whose output 0 is background. */
  readonly classOffset: number
}

export interface Sample {
  /** Stable name for reports and side files: the path relative to the data set with `/`, or `inputs.npy[17]`. */
  readonly id: string
  /** Class index after the offset; undefined where the source has no labels (calibration). */
  readonly label?: number
}

/** A listed data set. Listing reads names and labels; pixels and bytes are read sample by sample. */
export interface Dataset {
  readonly source: DatasetSource
  readonly samples: readonly Sample[]
  /** Class names by index before the offset, where the source names them. */
  readonly classes?: readonly string[]
  /** What is odd but usable, such as repeated manifest rows that were dropped. */
  readonly warnings: readonly string[]
  /** A subset in the given order; shares the files. */
  select(indices: readonly number[]): Dataset
  /** The bytes behind a sample (an encoded image, or one raw .npy record) for hashing and decoding. */
  read(index: number): Promise<Buffer>
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
  /** First dimension = samples.length. */
  readonly input: Tensor
}
