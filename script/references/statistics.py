"""Independent reference for src/verdict: writes __fixtures__/verdict/statistics.json and coverage.json.

    pip install numpy scipy statsmodels
    python script/references/statistics.py

McNemar comes from scipy.stats.binomtest, Wilson from statsmodels. Tango's interval is built from its definition alone:
the nuisance rate is found by maximising the multinomial likelihood numerically (no closed form) and the ends by
root-finding on the score statistic. coverage.json holds exact coverage: every outcome (b, c) of the multinomial is
enumerated and weighted, nothing is drawn at random.
"""

import json
import math
import pathlib

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta, binom, binomtest, norm
from statsmodels.stats.proportion import proportion_confint

HERE = pathlib.Path(__file__).resolve().parents[2] / "__fixtures__" / "verdict"
Z = norm.ppf(0.975)


def repaired_rate(n, b, c, d):
    """argmax over q of b log(q + d) + c log(q) + (n - b - c) log(1 - 2q - d), by bisection on its derivative."""
    low, high = max(0.0, -d), (1 - d) / 2
    if high <= low:
        return low

    def ratio(count, rate):
        return count / max(rate, 1e-300) if count else 0.0

    def slope(q):
        return ratio(b, q + d) + ratio(c, q) - 2 * ratio(n - b - c, 1 - 2 * q - d)

    edge = (high - low) * 1e-15
    q0, q1 = low + edge, high - edge
    if slope(q0) <= 0:
        return low
    if slope(q1) >= 0:
        return high
    return brentq(slope, q0, q1, xtol=1e-18, rtol=8.9e-16, maxiter=500)


def score(n, b, c, d):
    q = repaired_rate(n, b, c, d)
    variance = n * (2 * q + d - d * d)
    numerator = b - c - n * d
    if abs(numerator) < 1e-300 or variance <= 0:
        return 0.0 if abs(numerator) < 1e-12 else math.copysign(1e9, numerator)
    return numerator / math.sqrt(variance)


def tango(n, b, c):
    estimate = (b - c) / n
    edge = 1 - 1e-12
    low = -1.0 if b - c == -n else brentq(lambda d: score(n, b, c, d) - Z, -edge, estimate, xtol=1e-15)
    high = 1.0 if b - c == n else brentq(lambda d: score(n, b, c, d) + Z, estimate, edge, xtol=1e-15)
    return [low, high]


def samples_needed(n, b, c, limit):
    """Brute force: the rates are kept (counts may be fractions) and n grows until the interval leaves the limit out."""
    if b - c == n * limit:
        return None

    def excluded(m):
        low, high = tango(m, b * m / n, c * m / n)
        return not low < limit < high

    high = 1
    while not excluded(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if excluded(middle) else (middle, high)
    return high


def closed_score(n, b, c, d):
    """Vectorised, for the enumeration; checked against `score` below."""
    flip = d < 0
    b, c, d = (c, b, -d) if flip else (b, c, d)
    linear = (2 * n - b + c) * d - b - c
    q = (np.sqrt(linear**2 + 8 * n * c * d * (1 - d)) - linear) / (4 * n)
    numerator = b - c - n * d
    with np.errstate(divide="ignore", invalid="ignore"):
        z = numerator / np.sqrt(n * (2 * q + d * (1 - d)))
    z = np.where(np.abs(numerator) < 1e-12, 0.0, z)
    return -z if flip else z


def coverage(n, pb, pc):
    """Probability that each interval holds the true drop pb - pc."""
    d = pb - pc
    m = np.arange(0, int(binom.isf(1e-12, n, pb + pc)) + 1)
    total, inside = 0.0, {"tango": 0.0, "conditional": 0.0, "wald": 0.0}
    for discordant, weight in zip(m, binom.pmf(m, n, pb + pc)):
        if weight < 1e-14:
            continue
        b = np.arange(discordant + 1)
        c = discordant - b
        p = weight * binom.pmf(b, discordant, pb / (pb + pc))
        total += p.sum()
        inside["tango"] += p[np.abs(closed_score(n, b, c, d)) <= Z].sum()
        low = np.where(b == 0, 0, beta.ppf(0.025, b, c + 1))
        high = np.where(c == 0, 1, beta.ppf(0.975, b + 1, c))
        share = discordant / n
        inside["conditional"] += p[(share * (2 * low - 1) <= d + 1e-15) & (d - 1e-15 <= share * (2 * high - 1))].sum()
        estimate = (b - c) / n
        error = np.sqrt((share - estimate**2) / n)
        inside["wald"] += p[np.abs(estimate - d) <= Z * error + 1e-15].sum()
    return {name: round(value / total, 4) for name, value in inside.items()}


def main():
    pairs = [
        (1, 0, 0), (1, 1, 0), (1, 0, 1), (10, 10, 0), (10, 3, 4), (50, 12, 2), (100, 0, 0), (100, 5, 0), (100, 0, 5),
        (500, 12, 9), (1000, 0, 0), (1000, 1, 0), (1000, 30, 20), (1000, 20, 30), (1000, 300, 290), (1000, 990, 10),
        (10000, 35, 30), (10000, 150, 40), (10000, 1800, 12), (50000, 900, 850), (1000000, 5200, 5000),
    ]  # fmt: skip
    cases = [
        {
            "samples": n, "broken": b, "repaired": c, "tango": tango(n, b, c),
            "pValue": float(binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0,
        }
        for n, b, c in pairs
    ]  # fmt: skip
    discordant = [(0, 1), (1, 1), (5, 15), (400, 600), (50000, 50000), (49500, 50500), (600, 1), (0, 1000), (300000, 301000)]
    mcnemar = [{"broken": b, "repaired": c, "pValue": float(binomtest(b, b + c, 0.5).pvalue)} for b, c in discordant]
    wilson = [
        {"successes": k, "samples": n, "interval": [float(x) for x in proportion_confint(k, n, 0.05, "wilson")]}
        for k, n in [(0, 10), (10, 10), (7, 10), (461, 500), (9461, 10000), (1, 100000)]
    ]
    needed = [
        {"samples": n, "broken": b, "repaired": c, "limit": limit, "needed": samples_needed(n, b, c, limit)}
        for n, b, c, limit in [
            (500, 12, 9, 0.01), (500, 9, 12, 0.01), (1000, 30, 20, 0.01), (1000, 30, 20, 0.02), (100, 0, 0, 0.01),
            (100, 0, 0, 0.003), (1000, 1, 0, 0.005), (10000, 35, 30, 0.001), (10000, 150, 40, 0.01), (1000, 20, 30, -0.02),
        ]
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    for _ in range(300):
        n = int(rng.integers(1, 2000))
        b, c = (int(x) for x in rng.multinomial(n, [0.1, 0.1, 0.8])[:2])
        d = float(rng.uniform(-0.9, 0.9))
        assert abs(closed_score(n, b, c, d) - score(n, b, c, d)) < 1e-6 * (1 + abs(score(n, b, c, d))), (n, b, c, d)
    table = [
        {"samples": n, "broken": pb, "repaired": pc, **coverage(n, pb, pc)}
        for n in (200, 1000, 10000)
        for pb, pc in [(0.0005, 0.0005), (0.002, 0.001), (0.005, 0.005), (0.015, 0.005), (0.03, 0.02), (0.06, 0.04)]
        if n * (pb + pc) < 500
    ]
    examples = []
    for n, b, c in [(100, 0, 0), (100, 5, 0), (500, 12, 9)]:
        share, m = (b + c) / n, b + c
        low = beta.ppf(0.025, b, c + 1) if b else 0
        high = beta.ppf(0.975, b + 1, c) if c else 1
        conditional = [100 * share * (2 * float(low) - 1), 100 * share * (2 * float(high) - 1)] if m else [0.0, 0.0]
        examples.append(
            {"samples": n, "broken": b, "repaired": c, "conditional": conditional, "tango": [100 * x for x in tango(n, b, c)]}
        )
    rates = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05]
    lowest = []
    for n in (200, 1000, 5000):
        grid = [(coverage(n, pb, pc), pb, pc) for pb in rates for pc in rates if pb >= pc and n * (pb + pc) <= 300]
        for name in ("tango", "conditional", "wald"):
            worst, pb, pc = min(((row[name], pb, pc) for row, pb, pc in grid))
            lowest.append({"samples": n, "interval": name, "coverage": worst, "broken": pb, "repaired": pc})
    HERE.mkdir(parents=True, exist_ok=True)
    write("statistics.json", {"pairs": cases, "mcnemar": mcnemar, "wilson": wilson, "samplesNeeded": needed})
    write("coverage.json", {"examples": examples, "coverage": table, "lowest": lowest})


def write(name, value):
    parts = [f'  "{key}": [\n' + ",\n".join("    " + json.dumps(row) for row in rows) + "\n  ]" for key, rows in value.items()]
    (HERE / name).write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
