"""Which layer of classify-mobilenet-overflow first exceeds FP16, found with ONNX Runtime's Python package alone.

    python script/references/fp16_overflow.py     -> __fixtures__/acceptance/fp16-overflow.json

Every node output of the float32 model is exposed and looked at on the first test images, in the graph's order.
"""

import json
import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnx
import onnxruntime

import quantizer_data as data

FP16_MAX = 65504
IMAGES = 64


def main() -> None:
    path = data.FIXTURES / "own" / "models" / "classify-mobilenet-overflow.onnx"
    model = onnx.load(path)
    nodes = [node for node in model.graph.node if node.op_type != "Constant"]
    known = {output.name for output in model.graph.output}
    for node in nodes:
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in node.output if name not in known)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    images = data.fashion_input(data.fashion_mnist("test").pixels[:IMAGES])
    values = dict(zip(names, session.run(None, {session.get_inputs()[0].name: images}), strict=True))
    overflowing = [
        {"layer": node.name, "op": node.op_type, "tensor": name, "maxAbs": float(np.abs(values[name]).max())}
        for node in nodes
        for name in node.output
        if values[name].dtype == np.float32 and np.abs(values[name]).max() > FP16_MAX
    ]
    target = data.ROOT / "__fixtures__" / "acceptance" / "fp16-overflow.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "command": "python script/references/fp16_overflow.py",
        "environment": {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__, "numpy": np.__version__},
        "model": path.name,
        "images": IMAGES,
        "first": overflowing[0],
        "layers": [layer["layer"] for layer in overflowing],
    }
    target.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
