"""Writes __fixtures__/model/float16.json: float32 bit patterns and the float16 bits that numpy rounds them to.

Around every boundary of the format (ties, subnormals, overflow, zero) and 600 random patterns.

    python script/references/model_float16.py
"""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(16)
halves = np.concatenate([[0, 1, 2, 3, 0x3FE, 0x3FF, 0x400, 0x401, 0x3C00, 0x3C01, 0x7BFE, 0x7BFF], rng.integers(0, 0x7BFF, 60)])
values = halves.astype(np.uint16).view(np.float16).astype(np.float32)
following = (halves + 1).astype(np.uint16).view(np.float16).astype(np.float64)
# Half-way to the next float16 (65536 follows the largest), and one float32 step to both sides of it.
following[np.isinf(following)] = 65536
middle = ((values + following) / 2).astype(np.float32)
near = np.concatenate([values, middle, np.nextafter(middle, np.float32(0)), np.nextafter(middle, np.float32(np.inf))])
special = np.array([np.inf, 65504, 65519.996, 65520, 1e38, 1e-45, 2**-25, 2**-24, 2**-14], np.float32)
random = rng.integers(0, 2**32, 600, np.uint32).view(np.float32)
inputs = np.concatenate([near, special, -near, -special, random])
inputs = inputs[~np.isnan(inputs)]
with np.errstate(over="ignore"):
    outputs = inputs.astype(np.float16)
table = np.stack([inputs.view(np.uint32), outputs.view(np.uint16)], 1).tolist()
target = pathlib.Path(__file__).parents[2] / "__fixtures__/model/float16.json"
target.write_text(json.dumps(table, separators=(",", ":")) + "\n")
print(len(table), "values")
