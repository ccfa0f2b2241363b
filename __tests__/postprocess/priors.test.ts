import { afterAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { completeDetection, type DetectionOptions, type PriorsFile } from '../../src/postprocess/index.js'
import { encodeNpy } from '../../src/util/npy.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-priors-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const places = { workspace: folder, file: 'gate.yml' }
const INPUT = { width: 300, height: 200 }
const ROWS = [0.5, 0.25, 0.2, 0.1, 0.1, 0.9, 0.3, 0.4]

function read(
  rows: readonly number[],
  more: Partial<PriorsFile> & { readonly dims?: readonly number[]; readonly boxes?: readonly (number | string)[] } = {}
): DetectionOptions['priors'] {
  const { dims = [rows.length / 4, 4], boxes = ['batch', 2, 4], ...changed } = more
  const file = join(folder, 'priors.npy')
  writeFileSync(file, encodeNpy(Float32Array.from(rows), dims))
  const priors: PriorsFile = {
    file,
    given: 'priors.npy',
    boxFormat: 'cxcywh',
    units: 'normalized',
    variances: [0.1, 0.2],
    position: { line: 6, column: 23 },
    ...changed
  }
  const outputs = [
    { name: 'boxes', dims: boxes, type: 'float32' },
    { name: 'scores', dims: ['batch', 2, 3], type: 'float32' }
  ]
  const decode = {
    layout: 'ssd',
    outputs: { boxes: 'boxes', scores: 'scores' },
    classes: 'index',
    options: {},
    priors
  } as const
  return completeDetection(decode, outputs, { classes: ['cat', 'dog'] }, places, INPUT).priors
}

const rounded = (found: DetectionOptions['priors']) =>
  Array.from(found?.boxes ?? [], (value) => Number(value.toFixed(6)))

describe('priors from a .npy file', () => {
  it('are centres and sizes as shares, as they are', () => {
    expect(rounded(read(ROWS))).toEqual(ROWS)
    expect(read(ROWS)?.variances).toEqual([0.1, 0.2])
    expect(read(ROWS, { variances: [1, 1] })?.variances).toEqual([1, 1])
  })

  it('are corners, which become centres and sizes', () => {
    const corners = [0.4, 0.2, 0.6, 0.3, -0.05, 0.7, 0.25, 1.1]
    expect(rounded(read(corners, { boxFormat: 'xyxy' }))).toEqual(ROWS)
  })

  it('are pixels of the input, width and height apart', () => {
    expect(rounded(read([150, 50, 60, 20, 30, 180, 90, 80], { units: 'pixels' }))).toEqual(ROWS)
  })

  it('may have a batch dimension of one, and boxes a free number', () => {
    expect(rounded(read(ROWS, { dims: [1, 2, 4] }))).toEqual(ROWS)
    expect(rounded(read(ROWS, { boxes: ['batch', 'anchors', 4] }))).toEqual(ROWS)
    expect(rounded(read(ROWS, { boxes: ['batch', 8] }))).toEqual(ROWS)
  })

  it.each([
    ['of another shape', () => read(ROWS, { dims: [4, 2] }), 'has shape [4, 2]; expected [priors, 4]'],
    ['of another number', () => read(ROWS, { boxes: [1, 3, 4] }), 'holds 2 priors, and the network gives 3 boxes'],
    [
      'in pixels that are called shares',
      () => read([150, 50, 60, 20, ...ROWS.slice(4)]),
      'has [150, 50, 60, 20] in row 0, which is no share of the input'
    ],
    [
      'whose corners are read as sizes',
      () => read([...ROWS.slice(4), 0.4, 0.2, -0.1, 0.3]),
      'has [0.4, 0.2, -0.1, 0.3] in row 1, which is no cxcywh of a size above 0'
    ],
    [
      'whose sizes are read as corners',
      () => read(ROWS, { boxFormat: 'xyxy' }),
      'has [0.5, 0.25, 0.2, 0.1] in row 0, which is no xyxy of a size above 0'
    ],
    ['with a NaN', () => read([NaN, ...ROWS.slice(1)]), 'has [NaN, 0.25, 0.2, 0.1] in row 0']
  ])('%s are refused at their place in the config', (_, run, message) => {
    expect(run).toThrow(`gate.yml:6:23: decode.priors priors.npy ${message}`)
  })

  it('that are no .npy file, or lie outside the workspace, are named', () => {
    const file = join(folder, 'text.npy')
    writeFileSync(file, 'a text that is no array')
    expect(() => read(ROWS, { file })).toThrow(`${file} is not a NumPy .npy file`)
    expect(() => read(ROWS, { file: '/etc/hostname' })).toThrow('outside the workspace')
  })
})
