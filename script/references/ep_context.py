"""A TensorRT engine as a model of one com.microsoft:EPContext node, written with the onnx package.

Writes __fixtures__/model/ep-context.onnx, after onnx.checker has accepted it. The engine is made up: the bytes 0 to 255.
With a path, checks that file in the same way and prints its node. Attributes after ONNX Runtime's EP context design
(docs/execution-providers/EP-Context-Design) and its TensorRT provider (onnx_ctx_model_helper.cc).

    python script/references/ep_context.py [MODEL.onnx]
"""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

OUTPUT = Path(__file__).parents[2] / "__fixtures__" / "model" / "ep-context.onnx"


def wrapper() -> onnx.ModelProto:
    node = helper.make_node(
        "EPContext",
        ["images"],
        ["logits"],
        name="engine",
        domain="com.microsoft",
        main_context=1,
        embed_mode=1,
        source="TensorrtExecutionProvider",
        onnx_model_filename="models/net.onnx",
        ep_cache_context=bytes(range(256)),
    )
    graph = helper.make_graph(
        [node],
        "engine",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, producer_name="reference", ir_version=8)


def main() -> None:
    if len(sys.argv) > 1:
        model = onnx.load(sys.argv[1])
        onnx.checker.check_model(model)
        print({attribute.name: helper.get_attribute_value(attribute) for attribute in model.graph.node[0].attribute})
        return
    model = wrapper()
    onnx.checker.check_model(model)
    onnx.save(model, OUTPUT)


if __name__ == "__main__":
    main()
