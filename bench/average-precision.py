"""pycocotools' side of bench/average-precision.ts: python bench/average-precision.py FOLDER IMAGES CATEGORIES"""

import json
import resource
import sys
import time

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large"]
NAMES += ["ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large"]


def peak_mb():
    """ru_maxrss is in KiB on Linux, in bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


folder, images, categories = sys.argv[1], int(sys.argv[2]), [int(c) for c in sys.argv[3].split(",")]
truth = np.fromfile(f"{folder}/truth.f64").reshape(-1, 8).tolist()
detections = np.fromfile(f"{folder}/detections.f64").reshape(-1, 7).tolist()
annotations = [
    {"id": i, "image_id": int(r[0]), "category_id": int(r[1]), "bbox": r[2:6], "area": r[6], "iscrowd": int(r[7])}
    for i, r in enumerate(truth, start=1)
]
results = [{"image_id": int(r[0]), "category_id": int(r[1]), "bbox": r[2:6], "score": r[6]} for r in detections]
del truth, detections
before = peak_mb()

started = time.perf_counter()
coco = COCO()
coco.dataset = {
    "info": {},
    "images": [{"id": i} for i in range(1, images + 1)],
    "categories": [{"id": c} for c in categories],
    "annotations": annotations,
}
coco.createIndex()
evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
loaded = time.perf_counter()
evaluation.evaluate()
evaluation.accumulate()
evaluation.summarize()
ended = time.perf_counter()
metrics = dict(zip(NAMES, map(float, evaluation.stats)))
print()
times = {"seconds": ended - started, "evaluateSeconds": ended - loaded}
print(json.dumps({**times, "peakMb": peak_mb(), "beforeMb": before, "metrics": metrics}))
