import { assemble, F32, f32x4, i16x8, i32, i32x4, local, V128, v128, type Code } from '../../util/wasm.js'
import { Count, Extreme, Locals, Sum, ZERO } from './columns.js'
import { loadX, masked, overRows, SHARED, TOTAL, X, Y, type Loop } from './loop.js'

/** How the variant's values lie in memory. */
export type Stored = 'float32' | 'uint8' | 'int8'

/** The columns of each function's table. */
export const COLUMNS = {
  energy: ['squaredReference', 'min', 'max'],
  errors: ['squaredError', 'referenceByError', 'absoluteError', 'deviating', 'maxError'],
  losses: ['squaredError', 'zeroed', 'saturated']
} as const
const [INFINITY, MINUS_INFINITY] = [0x7f800000, 0xff800000 | 0]

/** Σx², min, max */
function energy(): { locals: Code; body: Code } {
  const locals = new Locals(5)
  const x = locals.add(V128)
  const squares = new Sum(locals, TOTAL)
  const min = new Extreme(locals, f32x4.smaller, INFINITY)
  const max = new Extreme(locals, f32x4.larger, MINUS_INFINITY)
  const step: Loop['step'] = (half, mask) => [
    ...x.set(loadX(half)),
    ...min.add(half, x.get),
    ...max.add(half, x.get),
    ...(mask === undefined ? [] : x.set(masked(x.get, mask))),
    ...squares.add(half, f32x4.multiply(x.get, x.get))
  ]
  const body = overRows(locals, { columns: [squares, min, max], before: [], step }, 0)
  return { locals: locals.types, body }
}

/** Parameters behind the shared ones: how codes are read, and what is counted. */
const [SCALE, ZERO_POINT, FIRST, SECOND] = [5, 6, 7, 8].map((index) => local.get(index))

/** Codes of the zero point 0 beside values that are not negative, as behind ReLU. */
export const NON_NEGATIVE = 'non_negative'

/** Four values of the variant; codes as (code - zero point) * scale, which is DequantizeLinear's arithmetic. */
function reader(
  stored: Stored,
  locals: Locals,
  hasZeroPoint: boolean
): { before: Code; readonly read: (half: 0 | 1) => Code } {
  if (stored === 'float32') return { before: [], read: (half) => v128.load(Y, 16 * half) }
  const [codes, scales, zeros] = [locals.add(V128), locals.add(V128), locals.add(V128)]
  const load = i16x8.loadBytes(Y, stored === 'int8')
  return {
    before: [...scales.set(f32x4.splat(SCALE)), ...zeros.set(i16x8.splat(i32.truncate(ZERO_POINT)))],
    read: (half) => [
      ...(half === 0 ? codes.set(hasZeroPoint ? i16x8.subtract(load, zeros.get) : load) : []),
      ...f32x4.multiply(f32x4.convert(i32x4.extend(half, codes.get)), scales.get)
    ]
  }
}

/** FIRST: the threshold; SECOND: threshold * floor * rms. Counts |x - y| > max(FIRST * |x|, SECOND). */
function errors(stored: Stored, isNonNegative = false): { locals: Code; body: Code } {
  const locals = new Locals(9)
  const [x, error, magnitude, magnitudeBits] = [0, 1, 2, 3].map(() => locals.add(V128))
  const [threshold, least] = [locals.add(V128), locals.add(V128)]
  const { before, read } = reader(stored, locals, !isNonNegative)
  const size = isNonNegative ? x.get : v128.and(x.get, magnitudeBits.get)
  const [squares, products, sum] = [new Sum(locals, TOTAL), new Sum(locals), new Sum(locals)]
  const deviating = new Count(locals)
  // Floats without a sign are ordered as their bits are: integers keep the units free that add floats.
  const largest = new Extreme(locals, i32x4.max, 0)
  const step: Loop['step'] = (half, mask) => [
    ...x.set(masked(loadX(half), mask)),
    ...error.set(f32x4.subtract(x.get, masked(read(half), mask))),
    ...magnitude.set(v128.and(error.get, magnitudeBits.get)),
    ...squares.add(half, f32x4.multiply(error.get, error.get)),
    ...products.add(half, f32x4.multiply(x.get, error.get)),
    ...sum.add(half, magnitude.get),
    ...largest.add(half, magnitude.get),
    ...deviating.add(f32x4.greater(magnitude.get, i32x4.max(least.get, f32x4.multiply(size, threshold.get))))
  ]
  const body = overRows(
    locals,
    {
      columns: [squares, products, sum, deviating, largest],
      before: [
        ...before,
        // V8 makes constants anew wherever they are used, those of its own magnitudes too; what is computed it keeps.
        ...magnitudeBits.set(i32x4.shiftRightUnsigned(i32x4.equal(i32x4.splat(X), i32x4.splat(X)), i32.const(1))),
        ...threshold.set(f32x4.splat(FIRST)),
        ...least.set(f32x4.splat(SECOND))
      ],
      step
    },
    stored === 'float32' ? 4 : 1
  )
  return { locals: locals.types, body }
}

/** Counts y = 0 where x is not, and y = FIRST or SECOND; NaN is equal to nothing. */
function losses(stored: Stored): { locals: Code; body: Code } {
  const locals = new Locals(9)
  const [x, y, error] = [locals.add(V128), locals.add(V128), locals.add(V128)]
  const [first, second] = [locals.add(V128), locals.add(V128)]
  const { before, read } = reader(stored, locals, true)
  const squares = new Sum(locals, TOTAL)
  const [zeroed, saturated] = [new Count(locals), new Count(locals)]
  const step: Loop['step'] = (half, mask) => [
    ...x.set(masked(loadX(half), mask)),
    ...y.set(read(half)),
    ...error.set(masked(f32x4.subtract(x.get, y.get), mask)),
    ...squares.add(half, f32x4.multiply(error.get, error.get)),
    ...zeroed.add(v128.and(f32x4.notEqual(x.get, ZERO), f32x4.equal(y.get, ZERO))),
    ...saturated.add(masked(v128.or(f32x4.equal(y.get, first.get), f32x4.equal(y.get, second.get)), mask))
  ]
  const body = overRows(
    locals,
    {
      columns: [squares, zeroed, saturated],
      before: [...before, ...first.set(f32x4.splat(FIRST)), ...second.set(f32x4.splat(SECOND))],
      step
    },
    stored === 'float32' ? 4 : 1
  )
  return { locals: locals.types, body }
}

const STORED: readonly Stored[] = ['float32', 'uint8', 'int8']

/** The module's bytes: `energy`, and `errors` and `losses` for each way to store a variant's values, NON_NEGATIVE ones too. */
export function kernelBytes(): Uint8Array {
  const params = [...SHARED, F32, F32, F32, F32]
  return assemble(
    [
      { name: 'energy', params: SHARED, ...energy() },
      { name: `errors_${NON_NEGATIVE}`, params, ...errors('uint8', true) },
      ...STORED.flatMap((stored) => [
        { name: `errors_${stored}`, params, ...errors(stored) },
        { name: `losses_${stored}`, params, ...losses(stored) }
      ])
    ],
    1
  )
}
