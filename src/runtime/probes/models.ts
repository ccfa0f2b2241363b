import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema, type ModelProto } from '../../model/proto/onnx_pb.js'

const FLOAT = 1
const UINT8 = 2
const INT8 = 3
const INT32 = 6
const FLOAT16 = 10

interface NodeSpec {
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly integers?: Readonly<Record<string, number>>
}

interface ValueSpec {
  readonly name: string
  readonly type: number
  readonly dims: readonly number[]
}

interface ConstantSpec extends ValueSpec {
  readonly data: ArrayBufferView
}

/** One 1x1 convolution with weight 2: `y = 2 x`, shapes [1,1,2,2]. Convolution pulls in cuDNN and its like. */
export function convolutionModel(): Uint8Array {
  const shape = [1, 1, 2, 2]
  const weight = { name: 'w', type: FLOAT, dims: [1, 1, 1, 1], data: Float32Array.of(2) }
  return build(
    [{ opType: 'Conv', input: ['x', 'w'], output: ['y'] }],
    [weight],
    { name: 'x', type: FLOAT, dims: shape },
    { name: 'y', type: FLOAT, dims: shape }
  )
}

/** `y = -x`, float32 [3]. */
export function negationModel(): Uint8Array {
  const [x, y] = ['x', 'y'].map((name) => ({ name, type: FLOAT, dims: [3] }))
  return build([{ opType: 'Neg', input: ['x'], output: ['y'] }], [], x, y)
}

/** Rows of `dotProductModel`'s weight. */
export const DOT_LENGTH = 64

/** `y[1,16] int32 = a[1,64] uint8 x w[64,16] int8`, every weight 127: the largest sums that a convolution can ask for. */
export function dotProductModel(): Uint8Array {
  const columns = 16
  const data = new Int8Array(DOT_LENGTH * columns).fill(127)
  return build(
    [{ opType: 'MatMulInteger', input: ['a', 'w'], output: ['y'] }],
    [{ name: 'w', type: INT8, dims: [DOT_LENGTH, columns], data }],
    { name: 'a', type: UINT8, dims: [1, DOT_LENGTH] },
    { name: 'y', type: INT32, dims: [1, columns] }
  )
}

/** `y = (half(x) + half(x)) * 0.25`, computed in float16; x and y float32 [1,4]. */
export function float16Model(): Uint8Array {
  const quarter = Uint16Array.of(0x3400)
  return build(
    [
      { opType: 'Cast', input: ['x'], output: ['half'], integers: { to: FLOAT16 } },
      { opType: 'Add', input: ['half', 'half'], output: ['sum'] },
      { opType: 'Mul', input: ['sum', 'quarter'], output: ['product'] },
      { opType: 'Cast', input: ['product'], output: ['y'], integers: { to: FLOAT } }
    ],
    [{ name: 'quarter', type: FLOAT16, dims: [1], data: quarter }],
    { name: 'x', type: FLOAT, dims: [1, 4] },
    { name: 'y', type: FLOAT, dims: [1, 4] }
  )
}

/** Products in each sum of `float16SumModel`. */
const SUM_LENGTH = 256

export interface Float16SumProbe {
  readonly model: Uint8Array
  readonly input: { readonly dims: readonly number[]; readonly data: Float32Array }
  /** Of the output, computed exactly, not rounded to float16. */
  readonly expected: readonly number[]
  /** Distance of float16 values where the sums lie (128 to 256). */
  readonly step: number
}

/**
 * A 1x1 convolution in float16: `y[1,16,1,1]` float32 are sums of 256 products of positive numbers that float16 has.
 * Added up in float32 and rounded once they are off by half a step at most; added up in float16, by more.
 */
export function float16SumModel(): Float16SumProbe {
  const channels = 16
  const dims = [1, SUM_LENGTH, 1, 1]
  const fraction = (i: number): number => (i * 389 + 97) % 1024
  const data = Float32Array.from({ length: SUM_LENGTH }, (_, i) => (1024 + fraction(i)) / 2048)
  // 0x3800 is 0.5; ten bits of fraction follow.
  const weights = Uint16Array.from({ length: channels * SUM_LENGTH }, (_, i) => 0x3800 + fraction(7 * i + 3))
  const expected = Array.from({ length: channels }, (_, channel) => {
    const row = weights.subarray(channel * SUM_LENGTH, (channel + 1) * SUM_LENGTH)
    return row.reduce((sum, bits, i) => sum + ((1024 + bits - 0x3800) / 2048) * data[i], 0)
  })
  const model = build(
    [
      { opType: 'Cast', input: ['x'], output: ['half'], integers: { to: FLOAT16 } },
      { opType: 'Conv', input: ['half', 'w'], output: ['sum'] },
      { opType: 'Cast', input: ['sum'], output: ['y'], integers: { to: FLOAT } }
    ],
    [{ name: 'w', type: FLOAT16, dims: [channels, SUM_LENGTH, 1, 1], data: weights }],
    { name: 'x', type: FLOAT, dims },
    { name: 'y', type: FLOAT, dims: [1, channels, 1, 1] }
  )
  return { model, input: { dims, data }, expected, step: 2 ** -3 }
}

const CHANNELS = 8
const SIZE = 4
const INPUT_SCALE = 1 / 64
const WEIGHT_SCALE = 1 / 32
const OUTPUT_SCALE = 1 / 4

export interface QuantizedProbe {
  readonly model: Uint8Array
  readonly input: { readonly dims: readonly number[]; readonly data: Float32Array }
  /** Of the output, computed exactly. */
  readonly expected: readonly number[]
  /** Of the output. */
  readonly scale: number
}

/**
 * A 1x1 convolution between Q/DQ pairs: uint8 activations with zero point 128, int8 weights a scale a channel. Scales are
 * powers of two, so that the exact answer is known.
 */
export function quantizedModel(): QuantizedProbe {
  const dims = [1, CHANNELS, SIZE, SIZE]
  const weights = Int8Array.from({ length: CHANNELS * CHANNELS }, (_, i) => ((i * 37) % 255) - 127)
  const codes = Array.from({ length: CHANNELS * SIZE * SIZE }, (_, i) => (i * 53) % 256)
  const data = Float32Array.from(codes, (code) => (code - 128) * INPUT_SCALE)
  const expected = Array.from({ length: CHANNELS * SIZE * SIZE }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / (SIZE * SIZE)), i % (SIZE * SIZE)]
    let sum = 0
    for (let c = 0; c < CHANNELS; c++) sum += weights[channel * CHANNELS + c] * (codes[c * SIZE * SIZE + pixel] - 128)
    const steps = (sum * INPUT_SCALE * WEIGHT_SCALE) / OUTPUT_SCALE
    return Math.min(127, Math.max(-128, roundHalfEven(steps))) * OUTPUT_SCALE
  })
  const scalar = (name: string, value: number): ConstantSpec => ({
    name,
    type: FLOAT,
    dims: [],
    data: Float32Array.of(value)
  })
  const middle: ConstantSpec = { name: 'middle', type: UINT8, dims: [], data: Uint8Array.of(128) }
  const model = build(
    [
      { opType: 'QuantizeLinear', input: ['x', 'sx', 'middle'], output: ['xq'] },
      { opType: 'DequantizeLinear', input: ['xq', 'sx', 'middle'], output: ['xd'] },
      { opType: 'DequantizeLinear', input: ['w', 'sw', 'zw'], output: ['wd'], integers: { axis: 0 } },
      { opType: 'DequantizeLinear', input: ['b', 'sb', 'zb'], output: ['bd'], integers: { axis: 0 } },
      { opType: 'Conv', input: ['xd', 'wd', 'bd'], output: ['c'] },
      { opType: 'QuantizeLinear', input: ['c', 'sy', 'middle'], output: ['yq'] },
      { opType: 'DequantizeLinear', input: ['yq', 'sy', 'middle'], output: ['y'] }
    ],
    [
      scalar('sx', INPUT_SCALE),
      scalar('sy', OUTPUT_SCALE),
      middle,
      { name: 'w', type: INT8, dims: [CHANNELS, CHANNELS, 1, 1], data: weights },
      { name: 'sw', type: FLOAT, dims: [CHANNELS], data: new Float32Array(CHANNELS).fill(WEIGHT_SCALE) },
      { name: 'zw', type: INT8, dims: [CHANNELS], data: new Int8Array(CHANNELS) },
      { name: 'b', type: INT32, dims: [CHANNELS], data: new Int32Array(CHANNELS) },
      { name: 'sb', type: FLOAT, dims: [CHANNELS], data: new Float32Array(CHANNELS).fill(INPUT_SCALE * WEIGHT_SCALE) },
      { name: 'zb', type: INT32, dims: [CHANNELS], data: new Int32Array(CHANNELS) }
    ],
    { name: 'x', type: FLOAT, dims },
    { name: 'y', type: FLOAT, dims }
  )
  return { model, input: { dims, data }, expected, scale: OUTPUT_SCALE }
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

function build(
  nodes: readonly NodeSpec[],
  constants: readonly ConstantSpec[],
  input: ValueSpec,
  output: ValueSpec
): Uint8Array {
  const proto: ModelProto = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 13n }],
    graph: {
      name: 'probe',
      node: nodes.map(({ opType, input, output, integers = {} }) => ({
        opType,
        input: [...input],
        output: [...output],
        name: output[0],
        attribute: Object.entries(integers).map(([name, i]) => ({ name, i: BigInt(i), type: 2 }))
      })),
      input: [valueInfo(input)],
      output: [valueInfo(output)],
      initializer: constants.map(({ name, type, dims, data }) => ({
        name,
        dataType: type,
        dims: dims.map(BigInt),
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      }))
    }
  })
  return toBinary(ModelProtoSchema, proto)
}

function valueInfo({ name, type: elemType, dims }: ValueSpec) {
  const shape = { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) }
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType, shape } } } }
}
