"""Independent references for src/postprocess/detection: writes __fixtures__/postprocess/{decoders,nms}.json.

    pip install numpy torch torchvision onnx onnxruntime opencv-python-headless
    python script/references/detection.py

decoders.json   outputs of made-up heads, two images each, and the boxes that NumPy, torchvision and ONNX Runtime read
                from them: box coding by torchvision's BoxCoder, suppression by torchvision.ops.batched_nms and by
                ONNX Runtime's NonMaxSuppression.
nms.json        clusters of boxes, and which of them torchvision.ops.nms and cv2.dnn.NMSBoxes keep.
"""

import base64
import json
import pathlib
import sys

sys.path.pop(0)  # statistics.py beside this file would hide Python's own, which torch imports.

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from torchvision.models.detection._utils import BoxCoder

HERE = pathlib.Path(__file__).resolve().parents[2] / "__fixtures__" / "postprocess"
VERSIONS = {m.__name__: m.__version__ for m in (np, torch, torchvision, onnxruntime, cv2)}
SIDE, CLASSES, IMAGES = 64, 3, 2
# Each image as the network sees it: input = image * scale + offset (a stretch, and a letterbox).
MAPPINGS = [
    {"image": [96, 48], "scale": [SIDE / 96, SIDE / 48], "offset": [0, 0]},
    {"image": [104, 80], "scale": [0.5, 0.5], "offset": [6, 12]},
]
rng = np.random.default_rng(11)


def tensor(array):
    array = np.ascontiguousarray(array)
    return {"dims": list(array.shape), "type": str(array.dtype), "data": base64.b64encode(array.tobytes()).decode()}


def corners(cxcywh):
    c, s = cxcywh[..., :2], cxcywh[..., 2:]
    return np.concatenate([c - s / 2, c + s / 2], -1)


def best(boxes, scores, labels, iou=None, most=100, agnostic=False):
    """Indices kept, highest scores first."""
    if iou is None:
        return np.argsort(-scores, kind="stable")[:most]
    ops = torchvision.ops
    b, s = torch.from_numpy(boxes.astype(np.float32)), torch.from_numpy(scores)
    kept = ops.nms(b, s, iou) if agnostic else ops.batched_nms(b, s, torch.from_numpy(labels), iou)
    return kept.numpy()[:most]


def to_image(boxes, mapping, clip=True):
    boxes = (boxes.astype(np.float64) - np.tile(mapping["offset"], 2)) / np.tile(mapping["scale"], 2)
    if clip:
        boxes = boxes.clip(0, np.tile(mapping["image"], 2))
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)


def found(boxes, scores, labels, mapping, **options):
    """boxes: corners in pixels of the input, one a score."""
    clip = options.pop("clip", True)
    kept = best(boxes, scores, labels, **options)
    return {"boxes": to_image(boxes[kept], mapping, clip).round(5).tolist(),
            "scores": [float(s) for s in scores[kept]], "categories": [int(c) for c in labels[kept]]}


def flatten(boxes, scores, limit, multi):
    """(box, score, class) of every class above the limit, or of the best one."""
    if multi:
        at, label = np.nonzero(scores > limit)
    else:
        label = scores.argmax(1)
        at = np.nonzero(scores.max(1) > limit)[0]
        label = label[at]
    return boxes[at], scores[at, label], label


def clusters(count):
    """Centre and size in pixels: boxes that overlap in groups, some beyond the edges."""
    centres = rng.uniform(0, SIDE, (max(1, count // 6), 4))
    centres[:, 2:] = rng.uniform(6, 30, (len(centres), 2))
    boxes = centres[rng.integers(len(centres), size=count)] + rng.normal(0, 2.5, (count, 4))
    boxes[:, 2:] = np.abs(boxes[:, 2:]) + 1
    return boxes.astype(np.float32)


def probabilities(*shape):
    return (rng.random(shape) ** 3).astype(np.float32)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x):
    return (1 / (1 + np.exp(-x.astype(np.float64)))).astype(np.float32)


def case(name, options, outputs, images):
    return {"name": name, "options": options, "outputs": {k: tensor(v) for k, v in outputs.items()}, "images": images}


def yolov8():
    boxes = np.stack([clusters(70) for _ in range(IMAGES)])
    scores = probabilities(IMAGES, 70, CLASSES)
    rows = np.concatenate([boxes, scores], 2)
    for name, multi, agnostic, clip, array in [
        ("multi-label", True, False, True, rows.transpose(0, 2, 1)),
        ("best class, agnostic, not clipped", False, True, False, rows.transpose(0, 2, 1)),
        ("anchors first", True, False, True, rows),
    ]:
        images = [found(*flatten(corners(b), s, 0.2, multi), m, iou=0.5, most=20, agnostic=agnostic, clip=clip)
                  for b, s, m in zip(boxes, scores, MAPPINGS)]
        options = {"layout": "yolov8", "outputs": {"predictions": "out"}, "minScore": 0.2, "multiLabel": multi,
                   "nms": {"iou": 0.5, "agnostic": agnostic}, "maxDetections": 20, "clip": clip}
        yield case(f"yolov8, {name}", options, {"out": array}, images)


def yolov5():
    boxes = np.stack([clusters(70) for _ in range(IMAGES)])
    objectness, scores = probabilities(IMAGES, 70, 1), probabilities(IMAGES, 70, CLASSES)
    array = np.concatenate([boxes, objectness, scores], 2)
    for multi in (True, False):
        images = [found(*flatten(corners(b), o * s, 0.02, multi), m, iou=0.6)
                  for b, o, s, m in zip(boxes, objectness, scores, MAPPINGS)]
        options = {"layout": "yolov5", "outputs": {"predictions": "out"}, "minScore": 0.02, "multiLabel": multi}
        yield case(f"yolov5, {'multi-label' if multi else 'best class'}", options, {"out": array}, images)


def yolox():
    grids, strides = [], []
    for stride in (8, 16, 32):
        y, x = np.mgrid[0 : SIDE // stride, 0 : SIDE // stride]
        grids.append(np.stack([x, y], -1).reshape(-1, 2))
        strides.append(np.full((len(grids[-1]), 1), stride))
    grid, stride = np.concatenate(grids), np.concatenate(strides)
    raw = rng.normal(0, 0.7, (IMAGES, len(grid), 4)).astype(np.float32)
    boxes = np.concatenate([(raw[..., :2] + grid) * stride, np.exp(raw[..., 2:]) * stride], -1)
    objectness, scores = probabilities(IMAGES, len(grid), 1), probabilities(IMAGES, len(grid), CLASSES)
    images = [found(*flatten(corners(b), o * s, 0.02, True), m, iou=0.6)
              for b, o, s, m in zip(boxes, objectness, scores, MAPPINGS)]
    options = {"layout": "yolox", "outputs": {"predictions": "out"}, "minScore": 0.02}
    yield case("yolox", options, {"out": np.concatenate([raw, objectness, scores], -1)}, images)


def ssd():
    priors = clusters(60) / SIDE
    deltas = rng.normal(0, 0.5, (IMAGES, 60, 4)).astype(np.float32)
    logits = rng.normal(0, 2, (IMAGES, 60, CLASSES + 1)).astype(np.float32)
    coder = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0), bbox_xform_clip=100)
    xyxy = torch.from_numpy(corners(priors))
    boxes = np.stack([coder.decode_single(torch.from_numpy(d), xyxy).numpy() for d in deltas])
    scores = softmax(logits)
    images = [found(*flatten(b * SIDE, s[:, 1:], 0.1, True), m, iou=0.45)
              for b, s, m in zip(boxes, scores, MAPPINGS)]
    common = {"layout": "ssd", "outputs": {"boxes": "boxes", "scores": "scores"}, "minScore": 0.1,
              "nms": {"iou": 0.45, "agnostic": False}}
    yield case("ssd, priors from a file, softmax", {**common, "activation": "softmax",
               "priors": {"boxes": priors.reshape(-1).tolist(), "variances": [0.1, 0.2]}},
               {"boxes": deltas, "scores": logits}, images)
    caffe = np.concatenate([corners(priors).reshape(1, 1, -1),
                            np.tile(np.float32([0.1, 0.1, 0.2, 0.2]), 60).reshape(1, 1, -1)], 1)
    yield case("ssd, priors as an output", {**common, "outputs": {**common["outputs"], "priors": "priors"}},
               {"boxes": deltas.reshape(IMAGES, -1), "scores": scores.reshape(IMAGES, -1), "priors": caffe}, images)
    yield case("ssd, final boxes", common, {"boxes": boxes.astype(np.float32), "scores": scores}, images)


def detr():
    boxes = np.stack([clusters(30) for _ in range(IMAGES)]) / SIDE
    for name, activation, channels in [("detr, softmax with a no-object class", "softmax", CLASSES + 1),
                                       ("detr, sigmoid, several classes a query", "sigmoid", CLASSES)]:
        logits = rng.normal(0, 2, (IMAGES, 30, channels)).astype(np.float32)
        scores = softmax(logits)[..., :-1] if activation == "softmax" else sigmoid(logits)
        multi = activation == "sigmoid"
        images = [found(*flatten(corners(b) * SIDE, s, 0.05, multi), m, most=40 if activation == "softmax" else 100)
                  for b, s, m in zip(boxes, scores, MAPPINGS)]
        options = {"layout": "detr", "outputs": {"boxes": "pred_boxes", "scores": "logits"}, "minScore": 0.05,
                   "activation": activation, "background": "last" if activation == "softmax" else "none",
                   "multiLabel": multi, "maxDetections": 40 if activation == "softmax" else 100}
        yield case(name, options, {"pred_boxes": boxes, "logits": logits}, images)


def finished():
    boxes = np.stack([corners(clusters(20)) for _ in range(IMAGES)]).astype(np.float32)
    scores = -np.sort(-probabilities(IMAGES, 20), 1)
    labels = rng.integers(0, CLASSES, (IMAGES, 20))
    counts = np.array([20, 5])

    def of(image, count=20, mapping=None):
        keep = scores[image, :count] > 0.05
        return found(boxes[image, :count][keep], scores[image, :count][keep], labels[image, :count][keep],
                     mapping or MAPPINGS[image])

    listed = {"boxes": "boxes", "scores": "scores", "classes": "labels"}
    yield case("torchvision", {"layout": "torchvision", "outputs": listed, "minScore": 0.05},
               {"boxes": boxes[0], "scores": scores[0], "labels": labels[0] + 1}, [of(0)])
    yxyx = boxes[..., [1, 0, 3, 2]] / np.float32(SIDE)
    yield case("tensorflow", {"layout": "tensorflow", "outputs": {**listed, "count": "num"}, "minScore": 0.05},
               {"boxes": yxyx, "scores": scores, "labels": (labels + 1).astype(np.float32), "num": counts.astype(np.float32)},
               [of(0), of(1, 5)])
    yield case("efficient_nms", {"layout": "efficient_nms", "outputs": {**listed, "count": "num"}, "minScore": 0.05},
               {"boxes": boxes, "scores": scores, "labels": labels.astype(np.int32), "num": counts.astype(np.int32)[:, None]},
               [of(0), of(1, 5)])
    rows = np.concatenate([boxes, scores[..., None], labels[..., None]], -1).astype(np.float32)
    yield case("rows", {"layout": "rows", "outputs": {"predictions": "out"}, "minScore": 0.05}, {"out": rows}, [of(0), of(1)])


def nms_indices():
    boxes = np.stack([corners(clusters(40)) for _ in range(IMAGES)]).astype(np.float32)[..., [1, 0, 3, 2]]
    scores = probabilities(IMAGES, CLASSES, 40)
    helper = onnx.helper
    value = lambda name, shape, kind=onnx.TensorProto.FLOAT: helper.make_tensor_value_info(name, kind, shape)
    constant = lambda name, v, dtype: onnx.numpy_helper.from_array(np.array([v], dtype), name)
    graph = helper.make_graph(
        [helper.make_node("NonMaxSuppression", ["boxes", "scores", "most", "iou", "score"], ["selected"])], "nms",
        [value("boxes", boxes.shape), value("scores", scores.shape)],
        [value("selected", [None, 3], onnx.TensorProto.INT64)],
        [constant("most", 10, np.int64), constant("iou", 0.5, np.float32), constant("score", 0.05, np.float32)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    selected, = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"boxes": boxes, "scores": scores})
    images = []
    for image, mapping in enumerate(MAPPINGS):
        _, label, at = selected[selected[:, 0] == image].T
        images.append(found(boxes[image, at][:, [1, 0, 3, 2]], scores[image, label, at], label, mapping))
    options = {"layout": "nms_indices", "outputs": {"indices": "selected", "boxes": "boxes", "scores": "scores"},
               "minScore": 0.05}
    yield case("nms_indices", options, {"selected": selected, "boxes": boxes, "scores": scores}, images)


def suppression():
    cases = []
    for count, iou in [(1, 0.5), (300, 0.3), (300, 0.5), (600, 0.7)]:
        boxes, scores, labels = corners(clusters(count)), probabilities(count), rng.integers(0, 4, count)
        b, s = torch.from_numpy(boxes), torch.from_numpy(scores)
        xywh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1).astype(np.float64)
        agnostic = torchvision.ops.nms(b, s, iou).numpy()
        opencv = np.array(cv2.dnn.NMSBoxes(xywh.tolist(), scores.tolist(), 0.0, iou)).reshape(-1)
        assert sorted(agnostic) == sorted(opencv), "torchvision and OpenCV differ"
        by_class = torchvision.ops.batched_nms(b, s, torch.from_numpy(labels), iou).numpy()
        cases.append({"iou": iou, "boxes": tensor(boxes), "scores": tensor(scores),
                      "labels": labels.tolist(), "agnostic": agnostic.tolist(), "byClass": by_class.tolist()})
    return cases


def write(name, value):
    compact = json.dumps(value, separators=(",", ":"))
    (HERE / name).write_text(compact.replace('},{"name"', '},\n{"name"').replace('},{"iou"', '},\n{"iou"') + "\n")


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    readers = (yolov8, yolov5, yolox, ssd, detr, finished, nms_indices)
    write("decoders.json", {"versions": VERSIONS, "side": SIDE, "classes": CLASSES, "mappings": MAPPINGS,
                            "cases": [c for reader in readers for c in reader()]})
    write("nms.json", {"versions": VERSIONS, "cases": suppression()})
