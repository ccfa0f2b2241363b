import { everyVariant, REFERENCE_VARIANT, type CalibrationResult, type VariantResult } from '../../result.js'
import { day, environmentFact, importedFact, subjectFacts, timingFact } from '../facts.js'
import { bytes, count, NONE, plural, pValue } from '../text.js'
import { code, prose } from './escape.js'
import { clip, details, figure, list, paragraphs, table, type Column } from './markup.js'
import type { View } from './view.js'

/** How each variant ran, as a table. */
export function variantFacts({ result, detail }: View): string {
  if (!detail.facts) return ''
  const rows = Object.entries(everyVariant(result)).map(([name, variant]) => cells(name, variant, result, detail.name))
  return details(
    'Changed answers, speed and size',
    paragraphs([
      table([COLUMNS[0], ...changeColumns(result), ...COLUMNS.slice(1)], rows),
      rows.length > 1 ? legendOf(result) : ''
    ])
  )
}

/** What changed sides is a sample, an object or a pixel. */
function legendOf({ task = 'classification', comparedWith }: View['result']): string {
  if (comparedWith === 'fp32') return `<sub>changed: ${CHANGED[task]}.</sub>`
  switch (task) {
    case 'classification':
      return '<sub>broken: right in FP32 and wrong here; repaired: the reverse; p: exact McNemar test of no difference.</sub>'
    case 'detection':
      return '<sub>broken: objects that FP32 alone finds; repaired: the reverse; p: bootstrap test of no difference in the first metric.</sub>'
    case 'segmentation':
      return '<sub>broken: pixels right in FP32 and wrong here; repaired: the reverse; p: bootstrap test of no difference in the first metric.</sub>'
  }
}

const CHANGED = {
  classification: "images with another answer than FP32's",
  detection: 'boxes that FP32 or the variant has alone',
  segmentation: "pixels of another class than FP32's"
} as const

/** Between the variant's name and how it ran. */
function changeColumns({ comparedWith }: View['result']): readonly Column[] {
  const titles = comparedWith === 'fp32' ? ['changed'] : ['broken', 'repaired', 'p']
  return titles.map((title) => ({ title, align: 'right' }))
}

function changes({ flips, changed, drop }: VariantResult, comparedWith: View['result']['comparedWith']): string[] {
  if (comparedWith === 'fp32') return [changed === undefined ? NONE : count(changed)]
  const test = Object.values(drop)[0]?.pValue ?? null
  return [
    flips === undefined ? NONE : count(flips.broken),
    flips === undefined ? NONE : count(flips.repaired),
    test === null ? NONE : figure(prose(pValue(test)))
  ]
}

const COLUMNS: readonly Column[] = [
  { title: 'variant' },
  { title: 'layers ran in' },
  { title: 'size', align: 'right' },
  { title: 'time per sample', align: 'right' }
]

function cells(name: string, variant: VariantResult, { comparedWith }: View['result'], length: number): string[] {
  const { sizeBytes, latencyMs, error } = variant
  return [
    code(clip(name, length)),
    ...changes(variant, comparedWith),
    error === undefined ? figure(executedText(variant)) : 'did not run',
    error === undefined ? figure(bytes(sizeBytes)) : NONE,
    latencyMs === undefined ? NONE : figure(`${latencyMs.toPrecision(3)} ms`)
  ]
}

function executedText({ executed }: VariantResult): string {
  if (executed === undefined) return 'not profiled'
  const kinds = (['int8', 'fp16', 'fp32', 'simulated'] as const).filter((kind) => executed[kind] > 0)
  return kinds.length === 0 ? NONE : kinds.map((kind) => `${count(executed[kind])} ${kind}`).join(', ')
}

/** Where the figures come from: calibration, model, data, machine. */
export function provenance(view: View): string {
  const { result, detail } = view
  if (!detail.facts) return ''
  const calibrations = Object.entries(result.variants).flatMap(([name, { calibration }]) =>
    calibration === undefined
      ? []
      : [`calibration of ${code(clip(name, detail.name))}: ${calibrationText(calibration, view)}`]
  )
  const files = Object.entries(result.variants).flatMap(([name, { model }]) =>
    model === undefined || name === REFERENCE_VARIANT
      ? []
      : [`file of ${code(clip(name, detail.name))}: ${code(clip(model, detail.text))}`]
  )
  const facts = subjectFacts(result).map(([label, text]) => `${label}: ${prose(clip(text, detail.text))}`)
  return details(
    'Calibration, model, data and machine',
    list([
      ...calibrations,
      ...files,
      ...facts,
      `environment: ${prose(clip(environmentFact(result.environment), detail.text))}`,
      ...Object.values(result.providers ?? {}).map(
        ({ environment }) => `environment: ${prose(clip(environmentFact(environment), detail.text))}`
      ),
      `time: ${prose(clip(timingFact(result.timings), detail.text))}`
    ])
  )
}

function calibrationText(calibration: CalibrationResult, { detail }: View): string {
  const { method, samples, source, reason, computedAt, table, key } = calibration
  const name = (text: string): string => code(clip(text, detail.name))
  const file = `${name(table)}, key ${code(key.slice(0, 16))}`
  if (source === 'imported') return `ranges ${prose(clip(importedFact(calibration), detail.text))}; ${file}`
  const origin = {
    cache: `♻️ table from the cache (hit${computedAt === undefined ? '' : `, of ${prose(day(computedAt))}`})`,
    computed: `table computed (${reason === undefined ? 'no cache' : `miss: ${prose(clip(reason, detail.text))}`})`
  }[source]
  return `${prose(clip(method, detail.name))} on ${plural(samples, 'image')}; ${origin}; ${file}`
}
