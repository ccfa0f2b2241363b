"""Activation ranges by ONNX Runtime's own calibration code, with memory that does not grow with the number of images.

ONNX Runtime keeps every activation of every image until it has seen them all. Here the least and greatest values are
found first, then histograms are counted chunk by chunk over the ranges that collecting everything at once would have
used. Counts over a fixed range add up, so ONNX Runtime's search sees the histograms of one single collection.
"""

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import numpy as np
from onnxruntime.quantization import CalibrationMethod
from onnxruntime.quantization.calibrate import HistogramCollector, TensorsData, create_calibrator
from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

OPERATORS = sorted({*QLinearOpsRegistry, *QDQRegistry})


@dataclass(frozen=True)
class Method:
    """One way to call ONNX Runtime's calibration; `signed` is CalibTensorRangeSymmetric=False for percentiles."""

    kind: CalibrationMethod
    bins: int = 0
    percentile: float = 0
    signed: bool = True

    @property
    def histogram(self) -> str:
        return f"{'signed' if self.signed else 'absolute'}{self.bins}"


METHODS = {
    "minmax": Method(CalibrationMethod.MinMax),
    "entropy": Method(CalibrationMethod.Entropy, bins=128),
    "entropy-2048-bins": Method(CalibrationMethod.Entropy, bins=2048),
    "percentile-99.999": Method(CalibrationMethod.Percentile, bins=2048, percentile=99.999, signed=False),
    "percentile-99.99": Method(CalibrationMethod.Percentile, bins=2048, percentile=99.99, signed=False),
    "percentile-99.999-signed": Method(CalibrationMethod.Percentile, bins=2048, percentile=99.999),
    "percentile-99.99-signed": Method(CalibrationMethod.Percentile, bins=2048, percentile=99.99),
}


def batches(inputs: np.ndarray, preprocess, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(inputs), size):
        yield preprocess(inputs[start : start + size])


class Activations:
    """Every tensor that ONNX Runtime would calibrate, image batch by image batch, from an unoptimised session."""

    def __init__(self, model: Path, work: Path) -> None:
        calibrator = create_calibrator(
            model, OPERATORS, str(work / "augmented.onnx"), CalibrationMethod.Percentile, extra_options={}
        )
        self.session = calibrator.infer_session
        self.input = self.session.get_inputs()[0].name
        self.names = [output.name for output in self.session.get_outputs()]
        self.tensors = calibrator.tensors_to_calibrate

    def __call__(self, batch: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        for name, value in zip(self.names, self.session.run(None, {self.input: batch}), strict=True):
            if name in self.tensors:
                yield name, value.ravel()


def calibrate(model: Path, work: Path, inputs: np.ndarray, preprocess, size: int) -> dict[str, TensorsData]:
    """Ranges of every method of METHODS."""
    activations = Activations(model, work)
    extremes: dict[str, tuple] = {}
    for batch in batches(inputs, preprocess, size):
        for name, x in activations(batch):
            least, greatest, nearest = x.min(), x.max(), np.abs(x).min()
            if name in extremes:
                old = extremes[name]
                least, greatest, nearest = min(old[0], least), max(old[1], greatest), min(old[2], nearest)
            extremes[name] = (least, greatest, nearest)

    histograms: dict[str, dict[str, tuple]] = {"signed128": {}, "signed2048": {}, "absolute2048": {}}
    for batch in batches(inputs, preprocess, size):
        for name, x in activations(batch):
            least, greatest, nearest = extremes[name]
            limit = np.array(max(abs(least), abs(greatest)), dtype=x.dtype)
            add(histograms["signed128"], name, x, 128, (-limit, limit), (least, greatest, limit))
            add(histograms["signed2048"], name, x, 2048, (-limit, limit), (least, greatest, limit))
            add(histograms["absolute2048"], name, np.abs(x), 2048, (nearest, limit), (least, greatest))

    result = {}
    for label, method in METHODS.items():
        if method.kind is CalibrationMethod.MinMax:
            found = {name: (np.array(low), np.array(high)) for name, (low, high, _) in extremes.items()}
        else:
            collector = HistogramCollector(
                method=method.kind.name.lower(),
                symmetric=not method.signed,
                num_bins=method.bins,
                num_quantized_bins=128,
                percentile=method.percentile,
                scenario="same",
            )
            collector.histogram_dict = histograms[method.histogram]
            with contextlib.redirect_stdout(io.StringIO()):
                found = collector.compute_collection_result()
        result[label] = TensorsData(method.kind, found)
    return result


def add(into: dict[str, tuple], name: str, x: np.ndarray, bins: int, limits: tuple, rest: tuple) -> None:
    counts, edges = np.histogram(x, bins, range=limits)
    if name in into:
        counts = counts + into[name][0]
    into[name] = (counts, edges.astype(x.dtype), *rest)
