import { FileError } from '../errors.js'
import { openCoco } from './source/coco.js'
import { openFolders } from './source/folders.js'
import { openManifest } from './source/manifest.js'
import { openMasks } from './source/masks.js'
import { Workspace } from './source/paths.js'
import { openTensors } from './source/tensors.js'
import { openUnlabelled } from './source/unlabelled.js'
import { openYolo } from './source/yolo.js'
import type { Dataset, DatasetSource } from './types.js'

/**
 * Lists a data set: names and labels are read and checked, images are not decoded yet.
 *
 * @param options.workspace folder that every file must lie in after symbolic links are resolved.
 * @throws FileError naming the file (and line) that is missing, unreadable, empty, outside or contradictory.
 */
export async function openDataset(source: DatasetSource, options: { readonly workspace: string }): Promise<Dataset> {
  const workspace = new Workspace(options.workspace)
  switch (source.kind) {
    case 'folders':
      return openFolders(source, workspace)
    case 'manifest':
      return openManifest(source, workspace)
    case 'npy':
      return openTensors(source, workspace)
    case 'coco':
      return openCoco(source, workspace)
    case 'voc':
      // The XML parser is as large as all the rest, and seldom needed.
      return (await import('./source/voc.js')).openVoc(source, workspace)
    case 'yolo':
      return openYolo(source, workspace)
    case 'masks':
      return openMasks(source, workspace)
    case 'images':
      return openUnlabelled(source, workspace)
  }
}

/**
 * Checks labels (after the offset) against the width of the network's output.
 * @throws FileError naming the first sample without a label or with one that the network cannot predict.
 */
export function checkLabels(dataset: Dataset, outputs: number): void {
  for (const { id, label } of dataset.samples) {
    if (label === undefined) throw new FileError(`sample ${id} has no label`, 'evaluation needs labelled samples')
    if (label < 0 || label >= outputs)
      throw new FileError(
        `sample ${id} has label ${label}, the network has ${outputs} outputs, 0 to ${outputs - 1}`,
        'check the order of the class folders or the label column; `class_offset` shifts labels for networks with a background class'
      )
  }
}
