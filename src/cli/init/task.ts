import type { TaskName } from '../../config/index.js'
import type { Proposal } from '../../postprocess/index.js'
import { visible } from '../../report/text.js'
import type { DataGuess } from './data.js'
import type { ModelGuess } from './guess.js'

export interface TaskGuess {
  readonly name: TaskName
  /** How the outputs are read, where they look like this task's. */
  readonly proposal?: Proposal
  /** Of a classifier with several outputs. */
  readonly scores?: ModelGuess['scores']
}

/** The task of the data where those tell, else of the model's outputs; classification where neither says anything. */
export function guessTask({ proposal, scores }: ModelGuess, data: DataGuess | undefined): TaskGuess {
  const classification: TaskGuess = { name: 'classification', ...(scores !== undefined && { scores }) }
  if (data === undefined) return proposal === undefined ? classification : { name: proposal.task, proposal }
  if (data.kind === 'images' && proposal !== undefined) return { name: proposal.task, proposal }
  if (data.kind !== 'annotated') return classification
  const possible: TaskName[] = []
  if (data.coco !== undefined) possible.push('detection')
  if (data.masks !== undefined) possible.push('segmentation')
  if (proposal !== undefined && possible.includes(proposal.task)) return { name: proposal.task, proposal }
  return { name: possible[0] }
}

export function taskLines({ name, proposal, scores }: TaskGuess): string[] {
  if (name === 'classification') {
    if (scores === undefined) return ['task: classification']
    const { output, others } = scores
    return [
      'task: classification',
      `decode: {output: ${JSON.stringify(output)}} # check: the class scores; the model also has ${visible(others.join(', '))}`
    ]
  }
  if (proposal === undefined) {
    const decode = name === 'detection' ? 'decode: {layout: yolov8}' : 'decode: {kind: scores}'
    return [`task: ${name}`, `${decode} # check: the outputs do not say how they are to be read (docs/decode.md)`]
  }
  return [`task: ${name}`, `decode: ${decodeOf(proposal)} # check: ${proposal.because}`]
}

function decodeOf(proposal: Proposal): string {
  if (proposal.task === 'segmentation') {
    const { kind, output, layout } = proposal
    return `{kind: ${kind}, output: ${JSON.stringify(output)}, axes: ${layout}}`
  }
  const outputs = Object.entries(proposal.outputs).map(([role, name]) => `${role}: ${JSON.stringify(name)}`)
  return `{layout: ${proposal.layout}, outputs: {${outputs.join(', ')}}}`
}

/** The test set of a task whose images have annotations beside them. */
export function annotatedLines(
  name: 'detection' | 'segmentation',
  data: DataGuess | undefined,
  path: (file: string) => string
): string[] {
  if (name === 'detection') {
    return data?.coco === undefined
      ? [
          'dataset: {coco: data/test/instances.json, images: data/test/images} # check: or {voc, images, classes}, {yolo, images, classes}'
        ]
      : [`dataset: {coco: ${path(data.coco)}, images: ${path(data.test)}}`]
  }
  return data?.masks === undefined
    ? ['dataset: {masks: data/test/masks, images: data/test/images} # check: one PNG of class numbers for each image']
    : [
        `dataset: {masks: ${path(data.masks)}, images: ${path(data.test)}} # check: \`ignore\` and \`map\` where mask values are no class numbers`
      ]
}
