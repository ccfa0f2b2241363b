"""AlexNet (Caffe's, with groups and local response normalization), VGG19 and ResNet-50 v1 at 1,000 classes."""

import numpy as np

from .network import HIDDEN_SHIFT, Network

CLASSES = 1000
# principal components of the features that the classes are told apart by
COMPONENTS = 8


def head(net: Network, source: str) -> dict[str, list[int | str]]:
    """
    Logits of which some classes win: the gain falls with the class. A thousand equal ones would lie so close
    together that the highest is decided by rounding.
    """
    net.projection(source, "logits", 3 / (1 + np.arange(CLASSES) / 16), COMPONENTS)
    return {"logits": [net.batch, CLASSES]}


def describe_answers(logits: np.ndarray) -> str:
    """How far the answers differ, and by how much the first class leads. @raises SystemExit for a network that guesses."""
    won, often = np.unique(logits.argmax(1), return_counts=True)
    second, first = np.sort(logits, 1)[:, -2:].T
    least, median, most = np.quantile((first - second) / logits[:, won].std(), [0.1, 0.5, 0.9])
    if len(won) < 5:
        raise SystemExit(f"only {len(won)} classes win on {len(logits)} images: the images are too much alike (--images)")
    return (
        f"{len(won)} classes win on {len(logits)} images, the commonest {often.max()} times; lead over the second class, in "
        f"standard deviations of their logits: {least:.2f} / {median:.2f} / {most:.2f} (10 %, median, 90 %)"
    )


def alexnet(net: Network) -> dict[str, list[int | str]]:
    norm = dict(size=5, alpha=1e-4, beta=0.75, bias=1.0)
    x = net.conv_relu("images", "conv1", 96, 11, stride=4)
    x = net.pool(net.add("LRN", [x], "norm1", **norm), 3, 2)
    x = net.conv_relu(x, "conv2", 256, 5, pad=2, group=2)
    x = net.pool(net.add("LRN", [x], "norm2", **norm), 3, 2)
    x = net.conv_relu(x, "conv3", 384, 3, pad=1)
    x = net.conv_relu(x, "conv4", 384, 3, pad=1, group=2)
    x = net.pool(net.conv_relu(x, "conv5", 256, 3, pad=1, group=2), 3, 2)
    x = net.add("Flatten", [x], "flatten")
    x = net.dense_relu(x, "fc6", 4096)
    return head(net, net.dense_relu(x, "fc7", 4096))


def vgg_blocks(net: Network, blocks: dict[int, tuple[int, int]], ceil: bool = False, last_pool: bool = True) -> str:
    """`blocks`: layers and channels of each. @returns the last tensor; `conv4_3.relu` and such are those in between."""
    x = "images"
    for block, (layers, channels) in blocks.items():
        for layer in range(1, layers + 1):
            x = net.conv_relu(x, f"conv{block}_{layer}", channels, 3, pad=1)
        if last_pool or block < max(blocks):
            x = net.pool(x, 2, 2, ceil=ceil)
    return x


def vgg19(net: Network) -> dict[str, list[int | str]]:
    x = vgg_blocks(net, {1: (2, 64), 2: (2, 128), 3: (4, 256), 4: (4, 512), 5: (4, 512)})
    x = net.add("Flatten", [x], "flatten")
    x = net.dense_relu(x, "fc6", 4096)
    return head(net, net.dense_relu(x, "fc7", 4096))


def resnet50(net: Network) -> dict[str, list[int | str]]:
    def block(x: str, name: str, channels: int, stride: int, project: bool) -> str:
        y = net.conv_relu(x, f"{name}.conv1", channels, 1, stride=stride, normalize="batch")
        y = net.conv_relu(y, f"{name}.conv2", channels, 3, pad=1, normalize="batch")
        # a trained block adds little to what passes it; random ones of full size amplify every rounding
        y = net.conv(y, f"{name}.conv3", 4 * channels, 1, normalize="batch", gain=0.3)
        if project:
            x = net.conv(x, f"{name}.downsample", 4 * channels, 1, stride=stride, normalize="batch", shift=HIDDEN_SHIFT)
        return net.relu(net.add("Add", [y, x], f"{name}.add"))

    x = net.conv_relu("images", "conv1", 64, 7, stride=2, pad=3, normalize="batch")
    x = net.pool(x, 3, 2, pad=1)
    for stage, (blocks, channels) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
        for index in range(blocks):
            x = block(x, f"layer{stage}.{index}", channels, 2 if stage > 1 and index == 0 else 1, index == 0)
    x = net.add("GlobalAveragePool", [x], "pool")
    return head(net, net.add("Flatten", [x], "flatten"))
