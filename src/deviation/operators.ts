/** Move values and change none: what they make is compared where it was made. */
const MOVES = new Set(
  'Cast Constant Dropout Flatten Identity Reshape Shape Squeeze Transpose Unsqueeze QuantizeLinear DequantizeLinear'.split(
    ' '
  )
)

/** Put out values that they read, and no others. */
const SELECTS = new Set([
  ...MOVES,
  ...'DepthToSpace Expand Gather GlobalMaxPool MaxPool Pad Slice SpaceToDepth Split Tile'.split(' ')
])

/** Operators with weights: they name the kernel that they are fused into. */
const WEIGHTED = new Set('Conv ConvTranspose Gemm MatMul'.split(' '))

/** What kernels take in from the operator before them. */
const ABSORBED = new Set(
  'BatchNormalization Cast Clip Dropout HardSigmoid HardSwish Identity LeakyRelu Relu Sigmoid'.split(' ')
)

/** Their output is at least 0, so that its magnitude need not be taken. */
const NON_NEGATIVE = new Set('Relu Sigmoid Softmax Abs Sqrt Exp'.split(' '))

const CONVOLUTIONAL = new Set('Conv ConvTranspose BatchNormalization MaxPool AveragePool'.split(' '))

export const movesOnly = (op: string): boolean => MOVES.has(op)
export const selectsOnly = (op: string): boolean => SELECTS.has(op)
export const hasWeights = (op: string): boolean => WEIGHTED.has(op)
export const isAbsorbed = (op: string): boolean => ABSORBED.has(op)
export const isNonNegative = (op: string): boolean => NON_NEGATIVE.has(op)

/** In tensors of three axes, channels are the second for convolutions and the last for transformers. */
export const hasChannelsSecond = (op: string): boolean => CONVOLUTIONAL.has(op)
