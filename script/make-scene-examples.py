"""Builds examples/09_segmentation and examples/10_detection from the shared fixtures, and measures their FP32 figures.

    python script/make-scene-examples.py            models, scenes, masks and boxes; the same bytes every time
    python script/make-scene-examples.py --measure  FP32 mean IoU and COCO AP (the configs' `expect`) by ONNX Runtime's
                                                    Python package, NumPy and pycocotools

Scenes are taken evenly over the sorted names. Those of 09 are among those of 10, so that Git stores each image once.
"""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "references"))

import quantizer_data as data  # noqa: E402

SCENES = data.FIXTURES / "own" / "data" / "scenes"
SCENES_10 = {"test": 120, "calibration": 32}


@dataclass(frozen=True)
class Example:
    folder: str
    model: str
    take: dict[str, int]
    has_masks: bool


EXAMPLES = [
    Example("09_segmentation", "segment-unet", {"test": 80, "calibration": 32}, has_masks=True),
    Example("10_detection", "detect-tiny", SCENES_10, has_masks=False),
]


def evenly(names: list[str], count: int) -> list[str]:
    return [names[i * len(names) // count] for i in range(count)]


def build(example: Example) -> None:
    target = data.ROOT / "examples" / example.folder
    shutil.rmtree(target / "data", ignore_errors=True)
    for split, count in example.take.items():
        source, folder = SCENES / split, target / "data" / split
        names = sorted(path.name for path in (source / "images").iterdir())
        names = evenly(evenly(names, SCENES_10[split]), count)
        copy(source / "images", folder / "images", names)
        if split == "calibration":
            continue
        if example.has_masks:
            copy(source / "masks", folder / "masks", [Path(name).with_suffix(".png").name for name in names])
        else:
            write_boxes(source / "instances.json", folder / "instances.json", set(names))
    shutil.copyfile(data.FIXTURES / "own" / "models" / f"{example.model}.onnx", target / "model.onnx")
    files = [path for path in target.rglob("*") if path.is_file()]
    print(f"{example.folder}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.2f} MB")


def copy(source: Path, target: Path, names: list[str]) -> None:
    target.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, target / name)


def write_boxes(source: Path, target: Path, names: set[str]) -> None:
    """The same ids as in the whole file, with gaps where scenes are left out."""
    document = json.loads(source.read_text())
    document["images"] = [image for image in document["images"] if image["file_name"] in names]
    ids = {image["id"] for image in document["images"]}
    document["annotations"] = [entry for entry in document["annotations"] if entry["image_id"] in ids]
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")


def predict(example: Example, names: list[Path]):
    """The first output for every image, RGB / 255."""
    import numpy as np
    import onnxruntime
    from PIL import Image

    session = onnxruntime.InferenceSession(data.ROOT / "examples" / example.folder / "model.onnx")
    for name in names:
        pixels = np.asarray(Image.open(name).convert("RGB"), dtype=np.float32) / 255
        yield session.run(None, {"images": pixels.transpose(2, 0, 1)[None]})[0][0]


def measure_segmentation(example: Example) -> None:
    import numpy as np
    from PIL import Image

    folder = data.ROOT / "examples" / example.folder / "data" / "test"
    names = sorted((folder / "images").iterdir())
    confusion = np.zeros((11, 11), dtype=np.int64)
    for name, logits in zip(names, predict(example, names)):
        mask = np.asarray(Image.open(folder / "masks" / f"{name.stem}.png")).astype(np.int64)
        confusion += np.bincount((mask * 11 + logits.argmax(0)).ravel(), minlength=121).reshape(11, 11)
    hit = np.diag(confusion)
    union = confusion.sum(0) + confusion.sum(1) - hit
    print(f"{example.folder}: mean IoU {(hit / union).mean():.4f}, every class is there: {bool((union > 0).all())}")


def measure_detection(example: Example) -> None:
    import numpy as np
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    folder = data.ROOT / "examples" / example.folder / "data" / "test"
    truth = COCO(str(folder / "instances.json"))
    images = [truth.imgs[key] for key in sorted(truth.imgs)]
    categories = sorted(truth.cats)
    found: list[dict] = []
    outputs = predict(example, [folder / "images" / image["file_name"] for image in images])
    for image, output in zip(images, outputs):
        boxes, scores = output[:4].T.astype(np.float64), output[4:]
        corners = np.clip(np.c_[boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 0, 160)
        kept: list[tuple[float, int, np.ndarray]] = []
        for index, row in enumerate(scores):
            chosen = np.flatnonzero(row > 0.001)
            chosen = chosen[np.argsort(-row[chosen], kind="stable")]
            kept += [(float(row[i]), index, corners[i]) for i in suppress(chosen, corners, 0.6)]
        for score, index, (x1, y1, x2, y2) in sorted(kept, key=lambda entry: -entry[0])[:100]:
            box = [x1, y1, x2 - x1, y2 - y1]
            found.append({"image_id": image["id"], "category_id": categories[index], "bbox": box, "score": score})
    evaluation = COCOeval(truth, truth.loadRes(found), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    print(f"{example.folder}: AP {evaluation.stats[0]:.4f}")


def suppress(order, corners, limit: float) -> list[int]:
    """Greedy, best score first."""
    import numpy as np

    kept: list[int] = []
    for i in order:
        if kept:
            others = corners[kept]
            low, high = np.maximum(others[:, :2], corners[i, :2]), np.minimum(others[:, 2:], corners[i, 2:])
            both = np.clip(high - low, 0, None).prod(1)
            areas = (corners[:, 2:] - corners[:, :2]).prod(1)
            if (both / (areas[kept] + areas[i] - both) > limit).any():
                continue
        kept.append(int(i))
    return kept


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        measure_segmentation(EXAMPLES[0])
        measure_detection(EXAMPLES[1])
    elif not sys.argv[1:]:
        for each in EXAMPLES:
            build(each)
    else:
        raise SystemExit(__doc__)
