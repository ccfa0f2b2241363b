import leven from 'leven'

/**
 * The candidate that was probably meant: one that the word begins, or the nearest by edit distance (Levenshtein 1966), where
 * at most a third of the word may differ; letters in another order count as one mistake.
 * @returns undefined where nothing is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.min(Math.ceil(word.length / 3), word.length - 1)
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    const [a, b] = [word.toLowerCase(), candidate.toLowerCase()]
    const distance = sorted(a) === sorted(b) ? Math.min(1, limit) : leven(a, b, { maxDistance: limit + 1 })
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
    else if (best === undefined && word.length > 2 && candidate.startsWith(word)) best = candidate
  }
  return best
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const best = nearest(word, candidates)
  return best === undefined ? '' : ` (did you mean ${JSON.stringify(best)}?)`
}

function sorted(word: string): string {
  return [...word].sort().join('')
}
