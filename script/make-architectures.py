"""Builds the networks of NVIDIA's accuracy page with seeded random weights, at their real shapes (docs/architectures.md).

    python script/make-architectures.py FOLDER                     all six, 1.6 GB
    python script/make-architectures.py FOLDER resnet50 unet       these

Needs numpy, onnx and onnxruntime. Weights are He-normal, then scaled and shifted channel by channel to mean 0 and standard
deviation 1 on seeded made-up images: as batch normalization would do at the start of a training. Without that a deep network
gives every image the same answer. The same file up to rounding of ONNX Runtime's kernels on another processor.
"""

import sys
from pathlib import Path

from architectures.classifiers import alexnet, resnet50, vgg19
from architectures.faster_rcnn import faster_rcnn
from architectures.network import Network, scenes
from architectures.ssd import ssd300
from architectures.unet import unet

SEED = 20260101
# opset of the exporters of their time; images for the scaling; input; what it is
ARCHITECTURES = {
    "alexnet": (alexnet, 9, 48, (227, 227)),
    "vgg19": (vgg19, 9, 24, (224, 224)),
    "resnet50": (resnet50, 13, 32, (224, 224)),
    "ssd300-vgg16": (ssd300, 12, 8, (300, 300)),
    "faster-rcnn-vgg16": (faster_rcnn, 13, 4, (375, 500)),
    "unet": (unet, 17, 8, (256, 256)),
}
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def build(name: str, folder: Path) -> None:
    write, opset, count, (height, width) = ARCHITECTURES[name]
    images = scenes(SEED, count, height, width)
    for channel in range(3):
        images[:, channel] = (images[:, channel] - MEAN[channel]) / DEVIATION[channel]
    net = Network(name, SEED, opset, images)
    outputs = write(net)
    file = folder / f"{name}.onnx"
    parameters = net.save(file, outputs)
    print(f"{file}: {parameters:,} parameters, {file.stat().st_size / 1e6:.0f} MB, {len(net.nodes)} nodes", flush=True)


def main() -> None:
    if len(sys.argv) < 2 or any(name not in ARCHITECTURES for name in sys.argv[2:]):
        sys.exit(f"{__doc__}\nnames: {', '.join(ARCHITECTURES)}")
    for name in sys.argv[2:] or ARCHITECTURES:
        build(name, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
