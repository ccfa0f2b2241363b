"""Network inputs as users' own pipelines make them, each with one classic mistake planted.

    python script/references/preprocessing_mistakes.py -> __fixtures__/diagnosis/preprocessing/

Pillow, OpenCV and NumPy only; nothing of this project takes part. Three synthetic colour images (seeded), one folder of
.npy dumps for each mistake, and cases.json: the steps of the config that a dump is compared with, and what is planted.
Two images of example 01 (grey, 28x28) get dumps, too.
"""

import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "__fixtures__" / "diagnosis" / "preprocessing"
EXAMPLE = ROOT / "examples" / "01_fashion_mnist" / "data" / "test"
SIDE = 24
MEAN = np.float32([0.485, 0.456, 0.406])
STD = np.float32([0.229, 0.224, 0.225])
NORMALIZE = {"step": "normalize", "scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def step(name: str, like: str = "pillow", **size) -> dict:
    return {"step": name, **size, "interpolation": "bilinear", "like": like}


STRETCH = [step("resize", size={"width": SIDE, "height": SIDE}), NORMALIZE]
STRETCH_OPENCV = [step("resize", "opencv", size={"width": SIDE, "height": SIDE}), NORMALIZE]
LETTERBOX = [step("letterbox", "opencv", width=SIDE, height=SIDE, color=[114], enlarge=True), NORMALIZE]
CROP = [
    step("resize", size={"shorter": 27}),
    {"step": "center_crop", "size": {"width": SIDE, "height": SIDE}},
    NORMALIZE,
]
UNSCALED = [step("resize", size={"width": SIDE, "height": SIDE})]


def scene(width: int, height: int, seed: int) -> np.ndarray:
    """Smooth colours, hard edges and some noise: what tells resizers and channels apart."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = []
    for channel in range(3):
        fx, fy, phase = random.uniform(0.02, 0.15, 2).tolist() + [random.uniform(0, 6)]
        planes.append(110 + 35 * channel + 70 * np.sin(fx * x + fy * y + phase))
    image = np.stack(planes, -1)
    for _ in range(6):
        left, top = random.integers(0, width - 12), random.integers(0, height - 12)
        image[top : top + random.integers(5, 30), left : left + random.integers(5, 30)] = random.integers(0, 256, 3)
    return np.clip(image + random.normal(0, 6, image.shape), 0, 255).astype(np.uint8)


# Pixels -----------------------------------------------------------------------------------------------------------


def pillow_stretch(image: Image.Image) -> np.ndarray:
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def opencv_stretch(image: Image.Image) -> np.ndarray:
    return cv2.resize(np.asarray(image), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def opencv_letterbox(image: Image.Image) -> np.ndarray:
    """The letterbox of Ultralytics' repositories, in its own words."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    ratio = min(SIDE / height, SIDE / width)
    new_width, new_height = int(round(width * ratio)), int(round(height * ratio))
    dw, dh = (SIDE - new_width) / 2, (SIDE - new_height) / 2
    pixels = cv2.resize(pixels, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
    top, bottom, left, right = round(dh - 0.1), round(dh + 0.1), round(dw - 0.1), round(dw + 0.1)
    return cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(114, 114, 114))


def pillow_crop(image: Image.Image) -> np.ndarray:
    """torchvision: Resize(27), CenterCrop(24)."""
    width, height = image.size
    size = (27, int(27 * height / width)) if width <= height else (int(27 * width / height), 27)
    resized = image.resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - SIDE) / 2), round((size[1] - SIDE) / 2)
    return np.asarray(resized.crop((left, top, left + SIDE, top + SIDE)))


# Values -----------------------------------------------------------------------------------------------------------


def scaled(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / np.float32(255)


def standardized(values: np.ndarray) -> np.ndarray:
    return (values - MEAN) / STD


def usual(pixels: np.ndarray) -> np.ndarray:
    return standardized(scaled(pixels))


def nchw(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype=np.float32)


def interleaved(values: np.ndarray) -> np.ndarray:
    """The buffer of an HWC image handed to an input of CHW: the shape is right, the values lie elsewhere."""
    return np.ascontiguousarray(values, dtype=np.float32).reshape(1, 3, SIDE, SIDE)


# name: (steps of the config, image -> dump, what the audit must name)
CASES = {
    "same": (STRETCH, lambda i: nchw(usual(pillow_stretch(i))), []),
    "bgr": (STRETCH, lambda i: nchw(usual(pillow_stretch(i)[..., ::-1])), ["RGB/BGR swapped"]),
    "bgr-after-normalizing": (
        STRETCH,
        lambda i: nchw(usual(pillow_stretch(i))[..., ::-1]),
        ["RGB/BGR swapped", "mean and std in the other channel order"],
    ),
    "not-divided": (
        STRETCH,
        lambda i: nchw(standardized(pillow_stretch(i).astype(np.float32))),
        ["not divided by 255"],
    ),
    "not-divided-not-standardized": (
        STRETCH,
        lambda i: nchw(pillow_stretch(i)),
        ["not divided by 255", "mean and std missing"],
    ),
    "divided-here-only": (UNSCALED, lambda i: nchw(scaled(pillow_stretch(i))), ["divided by 255"]),
    "mean-std-missing": (STRETCH, lambda i: nchw(scaled(pillow_stretch(i))), ["mean and std missing"]),
    "mean-std-twice": (
        STRETCH,
        lambda i: nchw(standardized(usual(pillow_stretch(i)))),
        ["mean and std applied twice"],
    ),
    "other-constants": (STRETCH, lambda i: nchw(scaled(pillow_stretch(i)) * 2 - 1), ["another normalization"]),
    "nhwc-axes": (STRETCH, lambda i: usual(pillow_stretch(i)).astype(np.float32), ["NCHW/NHWC"]),
    "nhwc-memory": (STRETCH, lambda i: interleaved(usual(pillow_stretch(i))), ["NCHW/NHWC"]),
    "letterbox": (STRETCH, lambda i: nchw(usual(opencv_letterbox(i))), ["letterbox", "against stretch"]),
    "stretch": (LETTERBOX, lambda i: nchw(usual(opencv_stretch(i))), ["stretch", "against letterbox"]),
    "crop": (STRETCH, lambda i: nchw(usual(pillow_crop(i))), ["resize and crop", "against stretch"]),
    "no-crop": (CROP, lambda i: nchw(usual(pillow_stretch(i))), ["stretch", "against resize and crop"]),
    "opencv": (STRETCH, lambda i: nchw(usual(opencv_stretch(i))), ["OpenCV resize against Pillow resize"]),
    "pillow": (STRETCH_OPENCV, lambda i: nchw(usual(pillow_stretch(i))), ["Pillow resize against OpenCV resize"]),
    "bgr-not-divided-opencv": (
        STRETCH,
        lambda i: nchw(opencv_stretch(i)[..., ::-1]),
        ["OpenCV resize against Pillow resize", "RGB/BGR swapped", "not divided by 255, mean and std missing"],
    ),
    "another-picture": (STRETCH, lambda i: nchw(usual(pillow_stretch(i.transpose(Image.Transpose.ROTATE_90)))), None),
}


def example() -> None:
    """Grey 28x28, padded to 32x32; the config of example 01 is the other side."""

    def padded(pixels: np.ndarray) -> np.ndarray:
        return np.repeat(np.pad(pixels, 2)[..., None], 3, -1)

    def stretched(pixels: np.ndarray) -> np.ndarray:
        return np.repeat(np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BILINEAR))[..., None], 3, -1)

    def normal(pixels: np.ndarray) -> np.ndarray:
        return (scaled(pixels) - np.float32(0.2860)) / np.float32(0.3530)

    cases = {
        "same": lambda p: normal(padded(p)),
        "not-divided": lambda p: (padded(p).astype(np.float32) - np.float32(0.2860)) / np.float32(0.3530),
        "stretch": lambda p: normal(stretched(p)),
    }
    files = [sorted(EXAMPLE.glob("*-bag/*.png"))[0], sorted(EXAMPLE.glob("*-coat/*.png"))[0]]
    for name, dump in cases.items():
        for file in files:
            target = OUTPUT / "example" / name / file.parent.name / f"{file.stem}.npy"
            target.parent.mkdir(parents=True, exist_ok=True)
            np.save(target, nchw(dump(np.asarray(Image.open(file)))))


def main() -> None:
    images = {"wide": scene(120, 70, 1), "tall": scene(64, 100, 2), "nearly-square": scene(90, 84, 3)}
    (OUTPUT / "images").mkdir(parents=True, exist_ok=True)
    for name, pixels in images.items():
        Image.fromarray(pixels).save(OUTPUT / "images" / f"{name}.png", optimize=True)
    cases = {}
    for case, (steps, dump, names) in CASES.items():
        (OUTPUT / case).mkdir(exist_ok=True)
        for name, pixels in images.items():
            np.save(OUTPUT / case / f"{name}.npy", dump(Image.fromarray(pixels)))
        cases[case] = {"steps": steps, "planted": names}
    (OUTPUT / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    example()


if __name__ == "__main__":
    main()
