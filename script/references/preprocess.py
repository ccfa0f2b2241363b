"""Independent references for src/dataset: writes __fixtures__/dataset.

    pip install numpy "pillow==13.0.0" opencv-python-headless
    python script/references/preprocess.py

images/   small sources drawn here: gradients, noise, hard edges, odd sizes.
encoded/  the same picture in every encoding that is read, by Pillow.
resize.json      what Pillow's and OpenCV's resize make of the sources: SHA-256, and for OpenCV the bytes.
encoded.json     SHA-256 of what Pillow's convert("RGB") makes of the encoded files.
pipelines.json   whole preprocessing lists, written out with Pillow, OpenCV and NumPy.
cast.json        NumPy's float16 bits and rounding.
shared.json      digests of Pillow's pixels of the photographs in ../shared/fixtures.

Letterbox, centre crop and the sizes of `shorter` follow the published Python of ultralytics (data/augment.py,
LetterBox) and torchvision (transforms/functional.py); central_crop that of TensorFlow (ops/image_ops_impl.py).
"""

import base64
import hashlib
import json
import os
import pathlib
import struct
import zlib

import cv2
import numpy as np
import PIL
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parents[2] / "__fixtures__" / "dataset"
VERSIONS = {"pillow": PIL.__version__, "opencv": cv2.__version__, "numpy": np.__version__}
PILLOW = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR,
          "bicubic": Image.Resampling.BICUBIC, "area": Image.Resampling.BOX}
OPENCV = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR,
          "bicubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def write(name, value):
    """JSON with one entry of a list a line."""
    compact = json.dumps(value, separators=(",", ":"))
    (HERE / name).write_text(compact.replace('},{"', '},\n{"') + "\n")


def sources():
    rng = np.random.default_rng(20)

    def gradient(width, height):
        y, x = np.mgrid[0:height, 0:width]
        return np.stack([x * 255 // max(1, width - 1), y * 255 // max(1, height - 1), (x * 3 + y * 7) % 256], -1)

    def edges(width, height):
        picture = np.full((height, width, 3), 255)
        for i in range(0, width, 7):
            picture[:, i : i + 2] = [0, 0, i % 256]
        for i in range(3, height, 11):
            picture[i] = [200, 0, 0]
        return picture

    def noise(width, height):
        return rng.integers(0, 256, (height, width, 3))

    return {
        "gradient": gradient(48, 32).astype(np.uint8),
        "edges": edges(41, 37).astype(np.uint8),
        "noise": noise(24, 20).astype(np.uint8),
        "tall": edges(11, 64).astype(np.uint8),
        "wide": noise(50, 5).astype(np.uint8),
        "pixel": np.array([[[1, 128, 255]]], np.uint8),
        "gray-noise": noise(23, 29)[..., :1].astype(np.uint8),
        "gray-edges": edges(30, 17)[..., :1].astype(np.uint8),
    }


def pil(array):
    return Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)


def resize_cases(images):
    cases = []
    for name, array in images.items():
        height, width = array.shape[:2]
        sizes = {(width, height), (max(1, width // 2), max(1, height // 2)), (width * 2, height * 3), (32, 32), (17, 9),
                 (width, 21), (19, height), (max(1, width // 3), max(1, height // 4)), (9, 31), (1, 1)}
        # Either side of the point from which Pillow 13 goes down first, and on it.
        sizes |= {(width - 6, height - cut) for cut in (11, 12, 13, 15)}
        for out_width, out_height in sorted((w, h) for w, h in sizes if w > 0 and h > 0):
            for interpolation in PILLOW:
                case = {"image": name, "interpolation": interpolation, "width": out_width, "height": out_height}
                pillow = np.asarray(pil(array).resize((out_width, out_height), PILLOW[interpolation]))
                opencv = cv2.resize(array, (out_width, out_height), interpolation=OPENCV[interpolation])
                cases.append({**case, "like": "pillow", "sha256": digest(pillow)})
                packed = base64.b64encode(zlib.compress(opencv.tobytes(), 9)).decode()
                cases.append({**case, "like": "opencv", "sha256": digest(opencv),
                              **({"deflated": packed} if interpolation == "bicubic" else {})})
    return {"versions": VERSIONS, "cases": cases}


def png(width, height, depth, color, rows, extra=b""):
    """A PNG written by hand, for what Pillow does not write: `rows` are packed, unfiltered scan lines."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bmp(width, height, bits, rows, palette=(), header=40, compression=0, masks=(), top_down=False):
    """A BMP written by hand, for what Pillow does not write: `rows` are packed scan lines from the top down."""
    lines = [row + bytes(-len(row) % 4) for row in (rows if top_down else rows[::-1])]
    if header == 12:
        info = struct.pack("<IHHHH", header, width, height, 1, bits)
        colors = b"".join(bytes(color[::-1]) for color in palette)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression,
                           sum(map(len, lines)), 2835, 2835, len(palette), 0)
        fields = struct.pack(f"<{len(masks)}I", *masks)
        info += fields if header == 40 else fields + bytes(header - 40 - len(fields))
        colors = b"".join(bytes(color[::-1]) + b"\0" for color in palette)
    offset = 14 + len(info) + len(colors)
    pixels = b"".join(lines)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + info + colors + pixels


def bitmaps(folder, picture):
    height, width = picture.shape[:2]
    alpha = np.full((height, width, 1), 7, np.uint8)
    bgr = [row.tobytes() for row in picture[..., ::-1]]
    for name, content in {
        "top-down.bmp": bmp(width, height, 24, bgr, top_down=True),
        "core.bmp": bmp(width, height, 24, bgr, header=12),
        "core-palette.bmp": bmp(5, 2, 4, [b"\x01\x23\x00", b"\x32\x10\x30"],
                                [(200, 10, 30), (0, 255, 128), (7, 8, 9), (90, 0, 255)] + [(0, 0, 0)] * 12, header=12),
        "palette-4-bit.bmp": bmp(5, 2, 4, [b"\x01\x23\x00", b"\x32\x10\x30"],
                                 [(200, 10, 30), (0, 255, 128), (7, 8, 9), (90, 0, 255)]),
        "inverted-bilevel.bmp": bmp(9, 2, 1, [b"\xa5\x80", b"\x5a\x00"], [(255, 255, 255), (0, 0, 0)]),
        "bitfields.bmp": bmp(width, height, 32, [row.tobytes() for row in np.concatenate([alpha, picture[..., ::-1]], 2)],
                             compression=3, masks=(0xFF000000, 0xFF0000, 0xFF00)),
        "alpha.bmp": bmp(width, height, 32, [row.tobytes() for row in np.concatenate([picture[..., ::-1], alpha], 2)],
                         header=124, compression=3, masks=(0xFF0000, 0xFF00, 0xFF, 0xFF000000)),
    }.items():
        (folder / name).write_bytes(content)
    cv2.imwrite(str(folder / "opencv.bmp"), picture[..., ::-1])


def encoded(picture):
    folder = HERE / "encoded"
    folder.mkdir(parents=True, exist_ok=True)
    image, gray = Image.fromarray(picture), Image.fromarray(picture).convert("L")
    transparent = image.copy()
    alpha = np.arange(picture.shape[0] * picture.shape[1], dtype=np.uint8).reshape(picture.shape[:2])
    transparent.putalpha(Image.fromarray(alpha))
    rotated = Image.Exif()
    rotated[0x0112] = 6
    profile = bytearray(PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("LAB")).tobytes())
    profile[24:36] = bytes(12)  # the time of its creation
    for name, source, options in [
        ("420.jpg", image, {"subsampling": "4:2:0"}),
        ("422.jpg", image, {"subsampling": "4:2:2"}),
        ("444.jpg", image, {"subsampling": "4:4:4"}),
        ("411.jpg", image, {"subsampling": "4:1:1"}),
        ("progressive.jpg", image, {"progressive": True}),
        ("restart.jpg", image, {"restart_marker_rows": 1}),
        ("rgb.jpg", image, {"keep_rgb": True}),
        ("exif-rotated.jpg", image, {"exif": rotated}),
        ("icc.jpg", image, {"icc_profile": bytes(profile)}),
        ("gray.jpg", gray, {}),
        ("gray-progressive.jpg", gray, {"progressive": True}),
        ("cmyk.jpg", image.convert("CMYK"), {"quality": 95}),
        ("rgb.png", image, {}),
        ("gray.png", gray, {}),
        ("bilevel.png", image.convert("1"), {}),
        ("gray-alpha.png", transparent.convert("LA"), {}),
        ("rgba.png", transparent, {}),
        ("color-key.png", image, {"transparency": tuple(int(v) for v in picture[0, 0])}),
        ("gray-key.png", gray, {"transparency": 76}),
        ("palette-2.png", image.quantize(2), {}),
        ("palette-16.png", image.quantize(16), {}),
        ("palette-200.png", image.quantize(200), {}),
        ("palette-alpha.png", image.quantize(16), {"transparency": 3}),
        ("lossy.webp", image, {"quality": 80}),
        ("lossless.webp", image, {"lossless": True}),
        ("alpha.webp", transparent, {"lossless": True, "exact": True}),
        ("rgb.tif", image, {}),
        ("lzw.tif", image, {"compression": "tiff_lzw"}),
        ("gray.tif", gray, {}),
        ("rgb.bmp", image, {}),
        ("gray.bmp", gray, {}),
        ("bilevel.bmp", image.convert("1"), {}),
        ("palette.bmp", image.quantize(200), {}),
        ("rgba.bmp", transparent, {}),
    ]:
        source.save(folder / name, **options)
    (folder / "gray-2-bit.png").write_bytes(png(8, 2, 2, 0, [b"\x1b\xe4", b"\x00\xff"]))
    (folder / "gray-4-bit.png").write_bytes(png(4, 2, 4, 0, [b"\x01\x9f", b"\xfe\x10"]))
    bitmaps(folder, picture)

    # Refused: what would be read wrongly or in part.
    folder = HERE / "refused"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray((np.arange(64, dtype=np.uint16) * 1000).reshape(8, 8)).save(folder / "16-bit.png")
    cv2.imwrite(str(folder / "16-bit-rgb.png"), (picture[:8, :8].astype(np.uint16) * 257))
    frames = [image.crop((0, 0, 8, 8)), image.crop((8, 8, 16, 16))]
    frames[0].save(folder / "animated.png", save_all=True, append_images=frames[1:])
    frames[0].save(folder / "animated.webp", save_all=True, append_images=frames[1:])
    frames[0].save(folder / "animated.gif", save_all=True, append_images=frames[1:])
    frames[0].save(folder / "pages.tif", save_all=True, append_images=frames[1:])
    (folder / "run-length.bmp").write_bytes(bmp(2, 1, 8, [b"\2\0\0\1"], [(0, 0, 0)] * 256, compression=1))
    (folder / "16-bit.bmp").write_bytes(bmp(2, 1, 16, [b"\0\0\xff\x7f"]))
    (folder / "huge.png").write_bytes(png(65535, 65535, 8, 2, [b"\0" * 16]))

    names = sorted(path.name for path in (HERE / "encoded").iterdir())
    return {
        "versions": VERSIONS,
        "files": [
            {"file": name, "mode": image.mode, "width": image.width, "height": image.height,
             "sha256": digest(np.asarray(image.convert("RGB")))}
            for name in names
            for image in [Image.open(HERE / "encoded" / name)]
        ],
    }


def shorter(image, size, resample):
    """torchvision's Resize(size) on a PIL image."""
    width, height = image.size
    short, long = (width, height) if width <= height else (height, width)
    new_short, new_long = size, int(size * long / short)
    new = (new_short, new_long) if width <= height else (new_long, new_short)
    return image if new == image.size else image.resize(new, resample)


def longer(image, size, resample):
    """torchvision's Resize(None, max_size=size) on a PIL image."""
    width, height = image.size
    short, long = (width, height) if width <= height else (height, width)
    new_short, new_long = int(size * short / long), size
    return image.resize((new_short, new_long) if width <= height else (new_long, new_short), resample)


def center_crop(array, width, height):
    """torchvision's CenterCrop."""
    h, w = array.shape[:2]
    if width > w or height > h:
        left, top = (width - w) // 2 if width > w else 0, (height - h) // 2 if height > h else 0
        right, bottom = (width - w + 1) // 2 if width > w else 0, (height - h + 1) // 2 if height > h else 0
        array = np.pad(array, ((top, bottom), (left, right), (0, 0)))
        h, w = array.shape[:2]
    top, left = int(round((h - height) / 2.0)), int(round((w - width) / 2.0))
    return array[top : top + height, left : left + width]


def central_crop(array, fraction):
    """tf.image.central_crop."""
    h, w = array.shape[:2]
    top, left = int((h - h * fraction) / 2), int((w - w * fraction) / 2)
    return array[top : h - top, left : w - left]


def letterbox(image, width, height, enlarge=True, color=(114, 114, 114)):
    """ultralytics' LetterBox."""
    shape = image.shape[:2]
    r = min(height / shape[0], width / shape[1])
    if not enlarge:
        r = min(r, 1.0)
    unpadded = int(round(shape[1] * r)), int(round(shape[0] * r))
    dw, dh = (width - unpadded[0]) / 2, (height - unpadded[1]) / 2
    if shape[::-1] != unpadded:
        image = cv2.resize(image, unpadded, interpolation=cv2.INTER_LINEAR)
    top, bottom = int(round(dh - 0.1)), int(round(dh + 0.1))
    left, right = int(round(dw - 0.1)), int(round(dw + 0.1))
    return cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=color)


def normalized(array, scale, mean, std):
    return ((array.astype(np.float64) * scale - mean) / std).astype(np.float32)


def pipelines(images):
    bilinear = Image.Resampling.BILINEAR
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    normalize = {"step": "normalize", "scale": 1 / 255, "mean": mean, "std": std}
    plain = {"step": "normalize", "scale": 1 / 255, "mean": [0], "std": [1]}
    resize = {"step": "resize", "interpolation": "bilinear", "like": "pillow"}
    box = {"step": "letterbox", "color": [114, 114, 114], "enlarge": True, "interpolation": "bilinear", "like": "opencv"}
    crop = {"step": "center_crop"}
    cases = []

    def add(title, image, steps, output, layout="nchw"):
        """`output` is height x width x channels."""
        out = output.transpose(2, 0, 1) if layout == "nchw" else output
        cases.append({"title": title, "image": image, "steps": steps, "dims": [1, *out.shape],
                      "type": str(out.dtype), "sha256": digest(out)})

    for name in ["gradient", "edges", "tall"]:
        array = images[name]
        out = np.asarray(shorter(pil(array), 36, bilinear))
        add("torchvision: Resize, CenterCrop, ToTensor, Normalize", name,
            [{**resize, "size": {"shorter": 36}}, {**crop, "size": {"width": 31, "height": 31}}, normalize],
            normalized(center_crop(out, 31, 31), 1 / 255, mean, std))
    out = np.asarray(longer(pil(images["edges"]), 27, bilinear))
    add("longer side", "edges", [{**resize, "size": {"longer": 27}}], out)
    for name, size in [("edges", (50, 20)), ("edges", (36, 40)), ("noise", (31, 33)), ("gradient", (48, 31))]:
        add(f"centre crop of {size[0]} x {size[1]}, black where the image is smaller", name,
            [{**crop, "size": {"width": size[0], "height": size[1]}}], center_crop(images[name], *size))
    for fraction in [0.875, 0.5, 1.0]:
        add(f"central crop of {fraction}", "edges", [{**crop, "size": {"fraction": fraction}}],
            central_crop(images["edges"], fraction))
    for name, width, height in [("gradient", 64, 64), ("edges", 33, 64), ("tall", 40, 40), ("wide", 32, 32), ("noise", 24, 21)]:
        add(f"letterbox into {width} x {height}", name, [{**box, "width": width, "height": height}, plain],
            normalized(letterbox(images[name], width, height), 1 / 255, [0], [1]))
    add("letterbox without enlarging", "noise", [{**box, "width": 64, "height": 64, "enlarge": False}],
        letterbox(images["noise"], 64, 64, enlarge=False))
    add("letterbox, enlarging off, larger than the box", "edges", [{**box, "width": 32, "height": 32, "enlarge": False}],
        letterbox(images["edges"], 32, 32, enlarge=False))
    add("pad with a colour, channels last", "noise",
        [{"step": "pad", "left": 1, "top": 2, "right": 3, "bottom": 0, "color": [9, 8, 7]}, {"step": "layout", "to": "nhwc"}],
        cv2.copyMakeBorder(images["noise"], 2, 0, 1, 3, cv2.BORDER_CONSTANT, value=(9, 8, 7)), "nhwc")
    add("blue first", "gradient", [{"step": "color", "to": "bgr"}, normalize],
        normalized(cv2.cvtColor(images["gradient"], cv2.COLOR_RGB2BGR), 1 / 255, mean, std))
    luma = np.asarray(Image.fromarray(images["gradient"]).convert("L"))[..., None]
    add("Pillow's grey", "gradient", [{"step": "color", "to": "gray"}], luma)
    add("Pillow's grey, as RGB", "gradient", [{"step": "color", "to": "gray"}, {"step": "color", "to": "gray-to-rgb"}],
        np.repeat(luma, 3, 2))
    padded = np.pad(images["gray-noise"], ((2, 2), (2, 2), (0, 0)))
    add("grey, padded, to RGB, one mean for all channels", "gray-noise",
        [{"step": "pad", "left": 2, "top": 2, "right": 2, "bottom": 2, "color": [0]}, {"step": "color", "to": "gray-to-rgb"},
         {"step": "normalize", "scale": 1 / 255, "mean": [0.286], "std": [0.353]}],
        normalized(np.repeat(padded, 3, 2), 1 / 255, [0.286], [0.353]))
    wide = (images["noise"].astype(np.float64) - 100.5) / 0.5
    shift = {"step": "normalize", "scale": 1, "mean": [100.5], "std": [0.5]}
    half = (images["noise"].astype(np.float64) - 100) / 2
    halves = {"step": "normalize", "scale": 1, "mean": [100], "std": [2]}
    add("float16 input", "noise", [normalize],
        ((images["noise"].astype(np.float64) * (1 / 255) - mean) / std).astype(np.float16))
    add("uint8 input, saturated", "noise", [shift], np.clip(np.rint(wide), 0, 255).astype(np.uint8))
    add("int8 input, saturated", "noise", [shift], np.clip(np.rint(wide), -128, 127).astype(np.int8))
    add("int8 input, halves to even", "noise", [halves], np.clip(np.rint(half), -128, 127).astype(np.int8))
    return {"versions": VERSIONS, "cases": cases}


def casts():
    rng = np.random.default_rng(4)
    values = np.concatenate([
        [0.0, -0.0, 1.0, -1.0, 65504, 65519.99, 65520, -65520, 2.0**-14, 2.0**-24, 2.0**-25, 3 * 2.0**-25, 1 + 2.0**-11,
         1 + 3 * 2.0**-11, 1 + 2.0**-11 + 2.0**-40, 6.1e-5, 1e-9, 1e9],
        rng.normal(0, 1, 60), rng.normal(0, 1e-5, 60), rng.normal(0, 3e4, 60)])
    return {"versions": VERSIONS, "values": values.tolist(),
            "float16": values.astype(np.float16).view(np.uint16).tolist(),
            "rint": np.rint(np.arange(-10, 11) / 2).tolist()}


def shared():
    """One digest over the decoded pixels of each folder of photographs outside the repository."""
    root = pathlib.Path(os.environ.get("PRECISION_GATE_FIXTURES", HERE.parents[1] / ".." / "shared" / "fixtures"))
    folders = ["third-party/coco-tiny/val2017", "own/data/scenes/test/images", "own/data/scenes/calibration/images"]
    result = []
    for folder in folders:
        files = sorted((root / folder).glob("*.jpg"))
        digests = [digest(np.asarray(Image.open(file).convert("RGB"))) for file in files]
        result.append({"folder": folder, "files": len(files), "sha256": hashlib.sha256("".join(digests).encode()).hexdigest()})
    return {"versions": VERSIONS, "folders": result}


def main():
    import PIL.ImageCms  # noqa: F401 (makes the submodule available)

    (HERE / "images").mkdir(parents=True, exist_ok=True)
    images = sources()
    for name, array in images.items():
        pil(array).save(HERE / "images" / f"{name}.png", optimize=True)
    write("resize.json", resize_cases(images))
    picture = np.clip(images["gradient"].astype(int) + np.random.default_rng(5).normal(0, 9, images["gradient"].shape), 0, 255)
    write("encoded.json", encoded(picture.astype(np.uint8)[:29, :43]))
    write("pipelines.json", pipelines(images))
    write("cast.json", casts())
    write("shared.json", shared())


main()
