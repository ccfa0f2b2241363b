"""Small networks in every precision, and the kernels that ONNX Runtime ran for them, read from Python.

    python script/references/runtime_models.py      # writes __fixtures__/runtime/

In `u8s8-kept` the nodes conv3 and fc are left in float. ONNX Runtime's WeightBiasQuantization quantizes conv3 all the
same, since a DequantizeLinear feeds it and a QuantizeLinear reads it; fc, whose result leaves the graph, stays float.

`executed.json` holds, for each model, what the profiler of the Python package reports in execution order:
[node name, operator, element type of the first input]. __tests__/runtime/layers.test.ts compares.
"""
import json
import os
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

OUT = os.path.join(os.path.dirname(__file__), '..', '..', '__fixtures__', 'runtime')
rng = np.random.default_rng(20)


def weight(name, *shape):
    return numpy_helper.from_array((rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32), name)


def network():
    """Conv, Relu, a residual Add, a depthwise Conv, Sigmoid, pooling and a Gemm: 16 channels, 8x8."""
    nodes = [
        helper.make_node('Conv', ['x', 'w1', 'b1'], ['c1'], 'conv1', kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node('Relu', ['c1'], ['r1'], 'relu1'),
        helper.make_node('Conv', ['r1', 'w2', 'b2'], ['c2'], 'conv2', kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node('Add', ['c2', 'r1'], ['a2'], 'add2'),
        helper.make_node('Sigmoid', ['a2'], ['s2'], 'sigmoid2'),
        helper.make_node('MaxPool', ['s2'], ['p2'], 'pool2', kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node('Conv', ['p2', 'w3', 'b3'], ['c3'], 'conv3', kernel_shape=[1, 1]),
        helper.make_node('GlobalAveragePool', ['c3'], ['g3'], 'gap3'),
        helper.make_node('Flatten', ['g3'], ['f3'], 'flatten3'),
        helper.make_node('Gemm', ['f3', 'w4', 'b4'], ['y'], 'fc', transB=1),
    ]
    initializers = [
        weight('w1', 16, 3, 3, 3), weight('b1', 16), weight('w2', 16, 16, 3, 3), weight('b2', 16),
        weight('w3', 16, 16, 1, 1), weight('b3', 16), weight('w4', 10, 16), weight('b4', 10),
    ]
    graph = helper.make_graph(
        nodes, 'network',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['batch', 3, 8, 8])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['batch', 10])],
        initializers,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)


class Images(CalibrationDataReader):
    def __init__(self):
        generator = np.random.default_rng(21)
        self.batches = iter([{'x': generator.normal(size=(4, 3, 8, 8)).astype(np.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.batches, None)


def quantized(fp32, activations, **options):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, 'a.onnx'), os.path.join(folder, 'b.onnx')
        onnx.save(fp32, source)
        quantize_static(source, target, Images(), quant_format=QuantFormat.QDQ, per_channel=True,
                        activation_type=activations, weight_type=QuantType.QInt8, **options)
        return onnx.load(target)


def half(fp32):
    """A real FP16 model: float16 weights and tensors, casts at the borders."""
    model = onnx.ModelProto()
    model.CopyFrom(fp32)
    graph = model.graph
    for tensor in graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))
    for node in graph.node:
        node.input[:] = ['x16' if name == 'x' else name for name in node.input]
        node.output[:] = ['y16' if name == 'y' else name for name in node.output]
    graph.node.insert(0, helper.make_node('Cast', ['x'], ['x16'], 'cast_in', to=TensorProto.FLOAT16))
    graph.node.append(helper.make_node('Cast', ['y16'], ['y'], 'cast_out', to=TensorProto.FLOAT))
    return model


def emulated(fp32):
    """FP32 arithmetic, every tensor rounded through float16 by a pair of casts."""
    model = onnx.ModelProto()
    model.CopyFrom(fp32)
    nodes, renamed = [], {}

    def rounded(name):
        renamed[name] = f'{name}_rounded'
        return [
            helper.make_node('Cast', [name], [f'{name}_16'], f'{name}_to16', to=TensorProto.FLOAT16),
            helper.make_node('Cast', [f'{name}_16'], [f'{name}_rounded'], f'{name}_to32', to=TensorProto.FLOAT),
        ]

    nodes += rounded('x')
    for node in model.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        nodes.append(node)
        if node.output[0] != 'y':
            nodes += rounded(node.output[0])
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(copies)
    return model


def unnamed(model):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for node in copy.graph.node:
        node.name = ''
    return copy


def executed(path):
    with tempfile.TemporaryDirectory() as folder:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_profiling = True
        options.profile_file_prefix = os.path.join(folder, 'profile')
        options.log_severity_level = 4
        session = ort.InferenceSession(path, options, providers=['CPUExecutionProvider'])
        session.run(None, {'x': np.zeros((1, 3, 8, 8), np.float32)})
        with open(session.end_profiling()) as file:
            events = json.load(file)
    return [
        [event['name'][: -len('_kernel_time')], event['args']['op_name'], next(iter(event['args']['input_type_shape'][0]))]
        for event in events
        if event['cat'] == 'Node' and event['name'].endswith('_kernel_time')
    ]


if __name__ == '__main__':
    os.makedirs(OUT, exist_ok=True)
    fp32 = network()
    s8s8 = quantized(fp32, QuantType.QInt8, extra_options={'ActivationSymmetric': True})
    models = {
        'fp32': fp32,
        'u8s8': quantized(fp32, QuantType.QUInt8),
        'u8s8-kept': quantized(fp32, QuantType.QUInt8, nodes_to_exclude=['conv3', 'fc']),
        's8s8': s8s8,
        's8s8-unnamed': unnamed(s8s8),
        'fp16': half(fp32),
        'fp16-emulated': emulated(fp32),
    }
    report = {'onnxruntime': ort.__version__}
    for name, model in models.items():
        onnx.checker.check_model(model)
        path = os.path.join(OUT, f'{name}.onnx')
        onnx.save(model, path)
        report[name] = executed(path)
    with open(os.path.join(OUT, 'executed.json'), 'w') as file:
        file.write('{\n' + ',\n'.join(
            f'  {json.dumps(key)}: ' + (json.dumps(value) if isinstance(value, str) else
                                        '[\n    ' + ',\n    '.join(json.dumps(row) for row in value) + '\n  ]')
            for key, value in report.items()) + '\n}\n')
