/** The metrics of each task by the names that a config uses; the first is the one that is limited by default. */
export const TASK_METRICS = {
  classification: ['top1', 'top5'],
  detection: [
    'map',
    'map50',
    'map75',
    'map_small',
    'map_medium',
    'map_large',
    'ar1',
    'ar10',
    'ar100',
    'voc07',
    'voc12'
  ],
  segmentation: ['miou', 'pixel_accuracy', 'dice', 'mean_accuracy']
} as const

/** What `metric: agreement` gives in their place: a variant's answers beside FP32's, without labels (docs/agreement.md). */
export const AGREEMENT_METRICS = {
  classification: ['agreement'],
  detection: ['agreement', 'agreement_matched'],
  segmentation: ['agreement', 'agreement_miou']
} as const satisfies Record<keyof typeof TASK_METRICS, readonly string[]>

export type TaskName = keyof typeof TASK_METRICS
export type LabelledMetric = (typeof TASK_METRICS)[TaskName][number]
export type AgreementMetric = (typeof AGREEMENT_METRICS)[TaskName][number]
export type MetricName = LabelledMetric | AgreementMetric
export type MetricOf<Task extends TaskName> = (typeof TASK_METRICS)[Task][number]

export const TASKS = Object.keys(TASK_METRICS) as [TaskName, ...TaskName[]]
/** Metrics that compare with labels. */
export const LABELLED_METRICS = Object.values(TASK_METRICS).flat() as [LabelledMetric, ...LabelledMetric[]]
export const METRICS = [...new Set([...LABELLED_METRICS, ...Object.values(AGREEMENT_METRICS).flat()])] as [
  MetricName,
  ...MetricName[]
]

/** The task that gives a metric; undefined for those of agreement that several tasks give. */
export function taskOf(metric: MetricName): TaskName | undefined {
  const owners = TASKS.filter((task) => metricsOf(task, isAgreement(metric)).includes(metric))
  return owners.length === 1 ? owners[0] : undefined
}

/** Whether a metric compares with FP32's answers rather than with labels. */
export function isAgreement(metric: MetricName): metric is AgreementMetric {
  return metric === 'agreement' || metric.startsWith('agreement_')
}

/** The metrics of a run, the first one first. */
export function metricsOf(task: TaskName, agreement: boolean): readonly [MetricName, ...MetricName[]] {
  return agreement ? AGREEMENT_METRICS[task] : TASK_METRICS[task]
}
