import { mkdirSync, symlinkSync } from 'node:fs'
import { refused, type BadInput } from './case.js'

export const USAGE: readonly BadInput[] = [
  refused('an unknown command', 2, [/unknown command 'judge'/, /--help/], undefined, { args: ['judge'] }),
  refused('a misspelt option', 2, [/unknown option '--limt'/, /--limit/], undefined, { args: ['run', '--limt', '5'] }),
  refused('a limit of no samples', 2, [/--limit <n>.*'0'.*at least 1/], undefined, { args: ['run', '--limit', '0'] }),
  refused('a reporter that is not there', 2, [/no reporter "junti".*junit/], undefined, {
    args: ['run', '-r', 'junti']
  }),
  refused('a provider of no such name', 2, [/--provider <name>.*'gpu'.*cuda/], undefined, {
    args: ['run', '--provider', 'gpu']
  }),
  refused('a device of the CPU', 2, [/device 9 is asked for.*cpu provider/, /leave the device out/], undefined, {
    args: ['run', '-q', '-o', 'out', '--provider', 'cpu', '--device', '9']
  }),
  refused('a device that no provider has', 2, [/device 999 is asked for/, /doctor --device 999.* why/], (project) =>
    project.config('thresholds:', 'runtime: {device: 999}\nthresholds:')
  ),
  refused('a workspace that is not there', 2, [/workspace nowhere/, /existing folder/], undefined, {
    args: ['run', '--workspace', 'nowhere']
  }),
  refused('a variant to quantize that the config does not have', 2, [/no variant "int4"; it has: int8/], undefined, {
    args: ['quantize', '--variant', 'int4']
  })
]

export const CONFIGS: readonly BadInput[] = [
  refused(
    'a limit on the speed at a batch size that is not measured',
    2,
    [/precision-gate.yml:\d+:\d+: the speed at batch 3 is limited, and not measured/, /latency\.batch .*: 1, 8/],
    (project) => project.config('thresholds:', 'thresholds:\n  - {min_speedup: 1.1, batch: 3}'),
    { args: ['check'] }
  ),
  refused('no config', 2, [/precision-gate.yml does not exist/, /-c.*init/s], (project) =>
    project.remove('precision-gate.yml')
  ),
  refused('a folder as config', 2, [/precision-gate.yml cannot be read: it is not a file/], (project) => {
    project.remove('precision-gate.yml')
    mkdirSync(project.path('precision-gate.yml'))
  }),
  refused('an empty config', 2, [/precision-gate.yml:1:1: the file is empty.*version, model/], (project) =>
    project.write('precision-gate.yml', '')
  ),
  refused('a config that is not text', 2, [/precision-gate.yml cannot be read: it is not UTF-8 text/], (project) =>
    project.write('precision-gate.yml', project.read('test/0-red/0.png'))
  ),
  refused('a YAML syntax error', 2, [/precision-gate.yml:\d+:\d+: not valid YAML/], (project) =>
    project.config('{path: test}', '{path: test')
  ),
  refused('a key given twice', 2, [/precision-gate.yml:3:1: duplicate key "model".*keep one/], (project) =>
    project.config('model: model.onnx', 'model: model.onnx\nmodel: model.onnx')
  ),
  refused('an unknown key', 2, [/precision-gate.yml:9:1: unknown key "treshold".*allowed are/], (project) =>
    project.config('thresholds:', 'treshold:')
  ),
  refused('a value of the wrong type', 2, [/precision-gate.yml:10:37: .*max_drop_points is "1 %".*number/], (project) =>
    project.config('max_drop_points: 50', 'max_drop_points: 1 %')
  ),
  refused('another version of the format', 2, [/precision-gate.yml:1:10: version is 2: expected 1/], (project) =>
    project.config('version: 1', 'version: 2')
  ),
  refused('no variants', 2, [/precision-gate.yml:7:1: variants is empty: expected a mapping/], (project) =>
    project.config('  int8: {precision: int8}\n', '')
  ),
  refused('int8 without calibration images', 2, [/precision-gate.yml:7:3: .*needs calibration: add/], (project) =>
    project.config('calibration: {dataset: {path: calibration}, method: minmax}\n', '')
  ),
  refused('a limit on a variant that is not there', 2, [/:10:\d+: there is no variant "int7".*"int8"/], (project) =>
    project.config('{metric: top1', '{variant: int7, metric: top1')
  ),
  refused('keep that matches no layer', 2, [/:8:\d+: keep: "\/head\/\*" matches no layer.*Conv/], (project) =>
    project.config('{precision: int8}', "{precision: int8, keep: ['/head/*']}")
  ),
  refused('preprocessing out of order', 2, [/precision-gate.yml:6:\d+: .*resize.*normalize/], (project) =>
    project.config('std: 1}', 'std: 1}\n  - resize: 8')
  ),
  refused(
    'three mistakes at once',
    2,
    [/:2:8: model "modle.onnx".*did you mean "model.onnx"/, /:5:5: .*"normalise"/, /:8:21: .*"int4"/],
    (project) => {
      project.config('model: model.onnx', 'model: modle.onnx')
      project.config('normalize:', 'normalise:')
      project.config('{precision: int8}', '{precision: int4}')
    }
  )
]

export const PATHS: readonly BadInput[] = [
  refused(
    'a model that is not there',
    2,
    [/:2:8: model "models\/a.onnx" does not exist/, /no "models" in/],
    (project) => project.config('model.onnx', 'models/a.onnx')
  ),
  refused('a model outside the workspace', 2, [/:2:8: .*lies outside the workspace.*--workspace/], (project) =>
    project.config('model.onnx', '../model.onnx')
  ),
  refused('a model at an absolute path outside', 2, [/:2:8: .*lies outside the workspace/], (project) =>
    project.config('model.onnx', '/etc/passwd')
  ),
  refused('a symbolic link out of the workspace', 2, [/:2:8: .*outside the workspace.*symbolic link/], (project) => {
    project.remove('model.onnx')
    symlinkSync('/etc/passwd', project.path('model.onnx'))
  }),
  refused('an image that is a symbolic link out of the workspace', 3, [/9.png.*outside the workspace/], (project) =>
    symlinkSync('/etc/passwd', project.path('test/0-red/9.png'))
  ),
  refused('a folder as model', 2, [/:2:8: model "test" is a folder: expected a file/], (project) =>
    project.config('model.onnx', 'test')
  ),
  refused('a file as data set', 2, [/:3:17: dataset.path "model.onnx" is a file: expected a folder/], (project) =>
    project.config('{path: test}', '{path: model.onnx}')
  ),
  refused('a data set that is not there', 2, [/:3:17: .*"tests" does not exist.*"test"/], (project) =>
    project.config('{path: test}', '{path: tests}')
  )
]
