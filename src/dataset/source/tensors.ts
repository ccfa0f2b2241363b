import { basename } from 'node:path'
import { FileError } from '../../errors.js'
import type { ElementType } from '../../tensor.js'
import type { Dataset, DatasetSource, Sample } from '../types.js'
import { readLabels } from './labels.js'
import { NpyFile } from './npy.js'
import type { Workspace } from './paths.js'

type NpySource = Extract<DatasetSource, { kind: 'npy' }>

/** Input tensors in one `.npy` array [samples, ...], and their labels in a second file. */
export function openTensors(source: NpySource, workspace: Workspace): Dataset {
  const file = NpyFile.open('the input tensors', source.inputs, workspace)
  try {
    const count = file.dims[0] ?? 0
    if (count === 0 || file.recordBytes === 0)
      throw new FileError(`${source.inputs} holds no samples: its shape is ${file.dims.join(' x ')}`)
    const labels = source.labels === undefined ? undefined : readLabels(source.labels, workspace)
    if (labels !== undefined && labels.length !== count)
      throw new FileError(
        `${source.labels ?? ''} has ${labels.length} labels, ${source.inputs} has ${count} samples`,
        'write one label for each entry along the first dimension'
      )
    const name = basename(source.inputs)
    const samples = Array.from({ length: count }, (_, index): Sample => {
      const label = labels?.[index]
      return { id: `${name}[${index}]`, ...(label === undefined ? {} : { label: label + source.classOffset }) }
    })
    return new TensorDataset(source, file, samples)
  } catch (error) {
    file.close()
    throw error
  }
}

class TensorDataset implements Dataset {
  readonly content: { readonly kind: 'tensor'; readonly type: ElementType; readonly dims: readonly number[] }
  readonly warnings: readonly string[] = []

  constructor(
    readonly source: DatasetSource,
    private readonly file: NpyFile,
    readonly samples: readonly Sample[],
    private readonly records: readonly number[] = samples.map((_, index) => index)
  ) {
    this.content = { kind: 'tensor', type: file.type, dims: file.dims.slice(1) }
  }

  select(indices: readonly number[]): Dataset {
    const picked = indices.map((index) => ({ record: this.record(index), sample: this.samples[index] }))
    return new TensorDataset(
      this.source,
      this.file,
      picked.map(({ sample }) => sample),
      picked.map(({ record }) => record)
    )
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- synchronous for the reason given in images.ts
  async read(index: number): Promise<Buffer> {
    return this.file.read(this.record(index))
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async close(): Promise<void> {
    this.file.close()
  }

  private record(index: number): number {
    const record = this.records[index]
    if (record === undefined)
      throw new FileError(`there is no sample ${index}: ${this.file.path} has ${this.records.length}`)
    return record
  }
}
