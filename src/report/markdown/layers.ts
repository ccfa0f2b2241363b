import type { LayerResult, Result } from '../../result.js'
import { comparisonFact } from '../layer-report.js'
import { aloneText, areHealthy, lowestSqnr, worstFirst } from '../layers.js'
import { count, NONE } from '../text.js'
import { code, prose } from './escape.js'
import { clip, details, figure, paragraphs, table } from './markup.js'
import type { View } from './view.js'

/** For each variant, the layers that lie furthest from FP32. */
export function layerTables({ result, detail }: View): string {
  const blocks = Object.entries(result.layers ?? {}).map(([variant, layers]) => {
    const shown = worstFirst(layers).slice(0, detail.layers)
    const title = titleOf(code(clip(variant, detail.name)), layers, detail.name)
    const part = shown.length < layers.length ? ` (${count(shown.length)} of ${count(layers.length)})` : ''
    return details(
      title + part,
      paragraphs([
        table(
          COLUMNS,
          shown.map((layer) => cells(layer, detail.name))
        ),
        comparisonOf(result, variant, detail.text)
      ])
    )
  })
  const others = Object.entries(result.layerComparison ?? {})
    .filter(([variant]) => !Object.hasOwn(result.layers ?? {}, variant))
    .map(([variant]) => `${code(clip(variant, detail.name))}: ${comparisonOf(result, variant, detail.text)}`)
  return paragraphs([...blocks, ...others])
}

function titleOf(variant: string, layers: readonly LayerResult[], length: number): string {
  if (!areHealthy(layers)) return `Layers of ${variant} to suspect first`
  const lowest = lowestSqnr(layers)
  const worst =
    lowest === undefined
      ? 'all identical to FP32'
      : `lowest SQNR ${figure(`${lowest.sqnrDb.toFixed(1)} dB`)}, ${code(clip(lowest.name, length))}`
  return `Layers of ${variant}: none suspected; ${worst}`
}

function comparisonOf({ layerComparison = {} }: Result, variant: string, length: number): string {
  if (!Object.hasOwn(layerComparison, variant)) return ''
  return `<sub>${prose(clip(comparisonFact(layerComparison[variant]), length))}</sub>`
}

const COLUMNS = [
  { title: 'layer' },
  { title: 'operator' },
  { title: 'SQNR', align: 'right' as const },
  { title: 'by itself', align: 'right' as const },
  { title: 'cosine', align: 'right' as const },
  { title: 'deviating', align: 'right' as const },
  { title: 'largest error', align: 'right' as const },
  { title: 'ran in' }
]

function cells(layer: LayerResult, length: number): string[] {
  const { name, op, sqnrDb, cosine, deviationRatio, maxAbs, executed, introduced } = layer
  return [
    code(clip(name, length)),
    code(clip(op, length)),
    sqnrDb === null ? (maxAbs === 0 ? 'identical' : 'not finite') : figure(`${sqnrDb.toFixed(1)} dB`),
    introduced === undefined ? NONE : figure(aloneText(introduced)),
    cosine === null ? NONE : figure(cosine.toFixed(4)),
    figure(`${(100 * deviationRatio).toFixed(2)} %`),
    maxAbs === null ? 'not finite' : figure(maxAbs.toPrecision(3)),
    executed ?? NONE
  ]
}
