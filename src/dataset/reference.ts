import { join } from 'node:path'
import { FileError } from '../errors.js'
import { elementCount } from '../tensor.js'
import { nearest } from '../util/suggest.js'
import { elementReader } from './elements.js'
import { NpyFile } from './source/npy.js'
import { Workspace } from './source/paths.js'
import type { Dataset } from './types.js'

/** What the user's own pipeline fed the network for one image. */
export interface ReferenceDump {
  /** Name of the file below the folder of dumps. */
  readonly name: string
  /** The sample that it belongs to. */
  readonly sample: string
  /** Shape without a batch axis. */
  readonly dims: readonly number[]
  /** The encoded image. */
  image(): Promise<Buffer>
  values(): Float64Array
}

/** A listed data set in which images are looked for, with its name in messages. */
export interface SampleSource {
  readonly what: string
  readonly dataset: Dataset
}

/**
 * Opens dumps of the network's input and finds the image of each: `refs/cats/1.npy` belongs to sample `cats/1.jpg`, and
 * `refs/1.npy` does where no other sample is called `1`. The sources are searched in order.
 *
 * @throws FileError for a dump that belongs to no sample or to several, that holds more than one image, or that is no
 *   array of numbers in C order
 */
export function openReferences(
  { root, files }: { readonly root: string; readonly files: readonly string[] },
  sources: readonly SampleSource[],
  workspace: string
): ReferenceDump[] {
  const confined = new Workspace(workspace)
  const indices = sources.map(({ dataset }) => new SampleIndex(dataset))
  return files.map((name) => {
    const stem = name.replace(/\.npy$/, '')
    for (const [position, { dataset }] of sources.entries()) {
      const index = indices[position].find(stem, name)
      if (index === undefined) continue
      const { dims, values } = readTensor(join(root, name), confined)
      return { name, sample: dataset.samples[index].id, dims, values, image: () => dataset.read(index) }
    }
    throw noSample(name, stem, sources)
  })
}

/** Samples by their names without extension, and by the last part of those. */
class SampleIndex {
  readonly #byPath = new Map<string, number[]>()
  readonly #byName = new Map<string, number[]>()

  constructor(private readonly dataset: Dataset) {
    dataset.samples.forEach(({ id }, index) => {
      const stem = stemOf(id)
      for (const key of new Set([stem, id])) append(this.#byPath, key, index)
      append(this.#byName, stem.slice(stem.lastIndexOf('/') + 1), index)
    })
  }

  find(stem: string, dump: string): number | undefined {
    const found = this.#byPath.get(stem) ?? this.#byName.get(stem) ?? []
    if (found.length > 1) {
      const names = found.slice(0, 3).map((index) => this.dataset.samples[index].id)
      throw new FileError(
        `the reference dump ${dump} could belong to ${found.length} images: ${names.join(', ')}`,
        'put it into a folder of the same name as the image, and name it after the image with its extension: cats/1.jpg.npy'
      )
    }
    return found[0]
  }
}

function append(map: Map<string, number[]>, key: string, index: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [index])
  else list.push(index)
}

function stemOf(id: string): string {
  return id.replace(/\.[^./]+$/, '')
}

function noSample(name: string, stem: string, sources: readonly SampleSource[]): FileError {
  const stems = sources.flatMap(({ dataset }) => dataset.samples.map(({ id }) => stemOf(id)))
  const meant = nearest(stem, stems)
  const example = meant ?? stems[0] ?? 'cats/1'
  const where = sources.map(({ what }) => what).join(' or ')
  return new FileError(
    `the reference dump ${name} belongs to no image: no sample of ${where} is called ${JSON.stringify(stem)}` +
      (meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`),
    `name a dump after its image, folders included, as in ${example}.npy`
  )
}

function readTensor(path: string, workspace: Workspace): Pick<ReferenceDump, 'dims' | 'values'> {
  const open = () => NpyFile.open('the reference dump', path, workspace)
  const file = open()
  file.close()
  const batched = file.dims.length === 4
  if (batched && file.dims[0] !== 1)
    throw new FileError(
      `${path} holds a batch of ${file.dims[0]} images: its shape is ${file.dims.join(' x ')}`,
      'save one image a file, named after the image'
    )
  const dims = batched ? file.dims.slice(1) : file.dims.length === 2 ? [1, ...file.dims] : file.dims
  if (dims.length !== 3 || elementCount(dims) === 0)
    throw new FileError(
      `${path} is no network input of one image: its shape is ${file.dims.join(' x ')}`,
      'save [channels, height, width] or [height, width, channels], with or without a batch axis of 1'
    )
  const read = elementReader(file.type)
  if (read === undefined) throw new FileError(`${path} holds ${file.type}`, 'save it as float32')
  return {
    dims,
    values() {
      const reopened = open()
      try {
        const bytes = reopened.read(0, reopened.dims[0])
        return Float64Array.from({ length: elementCount(dims) }, (_, index) => read(bytes, index))
      } finally {
        reopened.close()
      }
    }
  }
}
