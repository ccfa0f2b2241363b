"""Writes __fixtures__/model/upgrade.json: small models of opset 7 to 12, inputs, and what ONNX Runtime makes of them.

The test upgrades each model to opset 13, runs it, and compares with the outputs recorded here, which come from the
model as it was. Cases with "refused" cannot be upgraded; the text is part of the message.

    pip install onnx==1.23.2 onnxruntime==1.30.0 numpy
    python script/references/model_upgrade.py
"""

import base64
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, shape_inference

rng = np.random.default_rng(13)
cases = []
TYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64"}
INT64 = TensorProto.INT64


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def plain(array):
    kind = "float16" if array.dtype == np.float16 else "bool" if array.dtype == np.bool_ else array.dtype.name
    return {"type": kind, "dims": list(array.shape), "data": base64.b64encode(array.tobytes()).decode()}


def shapes_of(model):
    inferred = shape_inference.infer_shapes(model).graph
    result = {}
    for info in [*inferred.input, *inferred.value_info, *inferred.output]:
        tensor = info.type.tensor_type
        if tensor.elem_type in TYPES:
            dims = [d.dim_value if d.HasField("dim_value") else d.dim_param for d in tensor.shape.dim]
            result[info.name] = {"name": info.name, "type": TYPES[tensor.elem_type], "dims": dims}
    return result


def case(name, opset, nodes, inputs, outputs=("y",), constants=None, dims=None, shapes=True, refused=None, ir=4, body=None):
    """inputs: name -> array; dims: name -> declared shape where it is not the array's own (symbolic sizes)."""
    nodes = nodes if isinstance(nodes, list) else [nodes]
    elem = lambda array: helper.np_dtype_to_tensor_dtype(array.dtype)
    declared = [
        helper.make_tensor_value_info(key, elem(value), (dims or {}).get(key, list(value.shape)))
        for key, value in inputs.items()
    ]
    initializers = [numpy_helper.from_array(value, key) for key, value in (constants or {}).items()]
    if ir < 4:
        declared += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in initializers]
    results = [helper.make_empty_tensor_value_info(key) for key in outputs]
    graph = helper.make_graph(nodes, "g", declared, results, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    entry = {"name": name, "opset": opset}
    if refused is None:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        values = session.run(list(outputs), inputs)
        # Declared outputs, as a real model has them.
        for info, value in zip(model.graph.output, values):
            info.CopyFrom(helper.make_tensor_value_info(info.name, elem(value), [None] * value.ndim))
        entry["inputs"] = {key: plain(value) for key, value in inputs.items()}
        entry["outputs"] = {key: plain(value) for key, value in zip(outputs, values)}
    else:
        entry["refused"] = refused
    entry["shapes"] = shapes_of(model) if shapes else {}
    entry["model"] = base64.b64encode(model.SerializeToString()).decode()
    cases.append(entry)


def node(op, inputs=("x",), outputs=("y",), **attributes):
    return helper.make_node(op, list(inputs), list(outputs), **attributes)


def ints(*values):
    return np.array(values, np.int64)


def floats(*values):
    return np.array(values, np.float32)


x = {"x": f32(1, 2, 4, 4)}
wide = {"x": f32(2, 3, 4)}

# Rewritten operators
case("Upsample-7 nearest", 7, node("Upsample", mode="nearest", scales=[1.0, 1.0, 2.0, 3.0]), x)
case("Upsample-7 linear", 7, node("Upsample", mode="linear", scales=[1.0, 1.0, 2.0, 2.0]), x)
case("Upsample-9 nearest, fractional", 9, node("Upsample", ["x", "s"]), x, constants={"s": floats(1, 1, 1.7, 2.5)})
case("Upsample-9 linear", 9, node("Upsample", ["x", "s"], mode="linear"), x, constants={"s": floats(1, 1, 2, 1.5)})
case("Upsample-9, scales from a Constant node", 9,
     [node("Constant", [], ["s"], value=numpy_helper.from_array(floats(1, 1, 2, 2))), node("Upsample", ["x", "s"])], x)
case("Resize-10 nearest, larger", 10, node("Resize", ["x", "s"]), x, constants={"s": floats(1, 1, 1.5, 2.75)})
case("Resize-10 nearest, smaller", 10, node("Resize", ["x", "s"], mode="nearest"), {"x": f32(1, 1, 9, 7)},
     constants={"s": floats(1, 1, 0.6, 0.45)})
case("Resize-10 linear, smaller", 10, node("Resize", ["x", "s"], mode="linear"), {"x": f32(1, 1, 9, 7)},
     constants={"s": floats(1, 1, 0.6, 0.45)})
case("Resize-10 nearest, both ways", 10, node("Resize", ["x", "s"]), x, constants={"s": floats(1, 1, 0.5, 2)},
     refused="enlarges one dimension and shrinks another")
case("Resize-10 nearest, scales as input", 10, node("Resize", ["x", "s"], name="up"), {**x, "s": floats(1, 1, 2, 2)},
     shapes=False, refused="operator Resize (node up)")
case("Resize-11 half pixel", 11, node("Resize", ["x", "roi", "s"], mode="linear"), x,
     constants={"roi": floats(), "s": floats(1, 1, 2, 2)})
case("Resize-11 cubic to sizes", 11, node("Resize", ["x", "roi", "s", "n"], mode="cubic"), x,
     constants={"roi": floats(), "s": floats(), "n": ints(1, 2, 7, 3)})
case("Resize-11 align corners, nearest", 11,
     node("Resize", ["x", "roi", "s"], coordinate_transformation_mode="align_corners", nearest_mode="ceil"), x,
     constants={"roi": floats(), "s": floats(1, 1, 1.5, 0.5)})
norm = {"s": f32(2), "b": f32(2), "m": f32(2), "v": np.abs(f32(2))}
case("BatchNormalization-7", 7, node("BatchNormalization", ["x", *norm], spatial=1, epsilon=0.01), x, constants=norm)
case("BatchNormalization-7 of format version 3", 7, node("BatchNormalization", ["x", *norm]), x, constants=norm, ir=3)
case("BatchNormalization-9", 9, node("BatchNormalization", ["x", *norm]), x, constants=norm)
case("BatchNormalization-7 per activation", 7, node("BatchNormalization", ["x", *norm], spatial=0, name="bn"), x,
     constants=norm, refused="operator BatchNormalization (node bn)")
case("Dropout-7", 7, node("Dropout", ratio=0.9), x)
case("Dropout-10 with an unused mask", 10, node("Dropout", ["x"], ["y", "mask"]), x)
case("Dropout-10 with a used mask", 10, [node("Dropout", ["x"], ["d", "mask"]), node("Cast", ["mask"], to=1)], x,
     refused="its mask mask is used")
case("Dropout-12", 12, node("Dropout", ["x", "r"]), x, constants={"r": np.float32(0.5)})
case("Clip-6", 7, node("Clip", min=0.0, max=0.5), x)
case("Clip-6 with one bound", 9, node("Clip", max=0.25), x)
case("Clip-6 without bounds", 10, node("Clip"), x)
case("Clip-6 of float16", 10, node("Clip", min=-0.3, max=0.5), {"x": f32(1, 2, 3).astype(np.float16)})
case("Clip-6 of an unknown type", 10, [node("Relu", ["x"], ["r"]), node("Clip", ["r"], min=0.0)], x, shapes=False,
     refused="the element type of r is unknown")
case("Clip-11", 11, node("Clip", ["x", "", "max"]), x, constants={"max": np.float32(0.1)})
case("Pad-2 constant", 7, node("Pad", pads=[0, 0, 1, 2, 0, 0, 0, 1], value=1.5), x)
case("Pad-2 zero", 9, node("Pad", pads=[0, 0, 1, 1, 0, 0, 1, 1], mode="constant"), x)
case("Pad-2 reflect", 8, node("Pad", pads=[0, 0, 1, 2, 0, 0, 2, 1], mode="reflect"), x)
case("Pad-2 edge, negative", 10, node("Pad", pads=[0, 0, -1, 2, 0, 0, 2, -1], mode="edge"), x)
case("Pad-11", 11, node("Pad", ["x", "p", "v"]), x, constants={"p": ints(0, 0, 1, 0, 0, 0, 0, 2), "v": np.float32(3)})
case("Slice-1", 7, node("Slice", starts=[1, 0], ends=[3, -1], axes=[2, 3]), x)
case("Slice-1 without axes", 9, node("Slice", starts=[0, 1], ends=[1, 2]), x)
case("Slice-1 to the end", 9, node("Slice", starts=[-2], ends=[2**63 - 1], axes=[1]), wide)
case("Slice-10 with steps", 10, node("Slice", ["x", "s", "e", "a", "t"]), wide,
     constants={"s": ints(-1), "e": ints(-(2**62)), "a": ints(2), "t": ints(-2)})
case("TopK-1", 9, node("TopK", ["x"], ["y", "i"], k=2, axis=1), wide, outputs=("y", "i"))
case("TopK-10", 10, node("TopK", ["x", "k"], ["y", "i"]), wide, outputs=("y", "i"), constants={"k": ints(3)})
case("TopK-11 smallest", 11, node("TopK", ["x", "k"], ["y", "i"], largest=0, axis=1), wide, outputs=("y", "i"),
     constants={"k": ints(2)})
case("Split-2", 7, node("Split", ["x"], ["y", "z"], axis=2, split=[1, 3]), wide, outputs=("y", "z"))
case("Split-2 into equals", 9, node("Split", ["x"], ["y", "z"], axis=2), wide, outputs=("y", "z"))
case("Split-11 from the end", 11, node("Split", ["x"], ["y", "z"], axis=-1, split=[3, 1]), wide, outputs=("y", "z"))
ones = {"x": f32(1, 3, 1, 2)}
case("Squeeze-1", 7, node("Squeeze", axes=[0, 2]), ones)
case("Squeeze-1 without axes", 9, node("Squeeze"), ones)
case("Squeeze-11 from the end", 11, node("Squeeze", axes=[-2]), ones)
case("Unsqueeze-1", 7, node("Unsqueeze", axes=[0, 3]), wide)
case("Unsqueeze-11 from the end", 12, node("Unsqueeze", axes=[-1]), wide)
case("ReduceSum-1", 7, node("ReduceSum", axes=[1], keepdims=0), wide)
case("ReduceSum-1 over all", 9, node("ReduceSum"), wide)
case("ReduceSum-11 from the end", 11, node("ReduceSum", axes=[-1, 0]), wide)
for op in ("Softmax", "LogSoftmax", "Hardmax"):
    case(f"{op}-1 of two dimensions", 7, node(op), {"x": f32(2, 5)})
    case(f"{op}-1 of an image", 9, node(op, axis=1), wide)
    case(f"{op}-1 of everything", 9, node(op, axis=0), {"x": f32(2, 2)})
    case(f"{op}-11 from the end", 11, node(op, axis=-2), wide)
    case(f"{op}-11 of the last dimension", 11, node(op, axis=-1), wide)
    case(f"{op}-1 of a class map of 1x1", 7, node(op), {"x": f32(2, 5, 1, 1)})
    case(f"{op}-1 of an unknown rank", 9, node(op, axis=2), wide, shapes=False)
case("Softmax-1 with a symbolic batch", 9, node("Softmax", axis=1), wide, dims={"x": ["N", 3, "W"]})
case("Scatter-9", 9, node("Scatter", ["x", "i", "u"], axis=1), {"x": f32(1, 5)},
     constants={"i": np.array([[1, 3]], np.int64), "u": f32(1, 2)})

# Nodes inside nodes are of the same opset.
branch = lambda name, op, **attributes: helper.make_graph(
    [node(op, ["x"], [name], **attributes)], name, [], [helper.make_tensor_value_info(name, 1, None)])
case("Squeeze and ReduceSum inside If", 9,
     node("If", ["c"], then_branch=branch("t", "Squeeze", axes=[0]), else_branch=branch("e", "ReduceSum", axes=[0], keepdims=0)),
     {**ones, "c": np.array(True)})
loop = helper.make_graph(
    [node("Clip", ["a"], ["b"], max=0.5), node("Add", ["b", "x"], ["n"]), node("Identity", ["go"], ["on"])], "body",
    [helper.make_tensor_value_info("i", INT64, []), helper.make_tensor_value_info("go", 9, []),
     helper.make_tensor_value_info("a", 1, [2, 3, 4])],
    [helper.make_tensor_value_info("on", 9, []), helper.make_tensor_value_info("n", 1, [2, 3, 4])])
case("Clip inside Loop", 8, node("Loop", ["k", "go", "x"], ["y"], body=loop), wide,
     constants={"k": np.array(3, np.int64), "go": np.array(True)})

# Operators that pass as they are, where ONNX Runtime has another kernel for opset 13 or the definition was reworded
weights = {"w": f32(3, 2, 3, 3), "b": f32(3)}
case("Conv-1 auto_pad", 7, node("Conv", ["x", "w", "b"], auto_pad="SAME_UPPER", strides=[2, 2]), x, constants=weights)
case("ConvTranspose-1", 7, node("ConvTranspose", ["x", "w"], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1]),
     x, constants={"w": f32(2, 3, 3, 3)})
case("ConvTranspose-1 auto_pad", 8, node("ConvTranspose", ["x", "w"], strides=[2, 2], auto_pad="SAME_LOWER"), x,
     constants={"w": f32(2, 3, 3, 3)})
pool = dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 0, 0])
case("AveragePool-7", 7, node("AveragePool", **pool), x)
case("AveragePool-7 counting padding", 7, node("AveragePool", count_include_pad=1, **pool), x)
case("AveragePool-10 ceil", 10, node("AveragePool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1), {"x": f32(1, 1, 6, 6)})
case("MaxPool-1", 7, node("MaxPool", **pool), x)
case("MaxPool-8 with indices", 8, node("MaxPool", ["x"], ["y", "i"], **pool), x, outputs=("y", "i"))
case("MaxPool-10 dilated, ceil", 10, node("MaxPool", kernel_shape=[2, 2], dilations=[2, 2], strides=[2, 2], ceil_mode=1),
     {"x": f32(1, 1, 7, 7)})
case("LpPool-2", 7, node("LpPool", kernel_shape=[2, 2], p=2), x)
case("GlobalAveragePool-1", 7, node("GlobalAveragePool"), x)
case("LRN-1", 7, node("LRN", size=3, alpha=0.1), x)
case("InstanceNormalization-6", 7, node("InstanceNormalization", ["x", "s", "b"]), x, constants={"s": f32(2), "b": f32(2)})
case("PRelu-7", 7, node("PRelu", ["x", "s"]), x, constants={"s": f32(2, 1, 1)})
case("Gemm-7", 7, node("Gemm", ["x", "w", "b"], transB=1, alpha=0.5), {"x": f32(2, 3)}, constants={"w": f32(4, 3), "b": f32(4)})
case("Gemm-11 without C", 11, node("Gemm", ["x", "w"]), {"x": f32(2, 3)}, constants={"w": f32(3, 4)})
case("MatMul-1", 7, node("MatMul", ["x", "w"]), wide, constants={"w": f32(4, 2)})
for op in ("Add", "Sub", "Mul", "Div"):
    case(f"{op}-7", 7, node(op, ["x", "w"]), wide, constants={"w": f32(3, 1)})
case("Pow-7", 7, node("Pow", ["x", "w"]), wide, constants={"w": np.float32(2)})
for op in ("Sum", "Mean", "Max", "Min"):
    case(f"{op}-6", 7, node(op, ["x", "w"]), wide, constants={"w": f32(2, 3, 4)})
    case(f"{op}-8 broadcasting", 8, node(op, ["x", "w"]), wide, constants={"w": f32(3, 1)})
for op in ("ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceProd", "ReduceLogSumExp", "ReduceSumSquare"):
    case(f"{op}-1", 7, node(op, axes=[1, 2], keepdims=0), wide)
case("ArgMax-1", 7, node("ArgMax", axis=1, keepdims=0), wide)
case("Concat-4", 7, node("Concat", ["x", "w"], axis=2), wide, constants={"w": f32(2, 3, 1)})
case("Flatten-1", 7, node("Flatten", axis=2), wide)
case("Gather-1", 7, node("Gather", ["x", "i"], axis=1), wide, constants={"i": ints(2, 0)})
case("Reshape-5", 7, node("Reshape", ["x", "s"]), wide, constants={"s": ints(0, -1)})
case("Transpose-1", 7, node("Transpose", perm=[2, 0, 1]), wide)
case("Tile-6", 7, node("Tile", ["x", "r"]), wide, constants={"r": ints(1, 2, 1)})
case("Expand-8", 8, node("Expand", ["x", "s"]), {"x": f32(3, 1)}, constants={"s": ints(2, 3, 2)})
case("Cast-6", 7, [node("Cast", ["x"], ["c"], to=6), node("Cast", ["c"], to=1)], wide)
case("ConstantOfShape-9", 9, [node("Shape", ["x"], ["s"]), node("ConstantOfShape", ["s"], value=helper.make_tensor("v", 1, [1], [2.5]))], wide)
case("DepthToSpace-1", 7, node("DepthToSpace", blocksize=2), {"x": f32(1, 8, 2, 2)})
case("DepthToSpace-11 CRD", 11, node("DepthToSpace", blocksize=2, mode="CRD"), {"x": f32(1, 8, 2, 2)})
case("SpaceToDepth-1", 7, node("SpaceToDepth", blocksize=2), x)
case("OneHot-9", 9, node("OneHot", ["x", "d", "v"]), {"x": ints(0, 2)}, constants={"d": ints(3), "v": floats(0, 1)})
case("Where-9 of Greater-9", 9, [node("Greater", ["x", "w"], ["c"]), node("Where", ["c", "x", "w"])], wide, constants={"w": np.float32(0)})
case("Equal-7", 7, [node("Equal", ["x", "w"], ["c"]), node("Cast", ["c"], to=1)], {"x": np.array([1, 2], np.int32)}, constants={"w": np.array([1, 3], np.int32)})
boxes = {"x": floats(0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 2, 1, 3).reshape(1, 3, 4), "s": floats(0.9, 0.8, 0.7).reshape(1, 1, 3)}
case("NonMaxSuppression-10", 10, node("NonMaxSuppression", ["x", "s", "n", "t"]), boxes, constants={"n": ints(3), "t": floats(0.5)})
case("LSTM-7", 7, node("LSTM", ["x", "w", "r"], ["y"], hidden_size=2), {"x": f32(3, 1, 2)}, constants={"w": f32(1, 8, 2), "r": f32(1, 8, 2)})
case("GRU-7", 7, node("GRU", ["x", "w", "r"], ["y"], hidden_size=2, linear_before_reset=1), {"x": f32(3, 1, 2)}, constants={"w": f32(1, 6, 2), "r": f32(1, 6, 2)})
for op in ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "HardSigmoid", "Softplus", "Exp", "Abs", "Neg", "Sqrt", "Floor"):
    case(f"{op} of opset 7", 7, node(op), {"x": np.abs(f32(2, 3)) if op == "Sqrt" else f32(2, 3)})
case("RoiAlign-10", 10, node("RoiAlign", ["x", "r", "i"], output_height=2, output_width=2), x, constants={"r": floats(0, 0, 3, 3).reshape(1, 4), "i": ints(0)})
case("QuantizeLinear-10", 10, [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"])], wide, constants={"s": np.float32(0.02), "z": np.uint8(128)})

# Refusals
case("An operator that opset 13 does not know", 7, node("ImageScaler", bias=[0.0, 0.0], name="pre"), x, shapes=False,
     refused="operator ImageScaler (node pre) cannot be upgraded from opset 7")
case("A training loss", 12, node("SoftmaxCrossEntropyLoss", ["x", "l"]), {"x": f32(2, 3), "l": ints(0, 1)},
     refused="operator SoftmaxCrossEntropyLoss")

target = pathlib.Path(__file__).parents[2] / "__fixtures__/model/upgrade.json"
target.write_text("[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases) + "\n]\n")
print(len(cases), "cases,", target.stat().st_size, "bytes")
