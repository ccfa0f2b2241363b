/**
 * Exact two-sided McNemar test: under "no difference", each discordant pair falls on either side with probability 1/2,
 * so p = min(1, 2 P(X <= min(b, c))) with X ~ Binomial(b + c, 1/2).
 *
 * The binomial coefficients are summed relative to the central one, C(m, i) / C(m, floor(m/2)), by their recurrence:
 * no factorial is formed, so a million discordant pairs neither overflow nor cancel. O(b + c) steps.
 *
 * Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
 * Psychometrika 12 (1947) 153-157, in its exact binomial form.
 *
 * @param broken pairs right in FP32 and wrong in the variant (b).
 * @param repaired pairs wrong in FP32 and right in the variant (c).
 */
export function mcnemarPValue(broken: number, repaired: number): number {
  const discordant = broken + repaired
  const smaller = Math.min(broken, repaired)
  const centre = Math.floor(discordant / 2)
  let weight = 1
  let total = 0
  let tail = 0
  for (let i = centre; i >= 0; i--) {
    // an even count has one central coefficient; every other one occurs on both sides
    total += 2 * i === discordant ? weight : 2 * weight
    if (i <= smaller) tail += weight
    weight *= i / (discordant - i + 1)
  }
  return Math.min(1, (2 * tail) / total)
}
