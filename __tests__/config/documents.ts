import fc from 'fast-check'

/** Every optional key is there or not, every form of every value appears. The files are those of project.ts. */
const optional = <Shape extends Record<string, fc.Arbitrary<unknown>>>(
  shape: Shape,
  required: (keyof Shape & string)[] = []
) => fc.record(shape, { requiredKeys: required })

const pixels = fc.integer({ min: 1, max: 4096 })
const pair = fc.tuple(pixels, pixels).map((sizes) => [...sizes])
const filter = {
  interpolation: fc.constantFrom('nearest', 'bilinear', 'bicubic', 'area'),
  like: fc.constantFrom('pillow', 'opencv')
}
const perChannel = (value: fc.Arbitrary<number>) =>
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 1 }), fc.array(value, { minLength: 3, maxLength: 3 }))
const fill = perChannel(fc.integer({ min: 0, max: 255 }))
const decimal = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const border = fc.integer({ min: 0, max: 64 })
const borders = { left: border, top: border, right: border, bottom: border }

const pixelStep = fc.oneof(
  fc.record({
    resize: fc.oneof(
      pixels,
      pair,
      optional({ shorter: pixels, ...filter }, ['shorter']),
      optional({ longer: pixels, ...filter }, ['longer']),
      optional({ width: pixels, height: pixels, ...filter }, ['width', 'height'])
    )
  }),
  fc.record({
    center_crop: fc.oneof(
      pixels,
      pair,
      fc.record({ width: pixels, height: pixels }),
      fc.record({ fraction: decimal(0.1, 1) })
    )
  }),
  fc.record({
    letterbox: fc.oneof(
      pixels,
      pair,
      optional({ size: pixels, value: fill, enlarge: fc.boolean(), ...filter }, ['size']),
      optional({ width: pixels, height: pixels, value: fill, ...filter }, ['width', 'height'])
    )
  }),
  fc.record({
    pad: fc.oneof(
      border,
      optional({ all: border, value: fill }, ['all']),
      optional({ ...borders, value: fill }, ['left']),
      optional({ ...borders, value: fill }, ['bottom'])
    )
  }),
  fc.record({ color: fc.constantFrom('rgb', 'bgr', 'gray', 'gray-to-rgb') })
)

const scale = fc.oneof(fc.constant('1/255'), decimal(0.001, 2))
const mean = perChannel(decimal(-10, 10))
const std = perChannel(decimal(0.01, 10))
const normalization = fc.oneof(
  fc.constant([]),
  scale.map((value) => [{ scale: value }]),
  fc.tuple(scale, decimal(-1, 1), decimal(0.1, 1)).map(([value, m, s]) => [{ scale: value }, { mean: m, std: s }]),
  fc.record({ scale, mean: decimal(-1, 1), std }).map((value) => [{ normalize: value }]),
  fc.record({ mean }).map((value) => [{ normalize: value }])
)
const tensorSteps = fc.subarray([{ layout: 'nhwc' }, { cast: 'float32' }])

const steps = fc
  .tuple(fc.array(pixelStep, { maxLength: 4 }), normalization, tensorSteps)
  .map((parts): unknown[] => parts.flat())
const reference = fc.constantFrom('refs/*.npy', 'refs', 'refs/a.npy', 'refs/**/*')
const preprocess = fc.oneof(steps, optional({ steps, reference }, ['steps']))

const offset = { class_offset: fc.integer({ min: -1, max: 1 }) }
const images = fc.oneof(
  fc.constant('data/test'),
  optional({ path: fc.constant('data/test'), classes: fc.constant('data/classes.txt'), ...offset }, ['path']),
  optional({ manifest: fc.constant('data/test.csv'), root: fc.constant('data'), ...offset }, ['manifest'])
)

const calibration = fc.oneof(
  optional({ dataset: images, method: fc.constantFrom('entropy', 'minmax', 'mse'), samples: pixels }, ['dataset']),
  optional(
    { dataset: images, method: fc.constant('percentile'), percentile: decimal(50.5, 99.9999), samples: pixels },
    ['dataset', 'method']
  )
)

const keep = fc.oneof(fc.constant('Softmax'), fc.constant(['/head/*', 'Resize']))
const variant = fc.oneof(
  optional({ precision: fc.constant('fp16'), keep, require_executed: fc.constantFrom('none', 'fp16') }, ['precision']),
  optional(
    {
      precision: fc.constant('int8'),
      target: fc.constantFrom('cpu', 'tensorrt'),
      ranges: fc.constant('models/qat.onnx'),
      keep,
      reduce_range: fc.boolean(),
      require_executed: fc.constantFrom('none', 'int8')
    },
    ['precision']
  ),
  optional({ model: fc.constant('models/qat.onnx'), require_executed: fc.constantFrom('none', 'int8', 'fp16') }, [
    'model'
  ])
)

const share = decimal(0, 1)
const limits = { max_drop_points: decimal(0, 100), max_drop_relative: share, min: share }
const threshold = fc.constantFrom('max_drop_points', 'max_drop_relative', 'min').chain((needed) =>
  optional(
    {
      metric: fc.constantFrom('top1', 'top5'),
      variant: fc.constant('first'),
      severity: fc.constantFrom('error', 'warning'),
      ...limits
    },
    ['metric', needed]
  )
)

/** Any document that is valid, with at least a variant named `first` and a calibration for INT8. */
export const validDocument = optional(
  {
    version: fc.constant(1),
    model: fc.constant('models/net.onnx'),
    task: fc.constant('classification'),
    dataset: images,
    preprocess,
    calibration,
    variants: optional({ first: variant, second: variant, 'a.b_c-3': variant }, ['first']),
    expect: fc.oneof(optional({ top1: share, top5: share, tolerance: share }, ['top1']), fc.record({ top5: share })),
    thresholds: fc.array(threshold, { minLength: 1, maxLength: 3 }),
    runtime: optional({
      provider: fc.constantFrom('auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'),
      batch: fc.integer({ min: 1, max: 64 }),
      device: fc.oneof(fc.integer({ min: 0, max: 7 }), fc.constantFrom([0, 1], '0, 1', '1,0,2')),
      threads: fc.integer({ min: 0, max: 64 }),
      strict: fc.boolean(),
      require_executed: fc.constantFrom('int8', ['fp16'], ['int8', 'fp16'])
    }),
    latency: fc.oneof(
      fc.boolean(),
      optional({
        batch: fc.constant([1, 4]),
        warmup: fc.integer({ min: 0, max: 9 }),
        runs: fc.integer({ min: 5, max: 9 })
      })
    ),
    on_inconclusive: fc.constantFrom('warn', 'fail')
  },
  ['version', 'model', 'dataset', 'variants', 'calibration']
).filter((document) => {
  // The CPU has no devices, and what is timed is not divided among several.
  const { runtime: { provider, device } = {}, latency = false } = document as {
    readonly runtime?: { readonly provider?: unknown; readonly device?: unknown }
    readonly latency?: unknown
  }
  if (device === undefined || device === 0) return true
  return provider !== 'cpu' && (typeof device === 'number' || latency === false)
})
