"""Independent references for src/postprocess/segmentation and the reading of masks.

    pip install numpy "pillow==13.0.0" torch opencv-python-headless
    python script/references/segmentation.py

__fixtures__/dataset/masks         the same indices in every kind of PNG, by Pillow and OpenCV; masks.json: their values.
__fixtures__/postprocess/segmentation.json   small outputs, and the classes of the image's pixels after
                torch.nn.functional.interpolate and cv2.resize (bilinear) and argmax or a threshold.
"""

import base64
import json
import pathlib
import sys

sys.path.pop(0)  # statistics.py beside this file would hide Python's own, which torch imports.

import cv2
import numpy as np
import PIL
import torch
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2] / "__fixtures__"
rng = np.random.default_rng(12)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def masks():
    folder = ROOT / "dataset" / "masks"
    folder.mkdir(parents=True, exist_ok=True)
    entries = []

    def keep(name, values):
        entries.append({"name": name, "width": values.shape[1], "height": values.shape[0],
                        "data": text(values.astype(np.uint8))})

    for bits in (1, 2, 4, 8):
        values = rng.integers(0, min(2**bits, 256), (11, 13)).astype(np.uint8)
        picture = Image.fromarray(values, "P")
        # Every third colour is the same one, so that indices cannot be told from colours.
        picture.putpalette(sum(([i % 3 * 80, 10, 200] for i in range(256)), []))
        picture.save(folder / f"indexed-{bits}.png", bits=bits)
        assert np.array_equal(np.array(Image.open(folder / f"indexed-{bits}.png")), values)
        keep(f"indexed-{bits}.png", values)
    picture.save(folder / "indexed-transparent.png", transparency=0)
    keep("indexed-transparent.png", values)
    Image.fromarray(values).save(folder / "grey-8.png")
    keep("grey-8.png", values)
    one = rng.integers(0, 2, (11, 13)).astype(np.uint8)
    Image.fromarray(one * 255).convert("1").save(folder / "grey-1.png")
    keep("grey-1.png", one)
    cv2.imwrite(str(folder / "refused-16-bit.png"), values.astype(np.uint16) * 100)
    cv2.imwrite(str(folder / "refused-colour.png"), np.repeat(values[..., None], 3, 2))
    compact = json.dumps({"pillow": PIL.__version__, "masks": entries}, separators=(",", ":"))
    (folder / "masks.json").write_text(compact.replace('},{"', '},\n{"') + "\n")


def segmentation():
    (ROOT / "postprocess").mkdir(exist_ok=True)
    cases = []
    for name, channels, output, image in [("enlarged", 5, (9, 12), (31, 40)), ("reduced", 4, (24, 20), (11, 13)),
                                          ("as it is", 3, (8, 8), (8, 8)), ("one axis", 6, (10, 10), (10, 37))]:
        scores = rng.normal(0, 1, (channels, *output)).astype(np.float32)
        resized = torch.nn.functional.interpolate(torch.from_numpy(scores)[None], image, mode="bilinear",
                                                  align_corners=False)[0]
        chance = 1 / (1 + np.exp(-scores[0].astype(np.float64)))
        above = cv2.resize(chance.astype(np.float32), image[::-1], interpolation=cv2.INTER_LINEAR) > 0.4
        cases.append({"name": name, "channels": channels, "output": output, "image": image, "scores": text(scores),
                      "classes": text(resized.argmax(0).numpy().astype(np.uint8)), "binary": text(above.astype(np.uint8))})
    compact = json.dumps({"torch": torch.__version__, "opencv": cv2.__version__, "cases": cases}, separators=(",", ":"))
    (ROOT / "postprocess" / "segmentation.json").write_text(compact.replace('},{"', '},\n{"') + "\n")


if __name__ == "__main__":
    masks()
    segmentation()
