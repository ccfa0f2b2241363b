import { describe, expect, it } from '@jest/globals'
import { proposeDecoder, type OutputFact } from '../../src/postprocess/index.js'

type Dims = readonly (number | string)[]
const output = (name: string, dims: Dims, type = 'float32'): OutputFact => ({ name, dims, type })
const INPUT = { width: 640, height: 640 }

// Names and shapes as the exporters of each project write them.
const DETECTORS: readonly (readonly [string, string, readonly OutputFact[], object])[] = [
  ['YOLOv8', 'yolov8', [output('output0', [1, 84, 8400])], { predictions: 'output0' }],
  ['YOLOv8 with free dimensions', 'yolov8', [output('output0', ['batch', 84, 'anchors'])], { predictions: 'output0' }],
  ['a head of two strides with free channels', 'yolov8', [output('out', ['n', 'c', 8000])], { predictions: 'out' }],
  ['YOLOv5 with free anchors', 'yolov5', [output('out', [1, 'anchors', 85])], { predictions: 'out' }],
  ['YOLOv5', 'yolov5', [output('output', [1, 25200, 85])], { predictions: 'output' }],
  ['YOLOX', 'yolox', [output('output', [1, 8400, 85])], { predictions: 'output' }],
  ['YOLOv10', 'rows', [output('output0', [1, 300, 6])], { predictions: 'output0' }],
  [
    'SSD',
    'ssd',
    [output('scores', [1, 3000, 21]), output('boxes', [1, 3000, 4])],
    { boxes: 'boxes', scores: 'scores' }
  ],
  [
    'DETR',
    'detr',
    [output('logits', ['batch', 100, 92]), output('pred_boxes', ['batch', 100, 4])],
    { boxes: 'pred_boxes', scores: 'logits' }
  ],
  [
    'torchvision',
    'torchvision',
    [output('4568', ['n', 4]), output('4570', ['n'], 'int64'), output('4572', ['n'])],
    { boxes: '4568', classes: '4570', scores: '4572' }
  ],
  [
    'Mask R-CNN',
    'torchvision',
    [
      output('boxes', ['n', 4]),
      output('labels', ['n'], 'int64'),
      output('scores', ['n']),
      output('masks', ['n', 1, 28, 28])
    ],
    { boxes: 'boxes', classes: 'labels', scores: 'scores' }
  ],
  [
    'TensorFlow',
    'tensorflow',
    [
      output('detection_boxes:0', ['n', 'k', 4]),
      output('detection_classes:0', ['n', 'k']),
      output('detection_scores:0', ['n', 'k']),
      output('num_detections:0', ['n'])
    ],
    {
      boxes: 'detection_boxes:0',
      classes: 'detection_classes:0',
      scores: 'detection_scores:0',
      count: 'num_detections:0'
    }
  ],
  [
    'EfficientNMS',
    'efficient_nms',
    [
      output('num_dets', ['n', 1], 'int32'),
      output('det_boxes', ['n', 100, 4]),
      output('det_scores', ['n', 100]),
      output('det_classes', ['n', 100], 'int32')
    ],
    { count: 'num_dets', boxes: 'det_boxes', scores: 'det_scores', classes: 'det_classes' }
  ],
  [
    'NonMaxSuppression',
    'nms_indices',
    [output('boxes', [1, 1917, 4]), output('scores', [1, 90, 1917]), output('selected', ['k', 3], 'int64')],
    { indices: 'selected', boxes: 'boxes', scores: 'scores' }
  ]
]

const SEGMENTERS: readonly (readonly [string, OutputFact, object])[] = [
  ['logits', output('logits', ['batch', 11, 160, 160]), { kind: 'scores', layout: 'nchw' }],
  ['one probability', output('permute_2', ['N', 1, 256, 256]), { kind: 'binary', layout: 'nchw' }],
  ['channels last', output('out', [1, 640, 640, 21]), { kind: 'scores', layout: 'nhwc' }],
  ['classes', output('ArgMax', [1, 1, 513, 513], 'int64'), { kind: 'labels' }],
  ['classes without a channel', output('labels', [1, 512, 1024], 'int64'), { kind: 'labels' }]
]

describe('the layout is proposed from names, shapes and types', () => {
  it.each(DETECTORS)('%s', (_, layout, outputs, roles) => {
    expect(proposeDecoder(outputs, INPUT)).toMatchObject({ task: 'detection', layout, outputs: roles })
    expect(proposeDecoder([...outputs].reverse(), INPUT)).toMatchObject({ layout, outputs: roles })
  })

  it.each(SEGMENTERS)('segmentation: %s', (_, fact, expected) => {
    expect(proposeDecoder([fact], INPUT)).toMatchObject({ task: 'segmentation', output: fact.name, ...expected })
  })

  it('proposes nothing for class scores', () => {
    expect(proposeDecoder([output('logits', ['batch', 1000])], INPUT)).toBeUndefined()
  })
})
