import type { Sections } from './checks.js'
import { METRICS, TASK_METRICS, taskOf, type MetricName, type TaskName } from './metrics.js'
import { show, type Path, type Problem } from './position.js'
import type { DatasetDocument } from './schema/index.js'
import { isMapping, type Mapping } from './union.js'

const FORMS: Readonly<Record<TaskName, string>> = {
  classification: 'a folder per class, {manifest}, or {npy, labels}',
  detection: '{coco, images}, {voc, images, classes}, or {yolo, images, classes}',
  segmentation: '{masks, images}'
}

/** The task against the forms of data, the decoder and the metrics that go with it. */
export function checkTask(value: Mapping, sections: Sections): Problem[] {
  const { task } = sections
  if (task === undefined) return []
  return [...checkDataset(task, sections), ...checkDecode(task, value, sections), ...checkMetrics(task, value)]
}

function checkDataset(task: TaskName, { dataset }: Sections): Problem[] {
  if (dataset === undefined || taskOfData(dataset) === task) return []
  const message = `dataset is for ${taskOfData(dataset)}, and task is ${task}, which takes ${FORMS[task]}`
  return [{ path: ['dataset'], at: 'value', message }]
}

function taskOfData(dataset: DatasetDocument): TaskName {
  if (typeof dataset === 'string') return 'classification'
  if ('masks' in dataset) return 'segmentation'
  return 'coco' in dataset || 'voc' in dataset || 'yolo' in dataset ? 'detection' : 'classification'
}

function checkDecode(task: TaskName, value: Mapping, { decode }: Sections): Problem[] {
  const problems: Problem[] = []
  const given = value.decode !== undefined
  const own = decode === undefined ? undefined : 'layout' in decode ? 'detection' : 'segmentation'
  if (task === 'classification' && given) {
    const message = 'decode is for detection and segmentation: of classification the first output is read as scores'
    problems.push({ path: ['decode'], at: 'key', message })
  } else if (task === 'detection' && (!given || own === 'segmentation')) {
    const message =
      'task: detection needs decode: {layout: ...}, which says how the outputs hold boxes ("precision-gate init" proposes one)'
    problems.push({ path: given ? ['decode'] : ['task'], at: given ? 'key' : 'value', message })
  } else if (task === 'segmentation' && own === 'detection') {
    const message = 'decode.layout is for detection; segmentation takes decode: {kind: scores, binary or labels}'
    problems.push({ path: ['decode', 'layout'], at: 'key', message })
  }
  if (task !== 'detection' && value.voc_iou !== undefined) {
    problems.push({ path: ['voc_iou'], at: 'key', message: `voc_iou is for task: detection, and task is ${task}` })
  }
  return problems
}

/** Reads the names as they are written, so that another mistake in the same entry does not hide these. */
function checkMetrics(task: TaskName, { expect, thresholds }: Mapping): Problem[] {
  const named: { metric: MetricName; path: Path; at: 'key' | 'value' }[] = []
  if (isMapping(expect)) {
    for (const metric of METRICS) if (metric in expect) named.push({ metric, path: ['expect', metric], at: 'key' })
  }
  if (Array.isArray(thresholds)) {
    thresholds.forEach((entry: unknown, index) => {
      const metric = isMapping(entry) ? METRICS.find((known) => known === entry.metric) : undefined
      if (metric !== undefined) named.push({ metric, path: ['thresholds', index, 'metric'], at: 'value' })
    })
  }
  return named.flatMap(({ metric, path, at }) => {
    if (taskOf(metric) === task) return []
    const own = TASK_METRICS[task].join(', ')
    return [
      { path, at, message: `${show(metric)} is a metric of ${taskOf(metric)}, and task is ${task}: it gives ${own}` }
    ]
  })
}
