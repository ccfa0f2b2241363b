import type { GateConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { ValueInfo } from '../runtime/index.js'
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
}

/** Below this many calibration images the ranges of most networks still grow with every image. */
const FEW_CALIBRATION_IMAGES = 100

/** Opens everything that a run needs and runs nothing. */
export async function checkGate(config: GateConfig, options: GateOptions): Promise<CheckReport> {
  return withGate(config, options, async (gate) => {
    const { dataset } = gate.testSet
    const calibration = gate.calibration?.images.dataset.samples.length
    await readFirst(gate.testSet)
    if (gate.calibration !== undefined) await readFirst(gate.calibration.images)
    const warnings: string[] = []
    if (calibration !== undefined && calibration < FEW_CALIBRATION_IMAGES) {
      warnings.push(`${calibration} calibration images are few: take ${FEW_CALIBRATION_IMAGES} or more, of every class`)
    }
    const { path, opset, parameters } = gate.model
    return {
      model: { path, opset, parameters, inputs: gate.inputs, outputs: gate.outputs },
      dataset: { samples: dataset.samples.length, ...(dataset.classes !== undefined && { classes: dataset.classes }) },
      ...(calibration !== undefined && { calibration: { samples: calibration } }),
      warnings
    }
  })
}

/** Decodes and preprocesses one sample: most mistakes in the preprocessing list show in the first. */
async function readFirst(images: SampleStream): Promise<void> {
  for await (const batch of images.atMost(1).batches({ batch: 1 })) void batch
}
