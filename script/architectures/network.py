"""An ONNX graph that is computed while it is written, so that random weights can be scaled to what reaches them."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper


# Mean of a layer in front of a ReLU, in standard deviations. At 0 a ReLU passes half of any noise and a third of the signal's
# variance, so that rounding grows by 1.7 dB in each layer of a random network; at 1 it is 0.5 dB.
HIDDEN_SHIFT = 1.0


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
        shift: float = 0.0,
    ) -> str:
        """
        A convolution with He-normal weights, scaled and shifted so that each channel has the mean `shift` and the standard
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
        return self._normalize(name, weight, normalize, gain, shift, (0, 2, 3))

    def conv_relu(self, source: str, name: str, channels: int, size: int, **more) -> str:
        return self.relu(self.conv(source, name, channels, size, shift=HIDDEN_SHIFT, **more))

    def dense_relu(self, source: str, name: str, channels: int) -> str:
        return self.relu(self.dense(source, name, channels, shift=HIDDEN_SHIFT))

    def dense(self, source: str, name: str, channels: int, gain: float = 1.0, shift: float = 0.0) -> str:
        """A fully connected layer (Gemm), initialized likewise."""
        inputs = self.values[source].shape[1]
        weight = self.random.normal(0, np.sqrt(2 / inputs), (channels, inputs)).astype(np.float32)
        self.constant(f"{name}.weight", weight)
        self.constant(f"{name}.bias", np.zeros(channels, np.float32))
        self.add("Gemm", [source, f"{name}.weight", f"{name}.bias"], name, transB=1)
        return self._normalize(name, weight, "bias", gain, shift, (0,))

    def projection(self, source: str, name: str, gain: np.ndarray, components: int) -> str:
        """
        A fully connected layer that tells the images at hand apart: features are centred, whitened in their first
        `components` principal components, and projected on one random unit vector for each class. So logit c has mean 0 and
        the standard deviation `gain[c]` over the images, and no class is ahead by what all images have in common.
        """
        features = self.values[source].astype(np.float64)
        mean = features.mean(0)
        _, size, axes = np.linalg.svd(features - mean, full_matrices=False)
        size, axes = size[:components] / np.sqrt(len(features)), axes[:components]
        # the sign of an axis is the linear algebra library's choice
        axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(1)])[:, None]
        direction = self.random.normal(size=(len(gain), len(axes)))
        direction *= gain[:, None] / np.linalg.norm(direction, axis=1, keepdims=True)
        weight = direction / size @ axes
        self.constant(f"{name}.weight", weight.astype(np.float32))
        self.constant(f"{name}.bias", (-weight @ mean).astype(np.float32))
        return self.add("Gemm", [source, f"{name}.weight", f"{name}.bias"], name, transB=1)

    def _normalize(
        self, name: str, weight: np.ndarray, how: str, gain: float, shift: float, axes: tuple[int, ...]
    ) -> str:
        out = self.values[name]
        mean, deviation = out.mean(axes, dtype=np.float64), out.std(axes, dtype=np.float64)
        # a channel that hardly moves is left alone
        factor = gain / np.maximum(deviation, 0.05 * np.median(deviation) + 1e-6)
        if how == "batch":
            return self._batch_norm(name, mean, (gain / factor) ** 2, gain, shift)
        spread = (-1,) + (1,) * (weight.ndim - 1)
        weight *= factor.reshape(spread).astype(np.float32)
        bias = shift - mean * factor
        self.weights[f"{name}.bias"][:] = bias
        channel = [1, -1] + [1] * (out.ndim - 2)
        self.values[name] = (out * factor.reshape(channel) + bias.reshape(channel)).astype(np.float32)
        return name

    def _batch_norm(self, name: str, mean: np.ndarray, variance: np.ndarray, gain: float, shift: float) -> str:
        parts = {"scale": np.full_like(mean, gain), "beta": np.full_like(mean, shift), "mean": mean, "var": variance}
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
