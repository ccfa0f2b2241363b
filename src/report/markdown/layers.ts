import type { LayerResult } from '../../result.js'
import { worstFirst } from '../layers.js'
import { count, NONE } from '../text.js'
import { code } from './escape.js'
import { clip, details, figure, paragraphs, table } from './markup.js'
import type { View } from './view.js'

/** For each variant, the layers that lie furthest from FP32. */
export function layerTables({ result, detail }: View): string {
  const blocks = Object.entries(result.layers ?? {}).map(([variant, layers]) => {
    const shown = worstFirst(layers).slice(0, detail.layers)
    const title = `Layers of ${code(clip(variant, detail.name))} furthest from FP32`
    const part = shown.length < layers.length ? ` (${count(shown.length)} of ${count(layers.length)})` : ''
    return details(
      title + part,
      table(
        COLUMNS,
        shown.map((layer) => cells(layer, detail.name))
      )
    )
  })
  return paragraphs(blocks)
}

const COLUMNS = [
  { title: 'layer' },
  { title: 'operator' },
  { title: 'SQNR', align: 'right' as const },
  { title: 'cosine', align: 'right' as const },
  { title: 'off by over 10 %', align: 'right' as const },
  { title: 'largest error', align: 'right' as const },
  { title: 'ran in' }
]

function cells({ name, op, sqnrDb, cosine, deviationRatio, maxAbs, executed }: LayerResult, length: number): string[] {
  return [
    code(clip(name, length)),
    code(clip(op, length)),
    sqnrDb === null ? (maxAbs === 0 ? 'identical' : 'not finite') : figure(`${sqnrDb.toFixed(1)} dB`),
    cosine === null ? NONE : figure(cosine.toFixed(4)),
    figure(`${(100 * deviationRatio).toFixed(2)} %`),
    maxAbs === null ? 'not finite' : figure(maxAbs.toPrecision(3)),
    executed ?? NONE
  ]
}
