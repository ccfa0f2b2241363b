import { f32x4, f64x2, i32, i32x4, local, V128, v128, type Code } from '../../util/wasm.js'

const all = (bits: number): Code => v128.const(bits, bits, bits, bits)
export const ZERO = all(0)

/** Names of locals for their numbers. */
export class Locals {
  readonly types: number[] = []
  constructor(private readonly params: number) {}

  add(type: number): { readonly get: Code; set(value: Code): Code } {
    const index = this.params + this.types.push(type) - 1
    return { get: local.get(index), set: (value) => local.set(index, value) }
  }
}

export type Local = ReturnType<Locals['add']>

/** A statistic as it is collected: one step for four values, and what of it goes into the table. */
export interface Column {
  /** Before a row. */
  readonly start: Code
  /** After each block: adds what was collected to a cell. */
  readonly flush: (address: Code, offset: number) => Code
  /** After a row, likewise. */
  readonly store: (address: Code, offset: number) => Code
}

/** Values of the two halves of eight are put together first: steps that wait for each other are half as many. */
class Collected {
  protected readonly value: Local
  private readonly first: Local

  constructor(
    locals: Locals,
    protected readonly put: (a: Code, b: Code) => Code
  ) {
    this.value = locals.add(V128)
    this.first = locals.add(V128)
  }

  add(half: 0 | 1, value: Code): Code {
    if (half === 0) return this.first.set(value)
    return this.value.set(this.put(this.value.get, this.put(this.first.get, value)))
  }
}

/** Adds up float32 values, and blocks of them in float64: in the table, so that no register holds them meanwhile. */
export class Sum extends Collected implements Column {
  private readonly block: Local

  /** @param total where blocks are added up as well. */
  constructor(
    locals: Locals,
    private readonly total?: number
  ) {
    super(locals, f32x4.add)
    this.block = locals.add(V128)
  }

  get start(): Code {
    return this.value.set(ZERO)
  }

  readonly flush = (address: Code, offset: number): Code => {
    const { block, value, total } = this
    const addTo = (to: Code, at: number): Code => v128.store(to, f64x2.add(v128.load(to, at), block.get), at)
    return [
      ...block.set(f64x2.add(f64x2.promoteLower(value.get), f64x2.promoteLower(v128.upper(value.get)))),
      ...addTo(address, offset),
      ...(total === undefined ? [] : addTo(i32.const(total), 0)),
      ...value.set(ZERO)
    ]
  }

  readonly store = (): Code => []
}

/** Counts lanes of a comparison that hold: they are -1. */
export class Count implements Column {
  private readonly lanes: Local
  readonly flush = (): Code => []

  constructor(locals: Locals) {
    this.lanes = locals.add(V128)
  }

  add(holds: Code): Code {
    return this.lanes.set(i32x4.subtract(this.lanes.get, holds))
  }

  get start(): Code {
    return this.lanes.set(ZERO)
  }

  readonly store = (address: Code, offset: number): Code => {
    const { get } = this.lanes
    const both = f64x2.add(f64x2.convertLower(get), f64x2.convertLower(v128.upper(get)))
    return v128.store(address, f64x2.add(v128.load(address, offset), both), offset)
  }
}

/** Keeps the largest or smallest value of each lane. */
export class Extreme extends Collected implements Column {
  readonly flush = (): Code => []

  constructor(
    locals: Locals,
    pick: (a: Code, b: Code) => Code,
    private readonly before: number
  ) {
    super(locals, pick)
  }

  get start(): Code {
    return this.value.set(all(this.before))
  }

  readonly store = (address: Code, offset: number): Code =>
    v128.store(address, this.put(v128.load(address, offset), this.value.get), offset)
}
