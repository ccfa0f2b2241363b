"""ONNX Runtime's own comparison of activations, over the models and images that bench/layers.ts has made.

    python bench/qdq_loss_debug.py FOLDER THREADS

Prints wall seconds, CPU seconds and peak memory as JSON. Needs onnxruntime, onnx and sympy.
"""

import json
import pathlib
import resource
import sys
import time

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader
from onnxruntime.quantization import qdq_loss_debug as debug


class Images(CalibrationDataReader):
    def __init__(self, images):
        self.rest = iter(images)

    def get_next(self):
        image = next(self.rest, None)
        return None if image is None else {"images": image[None]}


def with_threads(threads):
    """collect_activations makes its own session options: the default there is every core."""
    original = onnxruntime.SessionOptions

    class Options(original):
        def __init__(self):
            super().__init__()
            self.intra_op_num_threads = threads

    debug.onnxruntime.SessionOptions = Options


def main():
    folder, threads = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    if threads > 0:
        with_threads(threads)
    images = np.load(folder / "images.npy")
    started, cpu = time.perf_counter(), time.process_time()
    activations = []
    for name in ("fp32", "int8"):
        augmented = str(folder / f"{name}.augmented.onnx")
        debug.modify_model_output_intermediate_tensors(str(folder / f"{name}.onnx"), augmented)
        activations.append(debug.collect_activations(augmented, Images(images)))
    matched = debug.create_activation_matching(activations[1], activations[0])
    errors = debug.compute_activation_error(matched)
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "cpuSeconds": time.process_time() - cpu,
                "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "tensors": len(errors),
            }
        )
    )


main()
