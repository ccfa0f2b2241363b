import { readFileSync } from 'node:fs'
import { FileError } from '../../errors.js'
import { sha256 } from '../../util/hash.js'
import { decodeMask } from '../decode/mask.js'
import type { Size } from '../preprocess/geometry.js'
import { IGNORED, type Dataset, type DatasetSource, type Mask, type SegmentationSource } from '../types.js'
import { readClasses } from './classes.js'
import { ImageDataset, isImageName, type ImageEntry } from './images.js'
import { fileError, type Workspace } from './paths.js'
import { byStem, listTree, stemOf } from './tree.js'

type MaskSource = Extract<DatasetSource, { kind: 'masks' }>

/** Images with a mask of the same name, but for the suffix, in a second folder. */
export function openMasks(source: MaskSource, workspace: Workspace): Dataset {
  const { imageSuffix, maskSuffix } = source
  const isWanted = (name: string) => (imageSuffix === undefined ? isImageName(name) : name.endsWith(imageSuffix))
  const imageStem = imageSuffix === undefined ? stemOf : (name: string) => name.slice(0, -imageSuffix.length)
  const images = byStem(listTree('the images', source.images, workspace, isWanted), imageStem)
  const isMask = (name: string) => name.endsWith(maskSuffix)
  const found = listTree('the masks', source.masks, workspace, isMask)
  const masks = byStem(found, (name) => name.slice(0, -maskSuffix.length))
  if (images.size === 0) throw new FileError(`there are no images in ${source.images}`, 'check `images`')
  for (const [name, { file }] of masks)
    if (!images.has(name))
      throw new FileError(`mask ${file} has no image in ${source.images}`, 'add the image, or remove the mask')
  const pairs = [...images].map(([name, image]) => {
    const mask = masks.get(name)
    if (mask === undefined)
      throw new FileError(
        `image ${image.name} has no mask: there is no ${name}${maskSuffix} in ${source.masks}`,
        'add the mask, or set `mask_suffix` to what the names of masks end with'
      )
    return { entry: { sample: { id: image.name }, file: image.file }, mask: mask.file }
  })
  const classes = source.classes === undefined ? undefined : readClasses(source.classes, workspace)
  return new MaskDataset(source, pairs, classes)
}

interface Pair {
  readonly entry: ImageEntry
  readonly mask: string
}

class MaskDataset extends ImageDataset {
  constructor(
    private readonly masks: MaskSource,
    private readonly pairs: readonly Pair[],
    names: readonly string[] | undefined
  ) {
    super(
      masks,
      pairs.map(({ entry }) => entry),
      names
    )
  }

  override select(indices: readonly number[]): Dataset {
    return new MaskDataset(
      this.masks,
      indices.map((index) => this.pair(index)),
      this.classes
    )
  }

  async readMask(index: number, options: { readonly classes: number; readonly size?: Size }): Promise<Mask> {
    const { entry, mask: file } = this.pair(index)
    const { data, width, height } = await decodeMask(readMaskFile(file), file)
    const { size, classes } = options
    if (size !== undefined && (size.width !== width || size.height !== height))
      throw new FileError(
        `mask ${file} is ${width}x${height}, its image ${entry.sample.id} is ${size.width}x${size.height}`,
        'masks have one value for each pixel of the image as it is stored'
      )
    return { data: classified(data, width, maskTable(this.masks, classes), this.masks, file, classes), width, height }
  }

  hashMask(index: number): string {
    return sha256(readMaskFile(this.pair(index).mask))
  }

  private pair(index: number): Pair {
    const pair = this.pairs[index]
    if (pair === undefined) throw new FileError(`there is no sample ${index}: the data set has ${this.pairs.length}`)
    return pair
  }
}

function readMaskFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw fileError('mask', file, error)
  }
}

const UNKNOWN = -1

/**
 * What each of the 256 mask values stands for: a class below `classes`, {@link IGNORED}, or -1 for an error.
 * Without a map a value is its class.
 */
function maskTable({ map, ignore }: SegmentationSource, classes: number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, value) => {
    if (value === ignore) return IGNORED
    const mapped = map === undefined ? value : map.values.get(value)
    if (mapped === 'ignore' || (mapped === undefined && map?.others === 'ignore')) return IGNORED
    return mapped !== undefined && mapped < classes && mapped < IGNORED ? mapped : UNKNOWN
  })
}

function classified(
  data: Uint8Array,
  width: number,
  table: Int16Array,
  { map }: SegmentationSource,
  file: string,
  classes: number
): Uint8Array {
  const out = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const index = table[data[i]]
    if (index === UNKNOWN) {
      const value = data[i]
      const place = `mask ${file} has value ${value} at ${i % width},${Math.floor(i / width)} (x,y)`
      if (map !== undefined && !map.values.has(value))
        throw new FileError(`${place}, which is not in the map`, `add it, or set \`others: ignore\``)
      throw new FileError(
        `${place}; the network has ${classes} classes, 0 to ${classes - 1}`,
        `\`ignore: ${value}\` leaves such pixels out, \`map: {${value}: 1}\` makes them a class`
      )
    }
    out[i] = index
  }
  return out
}
