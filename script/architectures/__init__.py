"""The networks that NVIDIA's page on TensorRT's accuracy names, at their real shapes and with seeded random weights."""
