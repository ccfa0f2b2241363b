import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

/** What is wrong, the line that says so (it replaces or follows those of the smallest config), and the whole message. */
type Case = readonly [name: string, changes: Readonly<Record<string, string | undefined>>, ...messages: string[]]

const STEPS =
  '{resize: ...}, {center_crop: ...}, {letterbox: ...}, {pad: ...}, {color: ...}, {scale: ...}, ' +
  '{mean: ..., std: ...}, {normalize: ...}, {layout: ...} or {cast: ...}'
const TOP_KEYS =
  'version, model, task, metric, dataset, preprocess, decode, calibration, variants, expect, thresholds, voc_iou, agreement_score, layers, latency, runtime, on_inconclusive'
const ORDER = 'pixel steps come first, then one scale, mean and std (or normalize), then layout and cast'
const NAMES = 'a name of letters, digits, ".", "_" and "-" (fp32 is taken)'

function expectErrors(cases: readonly Case[]): void {
  it.each(cases)('%s', async (_, changes, ...messages) => {
    expect(await project.errors(config(changes))).toEqual(messages.map((message) => `precision-gate.yml:${message}`))
  })
}

describe('top level', () => {
  expectErrors([
    [
      'misspelt key',
      { tresholds: '[]' },
      `5:1: unknown key "tresholds" (did you mean "thresholds"?): allowed are ${TOP_KEYS}`
    ],
    [
      'misspelt required key, said once',
      { model: undefined, modle: 'models/net.onnx' },
      `4:1: unknown key "modle" (did you mean "model"?): allowed are ${TOP_KEYS}`
    ],
    ['missing key', { model: undefined }, '1:1: the file has no "model": expected a path'],
    ['another version', { version: '2' }, '1:10: version is 2: expected 1'],
    ['version as text', { version: '"1"' }, '1:10: version is "1": expected 1'],
    [
      'unknown task',
      { task: 'ranking' },
      '5:7: task is "ranking": expected "classification", "detection" or "segmentation"'
    ],
    ['key without a value', { model: '' }, '2:1: model is empty: expected a path'],
    [
      'merge key',
      { '<<': '{model: a}' },
      '5:1: merge keys ("<<") are not part of YAML 1.2: repeat the keys, or alias a whole value'
    ],
    ['unknown word', { on_inconclusive: 'ignore' }, '5:18: on_inconclusive is "ignore": expected "warn" or "fail"'],
    ['list for a word', { on_inconclusive: '[warn]' }, '5:18: on_inconclusive is ["warn"]: expected "warn" or "fail"'],
    [
      'control characters stay out of the log',
      { on_inconclusive: '"warn\\n::set-output\\e[2J"' },
      '5:18: on_inconclusive is "warn\\n::set-output\\u001b[2J": expected "warn" or "fail"'
    ]
  ])
})

describe('dataset', () => {
  const forms =
    'a path, {path: ...}, {manifest: ...}, {npy: ...}, {coco: ..., images: ...}, {voc: ..., images: ..., classes: ...}, {yolo: ..., images: ..., classes: ...}, {masks: ..., images: ...} or {images: ...}'
  expectErrors([
    ['number', { dataset: '5' }, `3:10: dataset is 5: expected ${forms}`],
    ['empty mapping', { dataset: '{}' }, `3:10: dataset is {}: expected ${forms}`],
    [
      'misspelt form',
      { dataset: '{pth: data/test}' },
      '3:11: unknown key "pth" in dataset (did you mean "path"?): allowed are path, classes, class_offset, manifest, root, npy, labels, coco, images, voc, list, yolo, masks, image_suffix, mask_suffix, ignore, map, others'
    ],
    [
      'two forms at once',
      { dataset: '{path: data/test, manifest: data/test.csv}' },
      '3:28: "manifest" cannot be combined with "path"; keep one of them'
    ],
    [
      'tensors without labels',
      { dataset: '{npy: data/inputs.npy}' },
      '3:1: dataset has no "labels": expected a path; without labels variants can be compared with FP32 alone: metric: agreement (docs/agreement.md)'
    ],
    [
      'images without labels',
      { dataset: '{images: data/test}' },
      '3:10: dataset holds images without labels, and task classification takes a folder per class, {manifest}, or {npy, labels}; without labels variants can be compared with FP32 alone: metric: agreement (docs/agreement.md)'
    ],
    [
      'class offset with a fraction',
      { dataset: '{path: data/test, class_offset: 0.5}' },
      '3:42: dataset.class_offset is 0.5: expected a whole number of at least -1'
    ]
  ])
})

describe('preprocess', () => {
  expectErrors([
    [
      'misspelt step',
      { preprocess: '[{resise: 224}]' },
      '5:15: unknown key "resise" in preprocess[0] (did you mean "resize"?): allowed are resize, center_crop, letterbox, pad, color, scale, mean, std, normalize, layout, cast'
    ],
    [
      'two steps in one entry',
      { preprocess: '[{resize: 224, center_crop: 224}]' },
      '5:28: "center_crop" cannot be combined with "resize"; put it into a list entry of its own'
    ],
    ['bare word', { preprocess: '[gray]' }, `5:14: preprocess[0] is "gray": expected ${STEPS}`],
    ['nothing', { preprocess: '[null]' }, `5:14: preprocess[0] is empty: expected ${STEPS}`],
    [
      'size of 0',
      { preprocess: '[{resize: 0}]' },
      '5:23: preprocess[0].resize is 0: expected a whole number of at least 1 and at most 16384'
    ],
    [
      'three sizes',
      { preprocess: '[{resize: [1, 2, 3]}]' },
      '5:23: preprocess[0].resize is [1,2,3]: expected [width, height]'
    ],
    [
      'shorter and longer side',
      { preprocess: '[{resize: {shorter: 1, longer: 3}}]' },
      '5:36: "longer" cannot be combined with "shorter"; keep one of them'
    ],
    [
      'width without height',
      { preprocess: '[{resize: {width: 8}}]' },
      '5:15: preprocess[0].resize has no "height": expected a whole number of at least 1 and at most 16384'
    ],
    [
      'misspelt interpolation',
      { preprocess: '[{resize: {shorter: 5, interpolation: bilinaer}}]' },
      '5:51: preprocess[0].resize.interpolation is "bilinaer": expected "nearest", "bilinear", "bicubic" or "area" (did you mean "bilinear"?)'
    ],
    ['scale of 0', { preprocess: '[{scale: 0}]' }, '5:22: preprocess[0].scale is 0: expected a number other than 0'],
    [
      'scale as a sum',
      { preprocess: '[{scale: 1+1}]' },
      '5:22: preprocess[0].scale is "1+1": expected a fraction such as "1/255"'
    ],
    [
      'std of 0',
      { preprocess: '[{mean: 0, std: [0.1, 0, 0.2]}]' },
      '5:35: preprocess[0].std[1] is 0: expected a number of more than 0'
    ],
    [
      'two means',
      { preprocess: '[{mean: [1, 2], std: 1}]' },
      '5:21: preprocess[0].mean is [1,2]: expected 1 or 3 values, one for each channel'
    ],
    [
      'infinite mean',
      { preprocess: '[{mean: .inf, std: 1}]' },
      '5:21: preprocess[0].mean is Infinity: expected a finite number'
    ],
    [
      'empty normalize',
      { preprocess: '[{normalize: {}}]' },
      '5:26: preprocess[0].normalize is {}: expected at least one of: scale, mean, std'
    ],
    [
      'pixels after scale',
      { preprocess: '[{scale: 1/255}, {resize: 5}]' },
      `5:31: resize must come before scale: ${ORDER}`
    ],
    ['a second scale', { preprocess: '[{scale: 1/255}, {scale: 2}]' }, `5:31: scale repeats an earlier step: ${ORDER}`],
    [
      'two layouts',
      { preprocess: '[{layout: nchw}, {layout: nhwc}]' },
      `5:31: layout repeats an earlier step: ${ORDER}`
    ],
    [
      'sides and all sides',
      { preprocess: '[{pad: {all: 1, left: 3}}]' },
      '5:29: "left" cannot be combined with "all"; keep one of them'
    ],
    [
      'colour above 255',
      { preprocess: '[{letterbox: {size: 5, value: 256}}]' },
      '5:43: preprocess[0].letterbox.value is 256: expected a whole number of at least 0 and at most 255'
    ],
    [
      'fraction above 1',
      { preprocess: '[{center_crop: {fraction: 1.5}}]' },
      '5:39: preprocess[0].center_crop.fraction is 1.5: expected a number of more than 0 and at most 1'
    ],
    [
      'swapped letters',
      { preprocess: '[{color: rbg}]' },
      '5:22: preprocess[0].color is "rbg": expected "rgb", "bgr", "gray" or "gray-to-rgb" (did you mean "rgb"?)'
    ],
    [
      'a step beside the list',
      { preprocess: '{resize: 224}' },
      `5:1: preprocess has no "steps": expected a list, each ${STEPS}`,
      '5:14: unknown key "resize" in preprocess: allowed are steps, reference'
    ],
    [
      'a wrong step in the mapping',
      { preprocess: '{steps: [{pad: 1}, {color: rbg}]}' },
      '5:40: preprocess.steps[1].color is "rbg": expected "rgb", "bgr", "gray" or "gray-to-rgb" (did you mean "rgb"?)'
    ],
    [
      'a wrong order in the mapping',
      { preprocess: '{steps: [{scale: 1/255}, {resize: 5}]}' },
      `5:39: resize must come before scale: ${ORDER}`
    ],
    [
      'dumps that are not there',
      { preprocess: '{steps: [], reference: refs/*/x*.npy}' },
      '5:36: preprocess.reference "refs/*/x*.npy" matches no .npy file'
    ],
    [
      'dumps in a missing folder',
      { preprocess: '{steps: [], reference: reffs/*.npy}' },
      '5:36: preprocess.reference "reffs/*.npy" does not exist (did you mean "refs"?)'
    ],
    [
      'dumps outside',
      { preprocess: '{steps: [], reference: ../refs/*.npy}' },
      '5:36: preprocess.reference "../refs/*.npy" lies outside the workspace <root>: move the file into it, or give a wider --workspace'
    ],
    [
      'dumps for tensors',
      { dataset: '{npy: data/inputs.npy, labels: data/labels.csv}', preprocess: '{steps: [], reference: refs}' },
      '5:1: preprocess is for images: the tensors of an .npy data set go to the model as they are'
    ],
    [
      'steps for tensors',
      { dataset: '{npy: data/inputs.npy, labels: data/labels.csv}', preprocess: '[{scale: 1/255}]' },
      '5:1: preprocess is for images: the tensors of an .npy data set go to the model as they are'
    ]
  ])
})

describe('calibration', () => {
  expectErrors([
    [
      'missing with an INT8 variant',
      { variants: '{a: {precision: int8}}' },
      '4:12: variants.a has precision: int8, which needs calibration: add calibration: {dataset: ...}, or ranges: FILE to the variant'
    ],
    [
      'percentile with another method',
      { calibration: '{dataset: data/calibration, method: minmax, percentile: 99}' },
      '5:58: "percentile" goes with method: percentile only, and calibration has method: "minmax"'
    ],
    [
      'percentile out of range',
      { calibration: '{dataset: data/calibration, method: percentile, percentile: 100}' },
      '5:74: calibration.percentile is 100: expected a number of more than 50 and less than 100'
    ],
    [
      'misspelt method',
      { calibration: '{dataset: data/calibration, method: entrop}' },
      '5:50: calibration.method is "entrop": expected "entropy", "minmax", "mse" or "percentile" (did you mean "entropy"?)'
    ],
    [
      'no samples',
      { calibration: '{dataset: data/calibration, samples: 0}' },
      '5:51: calibration.samples is 0: expected a whole number of at least 1'
    ],
    [
      'no dataset',
      { calibration: '{samples: 5}' },
      '5:1: calibration has no "dataset": expected a path, {path: ...}, {manifest: ...}, {npy: ...}, {coco: ..., images: ...}, {voc: ..., images: ..., classes: ...}, {yolo: ..., images: ..., classes: ...}, {masks: ..., images: ...} or {images: ...}'
    ],
    [
      'tensors for images',
      { calibration: '{dataset: {npy: data/inputs.npy}}' },
      '5:24: calibration.dataset holds tensors and dataset images: both must be of the same kind'
    ]
  ])
})

describe('variants', () => {
  expectErrors([
    [
      'unknown precision',
      { variants: '{a: {precision: int4}}' },
      '4:27: variants.a.precision is "int4": expected "fp16" or "int8" (did you mean "int8"?)'
    ],
    [
      'model and precision',
      { variants: '{a: {precision: int8, model: models/qat.onnx}}', calibration: '{dataset: data/calibration}' },
      '4:33: "model" cannot be combined with "precision"; keep one of them'
    ],
    [
      'target of an FP16 variant',
      { variants: '{a: {precision: fp16, target: cpu}}' },
      '4:33: "target" goes with precision: int8 only, and variants.a has precision: "fp16"'
    ],
    [
      'ranges of an FP16 variant',
      { variants: '{a: {precision: fp16, ranges: x}}' },
      '4:33: "ranges" goes with precision: int8 only, and variants.a has precision: "fp16"'
    ],
    [
      'ranges that are not there',
      { variants: '{a: {precision: int8, ranges: calib/trt.cache}}' },
      '4:41: variants.a.ranges "calib/trt.cache" does not exist: there is no "calib" in <root>'
    ],
    [
      'ranges outside the workspace',
      { variants: '{a: {precision: int8, ranges: ../trt.cache}}' },
      '4:41: variants.a.ranges "../trt.cache" lies outside the workspace <root>: move the file into it, or give a wider --workspace'
    ],
    ['empty', { variants: '{a: {}}' }, '4:15: variants.a is {}: expected {precision: ...} or {model: ...}'],
    ['nothing', { variants: '{a: }' }, '4:12: variants.a is empty: expected {precision: ...} or {model: ...}'],
    [
      'none',
      { variants: '{}' },
      '4:11: variants is {}: expected at least one variant, such as fp16: {precision: fp16}'
    ],
    [
      'name of the reference',
      { variants: '{fp32: {precision: fp16}}' },
      `4:12: "fp32" is no usable name: expected ${NAMES}`
    ],
    [
      'name that is a path',
      { variants: '{../a: {precision: fp16}}' },
      `4:12: "../a" is no usable name: expected ${NAMES}`
    ],
    [
      'names that share a file',
      { variants: '{a: {precision: fp16}, A: {precision: fp16}}' },
      '4:34: variants "a" and "A" differ in case only: their files would overwrite each other'
    ],
    [
      'number to keep',
      { variants: '{a: {precision: fp16, keep: [1]}}' },
      '4:40: variants.a.keep[0] is 1: expected text'
    ]
  ])
})

describe('limits', () => {
  const share = 'expected a number of at least 0 and at most 1'
  expectErrors([
    ['percent for a share', { expect: '{top1: 94.61}' }, `5:16: expect.top1 is 94.61: ${share} (did you mean 0.9461?)`],
    [
      'no metric',
      { expect: '{tolerance: 0.1}' },
      '5:9: expect is {"tolerance":0.1}: expected at least one of: top1, top5, map, map50, map75, map_small, map_medium, map_large, ar1, ar10, ar100, voc07, voc12, miou, pixel_accuracy, dice, mean_accuracy'
    ],
    ['empty list', { thresholds: '[]' }, '5:13: thresholds is an empty list: expected at least one entry'],
    [
      'no limit',
      { thresholds: '[{metric: top1}]' },
      '5:14: thresholds[0] is {"metric":"top1"}: expected at least one limit: max_drop_points, max_drop_relative, min, max_regression_points'
    ],
    [
      'unknown variant',
      { thresholds: '[{metric: top1, variant: fp61, min: 0.5}]' },
      '5:38: there is no variant "fp61" (did you mean "fp16"?): variants are fp16'
    ],
    [
      'layer limit without a limit',
      { thresholds: '[{layer: Conv}]' },
      '5:14: thresholds[0] is {"layer":"Conv"}: expected at least one limit: max_deviation_ratio, min_sqnr_db, min_cosine, max_abs_error, no_worse_than'
    ],
    [
      'limit of a metric on layers',
      { thresholds: '[{layer: Conv, max_drop_points: 1}]' },
      '5:28: "max_drop_points" cannot be combined with "layer"; put it into a list entry of its own'
    ],
    [
      'limit on layers that are not compared',
      { thresholds: '[{layer: Conv, min_sqnr_db: 10}]', layers: 'false' },
      '5:15: a limit on layers needs their comparison, and the config says layers: false'
    ],
    [
      'layers of another form',
      { layers: 'true' },
      '5:9: layers is true: expected false or {samples: ..., isolated_samples: ..., threshold: ..., floor: ..., memory: ...}'
    ],
    [
      'unreadable size',
      { layers: '{memory: lots}' },
      '5:18: layers.memory is "lots": expected a size such as 512MiB or 1GiB'
    ],
    [
      'metric in another spelling',
      { thresholds: '[{metric: mAP, min: 0.5}]' },
      '5:23: thresholds[0].metric is "mAP": expected "top1", "top5", "map", "map50", "map75", "map_small", "map_medium", "map_large", "ar1", "ar10", "ar100", "voc07", "voc12", "miou", "pixel_accuracy", "dice", "mean_accuracy", "agreement", "agreement_matched" or "agreement_miou" (did you mean "map"?)'
    ],
    [
      'negative drop',
      { thresholds: '[{metric: top1, max_drop_points: -1}]' },
      '5:46: thresholds[0].max_drop_points is -1: expected a number of at least 0 and at most 100'
    ],
    [
      'unknown severity',
      { thresholds: '[{metric: top1, min: 1, severity: warn}]' },
      '5:47: thresholds[0].severity is "warn": expected "error" or "warning" (did you mean "warning"?)'
    ]
  ])
})

it('reports every mistake at once, in the order of the file', async () => {
  const yaml = [
    'version: 2',
    'model: models/nte.onnx',
    'dataset: {path: data/test, clases: data/classes.txt}',
    'preprocess:',
    '  - resize: {shorter: 0}',
    '  - center_crop: 224',
    'variants:',
    '  fp16: {precison: fp16}',
    '  int8: {precision: int8}',
    'thresholds:',
    '  - {metric: top1, variant: int9, max_drop_points: 1}',
    'runtime: {provider: gpu, batch: 0}'
  ].join('\n')
  const places = (await project.errors(yaml)).map((message) =>
    /^precision-gate.yml:(\d+:\d+): (.{0,30})/.exec(message)?.slice(1)
  )
  expect(places).toEqual([
    ['1:10', 'version is 2: expected 1'],
    ['2:8', 'model "models/nte.onnx" does n'],
    ['3:28', 'unknown key "clases" in datase'],
    ['5:23', 'preprocess[0].resize.shorter i'],
    ['8:10', 'unknown key "precison" in vari'],
    ['9:3', 'variants.int8 has precision: i'],
    ['11:29', 'there is no variant "int9" (di'],
    ['12:21', 'runtime.provider is "gpu": exp'],
    ['12:33', 'runtime.batch is 0: expected a']
  ])
})

describe('the task', () => {
  const detection = {
    task: 'detection',
    dataset: '{coco: data/test.csv, images: data/test}',
    decode: '{layout: yolov8}'
  }

  expectErrors([
    [
      'boxes without a layout',
      { ...detection, decode: undefined },
      '5:7: task: detection needs decode: {layout: ...}, which says how the outputs hold boxes ("precision-gate init" proposes one)'
    ],
    [
      'data of another task',
      { ...detection, dataset: 'data/test' },
      '3:10: dataset is for classification, and task is detection, which takes {coco, images}, {voc, images, classes}, or {yolo, images, classes}'
    ],
    [
      'metrics of another task',
      { ...detection, expect: '{top1: 0.5}', thresholds: '[{metric: miou, min: 0.5}]' },
      '7:10: "top1" is a metric of classification, and task is detection: it gives map, map50, map75, map_small, map_medium, map_large, ar1, ar10, ar100, voc07, voc12',
      '8:23: "miou" is a metric of segmentation, and task is detection: it gives map, map50, map75, map_small, map_medium, map_large, ar1, ar10, ar100, voc07, voc12'
    ],
    [
      'a decoder of classification',
      { decode: '{layout: yolov8}' },
      '5:10: decode.layout is for detection and segmentation: of classification, decode has only the name of the output that holds the scores, {output: NAME}'
    ],
    [
      'a decoder of pixels for classes',
      { decode: '{output: logits, kind: scores}' },
      '5:26: decode.kind is for detection and segmentation: of classification, decode has only the name of the output that holds the scores, {output: NAME}'
    ],
    [
      'a misspelt output of classification',
      { decode: '{outptu: logits}' },
      '5:10: unknown key "outptu" in decode (did you mean "output"?): allowed are layout, outputs, priors, classes, box_format, units, activation, background, first_class, min_score, multi_label, nms, max_detections, clip, strides, kind, output, axes, threshold, compare_at'
    ],
    [
      'a decoder of boxes for pixels',
      { ...detection, task: 'segmentation', dataset: '{masks: data/test, images: data/test}' },
      '6:10: decode.layout is for detection; segmentation takes decode: {kind: scores, binary or labels}'
    ],
    [
      'a misspelt layout',
      { ...detection, decode: '{layout: yolo8}' },
      '6:18: decode.layout is "yolo8": expected "yolov8", "yolov5", "yolox", "rows", "ssd", "detr", "torchvision", "tensorflow", "efficient_nms" or "nms_indices" (did you mean "yolov8"?)'
    ],
    [
      'a misspelt option',
      { ...detection, decode: '{layout: yolov8, min_scor: 0.1}' },
      '6:26: unknown key "min_scor" in decode (did you mean "min_score"?): allowed are layout, outputs, priors, classes, box_format, units, activation, background, first_class, min_score, multi_label, nms, max_detections, clip, strides'
    ],
    [
      'priors that are not there',
      { ...detection, decode: '{layout: ssd, priors: priors.npy}' },
      '6:31: decode.priors "priors.npy" does not exist'
    ],
    [
      'priors outside the workspace',
      { ...detection, decode: '{layout: ssd, priors: {file: ../priors.npy}}' },
      '6:38: decode.priors.file "../priors.npy" lies outside the workspace <root>: move the file into it, or give a wider --workspace'
    ],
    [
      'priors of a layout without them',
      { ...detection, decode: '{layout: yolov8, priors: data/inputs.npy}' },
      '6:26: decode.priors goes with layout: ssd, and layout is yolov8'
    ],
    [
      'priors twice',
      { ...detection, decode: '{layout: ssd, priors: data/inputs.npy, outputs: {priors: p}}' },
      '6:23: decode.priors is a file, and decode.outputs.priors an output of the model: keep one of them'
    ],
    [
      'a format of boxes that are offsets',
      { ...detection, decode: '{layout: ssd, priors: data/inputs.npy, box_format: xyxy}' },
      '6:48: decode.box_format is for boxes that are final, and with priors they are offsets: say `priors: {file: ..., box_format: ...}`'
    ],
    [
      'variances that are none',
      { ...detection, decode: '{layout: ssd, priors: {file: data/inputs.npy, variances: [0.1, 0]}}' },
      '6:66: decode.priors.variances is [0.1,0]: expected a list of two numbers above 0, of the centre and of the size'
    ],
    ['an IoU without boxes', { voc_iou: '0.3' }, '5:1: voc_iou is for task: detection, and task is classification']
  ])
})

describe('agreement with FP32', () => {
  const agreement = { metric: 'agreement', dataset: '{images: data/test}' }

  expectErrors([
    [
      'a published figure',
      { ...agreement, expect: '{top1: 0.5}' },
      "6:1: expect is a figure against labels, and metric: agreement compares with FP32's own answers, with which FP32 agrees by definition: remove it"
    ],
    [
      'a limit on a metric of labels',
      { ...agreement, thresholds: '[{metric: top1, max_drop_points: 1}]' },
      '6:23: "top1" compares with labels, and the config says metric: agreement: it gives agreement'
    ],
    [
      'a limit on agreement without the key',
      { thresholds: '[{metric: agreement, max_drop_points: 1}]' },
      '5:23: "agreement" compares with FP32\'s answers: it needs metric: agreement at the top of the config, in place of labels'
    ],
    [
      'a metric of another task',
      { ...agreement, thresholds: '[{metric: agreement_miou, min: 0.9}]' },
      '6:23: "agreement_miou" is a metric of segmentation, and task is classification: it gives agreement'
    ],
    [
      'tensors for pixels',
      { ...agreement, task: 'segmentation', dataset: '{npy: data/inputs.npy}' },
      '3:10: task: segmentation takes images: of tensors the size of the image is not known'
    ],
    [
      'a score limit without boxes',
      { ...agreement, agreement_score: '0.5' },
      '6:1: agreement_score is for task: detection with metric: agreement'
    ],
    ['another word', { metric: 'accuracy' }, '5:9: metric is "accuracy": expected "agreement"']
  ])
})
