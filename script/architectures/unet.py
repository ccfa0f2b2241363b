"""UNet with batch normalization, at the shapes of NVIDIA's table: 40 channels of 256 x 256 in the first layer."""

import numpy as np

from .network import Network

CLASSES = 11
CHANNELS = [40, 80, 160, 320, 640]


def unet(net: Network) -> dict[str, list[int | str]]:
    def double(x: str, name: str, channels: int) -> str:
        for layer in (1, 2):
            x = net.conv_relu(x, f"{name}.conv{layer}", channels, 3, pad=1, normalize="batch")
        return x

    x, skips = "images", []
    for level, channels in enumerate(CHANNELS):
        x = double(net.pool(x, 2, 2) if level > 0 else x, f"down{level}", channels)
        skips.append(x)
    for level in range(len(CHANNELS) - 2, -1, -1):
        inputs, channels = CHANNELS[level + 1], CHANNELS[level]
        weight = net.random.normal(0, np.sqrt(1 / inputs), (inputs, channels, 2, 2)).astype(np.float32)
        up = net.add(
            "ConvTranspose", [x, net.constant(f"up{level}.weight", weight)], f"up{level}", kernel_shape=[2, 2], strides=[2, 2]
        )
        x = double(net.add("Concat", [skips[level], up], f"up{level}.concat", axis=1), f"up{level}", channels)
    net.conv(x, "logits", CLASSES, 1, gain=3.0)
    return {"logits": [net.batch, CLASSES, *net.values["images"].shape[2:]]}
