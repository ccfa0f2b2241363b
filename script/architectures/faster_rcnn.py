"""
Faster R-CNN on VGG16 at 500 x 375 (Ren et al., arXiv:1506.01497, as py-faster-rcnn runs it): proposals by
NonMaxSuppression in the graph, RoI max pooling, and boxes for each class. One image at a time; as many boxes as there are.
"""

import numpy as np

from .classifiers import vgg_blocks
from .network import Network

HEIGHT, WIDTH, STRIDE, CLASSES = 375, 500, 16, 21
BEFORE_NMS, PROPOSALS, DETECTIONS = 6000, 300, 100


def anchors(rows: int, columns: int) -> np.ndarray:
    """Corners of 3 sizes by 3 ratios in each cell, row by row: [rows x columns x 9, 4]."""
    cell = []
    for ratio in (0.5, 1, 2):
        for size in (128, 256, 512):
            width, height = size / np.sqrt(ratio), size * np.sqrt(ratio)
            cell.append([-width / 2, -height / 2, width / 2, height / 2])
    y, x = (np.mgrid[0:rows, 0:columns] + 0.5) * STRIDE
    places = np.stack([x, y, x, y], -1).reshape(-1, 1, 4)
    return (places + np.array(cell)).reshape(-1, 4).astype(np.float32)


def faster_rcnn(net: Network) -> dict[str, list[int | str]]:
    blocks = {1: (2, 64), 2: (2, 128), 3: (3, 256), 4: (3, 512), 5: (3, 512)}
    features = vgg_blocks(net, blocks, ceil=True, last_pool=False)
    rpn = net.conv_relu(features, "rpn_conv", 512, 3, pad=1)
    net.conv(rpn, "rpn_score", 9, 1, gain=2.0)
    # sizes of an anchor: a trained network moves its anchors little, and every pixel of a move is one of rounding as well
    net.conv(rpn, "rpn_delta", 36, 1, gain=0.1)
    net.first_image()
    rois = proposals(net)
    net.add("MaxRoiPool", [features, rois], "roi_pool", pooled_shape=[7, 7], spatial_scale=1 / STRIDE)
    x = net.add("Flatten", ["roi_pool"], "flatten")
    x = net.dense_relu(x, "fc6", 4096)
    x = net.dense_relu(x, "fc7", 4096)
    net.dense(x, "class_logits", CLASSES, gain=3.0)
    net.dense(x, "class_delta", 4 * CLASSES, gain=0.1)
    return detections(net)


def proposals(net: Network) -> str:
    """The best boxes of all anchors that do not overlap each other by more than 0.7, as [K, 5] with the image's number."""
    _, _, rows, columns = net.values["rpn_score"].shape
    scores = flat(net, "rpn_score", 1)
    net.add("Sigmoid", [scores], "rpn_probability")
    deltas = flat(net, "rpn_delta", 4)
    boxes = decoded(net, "proposal", net.constant("anchors", anchors(rows, columns)[None]), deltas)
    # the best before suppression, which is quadratic
    net.add("Squeeze", ["rpn_probability", net.integers("rpn.last", 2)], "rpn.scores")
    net.add("TopK", ["rpn.scores", net.integers("rpn.count", BEFORE_NMS)], "rpn.best", ["rpn.best", "rpn.order"], axis=1)
    net.add("Squeeze", ["rpn.order", net.integers("rpn.first", 0)], "rpn.indices")
    net.add("Gather", [boxes, "rpn.indices"], "rpn.boxes", axis=1)
    net.add("Unsqueeze", ["rpn.best", net.integers("rpn.axis", 1)], "rpn.class")
    kept = suppressed(net, "rpn", "rpn.boxes", "rpn.class", PROPOSALS, 0.7)
    net.add("Squeeze", ["rpn.boxes", net.integers("rpn.image", 0)], "rpn.list")
    net.add("Gather", ["rpn.list", kept], "rois.boxes", axis=0)
    return net.add("Pad", ["rois.boxes", net.integers("rois.pads", 0, 1, 0, 0)], "rois")


def detections(net: Network) -> dict[str, list[int | str]]:
    """Class by class, what scores more than 0.05 and does not overlap a better box by more than 0.3."""
    logits = net.values["class_logits"]
    # a random network sees something in every proposal: one in ten is left
    lead = logits[:, 1:].max(-1) - logits[:, 0]
    shift = np.float32(np.quantile(lead, 0.9))
    net.weights["class_logits.bias"][0] += shift
    logits[:, 0] += shift
    net.add("Softmax", ["class_logits"], "class_probability", axis=1)
    net.add("Reshape", ["class_delta", net.integers("class.shape", -1, CLASSES, 4)], "class.delta")
    net.add("Unsqueeze", ["rois.boxes", net.integers("class.axis", 1)], "class.rois")
    boxes = decoded(net, "class", "class.rois", "class.delta")
    starts, ends = net.integers("object.start", 1), net.integers("object.end", CLASSES)
    axis = net.integers("object.axis", 1)
    net.add("Slice", ["class_probability", starts, ends, axis], "object.scores")
    net.add("Slice", [boxes, starts, ends, axis], "object.boxes")
    net.add("Greater", ["object.scores", net.constant("object.least", np.array(0.05, np.float32))], "object.wanted")
    net.add("NonZero", ["object.wanted"], "object.places")
    net.add("Transpose", ["object.places"], "object.pairs", perm=[1, 0])
    net.add("GatherND", ["object.scores", "object.pairs"], "object.score")
    net.add("GatherND", ["object.boxes", "object.pairs"], "object.box")
    net.add("Gather", ["object.pairs", net.constant("object.class.column", np.array(1, np.int64))], "object.class", axis=1)
    # suppression within a class: those of different classes are moved apart
    net.add("Cast", ["object.class"], "object.number", to=1)
    net.add("Mul", ["object.number", net.constant("object.far", np.array(2 * WIDTH, np.float32))], "object.offset")
    net.add("Unsqueeze", ["object.offset", net.integers("object.last", 1)], "object.shift")
    net.add("Add", ["object.box", "object.shift"], "object.apart")
    net.add("Unsqueeze", ["object.apart", net.integers("object.batch", 0)], "object.apart.batch")
    net.add("Unsqueeze", ["object.score", net.integers("object.both", 0, 1)], "object.score.batch")
    kept = suppressed(net, "object", "object.apart.batch", "object.score.batch", DETECTIONS, 0.3)
    net.add("Gather", ["object.box", kept], "boxes", axis=0)
    net.add("Gather", ["object.class", kept], "labels.zero", axis=0)
    net.add("Add", ["labels.zero", net.constant("label.first", np.array(1, np.int64))], "labels")
    net.add("Gather", ["object.score", kept], "scores", axis=0)
    return {"boxes": ["found", 4], "labels": ["found"], "scores": ["found"]}


def flat(net: Network, source: str, width: int) -> str:
    moved = net.add("Transpose", [source], f"{source}.nhwc", perm=[0, 2, 3, 1])
    return net.add("Reshape", [moved, net.integers(f"{source}.shape", 1, -1, width)], f"{source}.rows")


def decoded(net: Network, name: str, reference: str, deltas: str) -> str:
    """Corners of the reference boxes moved by (dx, dy) of their size and scaled by exp(dw, dh), inside the image."""
    def part(source: str, start: int, end: int, what: str) -> str:
        bounds = [net.integers(f"{name}.{what}.start", start), net.integers(f"{name}.{what}.end", end)]
        return net.add("Slice", [source, *bounds, net.integers(f"{name}.{what}.axis", 2)], f"{name}.{what}")

    low, high = part(reference, 0, 2, "low"), part(reference, 2, 4, "high")
    size = net.add("Sub", [high, low], f"{name}.size")
    half = net.constant(f"{name}.half", np.array(0.5, np.float32))
    centre = net.add("Add", [low, net.add("Mul", [size, half], f"{name}.radius")], f"{name}.centre")
    moved = net.add("Mul", [part(deltas, 0, 2, "shift"), size], f"{name}.moved")
    middle = net.add("Add", [centre, moved], f"{name}.middle")
    scaled = net.add("Mul", [net.add("Exp", [part(deltas, 2, 4, "growth")], f"{name}.factor"), size], f"{name}.scaled")
    reach = net.add("Mul", [scaled, half], f"{name}.reach")
    corners = net.add(
        "Concat", [net.add("Sub", [middle, reach], f"{name}.from"), net.add("Add", [middle, reach], f"{name}.to")],
        f"{name}.corners", axis=2,
    )
    positive = net.add("Max", [corners, net.constant(f"{name}.zero", np.zeros(4, np.float32))], f"{name}.positive")
    limit = net.constant(f"{name}.limit", np.array([WIDTH, HEIGHT, WIDTH, HEIGHT], np.float32))
    return net.add("Min", [positive, limit], f"{name}.boxes")


def suppressed(net: Network, name: str, boxes: str, scores: str, most: int, iou: float) -> str:
    """Numbers of the boxes [1, N, 4] that are kept."""
    limits = [
        net.integers(f"{name}.most", most), net.constant(f"{name}.iou", np.array([iou], np.float32)),
    ]
    net.add("NonMaxSuppression", [boxes, scores, *limits], f"{name}.selected")
    column = net.constant(f"{name}.column", np.array(2, np.int64))
    return net.add("Gather", [f"{name}.selected", column], f"{name}.kept", axis=1)
