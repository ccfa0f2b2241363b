import { FileError } from '../../errors.js'
import type { Dataset, UnlabelledSource } from '../types.js'
import { ImageDataset, isImageName } from './images.js'
import type { Workspace } from './paths.js'
import { listTree } from './tree.js'

/** The images below a folder, in code-unit order of their paths; what else lies there is left alone. */
export function openUnlabelled(source: UnlabelledSource, workspace: Workspace): Dataset {
  const files = listTree('the images', source.images, workspace, isImageName)
  if (files.length === 0)
    throw new FileError(
      `there are no images in ${source.images}`,
      'check `images`; images are .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff, .bmp'
    )
  return new ImageDataset(
    source,
    files.map(({ name, file }) => ({ sample: { id: name }, file }))
  )
}
