/** How a network's output is read as a class for each pixel. */
export interface SegmentationOptions {
  /** Name of the output. */
  readonly output: string
  /**
   * scores: the class with the highest of [N, C, H, W]. binary: one channel, class 1 above the threshold, else class 0.
   * labels: integers [N, H, W] or [N, 1, H, W], argmax having been done.
   */
  readonly kind: 'scores' | 'binary' | 'labels'
  readonly layout: 'nchw' | 'nhwc'
  /** binary: applied to the output before it is resized. */
  readonly activation: 'none' | 'sigmoid'
  /** binary: class 1 lies above. */
  readonly threshold: number
  /**
   * Where prediction and mask are compared. image: the output is resized to the image (bilinear, half-pixel centres, as
   * OpenCV's and PyTorch's without `align_corners`; labels by nearest). input: the mask is brought to the network's input
   * (nearest), and borders do not count.
   */
  readonly compareAt: 'image' | 'input'
}

/** Bytes a pixel of {@link SegmentationOptions.kind} that stand for a class. */
export interface Segmentation {
  /** Class index a pixel, row by row. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  /** Pixels whose scores held a NaN: their class is not to be trusted. */
  readonly nonFinite: number
}
