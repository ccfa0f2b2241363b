import { doWhile, I32, i32, i32x4, local, V128, v128, when, type Code } from '../../util/wasm.js'
import type { Column, Locals } from './columns.js'

/**
 * Every function of the kernel goes over rows (the channels of one image) of `length` values, at
 * least EIGHT, one after the other in memory, and adds to a table with a row of sums for each.
 *
 * Sums are float32 over at most 64 values a lane and float64 beyond: their relative error stays below 1e-6.
 */
export const EIGHT = 8

/** A cell of a table holds the two halves of a sum in float64, or a largest or smallest value in four of float32. */
export const CELL_BYTES = 16
/** Where each function adds the first column of all rows. */
export const TOTAL = 0

/** With what is left over of a row behind it, 64 values a lane. */
const BLOCK_BYTES = 4 * 31 * EIGHT

/** The parameters that all functions share, and their types. */
export const SHARED = [I32, I32, I32, I32, I32]
export const [X, Y, ROWS, LENGTH, TABLE] = [0, 1, 2, 3, 4].map((index) => local.get(index))
const [SET_X, SET_Y, SET_ROWS, , SET_TABLE] = [0, 1, 2, 3, 4]

/** What a loop does with eight values, and what it collects. */
export interface Loop {
  readonly columns: readonly Column[]
  readonly before: Code
  /** @param mask lanes that count; undefined: all. */
  readonly step: (half: 0 | 1, mask: Code | undefined) => Code
}

/** Row by row: blocks of eight values, then the last eight again where some of them are left over. */
export function overRows(locals: Locals, { columns, before, step }: Loop, bytes: number): Code {
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
  const each = (put: 'flush' | 'store'): Code => columns.flatMap((column, at) => column[put](TABLE, CELL_BYTES * at))
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
            ...when(
              rest.get,
              when(i32.equal(X, end.get), [
                ...advance(i32.subtract(i32.shiftLeft(rest.get, 2), i32.const(width))),
                ...eight(true),
                ...advance(i32.const(width))
              ])
            ),
            ...each('flush')
          ],
          i32.lessThanUnsigned(X, end.get)
        ),
        ...each('store'),
        ...local.set(SET_TABLE, i32.add(TABLE, i32.const(CELL_BYTES * columns.length))),
        ...local.set(SET_ROWS, i32.subtract(ROWS, i32.const(1)))
      ],
      ROWS
    )
  ]
}

export const masked = (value: Code, mask: Code | undefined): Code =>
  mask === undefined ? value : v128.and(value, mask)
export const loadX = (half: 0 | 1): Code => v128.load(X, 16 * half)
