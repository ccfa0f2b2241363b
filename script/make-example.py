"""Builds examples/01_fashion_mnist from the shared fixtures, and measures it with Python's ONNX Runtime.

    python script/make-example.py            model and images; the same bytes every time
    python script/make-example.py --measure  FP32 top-1 (the config's `expect`) and ONNX Runtime's own INT8 beside it

Images are taken evenly over the sorted names of each class, the same number from every class (+-1).
"""

import math
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "references"))

import quantizer_data as data  # noqa: E402

EXAMPLE = data.ROOT / "examples" / "01_fashion_mnist"
MODEL = "classify-mobilenetv2"
TAKE = {"test": 2000, "calibration": 256}


def evenly(names: list[str], count: int) -> list[str]:
    return [names[i * len(names) // count] for i in range(count)]


def chosen(names: list[str], total: int) -> list[str]:
    """`total` of `class/file` names; where it does not divide, the first classes give one more."""
    classes = sorted({name.split("/")[0] for name in names})
    result: list[str] = []
    for index, label in enumerate(classes):
        count = total // len(classes) + (index < total % len(classes))
        result += evenly(sorted(name for name in names if name.startswith(f"{label}/")), count)
    return result


def build() -> None:
    shutil.rmtree(EXAMPLE / "data", ignore_errors=True)
    with tarfile.open(data.FIXTURES / "own" / "data" / "fashion-mnist.tar.gz") as archive:
        members = {member.name.split("/", 1)[1]: member for member in archive if member.isfile()}
        for split, total in TAKE.items():
            names = [name.removeprefix(f"{split}/") for name in members if name.startswith(f"{split}/")]
            for name in chosen(names, total):
                target = EXAMPLE / "data" / split / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(members[f"{split}/{name}"]).read())
    shutil.copyfile(data.FIXTURES / "own" / "models" / f"{MODEL}.onnx", EXAMPLE / "model.onnx")
    files = [path for path in EXAMPLE.rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.2f} MB")


def read(split: str) -> data.Split:
    import numpy as np
    from PIL import Image

    folder = EXAMPLE / "data" / split
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    pixels = np.stack([np.asarray(Image.open(folder / name)) for name in names])
    return data.Split(names, pixels, np.array([int(name.split("-")[0]) for name in names]))


def measure() -> None:
    import quantizer
    from onnxruntime.quantization.calibrate import save_tensors_data

    test, calibration = read("test"), read("calibration")
    case = quantizer.Case(
        EXAMPLE / "model.onnx", "top1", data.fashion_input, lambda: test, lambda: calibration, "", 64
    )
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        prepared = quantizer.prepare(case, work)
        tables = quantizer.calibrate(prepared, work, calibration.pixels, case.preprocess, case.batch)
        fp32 = quantizer.predict(case.model, case, exact=False)
        print(f"fp32 {quantizer.score(case, fp32)} on {len(test.names)} images")
        for label, method in quantizer.METHODS.items():
            table, model = work / f"{label}.json", work / f"{label}.onnx"
            save_tensors_data(tables[label], table)
            quantizer.quantize(
                prepared, model, method, calibration_data_reader=None, calibration_cache_path=str(table)
            )
            figures = quantizer.score(case, quantizer.predict(model, case, exact=True), fp32)
            print(f"int8 {label} {figures} {interval(figures['broken'], figures['repaired'], len(test.names))}")


def interval(broken: int, repaired: int, n: int) -> str:
    """Drop in points with the Wald interval and Tango's score interval for paired proportions (Tango 1998), 95 %."""
    drop = (broken - repaired) / n
    error = 1.959964 * math.sqrt(max((broken + repaired) / n - drop * drop, 0) / n)
    low, high = (tango_limit(broken, repaired, n, side) for side in (-1, 1))
    return (
        f"drop {100 * drop:.2f} points, Wald [{100 * (drop - error):.2f}, {100 * (drop + error):.2f}], "
        f"Tango [{100 * low:.2f}, {100 * high:.2f}]"
    )


def tango_limit(b: int, c: int, n: int, side: int) -> float:
    """The difference at which the score statistic reaches +-1.96, by bisection."""

    def statistic(delta: float) -> float:
        linear = -b - c + (2 * n - b + c) * delta
        q21 = (math.sqrt(linear**2 - 8 * n * (-c * delta * (1 - delta))) - linear) / (4 * n)
        variance = n * (2 * q21 + delta * (1 - delta))
        return (b - c - n * delta) / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, b - c - n * delta)

    inner, outer = (b - c) / n, side * 0.999999
    for _ in range(100):
        middle = (inner + outer) / 2
        if abs(statistic(middle)) < 1.959964:
            inner = middle
        else:
            outer = middle
    return inner


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        measure()
    elif not sys.argv[1:]:
        build()
    else:
        raise SystemExit(__doc__)
