"""The fixture data sets as arrays, decoded once and kept as .npy in a cache folder."""

import csv
import io
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("PRECISION_GATE_FIXTURES", ROOT.parent / "shared" / "fixtures"))
CACHE = Path(tempfile.gettempdir()) / "precision-gate-references"


@dataclass(frozen=True)
class Split:
    """8-bit pixels or labels of one split; `names` are the files in sorted order."""

    names: list[str]
    pixels: np.ndarray
    labels: np.ndarray


def cached(name: str, build: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Arrays of `build`, from the cache folder when they were built before."""
    folder = CACHE / name
    if not folder.is_dir():
        partial = CACHE / f"{name}.{os.getpid()}"
        partial.mkdir(parents=True)
        for key, array in build().items():
            np.save(partial / f"{key}.npy", array)
        partial.rename(folder)
    return {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}


def fashion_mnist(split: str) -> Split:
    """Grey [N,28,28] and class indices; `split` is test or calibration. The order is that of the sorted paths."""

    def build() -> dict[str, np.ndarray]:
        files: dict[str, np.ndarray] = {}
        with tarfile.open(FIXTURES / "own" / "data" / "fashion-mnist.tar.gz") as archive:
            for member in archive:
                path = member.name.split("/")
                if member.isfile() and path[1] == split:
                    files["/".join(path[2:])] = np.asarray(Image.open(io.BytesIO(archive.extractfile(member).read())))
        names = sorted(files)
        return {
            "names": np.array(names),
            "pixels": np.stack([files[name] for name in names]),
            "labels": np.array([int(name.split("-")[0]) for name in names]),
        }

    return Split(**unpack(cached(f"fashion-mnist-{split}", build)))


def mnist() -> Split:
    """The 1,000 digits: grey [N,28,28] and labels, in the order of labels.csv."""

    def build() -> dict[str, np.ndarray]:
        folder = FIXTURES / "third-party" / "mnist"
        with open(folder / "labels.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        return {
            "names": np.array([row["file"] for row in rows]),
            "pixels": np.stack([np.asarray(Image.open(folder / row["file"]).convert("L")) for row in rows]),
            "labels": np.array([int(row["label"]) for row in rows]),
        }

    return Split(**unpack(cached("mnist", build)))


def scenes(split: str) -> Split:
    """RGB [N,160,160,3] and class masks [N,160,160]."""

    def build() -> dict[str, np.ndarray]:
        folder = FIXTURES / "own" / "data" / "scenes" / split
        images = sorted((folder / "images").glob("*.jpg"))
        return {
            "names": np.array([image.name for image in images]),
            "pixels": np.stack([np.asarray(Image.open(image).convert("RGB")) for image in images]),
            "labels": np.stack([np.asarray(Image.open(folder / "masks" / f"{image.stem}.png")) for image in images]),
        }

    return Split(**unpack(cached(f"scenes-{split}", build)))


def unpack(arrays: dict[str, np.ndarray]) -> dict[str, object]:
    return {"names": arrays["names"].tolist(), "pixels": arrays["pixels"], "labels": arrays["labels"]}


def fashion_input(grey: np.ndarray) -> np.ndarray:
    """uint8 [N,28,28] -> float32 [N,3,32,32]: pad by 2, grey to RGB, (x * scale - mean) / std."""
    padded = np.pad(grey, ((0, 0), (2, 2), (2, 2)))
    table = ((np.arange(256) * 0.00392156862745098 - 0.2860) / 0.3530).astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(table[padded][:, None], (len(grey), 3, 32, 32)))


def mnist_input(grey: np.ndarray) -> np.ndarray:
    """uint8 [N,28,28] -> float32 [N,1,28,28], 0..255."""
    return grey[:, None].astype(np.float32)


def scenes_input(rgb: np.ndarray) -> np.ndarray:
    """uint8 [N,160,160,3] -> float32 [N,3,160,160], 0..1."""
    return np.ascontiguousarray((rgb.transpose(0, 3, 1, 2) * 0.00392156862745098).astype(np.float32))
