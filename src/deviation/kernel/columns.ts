import { f32x4, f64x2, i32x4, local, V128, v128, type Code } from '../../util/wasm.js'

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
  /** After each block. */
  readonly flush: Code
  /** After a row: adds what was collected to a cell. */
  readonly store: (address: Code) => Code
}

/** Adds up float32 values, and blocks of them in float64. */
export class Sum implements Column {
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
export class Count implements Column {
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
export class Extreme implements Column {
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
