import type { GateConfig } from '../config/index.js'
import { hashDataset, type SampleStream } from '../dataset/index.js'
import { diagnoseData } from '../diagnosis/index.js'
import type { Diagnosis } from '../result.js'
import type { ValueInfo } from '../runtime/index.js'
import { readImported } from '../variants/index.js'
import type { Task } from '../task/index.js'
import { withGate, type GateOptions } from './open.js'

export interface CheckReport {
  readonly model: {
    readonly path: string
    readonly opset: number
    readonly parameters: number
    readonly inputs: readonly ValueInfo[]
    readonly outputs: readonly ValueInfo[]
  }
  readonly dataset: { readonly samples: number; readonly classes?: readonly string[] }
  readonly calibration?: { readonly samples: number }
  readonly warnings: readonly string[]
  readonly diagnosis: readonly Diagnosis[]
}

/** Below this many calibration images the ranges of most networks still grow with every image. */
const FEW_CALIBRATION_IMAGES = 100

/** Below this many test images the bootstrap's interval is too narrow: it never draws what other images hold. */
const FEW_RESAMPLED_IMAGES = 100

/** Opens everything that a run needs, looks at the data, and runs no model. */
export async function checkGate(config: GateConfig, options: GateOptions): Promise<CheckReport> {
  return withGate(config, options, async (gate) => {
    const { dataset } = gate.testSet
    const calibration = gate.calibration?.images.dataset.samples.length
    await readFirst(gate.testSet, gate.task)
    if (gate.calibration !== undefined) await readFirst(gate.calibration.images)
    for (const variant of config.variants.values()) {
      if (variant.kind === 'int8' && variant.ranges !== undefined) await readImported(variant.ranges, gate.context)
    }
    const warnings: string[] = []
    if (calibration !== undefined && calibration < FEW_CALIBRATION_IMAGES) {
      warnings.push(`${calibration} calibration images are few: take ${FEW_CALIBRATION_IMAGES} or more, of every class`)
    }
    const { name, metric } = gate.task
    if (name !== 'classification' && dataset.samples.length < FEW_RESAMPLED_IMAGES) {
      warnings.push(
        `${dataset.samples.length} test images are few: the interval of ${metric} comes from drawing them again and again, ` +
          `and is too narrow below ${FEW_RESAMPLED_IMAGES}`
      )
    }
    const hashes = () => hashDataset(dataset, { signal: options.signal })
    const test = { images: gate.testSet, hashes }
    const diagnosis = await diagnoseData(gate.calibration, test, gate.dumps, gate.context)
    const { path, opset, parameters } = gate.model
    return {
      model: { path, opset, parameters, inputs: gate.inputs, outputs: gate.outputs },
      dataset: { samples: dataset.samples.length, ...(dataset.classes !== undefined && { classes: dataset.classes }) },
      ...(calibration !== undefined && { calibration: { samples: calibration } }),
      warnings,
      diagnosis
    }
  })
}

/** Decodes and preprocesses one sample, and reads its mask: most mistakes in the preprocessing list show in the first. */
async function readFirst(images: SampleStream, task?: Task): Promise<void> {
  for await (const batch of images.atMost(1).batches({ batch: 1 })) await task?.truth(batch)
}
