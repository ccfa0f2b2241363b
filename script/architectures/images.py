"""What the weights are scaled to: images of a folder, or made-up ones. Both are [count, 3, height, width] in 0..1."""

from pathlib import Path

import numpy as np


def made_up(seed: int, count: int, height: int, width: int) -> np.ndarray:
    """
    Seeded. Each image has noise whose amplitude falls with the frequency, as in photographs, in colours and a contrast of its
    own, and a few plain or striped rectangles and discs.
    """
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    images = np.empty((count, 3, height, width), np.float32)
    for image in images:
        field = _low_frequencies(random, height, width)
        for _ in range(random.integers(1, 10)):
            y, x = random.uniform(0, height), random.uniform(0, width)
            half = random.uniform(0.03, 0.4, 2) * (height, width)
            dy, dx = np.abs(rows - y) / half[0], np.abs(columns - x) / half[1]
            inside = np.maximum(dy, dx) < 1 if random.random() < 0.5 else dy**2 + dx**2 < 1
            stripes = random.uniform(0, 0.3) * np.sin(random.uniform(0.05, 1.5) * (rows if random.random() < 0.5 else columns))
            field = np.where(inside, random.uniform(0, 1, (3, 1, 1)) + stripes, field)
        image[:] = np.clip(field + random.normal(0, random.uniform(0, 0.05), field.shape), 0, 1)
    return images


def _low_frequencies(random: np.random.Generator, height: int, width: int) -> np.ndarray:
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)
    falling = np.hypot(y, x)
    falling[0, 0] = np.inf
    spectrum = np.fft.rfft2(random.normal(size=(3, height, width))) / falling ** random.uniform(0.8, 1.6)
    noise = np.fft.irfft2(spectrum, (height, width))
    noise /= noise.std((1, 2), keepdims=True)
    mixed = np.einsum("ij,jyx->iyx", random.normal(size=(3, 3)), noise)
    return random.uniform(0.15, 0.85, (3, 1, 1)) + random.uniform(0.02, 0.15) * mixed


def of_folder(folder: Path, count: int, height: int, width: int) -> np.ndarray:
    """The first `count` by path, stretched to the size."""
    from PIL import Image

    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp", ".bmp"})
    if len(files) < count:
        raise SystemExit(f"{folder}: {len(files)} images; {count} are needed")
    pixels = [Image.open(file).convert("RGB").resize((width, height), Image.Resampling.BILINEAR) for file in files[:count]]
    return np.stack([np.asarray(image, np.float32).transpose(2, 0, 1) / 255 for image in pixels])
