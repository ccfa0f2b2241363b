import { describe, expect, it } from '@jest/globals'
import { canonicalPreprocess, hashPreprocess, type PreprocessStep } from '../../src/dataset/index.js'

const RESIZE: PreprocessStep = { step: 'resize', size: { shorter: 256 }, interpolation: 'bilinear', like: 'pillow' }
const NORMALIZE: PreprocessStep = { step: 'normalize', scale: 1 / 255, mean: [0.485], std: [0.229] }

describe('canonicalPreprocess', () => {
  it('is one line of JSON with ordered keys and the layout', () => {
    expect(canonicalPreprocess([RESIZE, NORMALIZE])).toBe(
      '{"steps":[{"interpolation":"bilinear","like":"pillow","size":{"shorter":256},"step":"resize"},' +
        '{"mean":[0.485],"scale":0.00392156862745098,"std":[0.229],"step":"normalize"},' +
        '{"step":"layout","to":"nchw"}],"version":1}'
    )
  })

  it('does not depend on the order of keys, the digits of a number, or a default that is spelt out', () => {
    const spelt: PreprocessStep[] = [
      { like: 'pillow', interpolation: 'bilinear', size: { shorter: 256.0 }, step: 'resize' },
      { std: [0.229], mean: [Number('0.48500000000000001')], scale: Number('0.003921568627450980'), step: 'normalize' },
      { step: 'layout', to: 'nchw' },
      { step: 'cast', to: 'float32' }
    ]
    expect(hashPreprocess(spelt)).toBe(hashPreprocess([RESIZE, NORMALIZE]))
  })

  it.each<[string, PreprocessStep[]]>([
    ['a number', [{ ...RESIZE, size: { shorter: 255 } }, NORMALIZE]],
    ['the interpolation', [{ ...RESIZE, interpolation: 'bicubic' }, NORMALIZE]],
    ['whose pixels', [{ ...RESIZE, like: 'opencv' }, NORMALIZE]],
    ['the order', [NORMALIZE, RESIZE]],
    ['a missing step', [RESIZE]],
    ['the layout', [RESIZE, NORMALIZE, { step: 'layout', to: 'nhwc' }]]
  ])('changes with %s', (_, steps) => {
    expect(hashPreprocess(steps)).not.toBe(hashPreprocess([RESIZE, NORMALIZE]))
  })
})
