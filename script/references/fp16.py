"""What a network of Conv, Relu, Add, BatchNormalization and Gemm gives in half precision, rounded after every operator.

The arithmetic is numpy's: float16 operands, sums in float32, every result rounded to float16. That is what a GPU with
float32 accumulation computes, and what src/quantization/fp16/emulate.ts has to reproduce on a CPU.

    python script/references/fp16.py > __fixtures__/quantization/fp16.json
"""

import json

import numpy as np


def half(x):
    with np.errstate(over="ignore"):
        return np.asarray(x, np.float32).astype(np.float16).astype(np.float32)


def conv1x1(x, w, b):
    """x [C,H,W], w [M,C]; float32 sums of float16 operands."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.einsum("mc,chw->mhw", w, x).astype(np.float32) + b[:, None, None]


def network(gain):
    """The same numbers as __tests__/quantization/fp16.test.ts makes."""
    i = np.arange(48, dtype=np.float64)
    x = half((np.sin(i) * 3).reshape(3, 4, 4).astype(np.float32))
    w1 = half(np.cos(np.arange(12)).reshape(4, 3).astype(np.float32) * np.float32(gain))
    b1 = half((0.1 * np.arange(4)).astype(np.float32))
    w2 = half((np.sin(np.arange(16) * 0.7)).reshape(4, 4).astype(np.float32) / np.float32(gain))
    b2 = half(np.full(4, 0.001, np.float32))
    w3 = half(np.sin(np.arange(128) * 0.3).reshape(2, 64).astype(np.float32))
    with np.errstate(over="ignore", invalid="ignore"):
        c1 = half(conv1x1(x, w1, b1))
        r1 = np.maximum(c1, 0)
        c2 = half(conv1x1(r1, w2, b2))
        a1 = half(c2 + r1)
        y = half((w3 @ a1.reshape(64)).astype(np.float32))
    return {"c1": c1, "c2": c2, "a1": a1, "y": y}


def encode(x):
    return [None if np.isnan(v) else "inf" if v == np.inf else "-inf" if v == -np.inf else float(v) for v in x.ravel()]


print(
    json.dumps(
        {
            "command": "python script/references/fp16.py",
            "numpy": np.__version__,
            "gains": {str(g): {k: encode(v) for k, v in network(g).items()} for g in (1, 60000)},
        }
    )
)
