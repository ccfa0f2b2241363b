"""What the figures of a layer are, computed the straightforward way on whole tensors in float64.

    python script/references/layer_figures.py

writes __fixtures__/deviation/tensors.npy, float32 [samples, 3 * C, H, W]: the output of a layer in FP32, the same in a
variant as floats, and what a variant is to store in 8 bits; and figures.json beside it.
"""

import json
import pathlib

import numpy as np

FOLDER = pathlib.Path("__fixtures__/deviation")
SAMPLES, C, H, W = 3, 6, 13, 11
SCALE, ZERO_POINT = np.float32(0.037), 17
THRESHOLD = 0.1
FLOORS = (0.0, 0.1, 1.0)


def tensors():
    random = np.random.default_rng(4)
    shape = (SAMPLES, C, H, W)
    x = random.normal(size=shape) * np.array([1, 0.02, 3, 1, 0.3, 2])[None, :, None, None]
    x[:, 3] = np.maximum(x[:, 3], 0)
    x[:, 5, :, :4] = 0
    y = x + random.normal(size=shape) * 0.02
    y[:, 4] = 0
    y[:, 3][x[:, 3] == 0] = 0
    stored = x + random.normal(size=shape) * 0.01
    return [tensor.astype(np.float32) for tensor in (x, y, stored)]


def quantized(stored):
    codes = np.clip(np.rint(stored / SCALE) + ZERO_POINT, 0, 255)
    values = (codes - ZERO_POINT).astype(np.float32) * SCALE
    # neither end of this range is 0
    return values, (codes == 0) | (codes == 255)


def sqnr_db(x, y):
    return 10 * np.log10(np.sum(x**2) / np.sum((x - y) ** 2))


def deviating(x, y, floor):
    """|x - y| > t * max(|x|, floor * rms of the layer on that sample)"""
    rms = np.sqrt(np.mean(x**2, axis=(1, 2, 3), keepdims=True))
    return int(np.sum(np.abs(x - y) > THRESHOLD * np.maximum(np.abs(x), floor * rms)))


def figures(x32, y32):
    x, y = x32.astype(np.float64), y32.astype(np.float64)
    error = np.abs(x - y)
    return {
        "elements": x.size,
        "sqnrDb": sqnr_db(x, y),
        "cosine": np.sum(x * y) / np.sqrt(np.sum(x**2) * np.sum(y**2)),
        "maxAbs": error.max(),
        "meanAbs": error.mean(),
        "range": [x.min(), x.max()],
        "relErrorCount": {str(floor): deviating(x, y, floor) for floor in FLOORS},
        "zeroedRatio": np.mean((x32 != 0) & (y32 == 0)),
        "channels": [{"sqnrDb": sqnr_db(x[:, c], y[:, c]), "maxAbs": error[:, c].max()} for c in range(C)],
    }


def main():
    x, y, stored = tensors()
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.save(FOLDER / "tensors.npy", np.concatenate([x, y, stored], axis=1))
    codes, saturated = quantized(stored)
    result = {
        "command": "python script/references/layer_figures.py",
        "numpy": np.__version__,
        "channels": C,
        "scale": float(SCALE),
        "zeroPoint": ZERO_POINT,
        "threshold": THRESHOLD,
        "float": figures(x, y),
        "codes": {**figures(x, codes), "saturatedRatio": np.mean(saturated)},
    }
    (FOLDER / "figures.json").write_text(json.dumps(result, indent=1, default=float) + "\n")


main()
