import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { makeNode, makeTensor } from '../../../src/model/index.js'
import { unprivilegedObstacle } from '../command.js'
import { colourWeight, NETWORK } from '../project.js'
import { judged, refused, type BadInput } from './case.js'

export const RUNTIMES: readonly BadInput[] = [
  refused(
    'a provider that is not there',
    3,
    [/cuda provider does not work here: .*libonnxruntime_providers_cuda/, /^hint: /m],
    undefined,
    {
      args: ['run', '-q', '--provider', 'cuda']
    }
  ),
  refused('a provider of the config that is not there', 3, [/tensorrt provider does not work here: /], (project) =>
    project.config('variants:', 'runtime: {provider: tensorrt}\nvariants:')
  ),
  refused('a device that is not there', 3, [/provider does not work here: /], undefined, {
    args: ['run', '-q', '--provider', 'webgpu'],
    arrange: (project) => project.config('variants:', 'runtime: {device: 7}\nvariants:')
  }),
  refused(
    'a runtime path without the runtime',
    3,
    [/--runtime-path .*test holds no onnxruntime-node/, /npm install/],
    undefined,
    {
      args: ['run', '-q', '--runtime-path', 'test']
    }
  ),
  refused(
    'a runtime that is too old',
    3,
    [/onnxruntime-node 1.20.0.*older than 1.26.0/, /newer/],
    (project) => project.write('old/package.json', JSON.stringify({ name: 'onnxruntime-node', version: '1.20.0' })),
    {
      args: ['run', '-q', '--runtime-path', 'old']
    }
  ),
  refused(
    'a runtime without its native part',
    3,
    [/onnxruntime-node in .*hollow/, /install/],
    (project) => {
      project.write(
        'hollow/package.json',
        JSON.stringify({ name: 'onnxruntime-node', version: '1.30.0', main: 'dist/index.js' })
      )
      project.write('hollow/dist/index.js', 'require("../bin/napi-v6/onnxruntime_binding.node")')
    },
    { args: ['run', '-q', '--runtime-path', 'hollow'] }
  )
]

export const FILES: readonly BadInput[] = [
  refused(
    'an output folder without permission',
    3,
    [/cannot write result.json in .*closed\/out: permission denied/, /make the folder writable/],
    (project) => void mkdirSync(project.path('closed'), { mode: 0o555 }),
    { args: ['run', '-q', '-o', 'closed/out'], unprivileged: true, skip: unprivilegedObstacle() }
  ),
  refused(
    'an image without permission',
    3,
    [/cannot read image .*1-green\/1.png.*: permission denied/, /permission to read/],
    (project) => {
      chmodSync(project.path('test', '1-green', '1.png'), 0)
      mkdirSync(project.path('out'))
      chmodSync(project.path('out'), 0o777)
    },
    { unprivileged: true, skip: unprivilegedObstacle() }
  ),
  refused(
    'a file in place of the output folder',
    3,
    [/cannot write result.json in .*out: .*is a file/, /another folder/],
    (project) => project.write('out', '')
  ),
  refused(
    'a file in the path of the output folder',
    3,
    [/cannot write result.json in .*out\/deep: a part of that path is a file/],
    (project) => project.write('out', ''),
    { args: ['run', '-q', '-o', 'out/deep'] }
  ),
  judged(
    'a folder in place of an artefact',
    3,
    [/ERROR {2}int8 did not run: cannot write model.int8.onnx in .*out: a folder of that name is there; name/],
    (project) => void mkdirSync(project.path('out', 'model.int8.onnx', 'x'), { recursive: true })
  ),
  refused(
    'a folder in place of a report',
    3,
    [/cannot write junit.xml in .*: a folder of that name/],
    (project) => void mkdirSync(project.path('junit.xml')),
    { args: ['run', '-q', '-o', 'out', '-r', 'junit=junit.xml'] }
  ),
  refused('a config that exists already', 2, [/precision-gate.yml exists/, /--force/], undefined, {
    args: ['init', 'model.onnx']
  }),
  refused('a starter config for no model', 3, [/model nothing.onnx does not exist/], undefined, {
    args: ['init', 'nothing.onnx', '-o', 'new.yml']
  })
]

/** A disk of a few kilobytes, which only this process sees; what is on it at the end is copied to `left`. */
const smallDisk = (folder: string, kilobytes: number) => [
  'unshare',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  `mount -t tmpfs -o size=${kilobytes}k tmpfs "$0" && { "$@"; code=$?; cp -a "$0" left; exit $code; }`,
  folder
]
const canMount =
  spawnSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

const onFullDisk = (
  name: string,
  says: readonly RegExp[],
  folder: string,
  kilobytes: number,
  args?: readonly string[]
): BadInput =>
  refused(name, 3, says, (project) => void mkdirSync(project.path(folder), { recursive: true }), {
    args,
    through: smallDisk(folder, kilobytes),
    skip: canMount ? undefined : 'this machine lets no process mount a disk of its own'
  })

export const FULL_DISKS: readonly BadInput[] = [
  onFullDisk(
    'a disk that is full when the model is written',
    [/^error: int8: cannot write model.int8.onnx in .*: the disk is full; free some space/],
    'out',
    4,
    ['quantize', '-q', '-o', 'out']
  ),
  onFullDisk(
    'a disk that is full when the samples are written',
    [/cannot write samples.json in .*out: the disk is full/, /free some space/],
    'out',
    8
  ),
  onFullDisk(
    'a disk that is full when the result is written',
    [/cannot write result.json in .*out: the disk is full/, /free some space/],
    'out',
    12
  ),
  onFullDisk(
    'a full folder for temporary files',
    [/model.onnx(: its optimized copy could not be written| cannot be read)/, /TMPDIR/],
    'tmp',
    4
  ),
  onFullDisk(
    'a folder for temporary files that is full in the end',
    [/model.onnx.*(profile|optimized copy|cannot be read)/, /TMPDIR/],
    'tmp',
    12
  ),
  refused('a limit on the size of files', 3, [/model.onnx/, /TMPDIR/], undefined, {
    through: ['sh', '-c', 'ulimit -f 1; exec "$@"', 'sh']
  })
]

const scalar = (name: string, value: number) =>
  makeTensor(name, { type: 'float32', dims: [1], data: Float32Array.of(value) })

export const VERDICTS: readonly BadInput[] = [
  judged(
    'an overflow of FP16 between two layers, which a CPU computes as if nothing were',
    1,
    [
      /FAIL {2}fp16: .*NaN or infinity for 12 of 12 samples/,
      /layer enlarge \(Mul, tensor large\) is the first to overflow/
    ],
    (project) => {
      project.model({
        ...NETWORK,
        nodes: [
          makeNode('Mul', ['images', 'factor'], ['large'], { name: 'enlarge' }),
          makeNode('Mul', ['large', 'inverse'], ['small'], { name: 'reduce' }),
          makeNode('Conv', ['small', 'weight'], ['mixed'], { name: 'mix' }),
          ...NETWORK.nodes.slice(1)
        ],
        // Values up to 230 become 69,000; the largest number of FP16 is 65,504.
        initializers: [colourWeight(), scalar('factor', 300), scalar('inverse', 1 / 300)]
      })
      project.config('scale: 1/255', 'scale: 1')
      project.config('int8: {precision: int8}', 'fp16: {precision: fp16}')
    }
  ),
  judged(
    'a limit on a metric that the network does not have',
    1,
    [/FAIL {2}int8: top5 could not be measured: top5 needs a network with more than 5/],
    (project) => project.config('metric: top1', 'metric: top5')
  ),
  judged(
    'a published figure that FP32 does not reach',
    1,
    [/FAIL {2}fp32: the FP32 baseline itself is broken: top1 is 1.0000, expected 0.9000/],
    (project) => project.config('thresholds:', 'expect: {top1: 0.9}\nthresholds:')
  ),
  judged(
    'labels in another order',
    1,
    [/FAIL {2}fp32: the FP32 baseline itself is broken: top1 is 0.0000.*order of the classes/],
    (project) => {
      project.write('classes.txt', '1-green\n2-blue\n0-red\n')
      project.config('{path: test}', '{path: test, classes: classes.txt}')
      project.config('thresholds:', 'expect: {top1: 1}\nthresholds:')
    }
  ),
  judged(
    'labels in another order, and no published figure',
    1,
    [/FAIL {2}fp32: the FP32 baseline itself is broken: top1 is 0.0000, no better than guessing one of 3 labels/],
    (project) => {
      project.write('classes.txt', '1-green\n2-blue\n0-red\n')
      project.config('{path: test}', '{path: test, classes: classes.txt}')
    }
  ),
  judged(
    'too few images, where that is to fail',
    4,
    [/INCONCLUSIVE {2}int8: .*about \d+ samples would settle it/],
    (project) => {
      project.config('max_drop_points: 50', 'max_drop_points: 1')
      project.config('thresholds:', 'on_inconclusive: fail\nthresholds:')
    }
  )
]
