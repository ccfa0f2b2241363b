import type { Candidates } from './candidates.js'
import type { DetectionOptions } from './types.js'

/** Class scores of one image: element (anchor, channel) lies at `start + anchor * anchorStride + channel * channelStride`. */
export interface ScoreBlock {
  readonly data: Float32Array
  readonly start: number
  readonly anchors: number
  readonly anchorStride: number
  readonly channelStride: number
  /** Class of the data set of each channel; -1: not wanted, or background. */
  readonly channelMap: readonly number[]
}

type ScoreOptions = Pick<DetectionOptions, 'activation' | 'minScore' | 'multiLabel'>

/** Adds what scores above the limit; NaN passes too, so that it is counted. */
export function collectScores(block: ScoreBlock, options: ScoreOptions, into: Candidates): void {
  const activated = options.activation === 'softmax' ? softmax(block) : block
  const sigmoid = options.activation === 'sigmoid'
  // Compared before the function is applied: most of the scores need no exponential.
  const limit = sigmoid ? Math.log(options.minScore / (1 - options.minScore)) : options.minScore
  const score = sigmoid ? (value: number) => 1 / (1 + Math.exp(-value)) : (value: number) => value
  if (options.multiLabel) everyClass(activated, limit, score, into)
  else bestClass(activated, limit, score, into)
}

function everyClass(block: ScoreBlock, limit: number, score: (value: number) => number, into: Candidates): void {
  const { data, anchors, anchorStride, channelMap } = block
  for (let channel = 0; channel < channelMap.length; channel++) {
    const category = channelMap[channel]
    if (category < 0) continue
    let at = block.start + channel * block.channelStride
    for (let anchor = 0; anchor < anchors; anchor++, at += anchorStride) {
      const value = data[at]
      if (!(value <= limit)) into.push(anchor, category, score(value))
    }
  }
}

/** The first of equal classes, as in NumPy's argmax. */
function bestClass(block: ScoreBlock, limit: number, score: (value: number) => number, into: Candidates): void {
  const { data, anchors, anchorStride, channelMap } = block
  const best = new Float32Array(anchors).fill(-Infinity)
  const categories = new Int32Array(anchors)
  for (let channel = 0; channel < channelMap.length; channel++) {
    const category = channelMap[channel]
    if (category < 0) continue
    let at = block.start + channel * block.channelStride
    for (let anchor = 0; anchor < anchors; anchor++, at += anchorStride) {
      const value = data[at]
      if (value > best[anchor]) {
        best[anchor] = value
        categories[anchor] = category
      } else if (value !== value) into.push(anchor, category, NaN)
    }
  }
  for (let anchor = 0; anchor < anchors; anchor++)
    if (best[anchor] > limit) into.push(anchor, categories[anchor], score(best[anchor]))
}

/** Over all channels, background included. */
function softmax(block: ScoreBlock): ScoreBlock {
  const { data, start, anchors, anchorStride, channelStride, channelMap } = block
  const channels = channelMap.length
  const out = new Float32Array(anchors * channels)
  for (let anchor = 0; anchor < anchors; anchor++) {
    const from = start + anchor * anchorStride
    let most = -Infinity
    for (let c = 0; c < channels; c++) most = Math.max(most, data[from + c * channelStride])
    let sum = 0
    for (let c = 0; c < channels; c++) sum += Math.exp(data[from + c * channelStride] - most)
    for (let c = 0; c < channels; c++)
      out[anchor * channels + c] = Math.exp(data[from + c * channelStride] - most) / sum
  }
  return { data: out, start: 0, anchors, anchorStride: channels, channelStride: 1, channelMap }
}
