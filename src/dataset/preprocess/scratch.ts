/**
 * A buffer that a step writes every image into: it grows to the largest one and is never given back, so that a run over
 * a data set allocates nothing per image. A step's result is valid until the step runs again.
 */
export class Scratch {
  private buffer = new Uint8Array(0)

  /** At least `length` bytes with whatever the last image left in them. */
  take(length: number): Uint8Array {
    if (this.buffer.length < length) this.buffer = new Uint8Array(length)
    return this.buffer.subarray(0, length)
  }
}
