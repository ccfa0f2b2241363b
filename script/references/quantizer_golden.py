"""Golden values for the calibration algorithms, on three distributions that anyone can draw again.

    python script/references/quantizer_golden.py    -> __fixtures__/quantization/calibration-golden.json

The thresholds of `entropy` and `mse` come from the plain loops below, those of `ortEntropy*` and `ortPercentile*` from
ONNX Runtime's own HistogramCollector, `quantile` from numpy over the values themselves.
"""

import contextlib
import io
import json

import numpy as np
import onnxruntime
from onnxruntime.quantization.calibrate import HistogramCollector

from quantizer_data import ROOT

BINS = 2048
TARGET = ROOT / "__fixtures__" / "quantization" / "calibration-golden.json"


def distributions() -> dict[str, np.ndarray]:
    x = np.random.default_rng(0).normal(size=200_000).astype(np.float32)
    normal = np.concatenate([x, x[:200] * np.float32(3)])
    laplace = np.random.default_rng(2).laplace(size=200_000).astype(np.float32)
    return {"normal-with-outliers": normal, "relu": np.maximum(normal, np.float32(0)), "laplace": laplace}


def entropy_threshold(counts: np.ndarray, levels: int) -> int:
    """Bins kept by the TensorRT-type search (GTC 2017 S7310, in the form that pytorch-quantization published)."""
    bins = counts.astype(np.float64)
    bins[0] = bins[1]
    divergences = []
    for i in range(levels, len(bins) + 1):
        level = np.arange(i) * levels // i
        filled = bins[:i] > 0
        mass = np.bincount(level[filled], weights=bins[:i][filled], minlength=levels)
        members = np.bincount(level[filled], minlength=levels)
        q = np.where(filled, (mass / np.maximum(members, 1))[level], 0)
        p = bins[:i].copy()
        p[-1] += bins[i:].sum()
        divergences.append(kl_divergence(p, q))
    last = len(divergences) - 1 - int(np.argmin(divergences[::-1]))
    return levels + last


def kl_divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Sum of p ln(p / q) after normalising both; infinite where p > 0 and q = 0."""
    p, q = p / p.sum(), q / q.sum()
    if np.any((p > 0) & (q == 0)):
        return np.inf
    inside = p > 0
    return float((p[inside] * np.log(p[inside] / q[inside])).sum())


def mse_threshold(counts: np.ndarray, width: float, largest_code: int) -> int:
    """Bins kept, of 128 or more, with the least squared error of the bins' centres; scale = threshold / largest_code."""
    centres = (np.arange(len(counts)) + 0.5) * width
    errors = []
    for i in range(128, len(counts) + 1):
        scale = i * width / largest_code
        restored = np.clip(np.rint(centres / scale), 0, largest_code) * scale
        errors.append(float((counts * (centres - restored) ** 2).sum()))
    return 128 + len(errors) - 1 - int(np.argmin(errors[::-1]))


def onnxruntime_range(x: np.ndarray, method: str, bins: int, symmetric: bool, percentile: float = 0) -> list[float]:
    collector = HistogramCollector(method, symmetric, bins, 128, percentile, "same")
    with contextlib.redirect_stdout(io.StringIO()):
        collector.collect({"x": [x]})
        low, high, *_ = collector.compute_collection_result()["x"]
    return [float(low), float(high)]


def golden(x: np.ndarray) -> dict:
    largest = float(np.abs(x).max())
    width = largest / BINS
    positive, negative = (
        np.histogram(part.astype(np.float64), BINS, range=(0, largest))[0] for part in (x[x >= 0], -x[x < 0])
    )
    counts = positive + negative
    one_sided = not negative.any()
    result = {
        "min": float(x.min()),
        "max": float(x.max()),
        "binWidth": width,
        "entropy128": threshold(entropy_threshold(counts, 128), width),
        "mseInt8": threshold(mse_threshold(counts, width, 127), width),
        "quantile": {str(p): float(np.quantile(np.abs(x).astype(np.float64), p / 100)) for p in (99.99, 99.999)},
        "ortPercentileSymmetric": {str(p): onnxruntime_range(x, "percentile", BINS, True, p) for p in (99.99, 99.999)},
        "ortPercentileSigned": {str(p): onnxruntime_range(x, "percentile", BINS, False, p) for p in (99.99, 99.999)},
        "ortEntropy128Bins": onnxruntime_range(x, "entropy", 128, False),
        "ortEntropy2048Bins": onnxruntime_range(x, "entropy", BINS, False),
    }
    if one_sided:
        # An unsigned type has all of its 256 codes above zero.
        result["entropy256"] = threshold(entropy_threshold(counts, 256), width)
        result["mseUint8"] = threshold(mse_threshold(counts, width, 255), width)
    return {**result, "positive": positive.tolist(), "negative": [] if one_sided else negative.tolist()}


def threshold(bins: int, width: float) -> dict:
    return {"bins": bins, "threshold": bins * width}


def main() -> None:
    header = {
        "command": "python script/references/quantizer_golden.py",
        "versions": {"numpy": np.__version__, "onnxruntime": onnxruntime.__version__},
        "about": "counts by floor(|x| / binWidth) of x >= 0 (positive) and x < 0 (negative, [] where there are none)",
    }
    entries = {name: golden(x) for name, x in distributions().items()}
    lines = [f" {json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in entries.items()]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("{" + json.dumps(header)[1:-1] + ',\n"distributions": {\n' + ",\n".join(lines) + "\n}}\n")
    for name, entry in entries.items():
        print(name, {key: value for key, value in entry.items() if key not in ("positive", "negative")})


if __name__ == "__main__":
    main()
