"""Newcombe's hybrid score interval of the difference of two proportions, as statsmodels computes it.

    python script/references/baseline.py > __fixtures__/baseline/newcombe.json

Needs script/references/requirements.txt.
"""

import json

from statsmodels.stats.proportion import confint_proportions_2indep

CASES = [
    (1, 1, 0),
    (10, 10, 10),
    (10, 0, 0),
    (20, 20, 0),
    (100, 56, 48),
    (500, 469, 470),
    (1000, 946, 921),
    (10000, 9339, 8989),
    (10000, 9345, 0),
    (10000, 9345, 9345),
    (50000, 38065, 37900),
]


def main() -> None:
    rows = []
    for samples, then, now in CASES:
        low, high = confint_proportions_2indep(then, samples, now, samples, method="newcomb", compare="diff")
        rows.append({"samples": samples, "then": then, "now": now, "low": float(low), "high": float(high)})
    print(json.dumps(rows, indent=1))


main()
