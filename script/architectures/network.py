"""An ONNX graph that is computed while it is written, so that random weights can be scaled to what reaches them."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper


def scenes(seed: int, count: int, height: int, width: int) -> np.ndarray:
    """Seeded images [count, 3, height, width] in 0..1: a colour field, a few rectangles and discs, and noise."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    images = np.empty((count, 3, height, width), np.float32)
    for image in images:
        slope = random.uniform(-0.5, 0.5, (3, 2, 1, 1))
        field = slope[:, 0] * rows / height + slope[:, 1] * columns / width + random.uniform(0.2, 0.8, (3, 1, 1))
        for _ in range(random.integers(3, 10)):
            y, x = random.uniform(0, height), random.uniform(0, width)
            half = random.uniform(0.03, 0.3, 2) * (height, width)
            dy, dx = np.abs(rows - y) / half[0], np.abs(columns - x) / half[1]
            inside = np.maximum(dy, dx) < 1 if random.random() < 0.5 else dy**2 + dx**2 < 1
            stripes = 0.2 * np.sin(random.uniform(0.05, 1.5) * (rows if random.random() < 0.5 else columns))
            field = np.where(inside, random.uniform(0, 1, (3, 1, 1)) + stripes, field)
        image[:] = np.clip(field + random.normal(0, 0.03, field.shape), 0, 1)
    return images


class Network:
    """`add` appends a node and runs it on the images at hand; weights are drawn from one seeded generator in that order."""

    def __init__(self, name: str, seed: int, opset: int, images: np.ndarray):
        self.name, self.opset = name, opset
        self.random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}
        self.values: dict[str, np.ndarray] = {"images": images}
        self.batch: int | str = "batch"

    def constant(self, name: str, value: np.ndarray) -> str:
        assert name not in self.weights, name
        self.weights[name] = value
        return name

    def integers(self, name: str, *values: int) -> str:
        return self.constant(name, np.array(values, np.int64))

    def add(self, op: str, inputs: list[str], name: str, outputs: list[str] | None = None, **attributes) -> str:
        outputs = outputs or [name]
        node = helper.make_node(op, inputs, outputs, name=name, **attributes)
        self.nodes.append(node)
        self.values.update(zip(outputs, self._run(node)))
        return outputs[0]

    def _run(self, node: onnx.NodeProto) -> list[np.ndarray]:
        given = {name: self.values[name] for name in node.input if name in self.values}
        inputs = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in given.items()
        ]
        weights = [numpy_helper.from_array(self.weights[name], name) for name in node.input if name in self.weights]
        outputs = [helper.make_empty_tensor_value_info(name) for name in node.output]
        graph = helper.make_graph([node], "one", inputs, outputs, weights)
        session = ort.InferenceSession(self._model(graph).SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, given)

    def _model(self, graph: onnx.GraphProto) -> onnx.ModelProto:
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)

    def conv(
        self, source: str, name: str, channels: int, size: int, *,
        stride: int = 1, pad: int = 0, dilation: int = 1, group: int = 1, normalize: str = "bias", gain: float = 1.0,
    ) -> str:
        """
        A convolution with He-normal weights, scaled and shifted so that each channel has mean 0 and the standard
        deviation `gain` on the images at hand. `normalize`: `bias` folds that into weight and bias, `batch` leaves it to a
        BatchNormalization behind a convolution without bias.
        """
        inputs = self.values[source].shape[1] // group
        shape = (channels, inputs, size, size)
        weight = self.random.normal(0, np.sqrt(2 / (inputs * size * size)), shape).astype(np.float32)
        geometry = dict(
            kernel_shape=[size, size], strides=[stride, stride], pads=[pad] * 4, dilations=[dilation] * 2, group=group
        )
        self.constant(f"{name}.weight", weight)
        bias = [] if normalize == "batch" else [self.constant(f"{name}.bias", np.zeros(channels, np.float32))]
        self.add("Conv", [source, f"{name}.weight", *bias], name, **geometry)
        return self._normalize(name, weight, normalize, gain, (0, 2, 3))

    def dense(self, source: str, name: str, channels: int, gain: float | np.ndarray = 1.0) -> str:
        """A fully connected layer (Gemm), initialized likewise."""
        inputs = self.values[source].shape[1]
        weight = self.random.normal(0, np.sqrt(2 / inputs), (channels, inputs)).astype(np.float32)
        self.constant(f"{name}.weight", weight)
        self.constant(f"{name}.bias", np.zeros(channels, np.float32))
        self.add("Gemm", [source, f"{name}.weight", f"{name}.bias"], name, transB=1)
        return self._normalize(name, weight, "bias", gain, (0,))

    def _normalize(self, name: str, weight: np.ndarray, how: str, gain, axes: tuple[int, ...]) -> str:
        out = self.values[name]
        mean, deviation = out.mean(axes, dtype=np.float64), out.std(axes, dtype=np.float64)
        # a channel that hardly moves is left alone
        factor = gain / np.maximum(deviation, 0.05 * np.median(deviation) + 1e-6)
        if how == "batch":
            return self._batch_norm(name, mean, (gain / factor) ** 2, gain)
        spread = (-1,) + (1,) * (weight.ndim - 1)
        weight *= factor.reshape(spread).astype(np.float32)
        self.weights[f"{name}.bias"][:] = -mean * factor
        channel = [1, -1] + [1] * (out.ndim - 2)
        self.values[name] = (out * factor.reshape(channel) - (mean * factor).reshape(channel)).astype(np.float32)
        return name

    def _batch_norm(self, name: str, mean: np.ndarray, variance: np.ndarray, gain: float) -> str:
        parts = {"scale": np.full_like(mean, gain), "beta": np.zeros_like(mean), "mean": mean, "var": variance}
        names = [self.constant(f"{name}.bn.{part}", value.astype(np.float32)) for part, value in parts.items()]
        return self.add("BatchNormalization", [name, *names], f"{name}.bn", epsilon=1e-5)

    def relu(self, source: str) -> str:
        return self.add("Relu", [source], f"{source}.relu")

    def pool(self, source: str, size: int, stride: int, *, pad: int = 0, ceil: bool = False) -> str:
        more = {"ceil_mode": 1} if ceil else {}
        return self.add(
            "MaxPool", [source], f"{source}.pool", kernel_shape=[size, size], strides=[stride, stride], pads=[pad] * 4, **more
        )

    def first_image(self) -> None:
        """What follows is written for one image at a time."""
        self.batch = 1
        for name, value in self.values.items():
            self.values[name] = value[:1]

    def save(self, file: Path, outputs: dict[str, list[int | str]]) -> int:
        """@returns the number of parameters."""
        _, *size = self.values["images"].shape
        used = {name for node in self.nodes for name in node.input}
        kept = {name: value for name, value in self.weights.items() if name in used}
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, [self.batch, *size])],
            [
                helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(self.values[name].dtype), dims)
                for name, dims in outputs.items()
            ],
            [numpy_helper.from_array(value, name) for name, value in kept.items()],
        )
        model = self._model(graph)
        file.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, str(file))
        onnx.checker.check_model(str(file))
        return sum(value.size for value in kept.values() if value.dtype == np.float32)
