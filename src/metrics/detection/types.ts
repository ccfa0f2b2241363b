export type Floats = Float32Array | Float64Array

/** Labelled boxes of one image. */
export interface BoxTruth {
  /** Category id of each box, as in the data set; ids need not be contiguous. */
  readonly categories: ArrayLike<number>
  /** x, y, width, height in pixels from the top left corner: four numbers a box. */
  readonly boxes: Floats
  /** Object area in square pixels, which decides small, medium or large; width x height where absent. */
  readonly areas?: Floats
  /** 1 where the box holds a crowd: COCO neither rewards nor punishes detections in it. */
  readonly crowd?: Uint8Array
  /** 1 where Pascal VOC calls the object difficult: neither found nor missed. */
  readonly difficult?: Uint8Array
}

/** Detected boxes of one image, in any order. On equal scores the order decides, as in pycocotools. */
export interface Detections {
  /** Category id of the data set, one a box. */
  readonly categories: ArrayLike<number>
  /** x, y, width, height in pixels of the image, four numbers a box. */
  readonly boxes: Floats
  readonly scores: Floats
}

/** A NaN or infinity in a box or a score: whatever produced it is not to be trusted. */
export function isFinite({ boxes, scores }: Pick<Detections, 'boxes' | 'scores'>): boolean {
  // x - x is 0 for finite x alone
  for (const value of boxes) if (value - value !== 0) return false
  for (const value of scores) if (value - value !== 0) return false
  return true
}

/** Box numbers by category, each list in the order of the boxes. */
export function groupByCategory(categories: ArrayLike<number>): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (let index = 0; index < categories.length; index++) {
    const group = groups.get(categories[index])
    if (group === undefined) groups.set(categories[index], [index])
    else group.push(index)
  }
  return groups
}

/** The `most` highest scores of these detections; equal scores keep their order. */
export function byDescendingScore(detections: readonly number[], scores: Floats, most = Infinity): number[] {
  return [...detections].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, most)
}
