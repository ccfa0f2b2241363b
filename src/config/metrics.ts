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

export type TaskName = keyof typeof TASK_METRICS
export type MetricName = (typeof TASK_METRICS)[TaskName][number]
export type MetricOf<Task extends TaskName> = (typeof TASK_METRICS)[Task][number]

export const TASKS = Object.keys(TASK_METRICS) as [TaskName, ...TaskName[]]
export const METRICS = Object.values(TASK_METRICS).flat() as [MetricName, ...MetricName[]]

/** The task that gives a metric. */
export function taskOf(metric: MetricName): TaskName {
  return TASKS.find((task) => (TASK_METRICS[task] as readonly string[]).includes(metric)) ?? 'classification'
}
