import { uniform } from '../../src/util/random.js'

export { uniform }

/** Seeded normal numbers with mean 0 and variance 1 (Box-Muller). */
export function normal(seed: number): () => number {
  const next = uniform(seed)
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    const angle = 2 * Math.PI * next()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
