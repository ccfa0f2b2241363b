import { describe, expect, it } from '@jest/globals'
import { reporters } from '../../src/report/index.js'
import type { LayerResult, Result } from '../../src/result.js'
import { fullResult } from './results.js'

const options = { color: false, width: 200 }
const layers = fullResult.layers?.fp16 ?? []
const only = (layers: readonly LayerResult[]): Result => ({ ...fullResult, layers: { fp16: layers } })

describe('a run whose layers are all healthy', () => {
  it('names the layer of the lowest SQNR in one line, and no suspect', () => {
    const text = reporters.terminal.format(only(layers), options)
    expect(text).toContain('fp16: no layer of 2 is suspected; lowest SQNR: /head/Gemm (Gemm), 61.4 dB')
    expect(text).not.toContain('suspect first')
    expect(text).not.toContain('/stem/Conv')
  })

  it('keeps the table in a fold of the Markdown report', () => {
    const text = reporters.markdown.format(only(layers), options)
    expect(text).toMatch(/<summary>Layers of .*fp16.*: none suspected; lowest SQNR 61\.4\u00a0dB, .*head.*Gemm/)
    expect(text).not.toContain('suspect first')
    expect(text).toMatch(/^\| .*stem.*Conv.* \| .*Conv.* \| 66\.2/m)
  })

  it('says so where all layers are identical to FP32', () => {
    const same = layers.map((layer) => ({ ...layer, sqnrDb: null, maxAbs: 0 }))
    expect(reporters.terminal.format(only(same), options)).toContain('is suspected; all identical to FP32')
  })

  it('is none where one layer is suspected, or was not looked at by itself', () => {
    const [first, second] = layers
    const suspected = { ...second, introduced: { sqnrDb: 3, share: 1, suspicion: 0.1, rank: 1 } }
    for (const layer of [suspected, { ...second, introduced: undefined }]) {
      expect(reporters.terminal.format(only([first, layer]), options)).toContain('Layers to suspect first')
    }
  })
})
