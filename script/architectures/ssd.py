"""SSD300 on VGG16 (Liu et al., arXiv:1512.02325): 8,732 priors, 20 classes of Pascal VOC and background."""

import math

import numpy as np

from .classifiers import vgg_blocks
from .network import Network

SIZE, CLASSES = 300, 21
# of each source: steps in pixels, smallest and next size, aspect ratios beside 1
PRIORS = [
    (38, 8, 30, 60, [2]), (19, 16, 60, 111, [2, 3]), (10, 32, 111, 162, [2, 3]),
    (5, 64, 162, 213, [2, 3]), (3, 100, 213, 264, [2]), (1, 300, 264, 315, [2]),
]


def prior_boxes() -> np.ndarray:
    """Corners as shares of the image and variances, as Caffe's PriorBox gives them: [1, 2, 4 x 8732]."""
    boxes = []
    for cells, step, least, most, ratios in PRIORS:
        sizes = [(least, least), (math.sqrt(least * most),) * 2]
        for ratio in ratios:
            sizes += [(least * math.sqrt(ratio), least / math.sqrt(ratio)), (least / math.sqrt(ratio), least * math.sqrt(ratio))]
        for row in range(cells):
            for column in range(cells):
                x, y = (column + 0.5) * step, (row + 0.5) * step
                boxes += [[(x - w / 2), (y - h / 2), (x + w / 2), (y + h / 2)] for w, h in sizes]
    corners = np.array(boxes, np.float32).ravel() / SIZE
    variances = np.tile(np.array([0.1, 0.1, 0.2, 0.2], np.float32), len(boxes))
    return np.stack([corners, variances])[None]


def ssd300(net: Network) -> dict[str, list[int | str]]:
    x = vgg_blocks(net, {1: (2, 64), 2: (2, 128), 3: (3, 256), 4: (3, 512), 5: (3, 512)}, ceil=True, last_pool=False)
    x = net.pool(x, 3, 1, pad=1)
    x = net.conv_relu(x, "fc6", 1024, 3, pad=6, dilation=6)
    x = net.conv_relu(x, "fc7", 1024, 1)
    sources = [l2_norm(net, "conv4_3.relu"), x]
    for name, squeezed, channels, stride, pad in [
        ("conv6", 256, 512, 2, 1), ("conv7", 128, 256, 2, 1), ("conv8", 128, 256, 1, 0), ("conv9", 128, 256, 1, 0),
    ]:
        x = net.conv_relu(x, f"{name}_1", squeezed, 1)
        x = net.conv_relu(x, f"{name}_2", channels, 3, stride=stride, pad=pad)
        sources.append(x)
    boxes, logits = [], []
    for index, (source, (_, _, _, _, ratios)) in enumerate(zip(sources, PRIORS)):
        anchors = 2 + 2 * len(ratios)
        boxes.append(rows(net, net.conv(source, f"loc{index}", 4 * anchors, 3, pad=1, gain=0.5), 4))
        conf = net.conv(source, f"conf{index}", CLASSES * anchors, 3, pad=1, gain=2.0)
        logits.append(rows(net, conf, CLASSES))
    net.add("Concat", boxes, "boxes", axis=1)
    net.add("Concat", logits, "logits", axis=1)
    shy(net)
    net.add("Softmax", ["logits"], "scores", axis=2)
    net.add("Identity", [net.constant("prior_boxes", prior_boxes())], "priors")
    count = net.values["boxes"].shape[1]
    assert count == 8732 and net.values["priors"].shape == (1, 2, 4 * count)
    return {"boxes": [net.batch, count, 4], "scores": [net.batch, count, CLASSES], "priors": [1, 2, 4 * count]}


def l2_norm(net: Network, source: str) -> str:
    """Each place's vector of channels at length 20, which training starts from."""
    net.add("ReduceL2", [source], "conv4_3.norm.length", axes=[1], keepdims=1)
    net.add("Add", ["conv4_3.norm.length", net.constant("conv4_3.norm.epsilon", np.array(1e-10, np.float32))], "conv4_3.norm.safe")
    net.add("Div", [source, "conv4_3.norm.safe"], "conv4_3.norm.unit")
    scale = net.constant("conv4_3.norm.scale", np.full((1, 512, 1, 1), 20, np.float32))
    return net.add("Mul", ["conv4_3.norm.unit", scale], "conv4_3.norm")


def rows(net: Network, source: str, width: int) -> str:
    moved = net.add("Transpose", [source], f"{source}.nhwc", perm=[0, 2, 3, 1])
    return net.add("Reshape", [moved, net.integers(f"{source}.shape", 0, -1, width)], f"{source}.rows")


def shy(net: Network) -> None:
    """Raises the background's bias until one box in 300 is an object: a random one sees something everywhere."""
    logits = net.values["logits"]
    lead = logits[..., 1:].max(-1) - logits[..., 0]
    shift = np.float32(np.quantile(lead, 1 - 1 / 300))
    for index in range(len(PRIORS)):
        net.weights[f"conf{index}.bias"][::CLASSES] += shift
    logits[..., 0] += shift
