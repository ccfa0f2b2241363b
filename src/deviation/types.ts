/** What of a layer is compared and how it is read in the variant. */
export interface ObservedLayer {
  /** Node name, operator and output in the user's FP32 model. */
  readonly name: string
  readonly op: string
  readonly tensor: string
  /** Nodes that one kernel computes together with this one (batch normalization, ReLU), in execution order. */
  readonly fused: readonly { readonly name: string; readonly op: string }[]
  readonly source: TensorSource
  /** It only selects or moves values, with the scale of what it reads: codes pass unchanged, so that it adds no error. */
  readonly keepsScale: boolean
  /** Values of one channel of one sample; undefined where the model does not say. */
  readonly spatial: number | undefined
  readonly rank: number
  /** Where channels lie: axis 1, the last axis of three, or nowhere (values are then one channel). */
  readonly channels: 'second' | 'last' | 'none'
}

export type TensorSource =
  /** A float tensor of the variant. */
  | {
      readonly kind: 'float'
      readonly name: string
      /** Stored in float16. */
      readonly half: boolean
      /** Rounded to float16, if only by an emulation. */
      readonly rounds16: boolean
    }
  /** 8-bit codes: the output of a QuantizeLinear. */
  | { readonly kind: 'codes'; readonly name: string; readonly quantization: CodeMeaning }

/** Constants by which codes stand for numbers. */
export interface CodeMeaning {
  /** Names of the scale and zero point in the variant; '' where there is no zero point. */
  readonly scaleName: string
  readonly zeroPointName: string
  readonly axis: number | undefined
  readonly domain: string
  /**
   * Of a whole tensor: the smallest and the largest number that codes stand for, and the distance of two neighbours.
   * undefined: a scale for each channel.
   */
  readonly range: CodeRange | undefined
}

/** Of codes with one scale: a code stands for (code - zeroPoint) * step. */
export interface CodeRange {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly zeroPoint: number
  /** Element type of the codes. */
  readonly type: string
}

/** How a deviation is counted. */
export interface DeviationRule {
  /** Share of the FP32 value from which a value deviates: 0.1. */
  readonly threshold: number
  /** Denominators are at least this share of the root mean square of the layer's FP32 output on that image. */
  readonly floor: number
}
