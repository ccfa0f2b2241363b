import type { GateConfig } from '../../config/index.js'
import type { SampleStream } from '../../dataset/index.js'
import type { ValueInfo } from '../../runtime/index.js'
import { scoresOutput } from '../classification.js'
import { answerAgreement } from './classification.js'
import { boxAgreement } from './detection.js'
import { pixelAgreement } from './segmentation.js'
import type { Task } from '../types.js'

/**
 * A task without labels: what FP32 answers on an image is what a variant has to answer. It says how far a variant departs
 * from FP32, and nothing about how right either of them is (docs/agreement.md).
 *
 * @param outputs of the FP32 model.
 * @param intervals whether comparisons have intervals where limits need them.
 * @throws ConfigurationError where `decode` does not fit the model.
 */
export function agreementTask(
  config: GateConfig,
  { minScore }: NonNullable<GateConfig['agreement']>,
  images: SampleStream,
  outputs: readonly ValueInfo[],
  intervals: boolean
): Task {
  const { task } = config
  switch (task.name) {
    case 'classification':
      return answerAgreement(scoresOutput(task, outputs))
    case 'detection':
      return boxAgreement(config, task, minScore, images, outputs, intervals)
    case 'segmentation':
      return pixelAgreement(config, task, images, outputs, intervals)
  }
}
