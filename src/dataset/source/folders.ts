import { statSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { FileError } from '../../errors.js'
import type { Dataset, DatasetSource } from '../types.js'
import { readClasses } from './classes.js'
import { ImageDataset, isImageName, type ImageEntry } from './images.js'
import { fileError, listFolder, type Workspace } from './paths.js'

type FolderSource = Extract<DatasetSource, { kind: 'folders' }>

interface Listed {
  readonly folders: readonly { readonly name: string; readonly path: string }[]
  readonly images: readonly { readonly name: string; readonly path: string }[]
}

/**
 * A folder per class, or one folder of images without labels (calibration).
 *
 * Class folders get their index from their names in code-unit order, or from `classes`. Images may lie at any depth
 * below a class folder, as in torchvision's ImageFolder.
 */
export function openFolders(source: FolderSource, workspace: Workspace): Dataset {
  const root = workspace.confine('the data set', source.path)
  const top = list(root, '', workspace)
  const stray = top.images[0]
  if (stray !== undefined && top.folders.length > 0)
    throw new FileError(
      `${stray.path} lies beside class folders (${top.folders[0]?.name ?? ''}, …) in ${source.path}: its class is unknown`,
      'move it into the folder of its class, or use a CSV manifest'
    )
  const dataset = top.folders.length > 0 ? labelled(source, top, workspace) : unlabelled(source, top)
  if (dataset.samples.length === 0)
    throw new FileError(
      `the data set ${source.path} contains no images`,
      'point `path` to a folder with a folder per class'
    )
  return dataset
}

function unlabelled(source: FolderSource, top: Listed): Dataset {
  const entries = top.images.map(({ name, path }) => ({ sample: { id: name }, file: path }))
  return new ImageDataset(source, entries, undefined)
}

function labelled(source: FolderSource, top: Listed, workspace: Workspace): Dataset {
  const classes = source.classes === undefined ? undefined : readClasses(source.classes, workspace)
  const names = classes ?? top.folders.map(({ name }) => name)
  const index = new Map(names.map((name, position) => [name, position]))
  const entries = top.folders.flatMap(({ name, path }) => {
    const label = index.get(name)
    if (label === undefined)
      throw new FileError(
        `folder ${path} is not a class in ${source.classes ?? ''}`,
        'add its name to the class list or move the folder away'
      )
    const images = [...walk(path, name, workspace, new Set())]
    // An empty folder shifts nobody's index here, but Git does not keep it: elsewhere every later class would move.
    if (images.length === 0 && classes === undefined)
      throw new FileError(
        `class folder ${path} contains no images`,
        'remove it, or name all classes in a file and set `classes` so that indices do not depend on which folders exist'
      )
    return images.map(({ id, file }): ImageEntry => ({ sample: { id, label: label + source.classOffset }, file }))
  })
  return new ImageDataset(source, entries, names)
}

function* walk(
  folder: string,
  prefix: string,
  workspace: Workspace,
  parents: ReadonlySet<string>
): Generator<{ id: string; file: string }> {
  if (parents.has(folder)) throw new FileError(`${prefix}: its symbolic links form a loop`, 'remove the link')
  const { folders, images } = list(folder, prefix, workspace)
  for (const { name, path } of images) yield { id: `${prefix}/${name}`, file: path }
  for (const { name, path } of folders) yield* walk(path, `${prefix}/${name}`, workspace, new Set([...parents, folder]))
}

function list(folder: string, prefix: string, workspace: Workspace): Listed {
  const folders: { name: string; path: string }[] = []
  const images: { name: string; path: string }[] = []
  for (const entry of listFolder('the folder', folder)) {
    const path = join(folder, entry.name)
    const real = entry.isSymbolicLink() ? workspace.confine('the data set entry', path) : path
    const found = { name: entry.name, path: real }
    const kind = kindOf(entry, real)
    if (kind === 'folder') folders.push(found)
    else if (kind === 'file' && isImageName(entry.name)) images.push(found)
    else
      throw new FileError(
        `${prefix === '' ? path : join(prefix, entry.name)} is not an image`,
        'remove it from the data set; images are .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff, .bmp'
      )
  }
  return { folders, images }
}

function kindOf(entry: Dirent, path: string): 'folder' | 'file' | 'other' {
  try {
    const facts = entry.isSymbolicLink() ? statSync(path) : entry
    return facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other'
  } catch (error) {
    throw fileError('the data set entry', path, error)
  }
}
