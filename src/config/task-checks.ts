import type { Sections } from './checks.js'
import { isAgreement, METRICS, metricsOf, taskOf, type MetricName, type TaskName } from './metrics.js'
import { show, type Path, type Problem } from './position.js'
import type { DatasetDocument, DecodeDocument } from './schema/index.js'
import { isMapping, type Mapping } from './union.js'

const FORMS: Readonly<Record<TaskName, string>> = {
  classification: 'a folder per class, {manifest}, or {npy, labels}',
  detection: '{coco, images}, {voc, images, classes}, or {yolo, images, classes}',
  segmentation: '{masks, images}'
}

const UNLABELLED = 'without labels variants can be compared with FP32 alone: metric: agreement (docs/agreement.md)'

/** The task against the forms of data, the decoder and the metrics that go with it. */
export function checkTask(value: Mapping, sections: Sections): Problem[] {
  const { task } = sections
  if (task === undefined) return []
  const agreement = value.metric === 'agreement'
  return [
    ...(agreement ? checkAgreement(task, value, sections) : checkDataset(task, sections)),
    ...checkDecode(task, value, sections),
    ...checkMetrics(task, value, agreement),
    ...checkScore(task, value, agreement)
  ]
}

function checkDataset(task: TaskName, { dataset }: Sections): Problem[] {
  if (dataset === undefined) return []
  const at = { path: ['dataset'], at: 'value' } as const
  const own = taskOfData(dataset)
  if (own === undefined)
    return [
      { ...at, message: `dataset holds images without labels, and task ${task} takes ${FORMS[task]}; ${UNLABELLED}` }
    ]
  if (own !== task)
    return [{ ...at, message: `dataset is for ${own}, and task is ${task}, which takes ${FORMS[task]}` }]
  const unlabelled = typeof dataset === 'object' && 'npy' in dataset && dataset.labels === undefined
  return unlabelled
    ? [{ path: ['dataset'], at: 'key', message: `dataset has no "labels": expected a path; ${UNLABELLED}` }]
    : []
}

/** What labels would be needed for has no place beside `metric: agreement`. */
function checkAgreement(task: TaskName, value: Mapping, { dataset }: Sections): Problem[] {
  const problems: Problem[] = []
  if (value.expect !== undefined) {
    const message =
      "expect is a figure against labels, and metric: agreement compares with FP32's own answers, with which FP32 agrees by definition: remove it"
    problems.push({ path: ['expect'], at: 'key', message })
  }
  if (task !== 'classification' && typeof dataset === 'object' && 'npy' in dataset) {
    const message = `task: ${task} takes images: of tensors the size of the image is not known`
    problems.push({ path: ['dataset'], at: 'value', message })
  }
  return problems
}

/** @returns undefined for images alone. */
function taskOfData(dataset: DatasetDocument): TaskName | undefined {
  if (typeof dataset === 'string') return 'classification'
  if ('masks' in dataset) return 'segmentation'
  if ('coco' in dataset || 'voc' in dataset || 'yolo' in dataset) return 'detection'
  return 'images' in dataset ? undefined : 'classification'
}

function checkDecode(task: TaskName, value: Mapping, { decode }: Sections): Problem[] {
  const problems: Problem[] = []
  const given = value.decode !== undefined
  const own = decode === undefined ? undefined : 'layout' in decode ? 'detection' : 'segmentation'
  if (task === 'classification') {
    // Keys that nobody knows are told already.
    for (const key of decode !== undefined && isMapping(value.decode) ? Object.keys(value.decode) : []) {
      if (key === 'output') continue
      const message = `decode.${key} is for detection and segmentation: of classification, decode has only the name of the output that holds the scores, {output: NAME}`
      problems.push({ path: ['decode', key], at: 'key', message })
    }
  } else if (task === 'detection' && (!given || own === 'segmentation')) {
    const message =
      'task: detection needs decode: {layout: ...}, which says how the outputs hold boxes ("precision-gate init" proposes one)'
    problems.push({ path: given ? ['decode'] : ['task'], at: given ? 'key' : 'value', message })
  } else if (task === 'segmentation' && own === 'detection') {
    const message = 'decode.layout is for detection; segmentation takes decode: {kind: scores, binary or labels}'
    problems.push({ path: ['decode', 'layout'], at: 'key', message })
  }
  if (decode !== undefined && 'layout' in decode && decode.priors !== undefined) problems.push(...checkPriors(decode))
  if (task !== 'detection' && value.voc_iou !== undefined) {
    problems.push({ path: ['voc_iou'], at: 'key', message: `voc_iou is for task: detection, and task is ${task}` })
  }
  return problems
}

function checkScore(task: TaskName, value: Mapping, agreement: boolean): Problem[] {
  if (value.agreement_score === undefined || (agreement && task === 'detection')) return []
  const message = 'agreement_score is for task: detection with metric: agreement'
  return [{ path: ['agreement_score'], at: 'key', message }]
}

/** Offsets from priors leave nothing to choose about the boxes. */
function checkPriors({ layout, outputs, box_format: format, units }: Extract<DecodeDocument, { layout: string }>) {
  const problems: Problem[] = []
  if (layout !== 'ssd') {
    const message = `decode.priors goes with layout: ssd, and layout is ${layout}`
    problems.push({ path: ['decode', 'priors'], at: 'key', message })
  }
  if (outputs?.priors !== undefined) {
    const message = 'decode.priors is a file, and decode.outputs.priors an output of the model: keep one of them'
    problems.push({ path: ['decode', 'priors'], at: 'key', message })
  }
  for (const [key, given] of Object.entries({ box_format: format, units })) {
    if (given === undefined) continue
    const message = `decode.${key} is for boxes that are final, and with priors they are offsets: say \`priors: {file: ..., ${key}: ...}\``
    problems.push({ path: ['decode', key], at: 'key', message })
  }
  return problems
}

/** Reads the names as they are written, so that another mistake in the same entry does not hide these. */
function checkMetrics(task: TaskName, { expect, thresholds }: Mapping, agreement: boolean): Problem[] {
  const named: { metric: MetricName; path: Path; at: 'key' | 'value' }[] = []
  if (isMapping(expect) && !agreement) {
    for (const metric of METRICS) if (metric in expect) named.push({ metric, path: ['expect', metric], at: 'key' })
  }
  if (Array.isArray(thresholds)) {
    thresholds.forEach((entry: unknown, index) => {
      const metric = isMapping(entry) ? METRICS.find((known) => known === entry.metric) : undefined
      if (metric !== undefined) named.push({ metric, path: ['thresholds', index, 'metric'], at: 'value' })
    })
  }
  const own = metricsOf(task, agreement)
  return named.flatMap(({ metric, path, at }) =>
    own.includes(metric) ? [] : [{ path, at, message: foreignMetric(metric, task, agreement, own.join(', ')) }]
  )
}

function foreignMetric(metric: MetricName, task: TaskName, agreement: boolean, own: string): string {
  if (agreement && !isAgreement(metric))
    return `${show(metric)} compares with labels, and the config says metric: agreement: it gives ${own}`
  if (!agreement && isAgreement(metric))
    return `${show(metric)} compares with FP32's answers: it needs metric: agreement at the top of the config, in place of labels`
  return `${show(metric)} is a metric of ${taskOf(metric) ?? 'another task'}, and task is ${task}: it gives ${own}`
}
