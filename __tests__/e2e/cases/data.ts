import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeNode } from '../../../src/model/index.js'
import { colourPng, NETWORK, type Project } from '../project.js'
import { judged, refused, type BadInput } from './case.js'

const IMAGES = join(import.meta.dirname, '..', '..', '..', '__fixtures__', 'dataset')

export const LABELS: readonly BadInput[] = [
  refused('an empty data set', 3, [/data set .*test contains no images/, /folder per class/], (project) => {
    project.remove('test')
    mkdirSync(project.path('test'))
  }),
  refused('an empty class folder', 3, [/class folder .*1-green contains no images/, /`classes`/], (project) => {
    project.remove('test/1-green')
    mkdirSync(project.path('test', '1-green'))
  }),
  refused('a test set without labels', 3, [/sample 0.png has no label/, /labelled samples/], (project) =>
    project.config('{path: test}', '{path: test/0-red}')
  ),
  refused(
    'more class folders than classes',
    3,
    [/3-black\/0.png has label 3.*3 outputs, 0 to 2/, /class_offset/],
    (project) => project.write('test/3-black/0.png', project.read('test/0-red/0.png'))
  ),
  refused('a class offset too many', 3, [/2-blue\/0.png has label 3, the network has 3 outputs/], (project) =>
    project.config('{path: test}', '{path: test, class_offset: 1}')
  ),
  refused(
    'an image between the class folders',
    3,
    [/stray.png lies beside class folders.*class is unknown/, /manifest/],
    (project) => project.write('test/stray.png', project.read('test/0-red/0.png'))
  ),
  refused('a file that is no image', 3, [/notes.txt is not an image/, /remove it/], (project) =>
    project.write('test/0-red/notes.txt', 'to do')
  ),
  refused('a class list that lacks a folder', 3, [/folder .*2-blue is not a class in .*classes.txt/], (project) => {
    project.write('classes.txt', '0-red\n1-green\n')
    project.config('{path: test}', '{path: test, classes: classes.txt}')
  }),
  refused(
    'a manifest with five mistakes',
    3,
    [
      /test.csv:3: cannot read image .*gone.png: it does not exist/,
      /test.csv:4: label '-1'|test.csv:4: label -1/,
      /test.csv:5: label 'red'/,
      /test.csv:6: .*outside the workspace/,
      /test.csv:7: .*label 2 here and 0 on line 2/
    ],
    (project) => {
      project.write(
        'test.csv',
        [
          'path,label',
          'test/0-red/0.png,0',
          'gone.png,1',
          'test/0-red/1.png,-1',
          'test/0-red/2.png,red',
          '/etc/passwd,1',
          'test/0-red/0.png,2'
        ].join('\n')
      )
      project.config('{path: test}', '{manifest: test.csv}')
    }
  ),
  refused('an empty manifest', 3, [/manifest .*test.csv is empty/, /path,label/], (project) => {
    project.write('test.csv', '')
    project.config('{path: test}', '{manifest: test.csv}')
  })
]

/** What may be wrong with a single file, whichever set it is in. */
const DAMAGED: readonly [name: string, says: RegExp, bytes: (project: Project) => Uint8Array | Promise<Uint8Array>][] =
  [
    ['an empty image', /bad.png is empty/, () => new Uint8Array()],
    [
      'a truncated image',
      /bad.png is truncated or corrupt/,
      (project) => project.read('test/0-red/0.png').subarray(0, -30)
    ],
    [
      'an image with damaged pixels',
      /bad.png is truncated or corrupt/,
      (project) => {
        const bytes = Buffer.from(project.read('test/0-red/0.png'))
        bytes.fill(0x55, bytes.indexOf('IDAT') + 4, bytes.indexOf('IDAT') + 12)
        return bytes
      }
    ],
    [
      'an image cut inside its header',
      /bad.png is corrupt: its PNG header/,
      (project) => project.read('test/0-red/0.png').subarray(0, 20)
    ],
    ['text in place of an image', /bad.png is not an image/, () => Buffer.from('not found')],
    [
      'a Git LFS pointer in place of an image',
      /bad.png is a Git LFS pointer[^]*git lfs pull/,
      () => Buffer.from('version https://git-lfs.github.com/spec/v1\n')
    ],
    ['an animated image', /bad.png is an animation/, () => readFileSync(join(IMAGES, 'refused', 'animated.png'))],
    [
      'an image of 16 bits a channel',
      /bad.png has 16 bits a channel; 8 are read/,
      () => readFileSync(join(IMAGES, 'refused', '16-bit-rgb.png'))
    ],
    [
      'an image of a billion pixels',
      /bad.png says it is .*decompression bomb/,
      () => readFileSync(join(IMAGES, 'refused', 'huge.png'))
    ],
    ['an image of another size', /bad.png.* is 9x9 after preprocessing.*takes 8x8/, () => colourPng(0, 0, 9)]
  ]

export const IMAGES_IN_TEST_SET: readonly BadInput[] = DAMAGED.map(([name, says, bytes]) =>
  refused(
    `${name} in the test set`,
    3,
    [/^error: image 1-green\/bad.png/, says, /^hint: (replace|convert|scale|add|run) /m],
    async (project) => {
      project.write('test/1-green/bad.png', await bytes(project))
      project.config('int8: {precision: int8}', 'ours: {model: model.onnx}')
    }
  )
)

export const IMAGES_IN_CALIBRATION_SET: readonly BadInput[] = DAMAGED.map(([name, says, bytes]) =>
  judged(
    `${name} in the calibration set`,
    3,
    [/ERROR {2}int8 did not run: image 1-green\/bad.png/, says, /; (replace|convert|scale|add|run) /],
    async (project) => project.write('calibration/1-green/bad.png', await bytes(project))
  )
)

/** Tensors [n, 4] and a network that ranks them as they are. */
function tensors(
  project: Project,
  change: { readonly values?: Float32Array; readonly labels?: string; readonly calibration?: Float32Array }
): void {
  const identity = Float32Array.from({ length: 48 }, (_, i) => (i % 4 === Math.floor(i / 4) % 4 ? 1 : 0))
  project.model({
    ...NETWORK,
    nodes: [makeNode('Conv', ['tensors', 'weight'], ['mixed'], { name: 'mix' }), ...NETWORK.nodes.slice(1)],
    inputs: { tensors: ['batch', 3, 2, 2] }
  })
  project.write('test.npy', npy([4, 3, 2, 2], change.values ?? identity))
  project.write('calibration.npy', npy([4, 3, 2, 2], change.calibration ?? identity))
  project.write('labels.csv', change.labels ?? 'label\n0\n1\n2\n0\n')
  project.config('{path: test}', '{npy: test.npy, labels: labels.csv}')
  project.config('{path: calibration}', '{npy: calibration.npy}')
  project.config('preprocess:\n  - normalize: {scale: 1/255, mean: 0, std: 1}\n', '')
}

/** The format of numpy.save. */
function npy(shape: readonly number[], data: Float32Array): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n'
  const start = Buffer.from('\x93NUMPY\x01\x00', 'latin1')
  return Buffer.concat([start, Buffer.from([118, 0]), Buffer.from(header, 'latin1'), Buffer.from(data.buffer)])
}

const ONES = new Float32Array(48).fill(1)
const WITH_NAN = Float32Array.from(ONES, (value, i) => (i === 20 ? NaN : value))
const WITH_INFINITY = Float32Array.from(ONES, (value, i) => (i === 20 ? Infinity : value))

export const TENSORS: readonly BadInput[] = [
  refused(
    'tensors of another shape',
    2,
    [/record of the .npy file is \[3, 2, 2\], the model takes \[3, 8, 8\]/],
    (project) => {
      tensors(project, {})
      project.model(NETWORK)
    }
  ),
  refused(
    'tensors cut short',
    3,
    [/test.npy is truncated: its header promises 192 bytes.*180/, /download/],
    (project) => {
      tensors(project, {})
      project.write('test.npy', project.read('test.npy').subarray(0, -12))
    }
  ),
  refused('tensors of another file type', 3, [/test.npy is not a NumPy .npy file/, /numpy.save/], (project) => {
    tensors(project, {})
    project.write('test.npy', project.read('model.onnx'))
  }),
  refused('fewer labels than tensors', 3, [/labels.csv has 3 labels, .*test.npy has 4 samples/], (project) =>
    tensors(project, { labels: 'label\n0\n1\n2\n' })
  ),
  refused('preprocessing for tensors', 2, [/:4:1: preprocess is for images/], (project) => {
    tensors(project, {})
    project.config('calibration:', 'preprocess:\n  - normalize: {scale: 1/255, mean: 0, std: 1}\ncalibration:')
  }),
  judged('a NaN among the test tensors', 1, [/FAIL {2}fp32: .*NaN or infinity for 1 of 4 samples/], (project) =>
    tensors(project, { values: WITH_NAN })
  ),
  judged(
    'a NaN among the calibration tensors',
    3,
    [/ERROR {2}int8 did not run: calibration image calibration.npy\[1\] .*NaN/],
    (project) => tensors(project, { calibration: WITH_NAN })
  ),
  judged(
    'an infinity among the calibration tensors',
    3,
    [/ERROR {2}int8 did not run: calibration image calibration.npy\[1\] .*infinite/],
    (project) => {
      tensors(project, { calibration: WITH_INFINITY })
      project.config('method: minmax', 'method: entropy')
    }
  )
]
