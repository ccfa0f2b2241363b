import type { GateConfig } from '../config/index.js'
import { checkLabels, type SampleStream } from '../dataset/index.js'
import type { ValueInfo } from '../runtime/index.js'
import { agreementTask } from './agreement/index.js'
import { classificationTask, scoresOutput } from './classification.js'
import { detectionTask } from './detection.js'
import { segmentationTask } from './segmentation.js'
import type { Task } from './types.js'

export { guessLabel } from './classification.js'
export { storedTask, type StoredFacts, type StoredTask } from './stored.js'
export type { ScoredModel, Scorer, Scores, Task, TaskJudge } from './types.js'

/**
 * The task of a config on its test set.
 *
 * @param outputs of the FP32 model.
 * @param intervals whether comparisons have intervals where limits need them; a shard is not judged and needs none.
 * @throws ConfigurationError where `decode` does not fit the model, FileError where a label does not.
 */
export function openTask(
  config: GateConfig,
  images: SampleStream,
  outputs: readonly ValueInfo[],
  intervals = true
): Task {
  const { task, agreement } = config
  if (agreement !== undefined) return agreementTask(config, agreement, images, outputs, intervals)
  switch (task.name) {
    case 'classification': {
      const output = scoresOutput(task, outputs)
      const dims = outputs.find(({ name }) => name === output.nameIn({ file: config.model, outputs }))?.dims ?? []
      const classes = dims.length === 2 ? dims[1] : undefined
      checkLabels(images.dataset, typeof classes === 'number' ? classes : Infinity)
      return classificationTask(images.dataset, output)
    }
    case 'detection':
      return detectionTask(config, task, images, outputs, intervals)
    case 'segmentation':
      return segmentationTask(config, task, images, outputs, intervals)
  }
}
