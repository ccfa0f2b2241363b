import type { LayerResult, Result, VariantResult, Verdict } from '../../src/result.js'

/** Figures made up for the reporters' tests: they were measured on nothing. */
const variant = (fields: Partial<VariantResult>): VariantResult => ({
  precision: 'fp32',
  metrics: { top1: 0.9461, top5: 0.9987 },
  drop: {},
  executed: { int8: 0, fp16: 0, fp32: 18, simulated: 0 },
  nonFinite: 0,
  sizeBytes: 3214567,
  latencyMs: 0.412,
  warnings: [],
  ...fields
})

const passing: Verdict[] = [
  {
    id: 'fp32.top1.expect',
    variant: 'fp32',
    subject: 'top1',
    observed: 0.9461,
    limit: 0.9461,
    tolerance: 0.002,
    unit: 'fraction',
    status: 'pass',
    message: 'FP32 top1 is 0.9461; expected 0.9461 ± 0.0020',
    configPosition: { line: 14, column: 3 }
  },
  {
    id: 'fp16.top1.max_drop_points',
    variant: 'fp16',
    subject: 'top1',
    observed: 0.01,
    limit: 1,
    unit: 'points',
    status: 'pass',
    message: 'top1 drops by 0.01 points (95 % interval -0.03 to 0.05); within the limit of 1.00',
    configPosition: { line: 16, column: 19 }
  }
]

const fp32 = variant({ model: 'models/fp32.onnx' })
const fp16 = variant({
  precision: 'fp16',
  model: 'model.fp16.onnx',
  metrics: { top1: 0.946, top5: 0.9987 },
  drop: {
    top1: { points: 0.01, relative: 0.0001057, ci95: [-0.03, 0.05], pValue: 1 },
    top5: { points: 0, relative: 0, ci95: [-0.04, 0.04], pValue: 1 }
  },
  flips: { broken: 2, repaired: 1 },
  executed: { int8: 0, fp16: 0, fp32: 2, simulated: 16 },
  sizeBytes: 1612345,
  latencyMs: 0.934,
  warnings: ['the CPU provider has no FP16 kernels: every layer was rounded to FP16 and computed in FP32']
})
const int8 = variant({
  precision: 'int8',
  model: 'model.int8.onnx',
  metrics: { top1: 0.9251, top5: 0.9931 },
  drop: {
    top1: { points: 2.1, relative: 0.022196, ci95: [1.71, 2.51], pValue: 3.2e-27 },
    top5: { points: 0.56, relative: 0.005607, ci95: [0.4, 0.75], pValue: 1.1e-12 }
  },
  flips: { broken: 302, repaired: 92 },
  executed: { int8: 16, fp16: 0, fp32: 2, simulated: 0 },
  sizeBytes: 845123,
  latencyMs: 0.131,
  calibration: {
    key: '5f3c9a21b7d4e6800112233445566778899aabbccddeeff00112233445566778',
    source: 'computed',
    method: 'entropy',
    samples: 512,
    table: 'calibration/int8.json',
    reason: 'no entry for this key; against the nearest one the preprocessing differs'
  }
})

export const passingResult: Result = {
  schemaVersion: 1,
  tool: { name: 'precision-gate', version: '0.1.0' },
  conclusion: 'success',
  reasons: ['2 of 2 limits hold'],
  config: { path: 'precision-gate.yml' },
  model: {
    path: 'models/resnet14.onnx',
    sha256: '9d5ed678fe57bcca610140957afab571b3d1c0c7f2a8b6e4d5c3b2a190817263',
    opset: 17,
    parameters: 801162
  },
  dataset: {
    path: 'data/test',
    sha256: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    samples: 10000
  },
  preprocessing: {
    hash: 'fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210',
    canonical: '[{"step":"layout","to":"nchw"}]'
  },
  environment: {
    onnxruntime: '1.30.0',
    runtimePath: 'node_modules/onnxruntime-node',
    provider: 'cpu',
    node: '22.14.0',
    os: 'linux x64',
    cpu: 'AMD EPYC 7763 64-Core Processor',
    cpuCores: 2,
    cpuFlags: ['avx2'],
    vnni: false,
    x64QuantPrecision: true,
    threads: 2
  },
  variants: { fp32, fp16 },
  verdicts: passing,
  diagnosis: [],
  samples: 'samples.json',
  timings: { dataset: 0.41, variants: 3.2, evaluate: 21.75 }
}

const broken: Verdict = {
  id: 'int8.top1.max_drop_points',
  variant: 'int8',
  subject: 'top1',
  observed: 2.1,
  limit: 1,
  unit: 'points',
  status: 'fail',
  message: 'top1 drops by 2.10 points (95 % interval 1.71 to 2.51); more than the limit of 1.00',
  configPosition: { line: 16, column: 19 }
}

/** Every status, a broken limit, calibration, warnings and a diagnosis. */
export const failingResult: Result = {
  ...passingResult,
  conclusion: 'failure',
  reasons: [`int8: ${broken.message}`],
  variants: { fp32, fp16, int8 },
  verdicts: [
    ...passing,
    broken,
    {
      ...broken,
      id: 'int8.top1.max_drop_relative.warning',
      observed: 0.022196,
      limit: 0.02,
      unit: 'relative',
      status: 'warn',
      message:
        'top1 drops by 2.22 % of the FP32 value (95 % interval 1.81 to 2.65), but its interval spans the limit of 2.00'
    },
    {
      ...broken,
      id: 'int8.top5.min',
      subject: 'top5',
      observed: 0.9931,
      limit: 0.994,
      unit: 'fraction',
      status: 'inconclusive',
      message:
        'top5 is 0.9931, but its 95 % interval 0.9913 to 0.9945 spans the floor of 0.9940; about 28,290 samples would settle it at these rates',
      samplesNeeded: 28290
    }
  ],
  diagnosis: [
    {
      check: 'per-channel spread',
      status: 'warn',
      variant: 'int8',
      evidence: 'the channels of /stage2/dw/Conv differ by a factor of 256, and its activations have one scale',
      action: "keep the layer in FP32: keep: ['/stage2/dw/Conv']"
    },
    { check: 'calibration size', status: 'pass', evidence: '512 images, none used for evaluation', action: '' }
  ]
}

/** A result whose every free text is `text`. */
export function resultNamed(text: string): Result {
  const verdicts = failingResult.verdicts.map((verdict) => ({
    ...verdict,
    id: `${text}.${verdict.id}`,
    variant: text,
    subject: text,
    message: text
  }))
  return {
    ...failingResult,
    reasons: [text],
    config: { path: text },
    model: { ...failingResult.model, path: text },
    dataset: { ...failingResult.dataset, path: text },
    environment: {
      ...failingResult.environment,
      cpu: text,
      os: text,
      gpu: text,
      driver: text,
      libraries: Object.fromEntries([[text, text]])
    },
    variants: Object.fromEntries([
      [
        text,
        {
          ...int8,
          model: text,
          metrics: Object.fromEntries([[text, 0.5]]),
          warnings: [text],
          calibration: { ...int8.calibration!, table: text, reason: text, method: text }
        }
      ]
    ]),
    verdicts,
    diagnosis: [{ check: text, status: 'fail', variant: text, evidence: text, action: text }],
    timings: Object.fromEntries([[text, 1]])
  }
}

/** What a result may hold besides, every free text of it being `text`. */
export function resultWithEverything(text: string): Partial<Result> {
  const layer: LayerResult = {
    name: text,
    op: text,
    tensor: text,
    elements: 1000,
    sqnrDb: 12.5,
    cosine: 0.98,
    maxAbs: 0.25,
    relErrorCount: 10,
    deviationRatio: 0.01,
    executed: 'int8'
  }
  const metric = {
    value: 0.6,
    dropPoints: 0.42,
    regression: { points: 10, ci95: [9, 11], pValue: 0.001, paired: true }
  }
  return {
    run: { commit: text, ref: text, url: text, finishedAt: '2026-11-23T10:00:00.000Z' },
    layerComparison: Object.fromEntries([
      [text, { samples: 32, isolatedSamples: 4, threshold: 0.1, floor: 0, unmatched: [text], error: text }]
    ]),
    layers: Object.fromEntries([[text, [layer, { ...layer, sqnrDb: null, maxAbs: null, cosine: null }]]]),
    baseline: {
      path: text,
      run: { ref: text, commit: text },
      comparable: true,
      reasons: [],
      notes: [text],
      variants: Object.fromEntries([[text, { reason: undefined, metrics: Object.fromEntries([[text, metric]]) }]])
    }
  }
}

const layer = (name: string, op: string, sqnrDb: number | null, deviationRatio: number): LayerResult => ({
  name,
  op,
  tensor: `${name}_output_0`,
  elements: 65536,
  sqnrDb,
  cosine: sqnrDb === null ? null : 0.9987,
  maxAbs: sqnrDb === null ? null : 0.5,
  relErrorCount: Math.round(65536 * deviationRatio),
  deviationRatio,
  executed: 'int8'
})

/** Everything that a report can show: a baseline that is compared, a limit on it, layers, and where it was made. */
export const fullResult: Result = {
  ...failingResult,
  run: { commit: '8d2e6b41c0f93a75e1d4286b0c9f7a5384d6e210', ref: 'faster', finishedAt: '2026-11-23T11:00:00.000Z' },
  layers: {
    fp16: [
      {
        ...layer('/stem/Conv', 'Conv', 66.2, 0),
        executed: 'simulated',
        introduced: { sqnrDb: 66.2, share: 1, suspicion: 0, rank: 2 }
      },
      {
        ...layer('/head/Gemm', 'Gemm', 61.4, 0),
        executed: 'simulated',
        introduced: { sqnrDb: 70.1, share: 0.14, suspicion: 0.004, rank: 1 }
      }
    ],
    int8: [
      { ...layer('/stem/Conv', 'Conv', 31.5, 0.012), introduced: { sqnrDb: 32, share: 0.9, suspicion: 0, rank: 3 } },
      { ...layer('/stage1/Conv', 'Conv', 24.25, 0.03), introduced: { sqnrDb: 30, share: 0.27, suspicion: 0, rank: 4 } },
      {
        ...layer('/stage2/dw/Conv', 'Conv', 3.1, 0.61),
        fused: [{ name: '/stage2/Relu6', op: 'Clip' }],
        introduced: { sqnrDb: 4.2, share: 0.78, suspicion: 0.31, rank: 1 },
        channels: [
          { channel: 17, sqnrDb: 0, maxAbs: 3.5, introducedSqnrDb: 0, energyShare: 0.06, suspicion: 0.98 },
          { channel: 3, sqnrDb: 21, maxAbs: 0.4, introducedSqnrDb: 24, energyShare: 0.02, suspicion: 0.001 }
        ],
        saturatedRatio: 0.02
      },
      {
        ...layer('/stage2/Relu', 'Relu', null, 0),
        maxAbs: 0,
        cosine: 1,
        introduced: { sqnrDb: null, share: 0, suspicion: 0, rank: 5 }
      },
      { ...layer('/head/Gemm', 'Gemm', null, 1), introduced: { sqnrDb: null, share: null, suspicion: 0.2, rank: 2 } }
    ]
  },
  layerComparison: {
    int8: {
      samples: 32,
      isolatedSamples: 4,
      threshold: 0.1,
      floor: 0.1,
      observer: { samples: 4, values: 40, different: 0, maxAbs: 0, maxOutput: 11.5 },
      unmatched: []
    }
  },
  baseline: {
    path: 'main/result.json',
    run: { commit: '3f1c9a0e5d7b2468ace013579bdf2468ace01357', ref: 'main', finishedAt: '2026-11-20T09:00:00.000Z' },
    comparable: true,
    reasons: [],
    notes: ['ONNX Runtime: 1.26.0 then, 1.30.0 now'],
    variants: {
      fp32: {
        metrics: {
          top1: {
            value: 0.9448,
            dropPoints: null,
            regression: { points: -0.13, ci95: [-0.4, 0.14], pValue: 0.37, paired: true }
          }
        }
      },
      fp16: { reason: 'the variant did not run then', metrics: { top1: { value: null, dropPoints: null } } },
      int8: {
        metrics: {
          top1: {
            value: 0.9406,
            dropPoints: 0.42,
            regression: { points: 1.55, ci95: [1.2, 1.92], pValue: 2e-17, paired: true }
          }
        }
      }
    }
  },
  verdicts: [
    ...failingResult.verdicts,
    {
      id: 'int8.top1.max_regression_points',
      variant: 'int8',
      subject: 'top1',
      observed: 1.55,
      limit: 0.5,
      unit: 'points',
      against: 'baseline',
      status: 'fail',
      message: 'top1 is 1.55 points below the baseline (95 % interval 1.20 to 1.92); more than the limit of 0.50',
      configPosition: { line: 18, column: 19 }
    },
    {
      id: 'int8.layer *.min_sqnr_db',
      variant: 'int8',
      subject: 'layer *',
      observed: 3.1,
      limit: 10,
      unit: 'dB',
      layers: { compared: 53, broken: 2, worst: { name: '/stage2/dw/Conv', op: 'Conv', tensor: '/stage2/dw/out' } },
      status: 'fail',
      message: '/stage2/dw/Conv (Conv): SQNR 3.1 dB, floor 10 dB; 2 of 53 layers break it',
      configPosition: { line: 20, column: 17 }
    },
    {
      id: 'int8.layer Conv.no_worse_than.warning',
      variant: 'int8',
      subject: 'layer Conv',
      observed: 4.5,
      limit: 3,
      unit: 'dB',
      against: 'baseline',
      layers: { compared: 40, broken: 1, worst: { name: '/stage1/Conv', op: 'Conv', tensor: '/stage1/out' } },
      status: 'warn',
      message: "/stage1/Conv (Conv): SQNR 4.5 dB below the baseline's, tolerance 3 dB; 1 of 40 layers break it",
      configPosition: { line: 21, column: 17 }
    }
  ]
}
