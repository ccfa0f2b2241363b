"""What ONNX Runtime's Python quantizer reaches on the fixtures: the reference for this project's own quantizer.

    python script/references/quantizer.py baselines [MODEL...]   -> __fixtures__/quantization/onnxruntime-baselines.json
    python script/references/quantizer.py minmax                 -> __fixtures__/quantization/resnet14-minmax-64.json
    python script/references/quantizer.py check                  (our chunked calibration = plain quantize_static)

INT8 = QDQ, uint8 activations, int8 per-channel weights, every operator that ONNX Runtime quantizes by default, models
through quant_pre_process. Accuracy is measured with and without session.x64quantprecision=1: without it a processor
that has no VNNI adds pairs of uint8*int8 products in saturating int16.
"""

import json
import os
import platform
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import onnx
import onnxruntime
from onnx import version_converter
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import CalibrationDataReader, create_calibrator, save_tensors_data
from onnxruntime.quantization.shape_inference import quant_pre_process

import quantizer_data as data
from quantizer_ranges import METHODS, OPERATORS, Method, batches, calibrate

OUTPUT = data.ROOT / "__fixtures__" / "quantization"
THREADS = int(os.environ.get("THREADS", "1"))


@dataclass(frozen=True)
class Case:
    model: Path
    metric: str
    preprocess: Callable[[np.ndarray], np.ndarray]
    test: Callable[[], data.Split]
    calibration: Callable[[], data.Split]
    calibration_note: str
    batch: int


def fashion(name: str) -> Case:
    return Case(
        data.FIXTURES / "own" / "models" / f"{name}.onnx",
        "top1",
        data.fashion_input,
        lambda: data.fashion_mnist("test"),
        lambda: data.fashion_mnist("calibration"),
        "own/data/fashion-mnist.tar.gz, calibration/, all",
        64,
    )


CASES = {
    "classify-resnet14": fashion("classify-resnet14"),
    "classify-mobilenetv2": fashion("classify-mobilenetv2"),
    "classify-mobilenet-imbalanced": fashion("classify-mobilenet-imbalanced"),
    "third-party/mnist": Case(
        data.FIXTURES / "third-party" / "mnist" / "mnist.onnx",
        "top1",
        data.mnist_input,
        data.mnist,
        data.mnist,
        "the test images themselves, all: the publisher gives no others",
        1,
    ),
    "segment-unet": Case(
        data.FIXTURES / "own" / "models" / "segment-unet.onnx",
        "miou",
        data.scenes_input,
        lambda: data.scenes("test"),
        lambda: data.scenes("calibration"),
        "own/data/scenes/calibration, all",
        4,
    ),
}


def prepare(case: Case, work: Path) -> Path:
    """quant_pre_process; models older than opset 13 are converted first, which per-channel weights need."""
    model = onnx.load(case.model)
    if model.opset_import[0].version < 13:
        model = version_converter.convert_version(model, 13)
        # IR version 3 lists weights as inputs, and what could be fed anew is not folded or quantized as a constant.
        model.ir_version = max(model.ir_version, 8)
        weights = {initializer.name for initializer in model.graph.initializer}
        inputs = [value for value in model.graph.input if value.name not in weights]
        del model.graph.input[:]
        model.graph.input.extend(inputs)
    source, prepared = work / "source.onnx", work / "prepared.onnx"
    onnx.save(model, source)
    quant_pre_process(str(source), str(prepared))
    flatten_gemm_bias(prepared)
    return prepared


def flatten_gemm_bias(path: Path) -> None:
    """quantize_static raises ValueError on a Gemm bias of shape [1, N], which pre-processing makes of MatMul + Add."""
    model = onnx.load(path)
    biases = {node.input[2] for node in model.graph.node if node.op_type == "Gemm" and len(node.input) == 3}
    for tensor in model.graph.initializer:
        if tensor.name in biases and len(tensor.dims) == 2 and tensor.dims[0] == 1:
            del tensor.dims[0]
    onnx.save(model, path)


def quantize(prepared: Path, output: Path, method: Method, **ranges) -> None:
    quantize_static(
        str(prepared),
        str(output),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=method.kind,
        **ranges,
    )


def predict(model: Path, case: Case, exact: bool) -> np.ndarray:
    """Class index per image, or per pixel."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if exact:
        options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    outputs = [session.run(None, {name: x})[0].argmax(1) for x in batches(case.test().pixels, case.preprocess, case.batch)]
    return np.concatenate(outputs).astype(np.uint8)


def score(case: Case, predicted: np.ndarray, reference: np.ndarray | None = None) -> dict[str, float | int]:
    """top-1 with the images that turned wrong and right against `reference`; or mean IoU over all classes."""
    labels = np.asarray(case.test().labels)
    if case.metric == "miou":
        classes = int(labels.max()) + 1
        pairs = np.bincount(labels.ravel().astype(np.int64) * classes + predicted.ravel(), minlength=classes**2)
        confusion = pairs.reshape(classes, classes)
        hit = np.diag(confusion)
        return {"miou": round(float((hit / (confusion.sum(0) + confusion.sum(1) - hit)).mean()), 6)}
    right = predicted == labels
    result: dict[str, float | int] = {"top1": round(float(right.mean()), 6)}
    if reference is not None:
        before = reference == labels
        result |= {"broken": int((before & ~right).sum()), "repaired": int((~before & right).sum())}
    return result


def baseline(name: str) -> dict:
    case = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        prepared = prepare(case, work)
        calibration = case.calibration()
        tables = calibrate(prepared, work, calibration.pixels, case.preprocess, case.batch)
        fp32 = predict(case.model, case, exact=False)
        figures = {"fp32": score(case, fp32), "int8": {}}
        for label, method in METHODS.items():
            table, model = work / f"{label}.json", work / f"{label}.onnx"
            save_tensors_data(tables[label], table)
            quantize(prepared, model, method, calibration_data_reader=None, calibration_cache_path=str(table))
            figures["int8"][label] = {
                "x64quantprecision": score(case, predict(model, case, exact=True), fp32),
                "saturating": score(case, predict(model, case, exact=False), fp32),
            }
            print(name, label, figures["int8"][label], flush=True)
    best = max(figures["int8"], key=lambda label: figures["int8"][label]["x64quantprecision"][case.metric])
    return {
        "metric": case.metric,
        "samples": len(case.test().names),
        "calibration": {"images": len(calibration.names), "from": case.calibration_note},
        **figures,
        "best": {"method": best, case.metric: figures["int8"][best]["x64quantprecision"][case.metric]},
    }


class Reader(CalibrationDataReader):
    def __init__(self, name: str, inputs) -> None:
        self.inputs = ({name: batch} for batch in inputs)

    def get_next(self):
        return next(self.inputs, None)


def minmax() -> dict:
    """MinMaxCalibrater over the first 64 calibration images, on the model as it is (no pre-processing)."""
    case = CASES["classify-resnet14"]
    split = case.calibration()
    with tempfile.TemporaryDirectory() as folder:
        augmented = str(Path(folder) / "augmented.onnx")
        calibrator = create_calibrator(case.model, OPERATORS, augmented, CalibrationMethod.MinMax)
        calibrator.collect_data(Reader("images", batches(split.pixels[:64], case.preprocess, 1)))
        ranges = calibrator.compute_data().data
    # The shortest decimal that reads back as the same float32.
    pairs = {name: [float(str(np.float32(v.item()))) for v in value.range_value] for name, value in ranges.items()}
    return {"model": case.model.name, "images": split.names[:64], "ranges": dict(sorted(pairs.items()))}


def check() -> None:
    """Our chunked calibration gives the model that quantize_static gives from the same 64 images."""
    case = CASES["classify-mobilenetv2"]
    pixels = case.calibration().pixels[:64]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        prepared = prepare(case, work)
        tables = calibrate(prepared, work, pixels, case.preprocess, 16)
        for label, options in {
            "minmax": {},
            "entropy": {},
            "percentile-99.999": {},
            "percentile-99.99": {"CalibPercentile": 99.99},
            "percentile-99.99-signed": {"CalibPercentile": 99.99, "CalibTensorRangeSymmetric": False},
        }.items():
            table, ours, theirs = work / f"{label}.json", work / "ours.onnx", work / "theirs.onnx"
            save_tensors_data(tables[label], table)
            quantize(prepared, ours, METHODS[label], calibration_data_reader=None, calibration_cache_path=str(table))
            reader = Reader("images", batches(pixels, case.preprocess, 16))
            quantize(prepared, theirs, METHODS[label], calibration_data_reader=reader, extra_options=options)
            if initializers(ours) != initializers(theirs):
                raise SystemExit(f"{label}: chunked calibration differs from quantize_static")
            print(f"{label}: same")


def initializers(model: Path) -> dict[str, bytes]:
    return {tensor.name: onnx.numpy_helper.to_array(tensor).tobytes() for tensor in onnx.load(model).graph.initializer}


def environment() -> dict:
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    present = flags.group(1).split() if flags else []
    simd = [flag for flag in ("avx2", "avx512f", "avx_vnni", "avx512_vnni") if flag in present]
    return {
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "onnx": onnx.__version__,
        "numpy": np.__version__,
        "cpu": {"architecture": platform.machine(), "simd": simd, "vnni": any("vnni" in flag for flag in simd)},
    }


def write(name: str, content: dict) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / name).write_text(json.dumps(content, indent=1) + "\n")


def main(command: str, *names: str) -> None:
    if command == "check":
        check()
    elif command == "minmax":
        header = {"command": "python script/references/quantizer.py minmax", "environment": environment()}
        write("resnet14-minmax-64.json", {**header, **minmax()})
    elif command == "baselines":
        target = OUTPUT / "onnxruntime-baselines.json"
        models = json.loads(target.read_text())["models"] if target.exists() else {}
        for name in names or CASES:
            models[name] = baseline(name)
            header = {"command": "python script/references/quantizer.py baselines", "environment": environment()}
            settings = "QDQ, uint8 activations, int8 per-channel weights, models through quant_pre_process"
            ordered = {key: models[key] for key in CASES if key in models}
            write(target.name, {**header, "settings": settings, "models": ordered})
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
