"""Tables of ranges as ONNX Runtime writes and reads them.

    python script/references/table_formats.py write   # __fixtures__/quantization/tables/onnxruntime/*: a min-max calibration
    python script/references/table_formats.py read    # what its readers make of __fixtures__/quantization/tables/ours.*

The files named ours.* are this project's (`node script/write-tables.mjs`). Needs script/references/requirements.txt.
"""

import json
import re
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader
from onnxruntime.quantization.calibrate import CalibrationMethod, create_calibrator, load_tensors_data, save_tensors_data
from onnxruntime.quantization.CalTableFlatBuffers.TrtTable import TrtTable
from onnxruntime.quantization.quant_utils import write_calibration_table

FOLDER = Path(__file__).resolve().parents[2] / "__fixtures__" / "quantization" / "tables"


def write() -> None:
    folder = FOLDER / "onnxruntime"
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.onnx"
    onnx.save(small_model(), model)
    calibrator = create_calibrator(str(model), calibrate_method=CalibrationMethod.MinMax)
    calibrator.collect_data(Reader())
    data = calibrator.compute_data()
    model.unlink()
    write_calibration_table(data, str(folder))
    save_tensors_data(data, folder / "calibration_cache_path.json")
    ranges = {
        name: [float(np.asarray(value.lowest).item()), float(np.asarray(value.highest).item())]
        for name, value in data.items()
    }
    (folder / "ranges.json").write_text(json.dumps(ranges, indent=1) + "\n")


def read() -> None:
    table = TrtTable.GetRootAsTrtTable((FOLDER / "ours.flatbuffers").read_bytes(), 0)
    entries = [table.Dict(i) for i in range(table.DictLength())]
    flat = {entry.Key().decode(): float(np.float32(float(entry.Value()))) for entry in entries}
    tensors = load_tensors_data(FOLDER / "ours.cache-path.json")
    ranges = {
        name: [float(np.asarray(value.lowest).item()), float(np.asarray(value.highest).item())]
        for name, value in tensors.items()
    }
    text = {"flatbuffers": flat, "json": ranges, "tensorrt": tensorrt(FOLDER / "ours.cache")}
    (FOLDER / "ours.read.json").write_text(json.dumps(text, indent=1) + "\n")


def tensorrt(file: Path) -> dict[str, float]:
    """As TensorRT's own samples read it: amax in float32 arithmetic."""
    lines = file.read_text().splitlines()
    assert re.fullmatch(r"TRT-\d+-\w+", lines[0])
    pairs = (line.rsplit(": ", 1) for line in lines[1:])
    return {
        name: float(np.float32(struct.unpack("!f", bytes.fromhex(digits))[0]) * np.float32(127))
        for name, digits in pairs
    }


class Reader(CalibrationDataReader):
    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.batches = iter([{"images": random.normal(size=(1, 3, 8, 8)).astype(np.float32)} for _ in range(8)])

    def get_next(self):
        return next(self.batches, None)


def small_model() -> onnx.ModelProto:
    random = np.random.default_rng(1)
    weight = numpy_helper.from_array(random.normal(size=(4, 3, 3, 3)).astype(np.float32), "weight")
    nodes = [
        helper.make_node("Conv", ["images", "weight"], ["/body/Conv:0"], pads=[1, 1, 1, 1]),
        helper.make_node("Neg", ["/body/Conv:0"], ["a,b"]),
        helper.make_node("Relu", ["a,b"], ["497"]),
        helper.make_node("Neg", ["497"], ["only negative"]),
        helper.make_node("GlobalAveragePool", ["only negative"], ["out"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 4, 1, 1])],
        [weight],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]]()
