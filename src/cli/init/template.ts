import { relative, sep } from 'node:path'
import { stringify } from 'yaml'
import { metricsOf } from '../../config/index.js'
import { annotatedLines, guessTask, taskLines } from './task.js'
import { isUnlabelled, type DataGuess } from './data.js'
import type { Guess, ModelGuess } from './guess.js'

export interface TemplateInput {
  /** Folder of the config; every path is written relative to it. */
  readonly folder: string
  readonly schema: string
  readonly model: string
  readonly guess: ModelGuess
  /** undefined: the user has to fill it in. */
  readonly data?: DataGuess
}

/** The starter config: it runs as it stands where the guesses hold, and says `# check:` wherever it guessed. */
export function starterConfig(input: TemplateInput): string {
  const { guess, data, schema } = input
  const path = (file: string) => yamlPath(input.folder, file)
  const task = guessTask(guess, data)
  const agreement = data !== undefined && isUnlabelled(data)
  const [metric] = metricsOf(task.name, agreement)
  return [
    `# yaml-language-server: $schema=${schema}`,
    '# Every key is described in docs/config.md. Lines with "check:" hold a guess.',
    'version: 1',
    `model: ${path(input.model)}`,
    ...guess.remarks.map((remark) => `# check: ${remark}`),
    ...taskLines(task),
    ...agreementLines(agreement),
    '',
    ...(task.name === 'classification' || agreement
      ? datasetLines(data, guess, path)
      : annotatedLines(task.name, data, path)),
    ...preprocessLines(guess.steps, data),
    '',
    ...calibrationLines(data, path),
    '',
    ...variantLines(data?.calibration !== undefined),
    '',
    ...(agreement
      ? []
      : [
          '# The published FP32 figure: a mistake in the preprocessing shows here before anything else is blamed.',
          `# expect: {${metric}: 0.761, tolerance: 0.002}`,
          ''
        ]),
    'thresholds:',
    `  - {metric: ${metric}, max_drop_points: 1.0} # check: percentage points that a variant may lose`,
    '',
    'runtime: {provider: auto}',
    'on_inconclusive: warn # fail: exit code 4 where the images are too few to decide',
    ''
  ].join('\n')
}

function agreementLines(agreement: boolean): string[] {
  return agreement
    ? ['metric: agreement # check: no labels were found, so variants are compared with FP32 (docs/agreement.md)']
    : ['# metric: agreement # without labels: variants are compared with FP32 (docs/agreement.md)']
}

function datasetLines(data: DataGuess | undefined, { outputs }: ModelGuess, path: (file: string) => string): string[] {
  if (data === undefined) {
    return [
      'dataset: {path: data/test} # check: a folder per class; or {manifest: test.csv}, {npy: inputs.npy, labels: labels.csv}'
    ]
  }
  const offset = offsetOf(data, outputs)
  const fields: string[] = {
    folders: [`path: ${path(data.test)}`],
    manifest: [`manifest: ${path(data.test)}`],
    npy: [`npy: ${path(data.test)}`, ...(data.labels === undefined ? [] : [`labels: ${path(data.labels)}`])],
    images: [`images: ${path(data.test)}`],
    annotated: []
  }[data.kind]
  if (offset === 1) fields.push('class_offset: 1')
  return [`dataset: {${fields.join(', ')}}${comment(offsetCheck(data, outputs, offset))}`]
}

/** Networks with one output more than there are classes keep output 0 for "background". */
function offsetOf({ classes }: DataGuess, outputs: number | undefined): number {
  return (classes !== undefined && outputs === classes + 1) || outputs === 1001 ? 1 : 0
}

function offsetCheck({ classes, kind }: DataGuess, outputs: number | undefined, offset: number): string | undefined {
  if (offset === 1) return `the model has ${outputs} outputs, one more than there are classes`
  if (classes !== undefined && outputs !== undefined && classes !== outputs) {
    return `${classes} class folders, and ${outputs} outputs of the model; classes: FILE gives the order`
  }
  return kind === 'folders' ? 'sorted folder names are classes 0, 1, ...; classes: FILE gives another order' : undefined
}

function preprocessLines(steps: readonly Guess[], data: DataGuess | undefined): string[] {
  if (steps.length === 0 || data?.kind === 'npy') return []
  return ['preprocess:', ...steps.map(({ text, check }) => `  - ${text}${comment(check)}`)]
}

function calibrationLines(data: DataGuess | undefined, path: (file: string) => string): string[] {
  if (data?.calibration !== undefined) {
    const dataset = `{${data.kind === 'annotated' ? 'images' : 'path'}: ${path(data.calibration)}}`
    return [
      `calibration: {dataset: ${dataset}, samples: 512} # check: images like those of the test set, and none of them`
    ]
  }
  return [
    '# INT8 needs a few hundred images like those of the test set, and none of them:',
    '# calibration: {dataset: {path: data/calibration}, samples: 512}'
  ]
}

function variantLines(int8: boolean): string[] {
  return [
    'variants:',
    '  fp16: {precision: fp16}',
    `  ${int8 ? '' : '# '}int8: {precision: int8, target: cpu} # target: tensorrt for NVIDIA GPUs`,
    '  # ours: {model: model.qat.onnx} # a finished quantized model, judged as it is'
  ]
}

function comment(check: string | undefined): string {
  return check === undefined ? '' : ` # check: ${check}`
}

/** Relative with `/`, quoted where YAML asks for it. */
function yamlPath(folder: string, file: string): string {
  const path = relative(folder, file).split(sep).join('/')
  return stringify([path], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim().slice(1, -1)
}
