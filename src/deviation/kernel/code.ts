import {
  assemble,
  doWhile,
  F32,
  f32x4,
  f64x2,
  I32,
  i16x8,
  i32,
  i32x4,
  local,
  V128,
  v128,
  when,
  type Code
} from '../../util/wasm.js'

/**
 * The loops over the values of a layer. Each function goes over rows (the channels of one image) of `length` values, at
 * least EIGHT, one after the other in memory, and adds to a table with a row of sums for each.
 *
 * Sums are float32 over at most 64 values a lane and float64 beyond: their relative error stays below 1e-6.
 */
export const EIGHT = 8

/** How the variant's values lie in memory. */
export type Stored = 'float32' | 'uint8' | 'int8'

/** A cell of a table holds the two halves of a sum in float64, or a largest or smallest value in four of float32. */
export const CELL_BYTES = 16
/** The columns of each function's table. */
export const COLUMNS = {
  energy: ['squaredReference', 'min', 'max'],
  errors: ['squaredError', 'referenceByError', 'absoluteError', 'deviating', 'maxError'],
  losses: ['squaredError', 'zeroed', 'saturated']
} as const
/** Where each function adds the first column of all rows. */
export const TOTAL = 0

const BLOCK_BYTES = 4 * 32 * EIGHT
const [INFINITY, MINUS_INFINITY] = [0x7f800000, 0xff800000 | 0]
const all = (bits: number): Code => v128.const(bits, bits, bits, bits)
const ZERO = all(0)

/** The parameters that all functions share. */
const [X, Y, ROWS, LENGTH, TABLE] = [0, 1, 2, 3, 4].map((index) => local.get(index))
const [SET_X, SET_Y, SET_ROWS, , SET_TABLE] = [0, 1, 2, 3, 4]

/** Names of locals for their numbers. */
class Locals {
  readonly types: number[] = []
  constructor(private readonly params: number) {}

  add(type: number): { readonly get: Code; set(value: Code): Code } {
    const index = this.params + this.types.push(type) - 1
    return { get: local.get(index), set: (value) => local.set(index, value) }
  }
}

type Local = ReturnType<Locals['add']>

/** A statistic as it is collected: one step for four values, and what of it goes into the table. */
interface Column {
  /** Before a row. */
  readonly start: Code
  /** After each block. */
  readonly flush: Code
  /** After a row: adds what was collected to a cell. */
  readonly store: (address: Code) => Code
}

/** Adds up float32 values, and blocks of them in float64. */
class Sum implements Column {
  private readonly part: Local
  readonly total: Local

  constructor(locals: Locals) {
    this.part = locals.add(V128)
    this.total = locals.add(V128)
  }

  add(value: Code): Code {
    return this.part.set(f32x4.add(this.part.get, value))
  }

  get start(): Code {
    return [this.total.set(ZERO), this.part.set(ZERO)]
  }

  get flush(): Code {
    const { part, total } = this
    return [
      total.set(f64x2.add(total.get, f64x2.promoteLower(part.get))),
      total.set(f64x2.add(total.get, f64x2.promoteLower(v128.upper(part.get)))),
      part.set(ZERO)
    ]
  }

  readonly store = (address: Code): Code => v128.store(address, f64x2.add(v128.load(address), this.total.get))
}

/** Counts lanes of a comparison that hold: they are -1. */
class Count implements Column {
  private readonly lanes: Local
  readonly flush: Code = []

  constructor(locals: Locals) {
    this.lanes = locals.add(V128)
  }

  add(holds: Code): Code {
    return this.lanes.set(i32x4.subtract(this.lanes.get, holds))
  }

  get start(): Code {
    return this.lanes.set(ZERO)
  }

  readonly store = (address: Code): Code => {
    const { get } = this.lanes
    const both = f64x2.add(f64x2.convertLower(get), f64x2.convertLower(v128.upper(get)))
    return v128.store(address, f64x2.add(v128.load(address), both))
  }
}

/** Keeps the largest or smallest value of each lane. */
class Extreme implements Column {
  private readonly value: Local
  readonly flush: Code = []

  constructor(
    locals: Locals,
    private readonly pick: (a: Code, b: Code) => Code,
    private readonly first: number
  ) {
    this.value = locals.add(V128)
  }

  add(value: Code): Code {
    return this.value.set(this.pick(this.value.get, value))
  }

  get start(): Code {
    return this.value.set(all(this.first))
  }

  readonly store = (address: Code): Code => v128.store(address, this.pick(v128.load(address), this.value.get))
}

/** What a loop does with eight values, and what it collects. */
interface Loop {
  readonly columns: readonly Column[]
  /** Added over all rows at TOTAL. */
  readonly total: Sum
  readonly before: Code
  /** @param mask lanes that count; undefined: all. */
  readonly step: (half: 0 | 1, mask: Code | undefined) => Code
}

/** Row by row: blocks of eight values, then the last eight again where some of them are left over. */
function overRows(locals: Locals, { columns, total, before, step }: Loop, bytes: number): Code {
  const [end, blockEnd, whole] = [locals.add(I32), locals.add(I32), locals.add(I32)]
  const [rest, masks] = [locals.add(I32), [locals.add(V128), locals.add(V128)] as const]
  // `bytes` of y for four of x
  const ofY = (xBytes: Code): Code => (bytes === 4 ? xBytes : i32.shiftRight(xBytes, 2))
  const advance = (xBytes: Code): Code => [
    ...local.set(SET_X, i32.add(X, xBytes)),
    ...(bytes === 0 ? [] : local.set(SET_Y, i32.add(Y, ofY(xBytes))))
  ]
  const eight = (masked: boolean): Code =>
    ([0, 1] as const).flatMap((half) => step(half, masked ? masks[half].get : undefined))
  const flush = columns.flatMap((column) => column.flush)
  const width = 4 * EIGHT
  // Lane numbers below 8 - rest are seen already.
  const seen = i32.subtract(i32.const(EIGHT), rest.get)
  const lanes = (first: number): Code =>
    i32x4.greaterOrEqual(v128.const(first, first + 1, first + 2, first + 3), i32x4.splat(seen))
  return [
    ...before,
    ...whole.set(i32.shiftLeft(i32.and(LENGTH, i32.const(-EIGHT)), 2)),
    ...rest.set(i32.and(LENGTH, i32.const(EIGHT - 1))),
    ...masks[0].set(lanes(0)),
    ...masks[1].set(lanes(4)),
    ...doWhile(
      [
        ...columns.flatMap((column) => column.start),
        ...end.set(i32.add(X, whole.get)),
        ...doWhile(
          [
            ...blockEnd.set(i32.add(X, i32.const(BLOCK_BYTES))),
            ...blockEnd.set(i32.select(i32.lessThanUnsigned(blockEnd.get, end.get), blockEnd.get, end.get)),
            ...doWhile([...eight(false), ...advance(i32.const(width))], i32.lessThanUnsigned(X, blockEnd.get)),
            ...flush
          ],
          i32.lessThanUnsigned(X, end.get)
        ),
        ...when(rest.get, [
          ...advance(i32.subtract(i32.shiftLeft(rest.get, 2), i32.const(width))),
          ...eight(true),
          ...advance(i32.const(width)),
          ...flush
        ]),
        ...v128.store(i32.const(TOTAL), f64x2.add(v128.load(i32.const(TOTAL)), total.total.get)),
        ...columns.flatMap((column, at) => column.store(i32.add(TABLE, i32.const(CELL_BYTES * at)))),
        ...local.set(SET_TABLE, i32.add(TABLE, i32.const(CELL_BYTES * columns.length))),
        ...local.set(SET_ROWS, i32.subtract(ROWS, i32.const(1)))
      ],
      ROWS
    )
  ]
}

const masked = (value: Code, mask: Code | undefined): Code => (mask === undefined ? value : v128.and(value, mask))
const loadX = (half: 0 | 1): Code => v128.load(i32.add(X, i32.const(16 * half)))

/** Σx², min, max */
function energy(): { locals: Code; body: Code } {
  const locals = new Locals(5)
  const x = locals.add(V128)
  const squares = new Sum(locals)
  const min = new Extreme(locals, f32x4.smaller, INFINITY)
  const max = new Extreme(locals, f32x4.larger, MINUS_INFINITY)
  const step: Loop['step'] = (half, mask) => [
    ...x.set(loadX(half)),
    ...min.add(x.get),
    ...max.add(x.get),
    ...(mask === undefined ? [] : x.set(masked(x.get, mask))),
    ...squares.add(f32x4.multiply(x.get, x.get))
  ]
  const body = overRows(locals, { columns: [squares, min, max], total: squares, before: [], step }, 0)
  return { locals: locals.types, body }
}

/** Parameters behind the shared ones: how codes are read, and what is counted. */
const [SCALE, ZERO_POINT, FIRST, SECOND] = [5, 6, 7, 8].map((index) => local.get(index))

/** Four values of the variant; codes as (code - zero point) * scale, which is DequantizeLinear's arithmetic. */
function reader(stored: Stored, locals: Locals): { before: Code; readonly read: (half: 0 | 1) => Code } {
  if (stored === 'float32') return { before: [], read: (half) => v128.load(i32.add(Y, i32.const(16 * half))) }
  const [codes, scales, zeros] = [locals.add(V128), locals.add(V128), locals.add(V128)]
  return {
    before: [...scales.set(f32x4.splat(SCALE)), ...zeros.set(f32x4.splat(ZERO_POINT))],
    read: (half) => [
      ...(half === 0 ? codes.set(i16x8.loadBytes(Y, stored === 'int8')) : []),
      ...f32x4.multiply(f32x4.subtract(f32x4.convert(i32x4.extend(half, codes.get)), zeros.get), scales.get)
    ]
  }
}

/** FIRST: the threshold; SECOND: threshold * floor * rms. Counts |x - y| > max(FIRST * |x|, SECOND). */
function errors(stored: Stored): { locals: Code; body: Code } {
  const locals = new Locals(9)
  const [x, error, magnitude] = [locals.add(V128), locals.add(V128), locals.add(V128)]
  const [threshold, least] = [locals.add(V128), locals.add(V128)]
  const { before, read } = reader(stored, locals)
  const [squares, products, sum] = [new Sum(locals), new Sum(locals), new Sum(locals)]
  const deviating = new Count(locals)
  const largest = new Extreme(locals, f32x4.larger, 0)
  const step: Loop['step'] = (half, mask) => [
    ...x.set(masked(loadX(half), mask)),
    ...error.set(f32x4.subtract(x.get, masked(read(half), mask))),
    ...magnitude.set(f32x4.absolute(error.get)),
    ...squares.add(f32x4.multiply(error.get, error.get)),
    ...products.add(f32x4.multiply(x.get, error.get)),
    ...sum.add(magnitude.get),
    ...largest.add(magnitude.get),
    ...deviating.add(
      f32x4.greater(magnitude.get, f32x4.larger(least.get, f32x4.multiply(f32x4.absolute(x.get), threshold.get)))
    )
  ]
  const body = overRows(
    locals,
    {
      columns: [squares, products, sum, deviating, largest],
      total: squares,
      before: [...before, ...threshold.set(f32x4.splat(FIRST)), ...least.set(f32x4.splat(SECOND))],
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
  const { before, read } = reader(stored, locals)
  const squares = new Sum(locals)
  const [zeroed, saturated] = [new Count(locals), new Count(locals)]
  const step: Loop['step'] = (half, mask) => [
    ...x.set(masked(loadX(half), mask)),
    ...y.set(read(half)),
    ...error.set(masked(f32x4.subtract(x.get, y.get), mask)),
    ...squares.add(f32x4.multiply(error.get, error.get)),
    ...zeroed.add(v128.and(f32x4.notEqual(x.get, ZERO), f32x4.equal(y.get, ZERO))),
    ...saturated.add(masked(v128.or(f32x4.equal(y.get, first.get), f32x4.equal(y.get, second.get)), mask))
  ]
  const body = overRows(
    locals,
    {
      columns: [squares, zeroed, saturated],
      total: squares,
      before: [...before, ...first.set(f32x4.splat(FIRST)), ...second.set(f32x4.splat(SECOND))],
      step
    },
    stored === 'float32' ? 4 : 1
  )
  return { locals: locals.types, body }
}

const SHARED = [I32, I32, I32, I32, I32]
const STORED: readonly Stored[] = ['float32', 'uint8', 'int8']

/** The module's bytes: `energy`, and `errors` and `losses` for each way to store a variant's values. */
export function kernelBytes(): Uint8Array {
  const params = [...SHARED, F32, F32, F32, F32]
  return assemble(
    [
      { name: 'energy', params: SHARED, ...energy() },
      ...STORED.flatMap((stored) => [
        { name: `errors_${stored}`, params, ...errors(stored) },
        { name: `losses_${stored}`, params, ...losses(stored) }
      ])
    ],
    1
  )
}
