import path from 'node:path'
import type { SampleStream } from '../dataset/index.js'
import { RuntimeError } from '../errors.js'
import { feedFor, firstRows, imageInput, planBatches } from '../evaluation/index.js'
import type { Tensor } from '../tensor.js'
import { writeFileAtomic } from '../util/files.js'
import { encodeNpy } from '../util/npy.js'
import { openTensors } from './sessions.js'
import { prepareComparison, type ComparedModels } from './prepare.js'
import type { ObservedLayer } from './types.js'

export interface DumpInput extends ComparedModels {
  readonly images: SampleStream
  /** Where the files go. */
  readonly folder: string
  /** The layers that are wanted. */
  readonly wanted: (layer: ObservedLayer) => boolean
}

/**
 * Writes the output of layers for the first image, both precisions, as float32 `.npy`: `012-name.fp32.npy` and
 * `012-name.<variant>.npy`, numbered in execution order.
 * @returns the files, relative to the folder.
 */
export async function dumpLayers(input: DumpInput): Promise<string[]> {
  const { images, folder, wanted, name } = input
  const comparison = await prepareComparison(input)
  const { layers } = comparison.observation
  const chosen = layers.filter(wanted)
  if (chosen.length === 0) {
    const names = layers.slice(0, 3).map((layer) => JSON.stringify(layer.name))
    throw new RuntimeError(`no layer of ${name} matches; names look like ${names.join(', ')}`)
  }
  const { session, tensors } = await openTensors(comparison, chosen)
  const files: string[] = []
  try {
    const plan = planBatches([{ name, input: imageInput(session, name) }], 1)
    for await (const { input: image } of images.atMost(1).batches({ batch: plan.size })) {
      // One layer at a time leaves the runtime: the copies of all would not fit where the network barely does.
      for (const { layer, reference, variant } of tensors) {
        const outputs = await session.run(feedFor(session, image, plan, name), [reference, variant])
        const stem = `${String(layers.indexOf(layer)).padStart(3, '0')}-${safe(layer.name)}`
        for (const [suffix, output] of [
          ['fp32', reference],
          [name, variant]
        ] as const) {
          const file = `${stem}.${suffix}.npy`
          await writeTensor(path.join(folder, file), firstRows(outputs[output], 1))
          files.push(file)
        }
      }
    }
  } finally {
    await session.release()
    comparison.reference.release()
    comparison.variant.release()
  }
  return files
}

async function writeTensor(file: string, { data, dims }: Tensor): Promise<void> {
  await writeFileAtomic(file, encodeNpy(data as Float32Array, dims))
}

/** Names of layers are paths as a rule, and may be anything. */
function safe(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 80) || 'layer'
  )
}
