"""The gate's own models in ONNX Runtime's Python package: they load, and give these answers.

    npm run build
    python script/references/judge_models.py example    -> __fixtures__/acceptance/python-answers.json, tables/
    python script/references/judge_models.py fixtures   -> __fixtures__/acceptance/python-accuracy.json

example: logits of two test images of each class of example 01, from the models that `precision-gate quantize` makes of
it. Its calibration tables are kept beside, because models made of the same table have the same bytes on every machine.
fixtures: top-1 of the models made of two networks of the shared fixtures, over all 10,000 test images.

Images are decoded by Pillow and preprocessed by NumPy; nothing of this project but the models takes part.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnxruntime
from PIL import Image

import quantizer_data as data

OUTPUT = data.ROOT / "__fixtures__" / "acceptance"
EXAMPLE = data.ROOT / "examples" / "01_fashion_mnist"
CLI = Path(os.environ.get("PRECISION_GATE_DIST", data.ROOT / "dist")) / "cli.js"
NETWORKS = ("classify-resnet14", "classify-mobilenetv2")
IMAGES_PER_CLASS = 2


def vnni() -> bool:
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    return "avx512_vnni" in flags or "avx_vnni" in flags


def session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("THREADS", "1"))
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Without VNNI the default kernels add pairs of products in saturating int16.
    if not vnni():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def logits(model: Path, inputs: np.ndarray, batch: int = 64) -> np.ndarray:
    loaded = session(model)
    name = loaded.get_inputs()[0].name
    return np.concatenate(
        [loaded.run(None, {name: inputs[start : start + batch]})[0] for start in range(0, len(inputs), batch)]
    )


def quantize(config: Path, output: Path, *options: str) -> None:
    command = ["node", CLI, "quantize", "-c", config, "-o", output, *options]
    subprocess.run([str(part) for part in command], check=True)


def example() -> dict:
    folders = sorted(folder for folder in (EXAMPLE / "data" / "test").iterdir() if folder.is_dir())
    files = [file for folder in folders for file in sorted(folder.iterdir())[:IMAGES_PER_CLASS]]
    inputs = data.fashion_input(np.stack([np.asarray(Image.open(file)) for file in files]))
    models = {"fp32": describe(EXAMPLE / "model.onnx", inputs)}
    for table in (OUTPUT / "tables").glob("*.json"):
        table.unlink()
    with tempfile.TemporaryDirectory() as folder:
        quantize(
            OUTPUT / "judge-models.yml", Path(folder), "--cache-dir", OUTPUT / "tables", "--workspace", data.ROOT
        )
        for name in ("fp16", "cpu", "tensorrt"):
            models[name] = describe(Path(folder) / f"model.{name}.onnx", inputs)
    return {"images": [f"{file.parent.name}/{file.name}" for file in files], "models": models}


def describe(model: Path, inputs: np.ndarray) -> dict:
    # The shortest decimal that reads back as the same float32.
    rows = [[float(str(value)) for value in row] for row in logits(model, inputs)]
    return {"sha256": hashlib.sha256(model.read_bytes()).hexdigest(), "logits": rows}


CONFIG = """version: 1
model: {model}
dataset: {test}
preprocess:
  - pad: 2
  - color: gray-to-rgb
  - normalize: {{scale: 0.00392156862745098, mean: 0.2860, std: 0.3530}}
calibration: {{dataset: {calibration}}}
variants:
  fp16: {{precision: fp16}}
  int8: {{precision: int8}}
  tensorrt: {{precision: int8, target: tensorrt}}
"""


def fixtures() -> dict:
    test = data.fashion_mnist("test")
    labels = np.asarray(test.labels)
    inputs = data.fashion_input(np.asarray(test.pixels))
    result: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = data.FIXTURES / "own" / "data" / "fashion-mnist.tar.gz"
        subprocess.run(["tar", "-xzf", images, "-C", work], check=True)
        root = next(work.rglob("calibration")).parent
        for network in NETWORKS:
            model = data.FIXTURES / "own" / "models" / f"{network}.onnx"
            config = work / f"{network}.yml"
            config.write_text(CONFIG.format(model=model, test=root / "test", calibration=root / "calibration"))
            quantize(config, work / network, "--no-cache", "--workspace", "/")
            models = {"fp32": model} | {name: work / network / f"model.{name}.onnx" for name in ("fp16", "int8", "tensorrt")}
            result[network] = {name: int((logits(path, inputs).argmax(1) == labels).sum()) for name, path in models.items()}
            print(network, result[network], flush=True)
    return {"samples": len(labels), "right": result}


def main(command: str) -> None:
    files = {"example": ("python-answers.json", example), "fixtures": ("python-accuracy.json", fixtures)}
    if command not in files:
        raise SystemExit(__doc__)
    name, make = files[command]
    environment = {
        "python": sys.version.split()[0],
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
        "vnni": vnni(),
    }
    content = {"command": f"python script/references/judge_models.py {command}", "environment": environment, **make()}
    (OUTPUT / name).write_text(json.dumps(content, indent=1).replace(",\n     ", ", ").replace("[\n     ", "[") + "\n")


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
