import { create } from '@bufbuild/protobuf'
import path from 'node:path'
import { makeNode, makeTensor, saveModel, type AttributeValue } from '../../src/model/index.js'
import {
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto
} from '../../src/model/proto/onnx_pb.js'
import { elementCount } from '../../src/tensor.js'
import { normal } from './random.js'

const STAGES = [
  { blocks: 3, width: 64 },
  { blocks: 4, width: 128 },
  { blocks: 6, width: 256 },
  { blocks: 3, width: 512 }
]
const EXPANSION = 4
const FLOAT = 1

/**
 * Writes a network with the shapes of ResNet-50 (He et al. 2016; the stride in the 3x3 convolution, as in torchvision),
 * batch normalization folded: 53 Conv, 49 Relu, 16 Add, 25.5 million seeded random weights, input [batch, 3, 224, 224].
 * Weights are scaled as He initialization does it, and halved at the end of a block, so that activations stay moderate.
 */
export async function writeResNet50(file: string, seed = 50): Promise<void> {
  const builder = new Builder(seed)
  let x = builder.relu(builder.conv('images', 3, 64, 7, 2))
  x = builder.add('MaxPool', [x], { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) })
  let channels = 64
  for (const [stage, { blocks, width }] of STAGES.entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1
      const out = width * EXPANSION
      const a = builder.relu(builder.conv(x, channels, width, 1, 1))
      const b = builder.relu(builder.conv(a, width, width, 3, stride))
      const c = builder.conv(b, width, out, 1, 1, 0.5)
      const shortcut = block === 0 ? builder.conv(x, channels, out, 1, stride) : x
      x = builder.relu(builder.add('Add', [c, shortcut]))
      channels = out
    }
  }
  const pooled = builder.add('Flatten', [builder.add('GlobalAveragePool', [x])])
  const weights = [builder.weight([1000, channels], Math.sqrt(1 / channels)), builder.weight([1000], 0.1)]
  builder.add('Gemm', [pooled, ...weights], { transB: { int: 1 } }, 'logits')
  await builder.save(file)
}

class Builder {
  private readonly nodes: NodeProto[] = []
  private readonly initializers: TensorProto[] = []
  private readonly random: () => number

  constructor(seed: number) {
    this.random = normal(seed)
  }

  conv(x: string, from: number, to: number, kernel: number, stride: number, gain = 1): string {
    const weight = this.weight([to, from, kernel, kernel], gain * Math.sqrt(2 / (from * kernel * kernel)))
    const pad = kernel >> 1
    return this.add('Conv', [x, weight, this.weight([to], 0.1)], {
      kernel_shape: ints(kernel, kernel),
      strides: ints(stride, stride),
      pads: ints(pad, pad, pad, pad)
    })
  }

  relu(x: string): string {
    return this.add('Relu', [x])
  }

  weight(dims: readonly number[], deviation: number): string {
    const name = `w${this.initializers.length}`
    const data = Float32Array.from({ length: elementCount(dims) }, () => deviation * this.random())
    this.initializers.push(makeTensor(name, { type: 'float32', dims, data }))
    return name
  }

  add(op: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}, output?: string): string {
    const name = output ?? `${op.toLowerCase()}_${this.nodes.length}`
    this.nodes.push(makeNode(op, inputs, [name], { name: `${op}_${this.nodes.length}`, attributes }))
    return name
  }

  async save(file: string): Promise<void> {
    const proto = create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        name: 'resnet50',
        node: this.nodes,
        initializer: this.initializers,
        input: [valueInfo('images', ['batch', 3, 224, 224])],
        output: [valueInfo('logits', ['batch', 1000])]
      }
    })
    if (proto.graph === undefined) throw new Error('the model has no graph')
    await saveModel({ file, directory: path.dirname(file), proto, graph: proto.graph }, file)
  }
}

function ints(...values: number[]): AttributeValue {
  return { ints: values }
}

function valueInfo(name: string, dims: readonly (number | string)[]): ValueInfoProto {
  const dim = dims.map((size) =>
    typeof size === 'string'
      ? { value: { case: 'dimParam' as const, value: size } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } }
  )
  const shape = { case: 'tensorType' as const, value: { elemType: FLOAT, shape: { dim } } }
  return { name, type: { value: shape } } as ValueInfoProto
}
