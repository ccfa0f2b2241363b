import { readFileSync } from 'node:fs'
import { FileError } from '../../errors.js'
import type { Dataset, DatasetSource, Sample } from '../types.js'
import { fileError } from './paths.js'

/** File name extensions that count as images when a folder is listed; what is inside decides how they are decoded. */
const IMAGE_NAME = /\.(jpe?g|png|webp|gif|tiff?|bmp)$/i

export function isImageName(name: string): boolean {
  return IMAGE_NAME.test(name)
}

export interface ImageEntry {
  readonly sample: Sample
  /** Real path, checked to lie in the workspace. */
  readonly file: string
}

/** A listed set of encoded image files. */
export class ImageDataset implements Dataset {
  readonly content = { kind: 'image' } as const
  readonly samples: readonly Sample[]

  constructor(
    readonly source: DatasetSource,
    private readonly entries: readonly ImageEntry[],
    readonly classes?: readonly string[],
    readonly warnings: readonly string[] = [],
    readonly categoryIds?: readonly number[]
  ) {
    this.samples = entries.map(({ sample }) => sample)
  }

  select(indices: readonly number[]): Dataset {
    return new ImageDataset(
      this.source,
      indices.map((index) => this.entry(index)),
      this.classes,
      this.warnings,
      this.categoryIds
    )
  }

  // Synchronous below: four trips through the thread pool take longer than reading an image from the page cache, and
  // the bytes are handed to the decoder's threads before the caller's next inference blocks the event loop.
  // eslint-disable-next-line @typescript-eslint/require-await
  async read(index: number): Promise<Buffer> {
    const { file, sample } = this.entry(index)
    try {
      return readFileSync(file)
    } catch (error) {
      throw fileError(`image ${sample.id}:`, file, error)
    }
  }

  async close(): Promise<void> {}

  private entry(index: number): ImageEntry {
    const entry = this.entries[index]
    if (entry === undefined) throw new FileError(`there is no sample ${index}: the data set has ${this.entries.length}`)
    return entry
  }
}
