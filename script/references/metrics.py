"""Detection and segmentation metrics computed by the field's own tools, on small seeded cases.

    python script/references/metrics.py             # writes __fixtures__/metrics/*.json; a few seconds
    python script/references/metrics.py FIXTURES    # with fixtures.json, from the folder of the large fixtures

- coco.json: pycocotools. `grid` has boxes on a coarse grid and scores in steps of 0.05, so that overlaps and scores tie
  exactly and areas sit on the limits of small and medium; `smooth` has distinct scores.
- voc.json: the algorithm of Pascal VOC's VOCevaldet.m, written down in NumPy.
- segmentation.json: scikit-learn's confusion matrix and scores.
- bootstrap.json: AP of pycocotools on resampled copies of `smooth`, quantiles by numpy; and scipy.stats.bootstrap of
  the difference in mean IoU, which draws its own resamples.
- fixtures.json: pycocotools on real annotations: coco-tiny with the detections of YOLOX-Nano, whose categories are
  class numbers from 0 and stand for the sorted category ids; and the published sample of average-precision.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from scipy.stats import bootstrap
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, jaccard_score, recall_score

HERE = Path(__file__).resolve().parents[2] / "__fixtures__" / "metrics"
NAMES = ["ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large"]
NAMES += ["ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large"]
CATEGORIES = [90, 3, 7, 18, 44, 1]  # not contiguous, not sorted; 44 has no object, 18 has only crowds


def coco_case(seed, grid, images=40):
    rng = np.random.default_rng(seed)
    ids = [int(i) for i in rng.permutation(np.arange(5, 5 + 13 * images, 13))]
    truth, detections = [], []
    for image in ids:
        for _ in range(int(rng.integers(0, 8))):
            category = int(rng.choice([90, 3, 3, 7, 1, 18]))
            x, y = rng.uniform(0, 300, 2)
            w, h = np.exp(rng.uniform(np.log(8), np.log(220), 2))
            if grid:
                x, y, w, h = (16 * round(v / 16) for v in (x, y, w, h))
                w, h = max(w, 16), max(h, 16)
            crowd = int(category == 18 or rng.random() < 0.12)
            area = w * h if rng.random() < 0.5 else w * h * rng.uniform(0.4, 1)
            if grid and rng.random() < 0.2:
                area = float(rng.choice([1024, 9216]))
            box = [float(v) if grid else round(float(v), 2) for v in (x, y, w, h)]
            truth.append([image, category, *box, round(float(area), 3), crowd])
            for _ in range(int(rng.integers(0, 4))):
                shift = rng.choice([0, 0, 16, -16], 4) if grid else rng.normal(0, 0.12, 4) * [w, h, w, h]
                moved = np.array(box) + shift
                if moved[2] <= 0 or moved[3] <= 0:
                    continue
                kept = category if rng.random() < 0.85 else int(rng.choice(CATEGORIES))
                detections.append([image, kept, *(round(float(v), 3) for v in moved), score(rng, grid)])
        for _ in range(int(rng.integers(0, 6))):
            x, y, w, h = (round(float(v), 2) for v in rng.uniform(1, 120, 4))
            detections.append([image, int(rng.choice(CATEGORIES)), x, y, w, h, score(rng, grid)])
    crowded = truth[0][0]  # more detections than the 100 that count
    for _ in range(120):
        x, y, w, h = (round(float(v), 2) for v in rng.uniform(10, 90, 4))
        detections.append([crowded, truth[0][1], x, y, w, h, score(rng, grid)])
    rng.shuffle(detections)
    detections = [[int(d[0]), int(d[1]), *map(float, d[2:])] for d in detections]
    return {"images": ids, "categories": CATEGORIES, "truth": truth, "detections": detections}


def score(rng, grid):
    return round(0.05 * int(rng.integers(1, 20)), 2) if grid else round(float(rng.random()), 7)


def pycocotools(case, draws=None):
    """`draws`: which images, each as often as it occurs; copies get ids of their own, in the order of the originals."""
    ids = sorted(case["images"]) if draws is None else sorted(draws)
    copies = {}
    for new, old in enumerate(ids, start=1):
        copies.setdefault(old, []).append(new)
    annotations = [
        {"id": 0, "image_id": new, "category_id": row[1], "bbox": row[2:6], "area": row[6], "iscrowd": row[7]}
        for row in case["truth"]
        for new in copies.get(row[0], [])
    ]
    for index, annotation in enumerate(annotations, start=1):
        annotation["id"] = index
    results = [
        {"image_id": new, "category_id": row[1], "bbox": row[2:6], "score": row[6]}
        for row in case["detections"]
        for new in copies.get(row[0], [])
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "info": {}, "images": [{"id": i + 1} for i in range(len(ids))], "annotations": annotations,
            "categories": [{"id": c} for c in case["categories"]],
        }  # fmt: skip
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def named(values):
    return {name: float(value) for name, value in zip(NAMES, values)}


def per_category(evaluation):
    """The summary's own definitions, on the slice of one category."""
    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]
    rows = []
    for k, category in enumerate(evaluation.params.catIds):
        parts = [precision[:, :, k, 0, 2], precision[0, :, k, 0, 2], precision[5, :, k, 0, 2]]
        parts += [precision[:, :, k, area, 2] for area in (1, 2, 3)]
        parts += [recall[:, k, 0, m] for m in (0, 1, 2)] + [recall[:, k, area, 2] for area in (1, 2, 3)]
        means = [float(part[part > -1].mean()) if (part > -1).any() else -1.0 for part in parts]
        rows.append({"category": int(category), **named(means)})
    return rows


def coco():
    cases = {"grid": coco_case(3, True), "smooth": coco_case(4, False)}
    # overlaps of exactly 0.85 and 0.9, which the rounding of the thresholds decides; and an object that is overlapped
    # less than the crowd and the larger object beside it, which are ignored
    edges = [
        ([3, 0, 0, 10, 20, 200, 0], [3, 0, 0, 10, 17, 0.97]),
        ([3, 0, 0, 10, 20, 200, 0], [3, 0, 0, 10, 18, 0.96]),
        ([7, 0, 0, 10, 20, 200, 0], [7, 0, 0, 10, 12, 0.95]),
    ]
    for image, (truth, detection) in enumerate(edges, start=9001):
        cases["grid"]["images"].append(image)
        cases["grid"]["truth"].append([image, *truth])
        cases["grid"]["detections"].append([image, *detection])
    cases["grid"]["truth"] += [[9003, 7, 0, 0, 10, 12, 120, 1], [9003, 7, 0, 0, 10, 13, 5000, 0]]
    for case in cases.values():
        evaluation = pycocotools(case)
        case["expected"] = named(evaluation.stats)
        case["perCategory"] = per_category(evaluation)
    return cases


def voc_iou(a, b):
    """Corner pixels belong to the box; a, b are x, y, width, height with the last pixel at x + width."""
    iw = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]) + 1
    ih = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]) + 1
    if iw <= 0 or ih <= 0:
        return 0.0
    return iw * ih / ((a[2] + 1) * (a[3] + 1) + (b[2] + 1) * (b[3] + 1) - iw * ih)


def voc_average_precision(truth, detections, least, eleven):
    positives = sum(1 for row in truth if not row[6])
    taken = [False] * len(truth)
    order = np.argsort([-row[6] for row in detections], kind="stable")
    tp, fp = np.zeros(len(order)), np.zeros(len(order))
    for d, index in enumerate(order):
        row = detections[index]
        overlaps = [(voc_iou(row[2:6], gt[2:6]), -j) for j, gt in enumerate(truth) if gt[0] == row[0]]
        best, match = max(overlaps, default=(-1.0, 0))
        if best < least:
            fp[d] = 1
        elif not truth[-match][6]:
            tp[d], fp[d] = (0, 1) if taken[-match] else (1, 0)
            taken[-match] = True
    tp, fp = np.cumsum(tp), np.cumsum(fp)
    recall, precision = tp / positives, tp / np.maximum(tp + fp, np.finfo(np.float64).eps)
    if eleven:
        return sum(max(precision[recall >= t], default=0.0) for t in np.arange(0.0, 1.1, 0.1)) / 11
    mrec, mpre = np.concatenate(([0.0], recall, [1.0])), np.concatenate(([0.0], precision, [0.0]))
    mpre = np.maximum.accumulate(mpre[::-1])[::-1]
    i = np.where(mrec[1:] != mrec[:-1])[0]
    return float(np.sum((mrec[i + 1] - mrec[i]) * mpre[i + 1]))


def voc():
    rng = np.random.default_rng(11)
    truth, detections = [], []
    for image in range(1, 26):
        for category in (1, 2):
            for _ in range(int(rng.integers(0, 4))):
                box = [int(v) for v in rng.integers(1, 200, 2)] + [int(v) for v in rng.integers(8, 90, 2)]
                truth.append([image, category, *box, int(rng.random() < 0.2)])
                for _ in range(int(rng.integers(0, 3))):
                    moved = np.array(box) + rng.integers(-9, 10, 4)
                    detections.append([image, category, *map(int, moved), round(float(rng.random()), 6)])
        detections.append([image, int(rng.integers(1, 3)), 5, 5, 40, 40, round(float(rng.random()), 6)])
    # ten objects, of which 3, 6 and 7 are found before a false one: recall sits on the grid of eleven points
    for n in range(10):
        truth.append([100 + n, 3, 10, 10, 30, 30, 0])
        detections.append([100 + n, 3, 10 if n < 7 else 300, 10, 30, 30, round(0.99 - 0.01 * n, 2)])
    expected = []
    for least in (0.3, 0.5, 0.75):
        for category in (1, 2, 3):
            own = [[row for row in rows if row[1] == category] for rows in (truth, detections)]
            figures = {"2007": float(voc_average_precision(*own, least, True)), "2012": voc_average_precision(*own, least, False)}
            expected.append({"iou": least, "category": category, **figures})
    return {"truth": truth, "detections": detections, "expected": expected}


def segmentation_case(images=40, side=8, classes=5):
    """Class 4 occurs nowhere; class 3 only in predictions of FP32. 9 is the ignore label."""
    rng = np.random.default_rng(7)
    truth = np.repeat(np.repeat(rng.integers(0, 3, (images, side // 2, side // 2)), 2, 1), 2, 2)
    noise = lambda share, labels: np.where(rng.random(truth.shape) < share, rng.integers(0, labels, truth.shape), truth)
    reference, variant = noise(0.2, 4), noise(0.28, 3)
    truth = np.where(rng.random(truth.shape) < 0.05, 9, truth)
    return truth.reshape(images, -1), reference.reshape(images, -1), variant.reshape(images, -1)


def segmentation():
    truth, reference, variant = segmentation_case()
    rows = []
    for prediction in (reference, variant):
        kept = truth != 9
        t, p = truth[kept], prediction[kept]
        present = sorted({*t.tolist(), *p.tolist()})
        iou = dict(zip(present, map(float, jaccard_score(t, p, labels=present, average=None, zero_division=0))))
        dice = dict(zip(present, map(float, f1_score(t, p, labels=present, average=None, zero_division=0))))
        rows.append({
            "confusion": confusion_matrix(t, p, labels=range(5)).ravel().tolist(),
            "iou": [iou.get(c) for c in range(5)], "dice": [dice.get(c) for c in range(5)],
            "miou": float(jaccard_score(t, p, labels=present, average="macro", zero_division=0)),
            "meanDice": float(f1_score(t, p, labels=present, average="macro", zero_division=0)),
            "pixelAccuracy": float(accuracy_score(t, p)),
            "meanAccuracy": float(recall_score(t, p, labels=sorted(set(t.tolist())), average="macro")),
        })  # fmt: skip
    masks = [{"truth": digits(t), "reference": digits(r), "variant": digits(v)} for t, r, v in zip(truth, reference, variant)]
    return {"classes": 5, "ignore": 9, "images": masks, "expected": {"reference": rows[0], "variant": rows[1]}}


def digits(labels):
    return "".join(map(str, labels.tolist()))


def mulberry32(seed):
    """The same generator as src/util/random.ts, so that both sides draw the same images."""
    state, mask = seed, 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & mask
        mixed = ((state ^ (state >> 15)) * (state | 1)) & mask
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & mask)) & mask
        yield ((mixed ^ (mixed >> 14)) & mask) / 2**32


def miou(truth, prediction):
    values = []
    for c in range(5):
        both = np.sum((truth == c) & (prediction == c))
        union = np.sum(((truth == c) | (prediction == c)) & (truth != 9))
        if union:
            values.append(both / union)
    return np.mean(values)


def bootstraps(case):
    variant = {**case, "detections": degrade(case["detections"])}
    draw = mulberry32(5)
    ids = sorted(case["images"])
    rows = []
    for _ in range(24):
        draws = [ids[int(next(draw) * len(ids))] for _ in ids]
        rows.append([[float(x) for x in pycocotools(side, draws).stats] for side in (case, variant)])
    figures = {}
    for name, position in (("ap", 0), ("ap50", 1), ("ap_small", 3), ("ar10", 7)):
        differences = [100 * (a[position] - b[position]) for a, b in rows if a[position] > -1]
        figures[name] = {
            "differences": differences, "ci95": np.quantile(differences, [0.025, 0.975]).tolist(),
            "valueCi95": np.quantile([b[position] for _, b in rows if b[position] > -1], [0.025, 0.975]).tolist(),
        }  # fmt: skip
    truth, reference, other = segmentation_case()
    statistic = lambda *picked: miou(truth[np.asarray(picked[0], int)], reference[np.asarray(picked[0], int)]) - miou(
        truth[np.asarray(picked[0], int)], other[np.asarray(picked[0], int)]
    )
    result = bootstrap(
        (np.arange(len(truth)),), statistic, vectorized=False, n_resamples=20000, method="percentile",
        rng=np.random.default_rng(1),
    )  # fmt: skip
    interval = [100 * float(result.confidence_interval.low), 100 * float(result.confidence_interval.high)]
    return {
        "coco": {"seed": 5, "resamples": 24, "variant": variant["detections"], "figures": figures},
        "miou": {"resamples": 20000, "ci95": interval, "standardErrorPoints": 100 * float(result.standard_error)},
    }


def fixtures(folder):
    pairs = {
        "coco-tiny": ("coco-tiny/annotations/instances_val2017.json", "coco-tiny/dets_yolox_nano.json"),
        "average-precision": (
            "average-precision/coco/gts/sampled_gts_bbox_area.json", "average-precision/coco/cocoapi_results.json",
        ),
    }  # fmt: skip
    figures = {}
    for name, (truth, results) in pairs.items():
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(folder / "third-party" / truth)
            detections = json.loads((folder / "third-party" / results).read_text())
            if name == "coco-tiny":
                ids = sorted(coco.getCatIds())
                for row in detections:
                    row["category_id"] = ids[row["category_id"]]
            evaluation = COCOeval(coco, coco.loadRes(detections), "bbox")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        figures[name] = {"expected": named(evaluation.stats), "perCategory": per_category(evaluation)}
    return figures


def degrade(detections):
    rng = np.random.default_rng(9)
    kept = [row for row in detections if rng.random() < 0.92]
    return [
        [*row[:2], *(round(float(v + rng.normal(0, 2)), 3) for v in row[2:4]), *row[4:6], round(float(rng.random()) * 0.2 + 0.8 * row[6], 7)]
        for row in kept
    ]


def write(name, value):
    """One row of numbers a line, so that a difference can be read."""
    text = json.dumps(value)
    text = text.replace("], [", "],\n[").replace("}, {", "},\n{")
    (HERE / name).write_text(text + "\n")


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    cases = coco()
    write("coco.json", cases)
    write("voc.json", voc())
    write("segmentation.json", segmentation())
    write("bootstrap.json", bootstraps(cases["smooth"]))
    if len(sys.argv) > 1:
        write("fixtures.json", fixtures(Path(sys.argv[1])))
