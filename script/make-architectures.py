"""Builds the networks of NVIDIA's accuracy page with seeded random weights, at their real shapes (docs/architectures.md).

    python script/make-architectures.py FOLDER                     all six, 1.6 GB
    python script/make-architectures.py FOLDER resnet50 unet       these
    python script/make-architectures.py FOLDER --images DIR        scaled to images like those that will be evaluated

Needs numpy, onnx and onnxruntime, and Pillow for --images. Weights are He-normal, then scaled and shifted channel by channel
to one mean and standard deviation on images: seeded made-up ones, or the first of DIR. Without that a deep network gives
every image the same answer. The same file each time, up to rounding of ONNX Runtime's kernels on another processor.
"""

import argparse
from pathlib import Path

from architectures.classifiers import alexnet, describe_answers, resnet50, vgg19
from architectures.faster_rcnn import faster_rcnn
from architectures.images import made_up, of_folder
from architectures.network import Network
from architectures.ssd import ssd300
from architectures.unet import unet

SEED = 20260101
# opset of the exporters of their time; images for the scaling; input; what it is
ARCHITECTURES = {
    "alexnet": (alexnet, 9, 64, (227, 227)),
    "vgg19": (vgg19, 9, 32, (224, 224)),
    "resnet50": (resnet50, 13, 48, (224, 224)),
    "ssd300-vgg16": (ssd300, 12, 8, (300, 300)),
    "faster-rcnn-vgg16": (faster_rcnn, 13, 4, (375, 500)),
    "unet": (unet, 17, 8, (256, 256)),
}
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def build(name: str, folder: Path, source: Path | None) -> None:
    write, opset, count, (height, width) = ARCHITECTURES[name]
    images = made_up(SEED, count, height, width) if source is None else of_folder(source, count, height, width)
    for channel in range(3):
        images[:, channel] = (images[:, channel] - MEAN[channel]) / DEVIATION[channel]
    net = Network(name, SEED, opset, images)
    outputs = write(net)
    answers = f"  {describe_answers(net.values['logits'])}" if write in (alexnet, vgg19, resnet50) else None
    file = folder / f"{name}.onnx"
    parameters = net.save(file, outputs)
    print(f"{file}: {parameters:,} parameters, {file.stat().st_size / 1e6:.0f} MB, {len(net.nodes)} nodes", flush=True)
    if answers is not None:
        print(answers, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the .onnx files go")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ARCHITECTURES)}; all where none is given")
    parser.add_argument("--images", type=Path, metavar="DIR", help="images to scale the weights to, in place of made-up ones")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in ARCHITECTURES]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(ARCHITECTURES)}")
    for name in options.names or ARCHITECTURES:
        build(name, options.folder, options.images)


if __name__ == "__main__":
    main()
