/**
 * As much of a WebAssembly assembler as the kernels need. Instructions are nested as in the folded text format, and give
 * the bytes of the binary one (WebAssembly Core Specification 2.0, chapter 5).
 */
export type Code = readonly (number | Code)[]

export const I32 = 0x7f
export const F32 = 0x7d
export const V128 = 0x7b

export interface KernelFunction {
  readonly name: string
  readonly params: Code
  /** Value types of the local variables, which are numbered on from the parameters. */
  readonly locals: Code
  readonly body: Code
}

/** Index into the locals, from the parameters on. */
export const local = {
  get: (index: number): Code => [0x20, index],
  set: (index: number, value: Code): Code => [value, 0x21, index],
  tee: (index: number, value: Code): Code => [value, 0x22, index]
}

/** Addresses are taken as aligned to the value's size. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: (address: Code): Code => [address, 0x28, 2, 0],
  store: (address: Code, value: Code): Code => [address, value, 0x36, 2, 0],
  equal: (a: Code, b: Code): Code => [a, b, 0x46],
  lessThanUnsigned: (a: Code, b: Code): Code => [a, b, 0x49],
  add: (a: Code, b: Code): Code => [a, b, 0x6a],
  subtract: (a: Code, b: Code): Code => [a, b, 0x6b],
  and: (a: Code, b: Code): Code => [a, b, 0x71],
  shiftLeft: (a: Code, bits: number): Code => [a, ...i32.const(bits), 0x74],
  shiftRight: (a: Code, bits: number): Code => [a, ...i32.const(bits), 0x75],
  truncate: (float: Code): Code => [float, 0xa8],
  /** a where the condition is not 0, else b. */
  select: (condition: Code, a: Code, b: Code): Code => [a, b, condition, 0x1b]
}

export const v128 = {
  load: (address: Code, offset = 0): Code => [address, ...simd(0x00), 4, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, ...simd(0x0b), 4, ...unsigned(offset)],
  /** Four 32-bit integers. */
  const: (...lanes: readonly [number, number, number, number]): Code => [
    ...simd(0x0c),
    ...new Uint8Array(Int32Array.from(lanes).buffer)
  ],
  and: (a: Code, b: Code): Code => [a, b, ...simd(0x4e)],
  or: (a: Code, b: Code): Code => [a, b, ...simd(0x50)],
  xor: (a: Code, b: Code): Code => [a, b, ...simd(0x51)],
  /** The upper two of four lanes, twice. */
  upper: (vector: Code): Code => [
    vector,
    vector,
    ...simd(0x0d),
    ...[8, 9, 10, 11, 12, 13, 14, 15],
    ...[8, 9, 10, 11, 12, 13, 14, 15]
  ]
}

/** Eight 16-bit integers, from eight bytes. */
export const i16x8 = {
  loadBytes: (address: Code, isSigned: boolean): Code => [address, ...simd(isSigned ? 0x01 : 0x02), 3, 0],
  splat: (value: Code): Code => [value, ...simd(0x10)],
  subtract: (a: Code, b: Code): Code => [a, b, ...simd(0x91)]
}

export const i32x4 = {
  extractLane: (lane: number, vector: Code): Code => [vector, ...simd(0x1b), lane],
  shiftLeft: (vector: Code, bits: Code): Code => [vector, bits, ...simd(0xab)],
  shiftRightUnsigned: (vector: Code, bits: Code): Code => [vector, bits, ...simd(0xad)],
  splat: (value: Code): Code => [value, ...simd(0x11)],
  equal: (a: Code, b: Code): Code => [a, b, ...simd(0x37)],
  greaterOrEqual: (a: Code, b: Code): Code => [a, b, ...simd(0x3f)],
  add: (a: Code, b: Code): Code => [a, b, ...simd(0xae)],
  subtract: (a: Code, b: Code): Code => [a, b, ...simd(0xb1)],
  /** The lower or the upper four of eight 16-bit integers. */
  extend: (half: 0 | 1, vector: Code): Code => [vector, ...simd(half === 0 ? 0xa7 : 0xa8)],
  min: (a: Code, b: Code): Code => [a, b, ...simd(0xb6)],
  max: (a: Code, b: Code): Code => [a, b, ...simd(0xb8)],
  truncate: (vector: Code): Code => [vector, ...simd(0xf8)]
}

export const f32x4 = {
  splat: (value: Code): Code => [value, ...simd(0x13)],
  equal: (a: Code, b: Code): Code => [a, b, ...simd(0x41)],
  notEqual: (a: Code, b: Code): Code => [a, b, ...simd(0x42)],
  greater: (a: Code, b: Code): Code => [a, b, ...simd(0x44)],
  add: (a: Code, b: Code): Code => [a, b, ...simd(0xe4)],
  subtract: (a: Code, b: Code): Code => [a, b, ...simd(0xe5)],
  multiply: (a: Code, b: Code): Code => [a, b, ...simd(0xe6)],
  /** Lanes of a, but those of b where they are smaller: a NaN in b counts for nothing. */
  smaller: (a: Code, b: Code): Code => [a, b, ...simd(0xea)],
  larger: (a: Code, b: Code): Code => [a, b, ...simd(0xeb)],
  convert: (integers: Code): Code => [integers, ...simd(0xfa)]
}

/** Two float64. */
export const f64x2 = {
  add: (a: Code, b: Code): Code => [a, b, ...simd(0xf0)],
  /** Of the lower two of four float32. */
  promoteLower: (vector: Code): Code => [vector, ...simd(0x5f)],
  /** Of the lower two of four 32-bit integers. */
  convertLower: (vector: Code): Code => [vector, ...simd(0xfe)]
}

/** if (condition) { body } */
export function when(condition: Code, body: Code): Code {
  return [condition, 0x04, 0x40, body, 0x0b]
}

/** do { body } while (condition) */
export function doWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, body, condition, 0x0d, 0, 0x0b]
}

/** A module of functions without results over one exported memory of `pages` times 64 KiB. */
export function assemble(functions: readonly KernelFunction[], pages: number): Uint8Array {
  const types = functions.map(({ params }) => [0x60, ...vector(params.map((type) => [type])), 0])
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, index])
  const bodies = functions.map(({ locals, body }) => {
    const code = flat([...vector(locals.map((type) => [1, type])), body, 0x0b])
    return [...unsigned(code.length), ...code]
  })
  return Uint8Array.from(
    flat([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, types),
      ...section(
        3,
        functions.map((_, index) => [index])
      ),
      ...section(5, [[0, ...unsigned(pages)]]),
      ...section(7, [[...text('memory'), 0x02, 0], ...exports]),
      ...section(10, bodies)
    ])
  )
}

/** Nested while it is written, so that nothing is copied for each instruction around it. */
function flat(code: Code): number[] {
  return (code as readonly unknown[]).flat(Infinity) as number[]
}

function simd(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)]
}

function section(id: number, items: readonly Code[]): number[] {
  const content = vector(items)
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...flat(items)]
}

function text(value: string): number[] {
  return vector([...Buffer.from(value)].map((byte) => [byte]))
}

/** LEB128 */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}

function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]
}
