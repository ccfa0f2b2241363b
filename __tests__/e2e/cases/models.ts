import { create } from '@bufbuild/protobuf'
import { symlinkSync } from 'node:fs'
import { makeNode, makeTensor } from '../../../src/model/index.js'
import { StringStringEntryProtoSchema } from '../../../src/model/proto/onnx_pb.js'
import { makeModel, writeModel, type ModelParts } from '../../model/helpers.js'
import { colourWeight, NETWORK, SIZE, type Project } from '../project.js'
import { judged, refused, type BadInput } from './case.js'

const network = (parts: Partial<ModelParts>) => (project: Project) => project.model({ ...NETWORK, ...parts })

/** The network with an operator between the means and the output. */
const ending = (op: string, inputs: string[], more: Parameters<typeof makeNode>[3] = {}) =>
  network({ nodes: [...NETWORK.nodes.slice(0, 2), makeNode(op, inputs, ['logits'], { name: 'end', ...more })] })

/** The weight as bytes of another file. */
function external(project: Project, location: string, bytes?: number): void {
  const weight = colourWeight()
  const model = makeModel({ ...NETWORK, initializers: [weight] })
  const { rawData } = weight
  weight.rawData = new Uint8Array()
  weight.dataLocation = 1
  weight.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: location })]
  if (bytes !== undefined) project.write(location, rawData.subarray(0, bytes))
  writeModel(project.path('model.onnx'), model)
}

export const MODEL_FILES: readonly BadInput[] = [
  refused('an empty model', 3, [/model.onnx is empty/], (project) => project.write('model.onnx', '')),
  refused('text as model', 3, [/model.onnx is not an ONNX model: it is a text file/], (project) =>
    project.write('model.onnx', 'weights: 42\n')
  ),
  refused('a PNG as model', 3, [/model.onnx is not an ONNX model: it is a PNG image/], (project) =>
    project.write('model.onnx', project.read('test/0-red/0.png'))
  ),
  refused('a PyTorch file as model', 3, [/model.onnx is not an ONNX model: .*PyTorch.*export/], (project) =>
    project.write('model.onnx', 'PK\x03\x04archive/data.pkl')
  ),
  refused(
    'a Git LFS pointer as model',
    3,
    [/model.onnx is not an ONNX model: .*Git LFS pointer/, /git lfs pull/],
    (project) => project.write('model.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 98765\n')
  ),
  refused('a model cut short', 3, [/model.onnx is not an ONNX model: .*cut short/, /download/], (project) =>
    project.write('model.onnx', project.read('model.onnx').subarray(0, -40))
  ),
  refused(
    'a weight that does not fill its shape',
    3,
    [/model.onnx: initializer weight of shape \[3, 3, 1, 1\]/],
    (project) => {
      const weight = colourWeight()
      weight.rawData = weight.rawData.subarray(4)
      project.model({ ...NETWORK, initializers: [weight] })
    }
  ),
  refused('external data that are not there', 3, [/external data of tensor weight.*weights.bin/], (project) =>
    external(project, 'weights.bin')
  ),
  refused('external data cut short', 3, [/weights.bin is too short: tensor weight needs/, /download/], (project) =>
    external(project, 'weights.bin', 20)
  ),
  refused(
    'external data at a path out of the workspace',
    3,
    [/tensor weight: .*"\.\.\/\.\.\/etc\/passwd" leaves/],
    (project) => external(project, '../../etc/passwd')
  ),
  refused(
    'external data behind a link out of the workspace',
    3,
    [/weights.bin of tensor weight leads out of/],
    (project) => {
      external(project, 'weights.bin')
      symlinkSync('/etc/passwd', project.path('weights.bin'))
    }
  )
]

export const MODELS: readonly BadInput[] = [
  refused(
    'an operator of an unknown domain',
    3,
    [/model.onnx.*operator Sparkle.*"com.example"/, /standard ONNX/],
    (project) => {
      const nodes = [
        ...NETWORK.nodes.slice(0, 2),
        makeNode('Sparkle', ['means'], ['logits'], { domain: 'com.example' })
      ]
      const model = makeModel({ ...NETWORK, nodes })
      model.proto.opsetImport.push({ ...model.proto.opsetImport[0], domain: 'com.example', version: 1n })
      writeModel(project.path('model.onnx'), model)
    }
  ),
  refused(
    'an operator that ONNX does not have',
    3,
    [/model.onnx.*operator Sparkle.*opset 13/],
    ending('Sparkle', ['means'])
  ),
  refused(
    'an opset of the future',
    3,
    [/model.onnx uses opset 99.*up to \d+/, /install a newer/],
    network({ opset: 99 })
  ),
  refused('an IR version of the future', 3, [/model.onnx has IR version 99.*up to \d+/], (project) => {
    const model = makeModel(NETWORK)
    model.proto.irVersion = 99n
    writeModel(project.path('model.onnx'), model)
  }),
  refused(
    'a node that reads what nobody makes',
    3,
    [/model.onnx.*not a valid model.*nobody/],
    ending('Flatten', ['nobody'])
  ),
  refused(
    'a model with two inputs',
    3,
    [/model.onnx has 2 inputs \(images, boxes\).*exactly one/, /constants/],
    network({
      inputs: { ...NETWORK.inputs, boxes: ['batch', 3] },
      nodes: [
        ...NETWORK.nodes.slice(0, 2),
        makeNode('Flatten', ['means'], ['flat']),
        makeNode('Add', ['flat', 'boxes'], ['logits'])
      ]
    })
  ),
  refused(
    'an input that is no image',
    2,
    [/the model's input \[batch, 3\] has 2 dimensions/, /npy/],
    network({
      inputs: { images: ['batch', 3] },
      nodes: [makeNode('Relu', ['images'], ['logits'])],
      initializers: []
    })
  ),
  refused(
    'a model for grey images',
    3,
    [/image 0-red\/0.png: the image has 3 channels, the model takes 1/, /color: gray/],
    network({ inputs: { images: ['batch', 1, SIZE, SIZE] }, initializers: [colourWeight(3, 1)] })
  ),
  refused(
    'a model for larger images',
    3,
    [/image 0-red\/0.png: .* 8x8 after preprocessing .*takes 16x16/, /add a resize/],
    network({ inputs: { images: ['batch', 3, 16, 16] } })
  ),
  refused('a model that wants doubles', 2, [/the model's input has type float64/, /float32/], (project) => {
    const nodes = [
      makeNode('Cast', ['images'], ['floats'], { attributes: { to: { int: 1 } } }),
      ...NETWORK.nodes.slice(1)
    ]
    nodes[1] = makeNode('GlobalAveragePool', ['floats'], ['means'])
    const model = makeModel({ ...NETWORK, nodes, initializers: [], type: 'float64' })
    for (const { type } of model.graph.output) if (type?.value.case === 'tensorType') type.value.value.elemType = 1
    writeModel(project.path('model.onnx'), model)
  }),
  refused('a model that answers with the class itself', 3, [/output.*int64/, /ArgMax/], (project) => {
    const nodes = [
      ...NETWORK.nodes.slice(0, 2),
      makeNode('ArgMax', ['means'], ['logits'], { attributes: { axis: { int: 1 }, keepdims: { int: 0 } } })
    ]
    const model = makeModel({ ...NETWORK, nodes })
    for (const { type } of model.graph.output) if (type?.value.case === 'tensorType') type.value.value.elemType = 7
    writeModel(project.path('model.onnx'), model)
  }),
  refused(
    'a model whose output is a map',
    3,
    [/output.*\[\d+, 3, 8, 8\].*classes/],
    network({ nodes: [makeNode('Conv', ['images', 'weight'], ['logits'])] })
  ),
  refused(
    'a batch size that the model does not take',
    3,
    [/batch: 1/],
    network({
      nodes: [...NETWORK.nodes.slice(0, 2), makeNode('Reshape', ['means', 'one'], ['logits'])],
      initializers: [colourWeight(), makeTensor('one', { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 3n) })]
    })
  ),
  judged(
    'a model that divides by zero: NaN',
    1,
    [/FAIL {2}fp32: .*NaN or infinity for 12 of 12 samples/],
    (project) => {
      const zero = makeTensor('zero', { type: 'float32', dims: [1], data: Float32Array.of(0) })
      const nodes = [
        ...NETWORK.nodes,
        makeNode('Mul', ['logits', 'zero'], ['nothing']),
        makeNode('Div', ['nothing', 'zero'], ['scores'])
      ]
      project.model({ ...NETWORK, nodes, outputs: ['scores'], initializers: [colourWeight(), zero] })
      project.config('int8: {precision: int8}', 'ours: {model: model.onnx}')
    }
  ),
  judged('a model with infinite outputs', 1, [/FAIL {2}fp32: .*NaN or infinity for 12 of 12 samples/], (project) => {
    const zero = makeTensor('zero', { type: 'float32', dims: [1], data: Float32Array.of(0) })
    const nodes = [...NETWORK.nodes, makeNode('Div', ['logits', 'zero'], ['scores'])]
    project.model({ ...NETWORK, nodes, outputs: ['scores'], initializers: [colourWeight(), zero] })
    project.config('int8: {precision: int8}', 'ours: {model: model.onnx}')
  }),
  judged(
    'activations that are NaN in calibration',
    3,
    [/ERROR {2}int8 did not run: calibration image .*NaN.*tensor/],
    (project) => {
      const zero = makeTensor('zero', { type: 'float32', dims: [1], data: Float32Array.of(0) })
      const nodes = [
        makeNode('Div', ['images', 'zero'], ['divided']),
        makeNode('Conv', ['divided', 'weight'], ['mixed'], { name: 'mix' }),
        ...NETWORK.nodes.slice(1)
      ]
      project.model({ ...NETWORK, nodes, initializers: [colourWeight(), zero] })
    }
  ),
  judged(
    'a model without a layer to quantize',
    3,
    [/ERROR {2}int8 did not run: .*no layer.*quantized/],
    network({
      nodes: [makeNode('GlobalMaxPool', ['images'], ['largest']), makeNode('Flatten', ['largest'], ['logits'])],
      initializers: []
    })
  )
]

/** Finished models, judged as they are. */
const finished = (parts: Partial<ModelParts>) => (project: Project) => {
  project.model({ ...NETWORK, ...parts }, 'ours.onnx')
  project.config('int8: {precision: int8}', 'ours: {model: ours.onnx}')
}

export const FINISHED_MODELS: readonly BadInput[] = [
  judged(
    'a finished model with another number of classes',
    3,
    [/ERROR {2}ours did not run: .*ours.onnx gives 4 scores an image and the FP32 model 3/, /same classes/],
    finished({ initializers: [colourWeight(4)] })
  ),
  judged(
    'a finished model for another image size',
    3,
    [/ERROR {2}ours did not run: .*ours.onnx.*16,16/],
    finished({ inputs: { images: ['batch', 3, 16, 16] } })
  ),
  judged(
    'a finished model with two inputs',
    3,
    [/ERROR {2}ours did not run: .*ours.onnx has 2 inputs/],
    finished({
      inputs: { ...NETWORK.inputs, boxes: ['batch', 3] },
      nodes: [
        ...NETWORK.nodes.slice(0, 2),
        makeNode('Flatten', ['means'], ['flat']),
        makeNode('Add', ['flat', 'boxes'], ['logits'])
      ]
    })
  ),
  judged(
    'a finished model that is not ONNX',
    3,
    [/ERROR {2}ours did not run: .*ours.onnx is not an ONNX model/],
    (project) => {
      finished({})(project)
      project.write('ours.onnx', 'PK\x03\x04archive/data.pkl')
    }
  ),
  judged('a finished model with NaN outputs', 1, [/FAIL {2}ours: .*NaN or infinity for 12 of 12/], (project) => {
    const nan = makeTensor('nan', { type: 'float32', dims: [1], data: Float32Array.of(NaN) })
    finished({
      nodes: [...NETWORK.nodes, makeNode('Add', ['logits', 'nan'], ['scores'])],
      outputs: ['scores'],
      initializers: [colourWeight(), nan]
    })(project)
  }),
  judged(
    'a finished model that lost the colours',
    1,
    [/FAIL {2}ours: top1 drops by 66.67 points.*limit of 10.00/],
    (project) => {
      finished({
        initializers: [makeTensor('weight', { type: 'float32', dims: [3, 3, 1, 1], data: new Float32Array(9).fill(1) })]
      })(project)
      project.config('max_drop_points: 50', 'max_drop_points: 10')
    }
  )
]
