import { describe, expect, it } from '@jest/globals'
import type { Dataset } from '../../src/dataset/index.js'
import { answerAgreement } from '../../src/task/agreement/classification.js'
import { classificationTask, scoresOutput } from '../../src/task/classification.js'

const value = (name: string) => ({ name, type: 'float32', dims: ['n', 3] })
const outputs = [value('features'), value('logits')]
const dataset = { samples: [] } as unknown as Dataset

describe.each([
  [undefined, 'features'],
  ['logits', 'logits']
])('with decode.output %s', (output, expected) => {
  const found = scoresOutput({ name: 'classification', ...(output !== undefined && { output }) }, outputs)

  it.each([
    ['labels', classificationTask(dataset, found)],
    ["FP32's answers", answerAgreement(found)]
  ])('scores beside %s, and what is compared element by element, are read there', (_, task) => {
    const model = { file: 'ours.onnx', outputs }
    expect(task.scorer(model).outputs).toEqual([expected])
    expect(task.denseOutput(model)).toBe(expected)
  })
})
