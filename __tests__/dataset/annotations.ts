import { readFileSync } from 'node:fs'
import { openDataset, type Dataset, type DatasetSource } from '../../src/dataset/index.js'
import { FileError } from '../../src/errors.js'
import type { Folder } from './files.js'

/** A real PNG of that size (indexed masks of script/references/segmentation.py are 13x11). */
export const mask = (name: string): Buffer => readFileSync(`__fixtures__/dataset/masks/${name}`)

/** The message of the error that opening ends with. */
export async function refusal(source: DatasetSource, folder: Folder): Promise<string> {
  try {
    await openDataset(source, { workspace: folder.path })
  } catch (error) {
    if (error instanceof FileError) return error.message.replaceAll(folder.path, '')
    throw error
  }
  return 'opened'
}

/** Objects of each image as rows: class name, x, y, width, height, area, and flags where they are set. */
export function objectsOf(dataset: Dataset): Record<string, readonly unknown[]> {
  return Object.fromEntries(
    dataset.samples.map(({ id, objects }) => [
      id,
      Array.from(objects?.categories ?? [], (category, i) => [
        dataset.classes?.[category],
        ...(objects?.boxes.subarray(4 * i, 4 * i + 4) ?? []),
        objects?.areas[i],
        ...(objects?.crowd[i] === 1 ? ['crowd'] : []),
        ...(objects?.difficult[i] === 1 ? ['difficult'] : [])
      ])
    ])
  )
}
