/** The first `kept` of `kept + 1` interleaved channels: colour as stored, without compositing. */
export function withoutAlpha(data: Uint8Array, count: number, kept: 1 | 3): Uint8Array {
  const out = new Uint8Array(count * kept)
  for (let i = 0, from = 0, to = 0; i < count; i++, from++) for (let c = 0; c < kept; c++) out[to++] = data[from++]
  return out
}

/** Pillow's conversion (libImaging/Convert.c): the share of paper, 255 - K, less the ink's part of it. */
export function cmykToRgb(data: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(count * 3)
  for (let i = 0; i < count; i++) {
    const paper = 255 - data[i * 4 + 3]
    for (let c = 0; c < 3; c++) {
      // Division by 255, rounded, as image libraries write it.
      const product = data[i * 4 + c] * paper + 128
      out[i * 3 + c] = paper - (((product >> 8) + product) >> 8)
    }
  }
  return out
}
