/**
 * The scored boxes of one image, in arrays that are used again for the next one. A box that counts for several classes
 * is several candidates.
 */
export class Candidates {
  count = 0
  /** Scores that were NaN or infinite. */
  nonFinite = 0
  scores = new Float32Array(1024)
  categories = new Int32Array(1024)
  /** Number of the box in the network's output. */
  anchors = new Int32Array(1024)
  #heap = new Int32Array(1024)
  #left = 0

  clear(): void {
    this.count = this.nonFinite = this.#left = 0
  }

  push(anchor: number, category: number, score: number): void {
    // x - x is 0 for finite x alone
    if (score - score !== 0) {
      this.nonFinite++
      return
    }
    if (this.count === this.scores.length) this.#grow()
    this.scores[this.count] = score
    this.categories[this.count] = category
    this.anchors[this.count++] = anchor
  }

  /** Call once all are in, before {@link next}. */
  order(): void {
    this.#left = this.count
    for (let i = 0; i < this.count; i++) this.#heap[i] = i
    for (let i = (this.count >> 1) - 1; i >= 0; i--) this.#sink(i)
  }

  /**
   * The candidates by falling score, the earlier one first where scores are equal; -1 at the end. A heap, because only
   * the first few hundred of up to hundreds of thousands are asked for.
   */
  next(): number {
    if (this.#left === 0) return -1
    const top = this.#heap[0]
    this.#heap[0] = this.#heap[--this.#left]
    this.#sink(0)
    return top
  }

  #sink(start: number): void {
    const heap = this.#heap
    const { scores } = this
    const item = heap[start]
    const score = scores[item]
    const end = this.#left
    let at = start
    for (let child = 2 * at + 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end && isAhead(scores, heap[child + 1], heap[child])) child++
      const next = heap[child]
      const ahead = scores[next] > score || (scores[next] === score && next < item)
      if (!ahead) break
      heap[at] = next
      at = child
    }
    heap[at] = item
  }

  #grow(): void {
    const size = 2 * this.scores.length
    const { scores, categories, anchors } = this
    this.scores = new Float32Array(size)
    this.scores.set(scores)
    this.categories = new Int32Array(size)
    this.categories.set(categories)
    this.anchors = new Int32Array(size)
    this.anchors.set(anchors)
    this.#heap = new Int32Array(size)
  }
}

function isAhead(scores: Float32Array, a: number, b: number): boolean {
  return scores[a] > scores[b] || (scores[a] === scores[b] && a < b)
}
