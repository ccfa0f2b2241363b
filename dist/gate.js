import path__default, { isAbsolute, relative as relative$2, sep, join, resolve, extname, basename } from 'node:path';
import { F as FileError, m as messageOf, C as ConfigurationError, R as RuntimeError, G as GateError, E as ExitCode, e as explain$1 } from './errors.js';
import { i as initializerNames, u as usedTensors, M as ModelProtoSchema, m as makeNode, c as create, A as AttributeProto_AttributeType, a as AttributeProtoSchema, G as GraphProtoSchema, O as OperatorSetIdProtoSchema, b as GraphIndex, d as isExternal, r as regionBytes, e as externalRegion, T as TensorProto_DataLocation, V as ValueInfoProtoSchema, f as subgraphsOf, g as setOpsetVersion, o as opsetVersion, h as isDefaultDomain, j as isStandard$1, k as attributeTensor, l as float32ToFloat16, n as elementTypeOf, p as attributeFloat, q as removeAttribute, t as attributeString, v as attributeFloats, w as setAttribute, x as attributeInt, y as dropInitializerInputs, C as COMPATIBLE, s as sha256, z as float16ToFloat32, B as TENSOR_ARRAYS, D as elementCount, E as releaseMemory, F as dataTypeOf, H as loadModel, I as firstRows, J as readModelButWeights, K as parameterCount } from './release.js';
import 'node:crypto';
import { realpathSync, readdirSync, readFileSync, statSync, openSync, closeSync, fstatSync, readSync, constants } from 'node:fs';
import 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRequire } from 'node:module';
import 'node:process';
import 'node:url';
import { a as findSharp, f as findOnnxRuntime, O as ONNXRUNTIME_VERSION } from './provider-libraries.js';
import 'node:os';
import { readFile, stat, readdir, mkdir, access, lstat, copyFile } from 'node:fs/promises';
import 'node:timers/promises';
import { isUtf8 } from 'node:buffer';
import { I as tensorData, J as makeTensor, K as tableKey, p as parseTable$1, L as serializeTable, M as countOutcomes, O as Outcome, N as isFinite$1, P as groupByCategory, Q as byDescendingScore, U as boxIou, d as REFERENCE_VARIANT, g as describeRun, V as nearest, W as ALGORITHM_VERSION$1, X as makeTable, Y as quantile, H as SUSPECT, $ as mcnemarPValue, a0 as compareTopK, a1 as encodeOutcomes, a2 as wilsonInterval, a3 as compareAnswers, a4 as changesOf, a5 as compareResampled, a6 as imagesNeeded, a7 as resample, a8 as CocoAccumulator, a9 as VocAccumulator, aa as DetectionOutcomes, ab as BoxAgreementOutcomes, ac as partnersOf, ad as SegmentationAccumulator, ae as SegmentationOutcomes, af as decodeOutcomes, ag as storedOutcomes, y as compareWithBaseline, ah as nameOn, ai as RESULT_SCHEMA_VERSION, aj as dropsOf, ak as serializeSamples, al as SAMPLES_SCHEMA_VERSION, am as serializeShard, R as REPORT_FILE, an as SHARD_SCHEMA_VERSION, ao as processorClass, ap as parseShard, aq as imageIdsOf } from './suggest.js';
import { crc32 } from 'node:zlib';
import { l as distExports, r as repositoryPath } from './index3.js';
import 'node:child_process';
import 'node:util';
import { i as isFallbackRefused, c as countExecuted, a as inMemory, h as hashModel, l as loadRuntime, s as selectProvider, m as modelSize } from './load.js';
import { t as toBinary, s as saveModel } from './save.js';
import { u as uniqueNamer, L as LANE, S as STAGE_LENGTH, Z as ZERO$1, s as stageValues, p as padding, c as countStaged, a as counters, i as instrumentedSession, f as forEachImage, o as observeTensors, b as addStatistics$1, W as WEIGHTED$2, t as toHalf, r as roundedToHalf, d as dataInputs, q as quantizesGraphOutput, e as operatorRole, g as groupBySize, v as valuesOf, n as nameNodes, h as v128, l as local, j as f32x4, V as V128, k as f64x2, m as i32x4, w as i32, I as I32, x as doWhile, y as when, F as F32, z as assemble, A as i16x8, B as measureFp16Activations, C as FP16_MAX } from './operators.js';
import { p as picomatch, b as outputRoles, d as detectionPreset, c as parse$1, a as proposeDecoder, r as readRangeFile, w as writeRanges, o as openBaseline } from './propose.js';
import { w as writeFileAtomic, a as withTemporaryFolder, b as asFileError, d as withTemporaryFile } from './files.js';
import { d as defaultCacheDirectory } from './cache-directory.js';
import { c as conclude } from './conclusion.js';
import { T as TOOL } from './version.js';

/**
 * Nodes that compute with constants alone, such as the widths of a detector's anchors: the runtime computes them once,
 * when it loads the model. Constant nodes and random numbers, which read nothing, are none.
 * @param graph in topological order.
 */
function constantArithmetic(graph) {
    const constants = initializerNames(graph);
    const nodes = new Set();
    for (const node of graph.node) {
        const used = [...usedTensors(node)];
        const isConstant = used.length === 0 ? node.opType === 'Constant' : used.every((tensor) => constants.has(tensor));
        if (!isConstant)
            continue;
        if (used.length > 0)
            nodes.add(node);
        for (const output of node.output)
            constants.add(output);
    }
    return nodes;
}

/** ONNX Runtime's domain of operators that are no standard. */
const DOMAIN = 'com.microsoft';
const IR_VERSION$1 = 8n;
const OPSET = 17n;
/**
 * A model of one com.microsoft:EPContext node that holds a finished TensorRT engine: ONNX Runtime's TensorRT provider
 * runs it as it is and builds nothing. Inputs and outputs are those of the ONNX model that the engine was built of, in its
 * order.
 * Source: ONNX Runtime, docs/execution-providers/EP-Context-Design and TensorRT's onnx_ctx_model_helper.cc.
 *
 * @param engine a serialized plan for this GPU and this version of TensorRT; nobody else can read it.
 */
function wrapEngine({ graph }, engine, modelName) {
    const weights = new Set(graph.initializer.map(({ name }) => name));
    const input = graph.input.filter(({ name }) => !weights.has(name));
    const node = makeNode('EPContext', input.map(({ name }) => name), graph.output.map(({ name }) => name), {
        name: 'engine',
        domain: DOMAIN,
        attributes: {
            main_context: { int: 1 },
            embed_mode: { int: 1 },
            source: { string: 'TensorrtExecutionProvider' },
            onnx_model_filename: { string: modelName }
        }
    });
    // The engine is bytes in a string attribute.
    node.attribute.push(create(AttributeProtoSchema, { name: 'ep_cache_context', type: AttributeProto_AttributeType.STRING, s: engine }));
    return create(ModelProtoSchema, {
        irVersion: IR_VERSION$1,
        producerName: 'precision-gate',
        opsetImport: [
            create(OperatorSetIdProtoSchema, { domain: '', version: OPSET }),
            create(OperatorSetIdProtoSchema, { domain: DOMAIN, version: 1n })
        ],
        graph: create(GraphProtoSchema, { name: 'engine', node: [node], input, output: graph.output })
    });
}
/** The bytes of a model's file. */
function encodeModel(proto) {
    return toBinary(ModelProtoSchema, proto);
}

/**
 * Puts `other` into `base`, in place, so that both read one input. Names of `base` stay as they are; those of `other`
 * get a prefix that nothing in `base` begins with. Both have one input, and operator sets that can be taken for one: the
 * higher version of each serves both. Outputs of `other` are not outputs of the result.
 *
 * The shared input has `other`'s element type; where `base` wants another one it is cast. External weights of `other` are
 * read into memory: they lie in another folder.
 *
 * @returns the new names of `other`'s tensors.
 */
function mergeModels(base, other, prefix) {
    const input = shareInput(base, other);
    const [own] = new GraphIndex(other.graph).inputs;
    const taken = [...base.graph.node.flatMap(({ output }) => output), ...base.graph.initializer.map(({ name }) => name)];
    let unused = prefix;
    while (taken.some((name) => name.startsWith(unused)))
        unused = `${unused}_`;
    const renamed = (name) => (name === '' ? '' : name === own ? input : `${unused}${name}`);
    for (const tensor of other.graph.initializer) {
        if (!isExternal(tensor))
            continue;
        tensor.rawData = regionBytes(externalRegion(tensor, other.directory));
        tensor.externalData = [];
        tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
    }
    renameAll(other.graph, renamed);
    base.graph.node.push(...other.graph.node);
    base.graph.initializer.push(...other.graph.initializer);
    base.graph.sparseInitializer.push(...other.graph.sparseInitializer);
    const functions = new Set(base.proto.functions.map(({ domain, name }) => `${domain} ${name}`));
    base.proto.functions.push(...other.proto.functions.filter(({ domain, name }) => !functions.has(`${domain} ${name}`)));
    shareOpsets(base, other);
    return renamed;
}
/** @returns the name of the input that both are to read. */
function shareInput(base, other) {
    const [name] = new GraphIndex(base.graph).inputs;
    const [otherName] = new GraphIndex(other.graph).inputs;
    const mine = base.graph.input.find((input) => input.name === name);
    const theirs = other.graph.input.find((input) => input.name === otherName);
    if (mine === undefined || theirs === undefined)
        throw new Error('a model without an input cannot be merged');
    const type = elementType(mine);
    if (type === elementType(theirs))
        return name;
    const shared = `${name}__shared`;
    base.graph.input = [create(ValueInfoProtoSchema, { name: shared, type: theirs.type })];
    base.graph.node.unshift(makeNode('Cast', [shared], [name], { name: shared, attributes: { to: { int: type } } }));
    return shared;
}
function elementType({ type }) {
    return type?.value.case === 'tensorType' ? type.value.value.elemType : 0;
}
/** Names in graphs inside nodes too: all get the prefix, so that what is captured from outside is still found. */
function renameAll(graph, renamed) {
    for (const node of graph.node) {
        if (node.name !== '')
            node.name = renamed(node.name);
        node.input = node.input.map(renamed);
        node.output = node.output.map(renamed);
        for (const inner of subgraphsOf(node)) {
            renameAll(inner, renamed);
            for (const value of [...inner.input, ...inner.output])
                value.name = renamed(value.name);
            inner.valueInfo = [];
        }
    }
    for (const tensor of graph.initializer)
        tensor.name = renamed(tensor.name);
    for (const { values } of graph.sparseInitializer)
        if (values !== undefined)
            values.name = renamed(values.name);
}
function shareOpsets(base, other) {
    setOpsetVersion(base, Math.max(opsetVersion(base), opsetVersion(other)));
    for (const { domain, version } of other.proto.opsetImport) {
        if (isDefaultDomain(domain))
            continue;
        const known = base.proto.opsetImport.find((entry) => entry.domain === domain);
        setOpsetVersion(base, Math.max(Number(version), Number(known?.version ?? 0)), domain);
    }
    if (other.proto.irVersion > base.proto.irVersion)
        base.proto.irVersion = other.proto.irVersion;
}

const MAKES_SIZES$1 = new Set(['Shape', 'Size']);
/**
 * Nodes that compute with the sizes of tensors alone, such as the scales of a Resize that an exporter writes as
 * `floor(size * 2) / size`. Their numbers are exact or wrong: a rounded one is a tensor of another size.
 * @param graph in topological order.
 */
function shapeArithmetic(graph) {
    const constants = initializerNames(graph);
    const sizes = new Set();
    const nodes = new Set();
    for (const node of graph.node) {
        const used = [...usedTensors(node)];
        const computed = used.filter((tensor) => !constants.has(tensor));
        if (used.length === 0 && node.opType === 'Constant')
            node.output.forEach((tensor) => constants.add(tensor));
        else if (MAKES_SIZES$1.has(node.opType) || (computed.length > 0 && computed.every((tensor) => sizes.has(tensor)))) {
            nodes.add(node);
            node.output.forEach((tensor) => sizes.add(tensor));
        }
    }
    return nodes;
}

/**
 * Puts every node behind those whose outputs it reads, as ONNX demands. Nodes keep their order where they may, so a
 * sorted graph stays as it is.
 * @throws FileError where nodes depend on each other in a circle.
 */
function sortTopologically(graph) {
    const producers = new Map();
    for (const node of graph.node)
        for (const tensor of node.output)
            if (tensor !== '')
                producers.set(tensor, node);
    const sorted = new Set();
    const open = new Set();
    // Depth first with its own stack: graphs are thousands of nodes deep.
    const stack = [];
    const enter = (node) => {
        if (open.has(node)) {
            throw new FileError(`the graph has a cycle through node ${node.name || node.opType} (output ${node.output[0]})`);
        }
        open.add(node);
        stack.push({ node, inputs: usedTensors(node).values() });
    };
    for (const start of graph.node) {
        if (!sorted.has(start))
            enter(start);
        for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
            const next = top.inputs.next();
            if (next.done === true) {
                sorted.add(top.node);
                open.delete(top.node);
                stack.pop();
                continue;
            }
            const producer = producers.get(next.value);
            if (producer !== undefined && !sorted.has(producer))
                enter(producer);
        }
    }
    graph.node = [...sorted];
}

/** What a rule may know about the graph around its node, and add to it. */
class UpgradeContext {
    model;
    graph;
    from;
    unique;
    shapes;
    index;
    /** @param from opset that the model had. */
    constructor(model, graph, from, unique, shapes) {
        this.model = model;
        this.graph = graph;
        this.from = from;
        this.unique = unique;
        this.shapes = shapes;
        this.index = new GraphIndex(graph);
    }
    /** Sizes where all are known; a symbolic one stays a name. Undefined where nothing is known, the rank included. */
    dims(tensor) {
        const initializer = this.index.initializer(tensor);
        if (initializer !== undefined)
            return initializer.dims.map(Number);
        const dims = this.shapes.get(tensor)?.dims;
        // The runtime reports an unknown rank as no dimensions; a scalar has nothing that a rule would ask for.
        return dims === undefined || dims.length === 0 ? undefined : dims;
    }
    /** Values of an initializer or of a Constant node. */
    constantValue(tensor) {
        const producer = this.index.producer(tensor);
        const constant = this.index.initializer(tensor) ??
            (producer !== undefined && isStandard$1(producer, 'Constant') ? attributeTensor(producer, 'value') : undefined);
        return constant === undefined ? undefined : tensorData(this.model, constant);
    }
    /** Adds an initializer; returns its name. */
    constant(base, tensor) {
        const name = this.unique(base);
        this.graph.initializer.push(makeTensor(name, tensor));
        return name;
    }
    int64s(base, values) {
        return this.constant(base, { type: 'int64', dims: [values.length], data: BigInt64Array.from(values) });
    }
    /** A scalar of the same floating-point type as `like`, a tensor that `node` reads. */
    floatScalar(base, value, like, node) {
        const type = this.type(like);
        const data = Float32Array.of(value);
        if (type === 'float32')
            return this.constant(base, { type, dims: [], data });
        if (type === 'float64')
            return this.constant(base, { type, dims: [], data: Float64Array.of(value) });
        if (type === 'float16')
            return this.constant(base, { type, dims: [], data: float32ToFloat16(data) });
        return this.refuse(node, `the element type of ${like} is ${type ?? 'unknown'}`);
    }
    refuse(node, reason) {
        const name = node.name || node.output.join(', ');
        throw new FileError(`${this.model.file}: operator ${node.opType} (node ${name}) cannot be upgraded from opset ${this.from}: ${reason}`, 'export the model again with opset 13 or later');
    }
    type(tensor) {
        const initializer = this.index.initializer(tensor);
        if (initializer !== undefined)
            return elementTypeOf(initializer.dataType);
        const known = this.shapes.get(tensor)?.type;
        if (known !== undefined)
            return known;
        const declared = [...this.graph.valueInfo, ...this.graph.input].find(({ name }) => name === tensor)?.type?.value;
        return declared?.case === 'tensorType' ? elementTypeOf(declared.value.elemType) : undefined;
    }
}

// Attributes that later opsets read as inputs.
/** Slice-10: starts, ends, axes. */
const slice = (node, context) => {
    if (context.from >= 10)
        return [node];
    const starts = take(node, 'starts', context);
    const ends = take(node, 'ends', context);
    const axes = take(node, 'axes', context);
    if (starts === '' || ends === '')
        context.refuse(node, 'it has no starts or ends');
    setInputs(node, [node.input[0], starts, ends, axes]);
    return [node];
};
/** Pad-11: pads and the value of constant padding. */
const pad = (node, context) => {
    if (context.from >= 11)
        return [node];
    const value = attributeFloat(node, 'value', 0);
    const constant = attributeString(node, 'mode', 'constant') === 'constant' && value !== 0;
    const pads = take(node, 'pads', context);
    if (pads === '')
        context.refuse(node, 'it has no pads');
    removeAttribute(node, 'value');
    const [data] = node.input;
    setInputs(node, [data, pads, constant ? context.floatScalar(`${node.output[0]}_value`, value, data, node) : '']);
    return [node];
};
/** Clip-11: min and max. */
const clip$1 = (node, context) => {
    if (context.from >= 11)
        return [node];
    const [data] = node.input;
    const bounds = ['min', 'max'].map((name) => {
        const value = attributeFloat(node, name);
        removeAttribute(node, name);
        return value === undefined ? '' : context.floatScalar(`${node.output[0]}_${name}`, value, data, node);
    });
    setInputs(node, [data, ...bounds]);
    return [node];
};
/** TopK-10: k. */
const topK = (node, context) => {
    if (context.from >= 10)
        return [node];
    const attribute = node.attribute.find(({ name }) => name === 'k');
    if (attribute === undefined)
        return context.refuse(node, 'it has no k');
    removeAttribute(node, 'k');
    setInputs(node, [node.input[0], context.int64s(`${node.output[0]}_k`, [attribute.i])]);
    return [node];
};
/** Split-13: the sizes. */
const split = (node, context) => {
    setInputs(node, [node.input[0], take(node, 'split', context)]);
    return [node];
};
/** Squeeze-13, Unsqueeze-13, ReduceSum-13: the axes. */
const axes = (node, context) => {
    setInputs(node, [node.input[0], take(node, 'axes', context)]);
    return [node];
};
/** Removes an integer-list attribute and makes a constant of it; '' where the node has none. */
function take(node, name, context) {
    const values = node.attribute.find((attribute) => attribute.name === name)?.ints ?? [];
    removeAttribute(node, name);
    // An optional list that is empty says the same as one that is left out.
    return values.length === 0 ? '' : context.int64s(`${node.output[0]}_${name}`, values);
}
/** Optional inputs at the end are dropped, not left empty. */
function setInputs(node, inputs) {
    node.input = inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1);
}

/** Upsample-7 (scales as attribute) and Upsample-9 (as input) are Resize with asymmetric coordinates. */
const upsample = (node, context) => {
    const scales = attributeFloats(node, 'scales');
    removeAttribute(node, 'scales');
    const name = scales === undefined
        ? node.input[1]
        : context.constant(`${node.output[0]}_scales`, {
            type: 'float32',
            dims: [scales.length],
            data: Float32Array.from(scales)
        });
    node.opType = 'Resize';
    // The old operator only enlarges.
    return asymmetric(node, name, 'floor');
};
/**
 * Resize-10 has asymmetric coordinates. Which neighbour it takes was left open; ONNX Runtime takes the lower one where
 * it enlarges and the upper one where it shrinks (`ResizeNearestMode::SIMPLE`), so the direction must be known.
 */
const resize = (node, context) => {
    if (context.from >= 11)
        return [node];
    const nearest = attributeString(node, 'mode', 'nearest') === 'nearest';
    return asymmetric(node, node.input[1], nearest ? nearestMode(node, context) : 'floor');
};
function asymmetric(node, scales, nearest) {
    node.input = [node.input[0], '', scales];
    setAttribute(node, 'coordinate_transformation_mode', { string: 'asymmetric' });
    if (attributeString(node, 'mode', 'nearest') === 'nearest')
        setAttribute(node, 'nearest_mode', { string: nearest });
    return [node];
}
function nearestMode(node, context) {
    const scales = constantScales(node, context);
    if (scales === undefined)
        return context.refuse(node, 'its scales are computed, and the sizes are not known');
    const shrinks = scales.some((scale) => scale < 1);
    if (shrinks && scales.some((scale) => scale > 1))
        context.refuse(node, 'it enlarges one dimension and shrinks another');
    return shrinks ? 'ceil' : 'floor';
}
/** The scales, or ratios of known sizes: only their direction counts. */
function constantScales(node, context) {
    const constant = context.constantValue(node.input[1]);
    if (constant !== undefined)
        return Array.from(constant.data, Number);
    const before = context.dims(node.input[0]);
    const after = context.dims(node.output[0]);
    if (before === undefined || after?.length !== before.length)
        return undefined;
    const ratios = before.map((size, axis) => {
        if (typeof size === 'number' && typeof after[axis] === 'number')
            return after[axis] / size;
        // A named size is the same wherever the name stands; an unnamed one is unknown.
        return size === after[axis] && size !== '' ? 1 : NaN;
    });
    return ratios.some(Number.isNaN) ? undefined : ratios;
}

/**
 * Softmax, LogSoftmax and Hardmax. Before opset 13 they flattened the input to two dimensions at `axis` (default 1) and
 * worked on the rows; since then they work on one dimension (default the last).
 */
const softmax$1 = (node, context) => {
    const [input] = node.input;
    const dims = context.dims(input) ?? context.dims(node.output[0]);
    const axis = attributeInt(node, 'axis', 1);
    const first = axis < 0 && dims !== undefined ? axis + dims.length : axis;
    if (axis === -1 || dims?.slice(first + 1).every((size) => size === 1) === true) {
        setAttribute(node, 'axis', { int: axis });
        return [node];
    }
    const [output] = node.output;
    const shape = context.unique(`${output}_shape`);
    const flat = context.unique(`${output}_flat`);
    const rows = context.unique(`${output}_rows`);
    node.input = [flat];
    node.output = [rows];
    setAttribute(node, 'axis', { int: -1 });
    return [
        makeNode('Shape', [input], [shape], { name: context.unique(`Shape_${shape}`) }),
        makeNode('Flatten', [input], [flat], {
            name: context.unique(`Flatten_${flat}`),
            attributes: { axis: { int: axis } }
        }),
        node,
        makeNode('Reshape', [rows, shape], [output], { name: context.unique(`Reshape_${output}`) })
    ];
};

/** BatchNormalization-9 dropped `spatial`, whose 0 normalized every activation by itself. */
const batchNormalization = (node, context) => {
    if (attributeInt(node, 'spatial', 1) === 0)
        context.refuse(node, 'spatial=0 (statistics per activation) is gone');
    removeAttribute(node, 'spatial');
    return [node];
};
/** Without a training mode, which came with Dropout-12, the operator passes its input on. */
const dropout = (node, context) => {
    if (context.from >= 12)
        return [node];
    const [output, mask = ''] = node.output;
    if (context.index.consumers(mask).length > 0 || context.index.isGraphOutput(mask)) {
        context.refuse(node, `its mask ${mask} is used`);
    }
    node.opType = 'Identity';
    node.output = [output];
    node.attribute = [];
    return [node];
};
const scan = (node, context) => {
    if (context.from < 9)
        context.refuse(node, 'Scan had a batch dimension before opset 9');
    return [node];
};
/** The same operator under the name that it has since opset 11. */
const scatter = (node) => {
    node.opType = 'ScatterElements';
    return [node];
};
/** Operators that a breaking change lies before, on the way from opset 7 to 13. */
const RULES = new Map([
    ['BatchNormalization', batchNormalization],
    ['Clip', clip$1],
    ['Dropout', dropout],
    ['Hardmax', softmax$1],
    ['LogSoftmax', softmax$1],
    ['Pad', pad],
    ['ReduceSum', axes],
    ['Resize', resize],
    ['Scan', scan],
    ['Scatter', scatter],
    ['Slice', slice],
    ['Softmax', softmax$1],
    ['Split', split],
    ['Squeeze', axes],
    ['TopK', topK],
    ['Unsqueeze', axes],
    ['Upsample', upsample]
]);

const OLDEST = 7;
/** The format version that came with opset 13. */
const IR_VERSION = 7n;
/**
 * Rewrites a model of opset 7 to 12 in operators of opset 13, with the same results; a newer model is left alone.
 * Initializers that old models list among the graph's inputs become constants. A model that is refused is left half
 * rewritten: load it again.
 * @param target 13.
 * @param shapes element types and shapes by tensor name; what is missing narrows what can be upgraded.
 * @throws FileError naming the operator and node that has no equivalent.
 */
function upgradeOpset(model, target, shapes) {
    const from = opsetVersion(model);
    if (from >= target)
        return;
    if (from < OLDEST) {
        throw new FileError(`${model.file}: opset ${from} is too old: models from opset ${OLDEST} on are supported`, 'export the model again with opset 13 or later');
    }
    const local = model.proto.functions.find(({ opsetImport }) => opsetImport.some(({ domain }) => isDefaultDomain(domain)));
    if (local !== undefined) {
        throw new FileError(`${model.file}: local function ${local.name} cannot be upgraded from opset ${from}`, 'export the model again with opset 13 or later');
    }
    upgradeGraph(model.graph, { model, from, shapes, unique: uniqueNamer(model.graph) });
    dropInitializerInputs(model);
    setOpsetVersion(model, target);
    if (model.proto.irVersion < IR_VERSION)
        model.proto.irVersion = IR_VERSION;
}
function upgradeGraph(graph, upgrade) {
    const context = new UpgradeContext(upgrade.model, graph, upgrade.from, upgrade.unique, upgrade.shapes);
    graph.node = graph.node.flatMap((node) => {
        for (const inner of subgraphsOf(node))
            upgradeGraph(inner, upgrade);
        return upgradeNode(node, context);
    });
}
function upgradeNode(node, context) {
    const { opType } = node;
    if (!isStandard$1(node, opType) || COMPATIBLE.has(opType))
        return [node];
    const rule = RULES.get(opType);
    return rule === undefined ? context.refuse(node, 'no rule is known for this operator') : rule(node, context);
}

/** Bins per sign. A power of two, so that halving the resolution merges whole pairs. */
const BINS = 2048;
/** Values below which counting them one by one costs less than adding up the kernel's counters. */
const FEW = 2048;
/**
 * Streaming histogram of a tensor in fixed memory.
 *
 * Bin widths are powers of two and the histogram always uses the smallest width whose BINS bins hold the largest |x|
 * seen. When a larger value arrives, the range doubles by merging pairs of bins, which is exact:
 * floor(floor(|x| / w) / 2) = floor(|x| / 2w). The result is therefore the same for every order and batching of the
 * same values, and memory does not grow with their number.
 */
class StreamingHistogram {
    min = Infinity;
    max = -Infinity;
    count = 0;
    nan = 0;
    infinite = 0;
    /** log2 of the bin width; undefined while only zeros were seen. */
    exponent;
    /** Of x / w truncated towards zero, at ZERO + that; ZERO itself is bin 0 of both signs. */
    counts = new Float64Array(LANE);
    /** Elements with the sign bit set: what tells the signs in ZERO apart. */
    negative = 0;
    unfolded = false;
    /** Adds every element; NaN and infinity are counted apart. */
    add(values) {
        for (let start = 0; start < values.length; start += STAGE_LENGTH) {
            this.addFew(values.subarray(start, start + STAGE_LENGTH));
        }
        this.fold();
    }
    snapshot() {
        const positive = this.counts.slice(ZERO$1);
        const negative = new Float64Array(positive.length);
        negative[0] = this.negative;
        for (let bin = 1; bin < negative.length; bin++) {
            negative[bin] = this.counts[ZERO$1 - bin];
            negative[0] -= negative[bin];
        }
        positive[0] -= negative[0];
        return {
            min: this.count === 0 ? 0 : this.min,
            max: this.count === 0 ? 0 : this.max,
            count: this.count,
            binWidth: this.exponent === undefined ? 0 : 2 ** this.exponent,
            positive,
            negative
        };
    }
    addFew(values) {
        if (values.length === 0)
            return;
        const { min, max, negative } = stageValues(values);
        if (!Number.isFinite(min) || !Number.isFinite(max)) {
            this.addFew(this.withoutNonFinite(values));
            return;
        }
        if (min < this.min)
            this.min = min;
        if (max > this.max)
            this.max = max;
        this.cover(Math.max(max, -min));
        const surplus = padding(values.length);
        const last = values[values.length - 1];
        const perBin = 2 ** -(this.exponent ?? 0);
        if (values.length < FEW) {
            for (let i = 0; i < values.length; i++)
                this.counts[ZERO$1 + Math.trunc(values[i] * perBin)]++;
        }
        else {
            countStaged(this.exponent ?? 0);
            this.counts[ZERO$1 + Math.trunc(last * perBin)] -= surplus;
            this.unfolded = true;
        }
        this.negative += negative - (last < 0 || Object.is(last, -0) ? surplus : 0);
        this.count += values.length;
    }
    /** Widens the bins until |x| = magnitude falls into one. */
    cover(magnitude) {
        if (magnitude === 0 || (this.exponent !== undefined && magnitude < BINS * 2 ** this.exponent))
            return;
        const needed = exponentFor(magnitude);
        if (this.exponent === undefined) {
            this.exponent = needed;
            return;
        }
        this.fold();
        for (; this.exponent < needed; this.exponent++)
            mergePairs(this.counts);
    }
    /** Takes over what was counted since the last time, by this histogram alone: the counters serve all of them. */
    fold() {
        if (!this.unfolded)
            return;
        for (let bin = 0; bin < LANE; bin++) {
            this.counts[bin] += counters[bin] + counters[LANE + bin] + counters[2 * LANE + bin] + counters[3 * LANE + bin];
        }
        counters.fill(0);
        this.unfolded = false;
    }
    withoutNonFinite(values) {
        const finite = values.filter((value) => Number.isFinite(value));
        const nan = values.reduce((total, value) => total + (Number.isNaN(value) ? 1 : 0), 0);
        this.nan += nan;
        this.infinite += values.length - finite.length - nan;
        return finite;
    }
}
/** Bins up to the last one that is not empty. */
function usedBins(counts) {
    let used = counts.length;
    while (used > 0 && counts[used - 1] === 0)
        used--;
    return used;
}
/** Smallest e with magnitude < BINS * 2^e. */
function exponentFor(magnitude) {
    let exponent = Math.floor(Math.log2(magnitude / BINS)) + 1;
    // log2 rounds: settle the neighbours exactly.
    while (magnitude < BINS * 2 ** (exponent - 1))
        exponent--;
    while (magnitude >= BINS * 2 ** exponent)
        exponent++;
    return exponent;
}
/** Truncation merges as magnitudes do: trunc(trunc(y) / 2) = trunc(y / 2). */
function mergePairs(counts) {
    counts[ZERO$1] += counts[ZERO$1 + 1] + counts[ZERO$1 - 1];
    for (let bin = 1; bin < BINS / 2; bin++) {
        counts[ZERO$1 + bin] = counts[ZERO$1 + 2 * bin] + counts[ZERO$1 + 2 * bin + 1];
        counts[ZERO$1 - bin] = counts[ZERO$1 - 2 * bin] + counts[ZERO$1 - 2 * bin - 1];
    }
    counts.fill(0, ZERO$1 + BINS / 2);
    counts.fill(0, 0, ZERO$1 - BINS / 2 + 1);
}

/**
 * Range that keeps the most information, in the sense of TensorRT's entropy calibration.
 *
 * For every candidate width of i bins, P is the histogram clipped to i bins with the clipped mass added to its last
 * bin, and Q is the unclipped part of the histogram after quantization to `levels` levels: bin j belongs to level
 * floor(j * levels / i), and a level's mass spreads evenly over its non-empty bins. The candidate with the smallest
 * divergence KL(P || Q) wins; of equal ones, the widest. Candidates start at `levels` bins, below which nothing is lost. The spike of (near) zeros in bin 0 is replaced by bin 1.
 *
 * The divergence needs only the mass and the number of non-empty bins of each level, both from prefix sums, so a
 * candidate costs O(levels) instead of O(bins), and less where it cannot win any more: a level adds its own divergence,
 * which is not negative (log sum inequality), and what clipping adds is known beforehand.
 *
 * Source: Migacz, "8-bit Inference with TensorRT", GTC 2017 (S7310); the variant that NVIDIA published in
 * pytorch-quantization 2.1 (`calib/histogram.py`), for an 8-bit signed type with levels = 128.
 *
 * @param counts histogram of |x|, equal bins from 0
 * @param levels quantization levels for |x|: 128 for a signed 8-bit type, 256 for an unsigned one
 * @returns the threshold in bins (times the bin width = |x|), or undefined where the histogram is empty
 */
function entropyThreshold(counts, levels = 128) {
    const used = usedBins(counts);
    if (used === 0)
        return undefined;
    if (used <= levels)
        return used;
    const mass = new Float64Array(used + 1);
    const filled = new Float64Array(used + 1);
    const selfInformation = new Float64Array(used + 1);
    for (let bin = 0; bin < used; bin++) {
        const count = bin === 0 ? counts[1] : counts[bin];
        mass[bin + 1] = mass[bin] + count;
        filled[bin + 1] = filled[bin] + (count > 0 ? 1 : 0);
        selfInformation[bin + 1] = selfInformation[bin] + xLogX(count);
    }
    let best = used;
    let bestDivergence = Infinity;
    for (let width = used; width >= levels; width--) {
        const divergence = divergenceAt(width, levels, mass, filled, selfInformation, bestDivergence);
        if (divergence < bestDivergence) {
            bestDivergence = divergence;
            best = width;
        }
    }
    return best;
}
/** Far above what rounding does to a divergence. */
const MARGIN = 1e-9;
/** KL(P || Q) of a candidate; infinite as soon as it is certain to exceed `best`. */
function divergenceAt(width, levels, mass, filled, selfInformation, best) {
    const total = mass[mass.length - 1];
    const kept = mass[width];
    const clipped = total - kept;
    const lastCount = kept - mass[width - 1];
    // Clipped mass in a bin that Q leaves empty: the divergence is infinite.
    if (clipped > 0 && lastCount === 0)
        return Infinity;
    if (kept === 0)
        return Infinity;
    let pLogP = selfInformation[width];
    let allowed = (best + MARGIN + Math.log(total) - Math.log(kept)) * total;
    if (clipped > 0) {
        pLogP += xLogX(lastCount + clipped) - xLogX(lastCount);
        const lastStart = Math.ceil(((levels - 1) * width) / levels);
        const lastMean = (kept - mass[lastStart]) / (filled[width] - filled[lastStart]);
        allowed -= pLogP - selfInformation[width] - clipped * Math.log(lastMean);
    }
    let pLogQ = 0;
    let start = 0;
    for (let level = 0; level < levels && start < width; level++) {
        // First bin of the next level: the smallest j with floor(j * levels / width) > level.
        const end = Math.min(width, Math.ceil(((level + 1) * width) / levels));
        const sum = mass[end] - mass[start];
        if (sum > 0) {
            const inP = end === width ? sum + clipped : sum;
            pLogQ += inP * Math.log(sum / (filled[end] - filled[start]));
        }
        if (end < width && selfInformation[end] - pLogQ > allowed)
            return Infinity;
        start = end;
    }
    return (pLogP - pLogQ) / total - Math.log(total) + Math.log(kept);
}
function xLogX(x) {
    return x > 0 ? x * Math.log(x) : 0;
}

const SMALLEST_NORMAL = 1.1754943508222875e-38;
/**
 * Scale and zero point of an activation: q = clip(round(x / scale) + zeroPoint).
 *
 * The range is widened to contain 0, which must be exact for padding and ReLU. uint8: asymmetric over [0, 255].
 * int8: symmetric over [-127, 127] with zero point 0, the only form that TensorRT takes. A range too small for a
 * normal float32 scale gives scale 1 and zero point 0, as ONNX Runtime's quantizer does: such a tensor is all zeros.
 */
function activationParameters(range, type) {
    const min = Math.min(range.min, 0);
    const max = Math.max(range.max, 0);
    if (type === 'int8') {
        const scale = Math.fround(Math.max(-min, max) / 127);
        return scale < SMALLEST_NORMAL ? { type, scale: 1, zeroPoint: 0 } : { type, scale, zeroPoint: 0 };
    }
    const scale = Math.fround((max - min) / 255);
    if (scale < SMALLEST_NORMAL)
        return { type, scale: 1, zeroPoint: 0 };
    return { type, scale, zeroPoint: clamp(roundHalfToEven(-min / scale), 0, 255) };
}
/** IEEE 754 rounding, as QuantizeLinear specifies it. */
function roundHalfToEven(x) {
    const floor = Math.floor(x);
    const fraction = x - floor;
    if (fraction < 0.5)
        return floor;
    if (fraction > 0.5)
        return floor + 1;
    return floor % 2 === 0 ? floor : floor + 1;
}
function clamp(x, low, high) {
    return Math.min(Math.max(x, low), high);
}

/** Ranges narrower than this many bins are not tried. */
const START_BIN = 128;
/** Of the sum of squares: far above what rounding can do to an estimate, far below the differences that matter. */
const ESTIMATE_MARGIN = 1e-12;
/**
 * Range with the smallest mean squared quantization error, searched over thresholds on |x|: each candidate range is
 * [max(min, -t), min(max, t)], quantized with the scale and zero point that the model would get, and the error is
 * that of the bins' centres. Of equal errors the widest range wins.
 *
 * All bins of one code share its value y, so their error is sum c x^2 - 2 y sum c x + y^2 sum c, which prefix sums
 * give in O(levels) a candidate instead of O(bins), and less where the error exceeds the best one before its end. That
 * estimate cancels; candidates that it cannot tell from the best are computed bin by bin.
 *
 * Source of the criterion: pytorch-quantization's `mse` calibration; the search here uses the real quantizer of the
 * target (asymmetric uint8 or symmetric int8) instead of a symmetric one throughout.
 *
 * @returns the threshold in bins, or undefined where nothing but zeros was seen
 */
function mseThreshold(histogram, type) {
    const { binWidth, positive, negative } = histogram;
    if (binWidth === 0)
        return undefined;
    const used = Math.max(usedBins(positive), usedBins(negative));
    const start = Math.min(START_BIN, used);
    const limits = type === 'uint8' ? [0, 255] : [-127, 127];
    const parametersOf = (width) => activationParameters(clip(histogram, width * binWidth), type);
    const sides = [momentsOf(positive, used), momentsOf(negative, used)];
    const margin = ESTIMATE_MARGIN * (sides[0].squares[used] + sides[1].squares[used]);
    const estimates = new Float64Array(used + 1);
    let smallest = Infinity;
    for (let width = used; width >= start; width--) {
        const { scale, zeroPoint } = parametersOf(width);
        const step = scale / binWidth;
        const above = estimateSide(sides[0], step, limits[1] - zeroPoint, smallest + margin);
        estimates[width] = above + estimateSide(sides[1], step, zeroPoint - limits[0], smallest + margin - above);
        if (estimates[width] < smallest)
            smallest = estimates[width];
    }
    let best = used;
    let bestError = Infinity;
    for (let width = start; width <= used; width++) {
        if (estimates[width] > smallest + margin)
            continue;
        const error = exactError(histogram, used, parametersOf(width), limits);
        if (error <= bestError) {
            bestError = error;
            best = width;
        }
    }
    return best;
}
/** The observed range, cut at +-threshold. */
function clip(observed, threshold) {
    return { min: Math.max(observed.min, -threshold), max: Math.min(observed.max, threshold) };
}
function momentsOf(counts, used) {
    const moments = {
        counts: new Float64Array(used + 1),
        values: new Float64Array(used + 1),
        squares: new Float64Array(used + 1)
    };
    for (let bin = 0; bin < used; bin++) {
        const centre = bin + 0.5;
        moments.counts[bin + 1] = moments.counts[bin] + counts[bin];
        moments.values[bin + 1] = moments.values[bin] + counts[bin] * centre;
        moments.squares[bin + 1] = moments.squares[bin] + counts[bin] * centre * centre;
    }
    return moments;
}
/**
 * Squared error of one sign, in squared bin widths; codes lie `step` bins apart, from 0 to `highest`. Begins with what
 * is clipped, and ends where the error exceeds `enough`.
 */
function estimateSide({ counts, values, squares }, step, highest, enough) {
    let end = counts.length - 1;
    let error = 0;
    for (let code = Math.min(highest, Math.ceil(end / step)); end > 0 && error <= enough; code--) {
        const start = code > 0 ? Math.min(end, Math.floor((code - 0.5) * step + 0.5)) : 0;
        if (start === end)
            continue;
        const y = code * step;
        error +=
            squares[end] - squares[start] - 2 * y * (values[end] - values[start]) + y * y * (counts[end] - counts[start]);
        end = start;
    }
    return error;
}
function exactError({ binWidth, positive, negative }, used, parameters, limits) {
    let error = 0;
    for (let bin = 0; bin < used; bin++) {
        const centre = (bin + 0.5) * binWidth;
        if (positive[bin] > 0)
            error += positive[bin] * squaredError(centre, parameters, limits);
        if (negative[bin] > 0)
            error += negative[bin] * squaredError(-centre, parameters, limits);
    }
    return error;
}
function squaredError(x, { scale, zeroPoint }, limits) {
    const code = clamp(roundHalfToEven(x / scale) + zeroPoint, limits[0], limits[1]);
    const error = x - scale * (code - zeroPoint);
    return error * error;
}

/**
 * Threshold below which `percentile` percent of |x| lie: the upper edge of the first bin at which the cumulated share
 * reaches it.
 *
 * @param counts histogram of |x|, equal bins from 0
 * @param percentile in percent, 99.99 by habit of pytorch-quantization, 99.999 of ONNX Runtime
 * @returns the threshold in bins, or undefined where the histogram is empty
 */
function percentileThreshold(counts, percentile) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0)
        return undefined;
    const target = (percentile / 100) * total;
    let cumulated = 0;
    for (let bin = 0; bin < counts.length; bin++) {
        cumulated += counts[bin];
        if (cumulated >= target)
            return bin + 1;
    }
    return counts.length;
}

/**
 * The range that a calibration method chooses for a tensor. All methods but minmax choose a threshold t on |x|;
 * the range is the observed one cut at +-t, so that it never exceeds what was seen.
 *
 * @param type of the activation: decides how many levels |x| has
 */
function chooseRange(histogram, method, type) {
    const observed = { min: histogram.min, max: histogram.max };
    const bins = thresholdInBins(histogram, method, type);
    return bins === undefined ? observed : clip(observed, bins * histogram.binWidth);
}
/**
 * Share of the values that a range chosen from this histogram leaves out. Exact: such a range ends at what was seen or at
 * the edge of a bin.
 */
function shareOutside(histogram, range) {
    if (histogram.count === 0)
        return 0;
    const { min, max, binWidth, positive, negative } = histogram;
    const above = range.max < max ? beyond(positive, range.max / binWidth) : 0;
    const below = range.min > min ? beyond(negative, -range.min / binWidth) : 0;
    return (above + below) / histogram.count;
}
function beyond(counts, firstBin) {
    return counts.subarray(Math.round(firstBin)).reduce((sum, count) => sum + count, 0);
}
function thresholdInBins(histogram, method, type) {
    if (histogram.binWidth === 0)
        return undefined;
    switch (method.method) {
        case 'minmax':
            return undefined;
        case 'entropy':
            // An unsigned type spends all of its 256 levels on a tensor that is never negative.
            return entropyThreshold(magnitudes(histogram), 128);
        case 'percentile':
            return percentileThreshold(magnitudes(histogram), method.percentile);
        case 'mse':
            return mseThreshold(histogram, type);
    }
}
function magnitudes({ positive, negative }) {
    return positive.map((count, bin) => count + negative[bin]);
}

/** Images after which a quarter and a half of a set are seen. */
function subsetSizes(images) {
    return { quarter: Math.ceil(images / 4), half: Math.ceil(images / 2) };
}
/**
 * Streams the calibration set through the float model and chooses a range for every tensor. Memory does not grow with
 * the number of images, and neither observed nor chosen range depends on their order or on batching. The ranges after a
 * quarter and a half do: images in the order of their content hashes make random, reproducible subsets.
 *
 * @throws FileError naming tensor and image where an activation is NaN or infinite
 */
async function calibrate(input) {
    return input.method.method === 'minmax' ? calibrateMinMax(input) : calibrateHistograms(input);
}
async function calibrateHistograms(input) {
    const histograms = new Map(input.tensors.map((tensor) => [tensor, new StreamingHistogram()]));
    const chosen = (snapshot) => chooseRange(snapshot, input.method, input.type);
    const subsets = new Subsets(input, () => map(histograms, (histogram) => chosen(histogram.snapshot())));
    const visit = (tensor, data, image) => {
        const histogram = histograms.get(tensor);
        if (histogram === undefined)
            return;
        histogram.add(data);
        if (histogram.nan + histogram.infinite > 0)
            throw nonFinite(tensor, image);
    };
    await observeTensors(input, visit, () => subsets.afterImage());
    return map(histograms, (histogram, tensor) => {
        const snapshot = histogram.snapshot();
        const range = chosen(snapshot);
        const observed = { min: snapshot.min, max: snapshot.max };
        return { observed, range, ...subsets.of(tensor, range), cut: shareOutside(snapshot, range) };
    });
}
/** Minimum and maximum are found inside the graph: only scalars leave the runtime. */
async function calibrateMinMax(input) {
    const ranges = new Map(input.tensors.map((tensor) => [tensor, { min: Infinity, max: -Infinity }]));
    let statistics = [];
    const session = await instrumentedSession(input, (model) => {
        statistics = addStatistics$1(model, input.tensors);
    });
    const fetches = statistics.flatMap(({ min, max, sum }) => [min, max, sum]);
    const inputName = session.inputs[0].name;
    const subsets = new Subsets(input, () => map(ranges, (range) => ({ ...range })));
    await forEachImage(input, session, async (feed, image) => {
        const outputs = await session.run({ [inputName]: feed }, fetches);
        for (const { tensor, ...names } of statistics) {
            const [min, max, sum] = [names.min, names.max, names.sum].map((name) => Number(outputs[name].data[0]));
            if (!Number.isFinite(min + max) || !Number.isFinite(sum))
                throw nonFinite(tensor, image);
            const range = ranges.get(tensor);
            if (range === undefined)
                continue;
            range.min = Math.min(range.min, min);
            range.max = Math.max(range.max, max);
        }
        subsets.afterImage();
    });
    return map(ranges, (range, tensor) => ({ observed: range, range, ...subsets.of(tensor, range), cut: 0 }));
}
/** Takes the ranges of all tensors when a quarter and a half of the images are through. */
class Subsets {
    ranges;
    #sizes;
    #done = 0;
    #quarter = new Map();
    #half = new Map();
    constructor({ images }, ranges) {
        this.ranges = ranges;
        this.#sizes = subsetSizes(images.dataset.samples.length);
    }
    afterImage() {
        this.#done++;
        if (this.#done === this.#sizes.quarter)
            this.#quarter = this.ranges();
        if (this.#done === this.#sizes.half)
            this.#half = this.ranges();
    }
    of(tensor, all) {
        return { quarter: this.#quarter.get(tensor) ?? all, half: this.#half.get(tensor) ?? all };
    }
}
function map(entries, to) {
    return new Map([...entries].map(([key, value]) => [key, to(value, key)]));
}
function nonFinite(tensor, image) {
    return new FileError(`calibration image ${image} makes NaN or infinite values in tensor ${tensor} of the FP32 model`, 'Check the preprocessing (a std of 0, a wrong scale) and the model: no range can be measured from this.');
}

/** Calibration tables in a folder, one file a key. Exact keys only: a near match is a wrong table. */
class TableCache {
    directory;
    constructor(directory) {
        this.directory = directory;
    }
    fileOf(key) {
        return path__default.join(this.directory, `${key}.json`);
    }
    async find(parts) {
        const key = tableKey(parts);
        const file = this.fileOf(key);
        let text;
        try {
            text = await readFile(file, 'utf8');
        }
        catch (error) {
            if (isMissing(error))
                return { hit: false, refused: false, reason: await this.explainMiss(parts) };
            return { hit: false, refused: true, reason: `${file} cannot be read: ${messageOf(error)}` };
        }
        try {
            const table = parseTable$1(text, file);
            if (table.key !== key) {
                const differences = describeDifferences(table.parts, parts).join('; ');
                const reason = `${file} holds the table of another key (${differences}): refused`;
                return { hit: false, refused: true, reason };
            }
            return { hit: true, table, file, storedAt: (await stat(file)).mtime };
        }
        catch (error) {
            return { hit: false, refused: true, reason: `${messageOf(error)}: refused` };
        }
    }
    async store(table) {
        const file = this.fileOf(table.key);
        await writeFileAtomic(file, serializeTable(table));
        return file;
    }
    async explainMiss(parts) {
        const entries = await this.entries();
        if (entries.length === 0)
            return 'no table in the cache yet';
        const differences = entries.map(({ parts: other }) => describeDifferences(other, parts));
        const nearest = differences.reduce((a, b) => (b.length < a.length ? b : a));
        // Nothing in common but the folder: the table of another project.
        if (nearest[0] === ANOTHER_GRAPH && nearest.length > 2)
            return 'no table of this network in the cache yet';
        return nearest.join('; ');
    }
    async entries() {
        const names = await readdir(this.directory).catch(() => []);
        const tables = [];
        for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
            const file = path__default.join(this.directory, name);
            try {
                tables.push(parseTable$1(await readFile(file, 'utf8'), file));
            }
            catch {
                // A damaged neighbour explains nothing; it is refused with its reason when its own key is asked for.
            }
        }
        return tables;
    }
}
const ANOTHER_GRAPH = 'model changed (another graph)';
/** What changed from one key to another, a sentence a part. */
function describeDifferences(before, after) {
    const differences = [];
    const note = (changed, text) => {
        if (changed)
            differences.push(text());
    };
    note(before.model !== after.model, () => describeModel(before, after));
    note(before.preprocessing !== after.preprocessing, () => describePreprocessing(before.preprocessing, after.preprocessing));
    note(before.imagesHash !== after.imagesHash, () => describeImages(before.images, after.images));
    note(before.method !== after.method, () => `method changed (${readable(before.method)} -> ${readable(after.method)})`);
    note(before.target !== after.target, () => `target changed (${before.target} -> ${after.target})`);
    note(before.algorithm !== after.algorithm, () => 'the algorithm of precision-gate changed');
    const sameTensors = JSON.stringify(before.tensors) === JSON.stringify(after.tensors);
    note(!sameTensors && before.model === after.model && before.target === after.target, () => describeTensors(before.tensors, after.tensors));
    return differences;
}
function describeModel(before, after) {
    const names = Object.keys(after.weights);
    const sameNames = names.length === Object.keys(before.weights).length && names.every((name) => name in before.weights);
    const changed = names.filter((name) => before.weights[name] !== after.weights[name]);
    if (!sameNames || changed.length === 0)
        return ANOTHER_GRAPH;
    const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
    return `model changed (weight ${changed[0]}${more})`;
}
function describePreprocessing(before, after) {
    const [old, now] = [stepsOf(before), stepsOf(after)];
    const index = now.findIndex((step, i) => step !== old[i]);
    if (index === -1)
        return `preprocessing changed (step ${now.length + 1} removed: ${readable(old[now.length])})`;
    if (index >= old.length)
        return `preprocessing changed (step ${index + 1} added: ${readable(now[index])})`;
    return `preprocessing changed (step ${index + 1}: ${readable(old[index])} -> ${readable(now[index])})`;
}
/** Each step as text; none where another version wrote the list in another form. */
function stepsOf(canonical) {
    const { steps } = JSON.parse(canonical);
    return Array.isArray(steps) ? steps.map((step) => JSON.stringify(step)) : [];
}
function describeImages(before, after) {
    const [old, now] = [new Set(before), new Set(after)];
    const added = after.filter((hash) => !old.has(hash)).length;
    const removed = before.filter((hash) => !now.has(hash)).length;
    return `calibration images changed (${added} new, ${removed} gone, of ${before.length} before and ${after.length} now)`;
}
function describeTensors(before, after) {
    const old = new Set(before);
    const added = after.filter((tensor) => !old.has(tensor));
    return `quantized layers changed (${added.length === 0 ? 'fewer' : `new tensor ${added[0]}`}: ${before.length} -> ${after.length} tensors)`;
}
function readable(json) {
    return json.replace(/[{}"]/g, '').replace(/,/g, ', ').replace(/:/g, ' ');
}
function isMissing(error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Inputs by whose values an operator chooses, or looks up places: boxes and scores, never features. */
const CHOSEN_BY = {
    NonMaxSuppression: [0, 1],
    TopK: [0],
    NonZero: [0],
    RoiAlign: [1],
    MaxRoiPool: [1]
};
/**
 * The arithmetic on boxes and scores before NonMaxSuppression, TopK, NonZero and RoI pooling, back to the layers that make
 * them. In 8 bits a box of a 500 pixel image moves in steps of two pixels, near scores tie, and boxes that are moved
 * apart class by class fall together; FP16 has steps of 16 pixels from 16,384 on, where the twentieth class lies. None of
 * it is worth a faster kernel.
 *
 * A tensor that a layer with weights reads as well is a feature, and what made it is none of this.
 */
function selectionArithmetic(graph, index) {
    const found = new Set();
    const open = graph.node.flatMap((node) => (CHOSEN_BY[node.opType] ?? []).map((input) => node.input[input]));
    for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
        const node = index.producer(tensor);
        if (node === undefined || found.has(node) || WEIGHTED$2.has(node.opType))
            continue;
        const isFeature = node.output.some((output) => index.consumers(output).some(({ opType }) => WEIGHTED$2.has(opType)));
        if (isFeature)
            continue;
        found.add(node);
        // places are chosen by, the features at them are not
        const places = CHOSEN_BY[node.opType];
        open.push(...(places === undefined ? node.input : places.map((input) => node.input[input])));
    }
    return found;
}

/** Operators without a float16 form in ONNX or in the runtimes that are to run the model. */
const BLOCKED = new Set([
    'ArrayFeatureExtractor',
    'CumSum',
    'DequantizeLinear',
    'If',
    'Loop',
    'MaxRoiPool',
    'Multinomial',
    'NonMaxSuppression',
    'OneHot',
    'QuantizeLinear',
    'RandomNormal',
    'RandomNormalLike',
    'RandomUniform',
    'RandomUniformLike',
    'Range',
    'RoiAlign',
    'Scan',
    'TopK',
    'Upsample'
]);
/** Inputs that the operator wants in float32 whatever its data is in. */
const ALWAYS_FLOAT = { Resize: [1, 2] };
/** Which nodes compute in float16, and which tensors they make. */
class Fp16Plan {
    model;
    values;
    index;
    half = new Set();
    halfTensors = new Set();
    constructor(model, values, kept) {
        this.model = model;
        this.values = values;
        this.index = new GraphIndex(model.graph);
        const sizes = shapeArithmetic(model.graph);
        const selection = selectionArithmetic(model.graph, this.index);
        for (const node of model.graph.node) {
            if (kept.has(node) || sizes.has(node) || selection.has(node) || BLOCKED.has(node.opType) || !isStandard(node))
                continue;
            const floats = [...node.input, ...node.output].filter((tensor) => this.isFloat(tensor));
            if (floats.length === 0)
                continue;
            this.half.add(node);
        }
        for (const node of model.graph.node)
            if (node.opType === 'Constant' && !this.isReadInHalf(node))
                this.half.delete(node);
        for (const node of this.half) {
            for (const output of node.output)
                if (this.isFloat(output))
                    this.halfTensors.add(output);
        }
    }
    /** The node computes in float16. */
    isHalf(node) {
        return this.half.has(node);
    }
    /** The tensor is made in float16. */
    isHalfTensor(tensor) {
        return this.halfTensors.has(tensor);
    }
    /** The node reads this input in float16. */
    readsHalf(node, input) {
        const tensor = node.input[input];
        return this.half.has(node) && !(ALWAYS_FLOAT[node.opType] ?? []).includes(input) && this.isFloat(tensor);
    }
    /** Scales of a Resize, for example, would come back rounded from float16, and with them the size of its output. */
    isReadInHalf({ output: [tensor] }) {
        return this.index
            .consumers(tensor)
            .some((reader) => reader.input.some((name, slot) => name === tensor && this.readsHalf(reader, slot)));
    }
    isFloat(tensor) {
        if (tensor === '')
            return false;
        const initializer = this.index.initializer(tensor);
        if (initializer !== undefined)
            return initializer.dataType === FLOAT$1;
        return this.values.get(tensor)?.type === 'float32';
    }
    /** Tensors made in float16, in execution order, with the node that makes each. */
    *madeInHalf() {
        for (const node of this.model.graph.node) {
            for (const tensor of node.output)
                if (this.halfTensors.has(tensor))
                    yield { tensor, node };
        }
    }
}
/** TensorProto.DataType */
const FLOAT$1 = 1;
const FLOAT16$1 = 10;
function isStandard(node) {
    return node.domain === '' || node.domain === 'ai.onnx';
}

/**
 * Makes a real float16 model, in place: weights and computation in float16, graph inputs and outputs in float32 as
 * before, casts around what must stay float32.
 *
 * A tensor keeps its name in the precision that it is made in; its copy in the other one gets a suffix. Graph outputs
 * and tensors that subgraphs capture keep their names in float32.
 */
function convertToFp16(plan) {
    const { model, index } = plan;
    const { graph } = model;
    const unique = uniqueNamer(graph);
    const captured = capturedTensors(model);
    const losses = [];
    const casts = [];
    const halfName = new Map();
    const floatName = new Map();
    const cast = (from, to, dataType) => {
        casts.push(makeNode('Cast', [from], [to], { name: unique(`${to}_Cast`), attributes: { to: { int: dataType } } }));
        return to;
    };
    for (const { tensor } of plan.madeInHalf()) {
        const needsFloatName = index.isGraphOutput(tensor) || captured.has(tensor);
        halfName.set(tensor, needsFloatName ? unique(`${tensor}_fp16`) : tensor);
        if (needsFloatName)
            floatName.set(tensor, cast(halfName.get(tensor) ?? tensor, tensor, FLOAT$1));
    }
    const asHalf = (tensor) => {
        let name = halfName.get(tensor);
        if (name === undefined) {
            name = unique(`${tensor}_fp16`);
            const initializer = index.initializer(tensor);
            if (initializer === undefined)
                cast(tensor, name, FLOAT16$1);
            else {
                const { tensor: half, loss } = toHalf(model, initializer, name);
                graph.initializer.push(half);
                losses.push(loss);
            }
            halfName.set(tensor, name);
        }
        return name;
    };
    const asFloat = (tensor) => {
        if (!plan.isHalfTensor(tensor))
            return tensor;
        let name = floatName.get(tensor);
        if (name === undefined) {
            name = cast(halfName.get(tensor) ?? tensor, unique(`${tensor}_fp32`), FLOAT$1);
            floatName.set(tensor, name);
        }
        return name;
    };
    for (const node of graph.node) {
        const inputs = node.input.map((tensor, slot) => (plan.readsHalf(node, slot) ? asHalf(tensor) : asFloat(tensor)));
        if (plan.isHalf(node)) {
            node.output = node.output.map((output) => (plan.isHalfTensor(output) ? (halfName.get(output) ?? output) : output));
            convertAttributes(model, node);
        }
        node.input = inputs;
    }
    graph.node.push(...casts);
    sortTopologically(graph);
    dropUnused(model);
    return losses;
}
/** Operators that name the type of what they make. */
function convertAttributes(model, node) {
    if (node.opType === 'Cast' && attributeInt(node, 'to', 0) === FLOAT$1)
        setAttribute(node, 'to', { int: FLOAT16$1 });
    if (node.opType === 'EyeLike' && attributeInt(node, 'dtype', FLOAT$1) === FLOAT$1)
        setAttribute(node, 'dtype', { int: FLOAT16$1 });
    if (node.opType !== 'Constant' && node.opType !== 'ConstantOfShape')
        return;
    const single = node.attribute.find(({ name }) => name === 'value_float' || name === 'value_floats');
    if (single !== undefined) {
        const floats = single.name === 'value_float' ? Float32Array.of(single.f) : Float32Array.from(single.floats);
        const dims = single.name === 'value_float' ? [] : [floats.length];
        removeAttribute(node, single.name);
        setAttribute(node, 'value', { tensor: makeTensor('', { type: 'float16', dims, data: float32ToFloat16(floats) }) });
        return;
    }
    const value = attributeTensor(node, 'value');
    if (value === undefined) {
        // ConstantOfShape makes float32 zeros where it names no value.
        setAttribute(node, 'value', { tensor: makeTensor('', { type: 'float16', dims: [1], data: new Uint16Array(1) }) });
        return;
    }
    const { type, data, dims } = tensorData(model, value);
    if (type !== 'float32')
        return;
    setAttribute(node, 'value', {
        tensor: makeTensor(value.name, { type: 'float16', dims, data: float32ToFloat16(data) })
    });
}
/** Tensors that a graph inside some node reads by their names. */
function capturedTensors({ graph }) {
    return new Set(graph.node.flatMap((node) => [...usedTensors(node)].filter((tensor) => !node.input.includes(tensor))));
}
function dropUnused({ graph }) {
    const read = new Set(graph.node.flatMap((node) => [...usedTensors(node)]));
    for (const { name } of graph.output)
        read.add(name);
    const before = new Set(graph.initializer.map(({ name }) => name));
    graph.initializer = graph.initializer.filter(({ name }) => read.has(name));
    const after = new Set(graph.initializer.map(({ name }) => name));
    graph.input = graph.input.filter(({ name }) => !before.has(name) || after.has(name));
    // Types noted for the float32 tensors no longer hold.
    graph.valueInfo = [];
}

/** What these make of float16 values are float16 values: no rounding is needed behind them. */
const EXACT$1 = new Set([
    'Abs',
    'Concat',
    'DepthToSpace',
    'Expand',
    'Flatten',
    'Gather',
    'Identity',
    'MaxPool',
    'GlobalMaxPool',
    'Neg',
    'Pad',
    'Relu',
    'Reshape',
    'Slice',
    'SpaceToDepth',
    'Split',
    'Squeeze',
    'Tile',
    'Transpose',
    'Unsqueeze',
    'Max',
    'Min'
]);
/**
 * Makes a float32 model that computes what a float16 one would, in place: weights are rounded to float16 and every
 * result passes through a pair of casts, which round it and make infinity where float16 overflows.
 *
 * ONNX Runtime's CPU provider computes float16 models in float32 without rounding in between, so that an overflow
 * stays unseen; the pairs survive its optimizer (measured). Sums inside an operator are still accumulated in float32,
 * as GPUs with float32 accumulation do.
 */
function emulateFp16(plan) {
    const { model, index } = plan;
    const { graph } = model;
    const unique = uniqueNamer(graph);
    const losses = [];
    const casts = [];
    const rounded = new Map();
    const roundingPair = (from, to) => {
        const half = unique(`${to}_fp16`);
        casts.push(makeNode('Cast', [from], [half], { name: unique(`${to}_ToHalf`), attributes: { to: { int: FLOAT16$1 } } }), makeNode('Cast', [half], [to], { name: unique(`${to}_ToFloat`), attributes: { to: { int: FLOAT$1 } } }));
    };
    const asHalf = (tensor) => {
        if (plan.isHalfTensor(tensor))
            return tensor;
        let name = rounded.get(tensor);
        if (name === undefined) {
            name = unique(`${tensor}_rounded`);
            const initializer = index.initializer(tensor);
            if (initializer === undefined)
                roundingPair(tensor, name);
            else {
                const { tensor: weight, loss } = roundedToHalf(model, initializer, name);
                graph.initializer.push(weight);
                losses.push(loss);
            }
            rounded.set(tensor, name);
        }
        return name;
    };
    for (const node of graph.node) {
        node.input = node.input.map((tensor, slot) => (plan.readsHalf(node, slot) ? asHalf(tensor) : tensor));
        if (!plan.isHalf(node) || EXACT$1.has(node.opType))
            continue;
        node.output = node.output.map((output) => {
            if (!plan.isHalfTensor(output))
                return output;
            const exact = unique(`${output}_exact`);
            roundingPair(exact, output);
            return exact;
        });
    }
    graph.node.push(...casts);
    sortTopologically(graph);
    dropUnused(model);
    return losses;
}

/**
 * Nodes that stay in float: a rule is an operator type (`Softmax`) or a glob on node names (`/head/*`, `conv_1?`).
 * In a glob, `*` stops at `/` and `**` does not.
 *
 * @throws ConfigurationError at the rule's position where it matches no node: a limit silently not kept is no limit
 */
function matchKept(nodes, rules, file) {
    const kept = new Set();
    for (const { pattern, position } of rules) {
        const matchesName = picomatch(pattern, { dot: true });
        const matched = nodes.filter((node) => node.opType === pattern || node.name === pattern || matchesName(node.name));
        if (matched.length === 0) {
            const message = `keep: ${JSON.stringify(pattern)} matches no layer of the model. ${examples$1(nodes)}`;
            throw new ConfigurationError([{ message, file, position }]);
        }
        for (const node of matched)
            kept.add(node);
    }
    return kept;
}
function examples$1(nodes) {
    const operators = [...new Set(nodes.map((node) => node.opType))].slice(0, 8);
    const names = nodes
        .map((node) => node.name)
        .filter((name) => name !== '')
        .slice(0, 3);
    return `Operators: ${operators.join(', ')}; node names look like ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}

/** Operators that hand on the very values of their first input. */
const SAME_VALUES = new Set(['Identity', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose']);
/**
 * Finds a range for every needed tensor: under its own name, or under that of a neighbour that implies it. Those are
 *
 * - a tensor of the same values (Identity, Dropout, Reshape, Transpose and the like), on either side;
 * - what a ReLU or Clip reads, clipped; with a symmetric table the result may be wider than what a calibration would give;
 * - what a ReLU or Clip makes of the tensor, where nothing else reads it: what the range cuts off is clipped anyway.
 *
 * @param needed names of the prepared model
 * @param models the user's own and the prepared one, which has other operators and mostly the same names
 */
function matchRanges(table, needed, models) {
    const searches = models.map((model) => new Search(table, model));
    const ranges = new Map();
    const sources = new Map();
    const missing = [];
    const beforeNormalization = new Map();
    for (const tensor of needed) {
        const found = first(searches, (search) => search.find(tensor));
        if (found !== undefined) {
            ranges.set(tensor, found.range);
            sources.set(tensor, found.source);
            continue;
        }
        missing.push(tensor);
        const before = first(searches, (search) => search.beforeNormalization(tensor));
        if (before !== undefined)
            beforeNormalization.set(tensor, before);
    }
    return { ranges, sources, missing, beforeNormalization };
}
class Search {
    table;
    model;
    index;
    constructor(table, model) {
        this.table = table;
        this.model = model;
        this.index = new GraphIndex(model.graph);
    }
    find(tensor) {
        return this.named(tensor) ?? this.before(tensor) ?? this.after(tensor);
    }
    /** A name in the table that lies before the normalization which makes the tensor, or an activation of it. */
    beforeNormalization(tensor) {
        const node = this.index.producer(tensor);
        if (node === undefined)
            return undefined;
        if (node.opType === 'BatchNormalization')
            return this.table.has(node.input[0]) ? node.input[0] : undefined;
        return handsOn(node) || isActivation(node) ? this.beforeNormalization(node.input[0]) : undefined;
    }
    named(tensor) {
        const range = this.table.get(tensor);
        return range === undefined ? undefined : { range, source: tensor };
    }
    before(tensor) {
        const node = this.index.producer(tensor);
        if (node?.output[0] !== tensor || !(handsOn(node) || isActivation(node)))
            return undefined;
        const found = this.named(node.input[0]) ?? this.before(node.input[0]);
        if (found === undefined || handsOn(node))
            return found;
        const { min, max } = this.limits(node);
        const clip = (value) => Math.min(Math.max(value, min), max);
        return { ...found, range: { min: clip(found.range.min), max: clip(found.range.max) } };
    }
    after(tensor) {
        const readers = this.index.consumers(tensor);
        const alone = readers.length === 1 && !this.index.isGraphOutput(tensor);
        return first(readers, (node) => {
            if (node.input[0] !== tensor || !(handsOn(node) || (alone && isActivation(node))))
                return undefined;
            return this.named(node.output[0]) ?? this.after(node.output[0]);
        });
    }
    /** A bound that is not constant bounds nothing here. */
    limits(node) {
        if (node.opType === 'Relu')
            return { min: 0, max: Infinity };
        const [, min = '', max = ''] = node.input;
        return {
            min: this.scalar(min) ?? attributeFloat(node, 'min', -Infinity),
            max: this.scalar(max) ?? attributeFloat(node, 'max', Infinity)
        };
    }
    scalar(name) {
        const producer = this.index.producer(name);
        const tensor = this.index.initializer(name) ?? (producer?.opType === 'Constant' ? attributeTensor(producer, 'value') : undefined);
        return tensor === undefined ? undefined : Number(tensorData(this.model, tensor).data[0]);
    }
}
function handsOn({ opType }) {
    return SAME_VALUES.has(opType);
}
function isActivation({ opType }) {
    return opType === 'Relu' || opType === 'Clip';
}
function first(items, find) {
    for (const item of items) {
        const found = find(item);
        if (found !== undefined)
            return found;
    }
    return undefined;
}

/**
 * Counts, on images that calibration has not seen, the values that each range cuts off. Several sets of ranges are counted
 * in one pass.
 *
 * @param sets ranges by tensor
 * @returns by set, by tensor
 */
async function measureOutside$1(sets, input) {
    const tensors = [...new Set(sets.flatMap((ranges) => [...ranges.keys()]))];
    const counters = sets.map((ranges) => new Map([...ranges].map(([tensor, range]) => [tensor, new Counter(range)])));
    await observeTensors({ ...input, tensors }, (tensor, data) => {
        for (const set of counters)
            set.get(tensor)?.add(data);
    });
    return counters;
}
class Counter {
    range;
    values = 0;
    outside = 0;
    observed = { min: Infinity, max: -Infinity };
    constructor(range) {
        this.range = range;
    }
    add(data) {
        const { min, max } = this.range;
        let { min: low, max: high } = this.observed;
        let outside = 0;
        for (let i = 0; i < data.length; i++) {
            const value = data[i];
            if (value < low)
                low = value;
            if (value > high)
                high = value;
            if (value < min || value > max)
                outside++;
        }
        this.values += data.length;
        this.outside += outside;
        this.observed.min = low;
        this.observed.max = high;
    }
}

/**
 * Finds the heads of detectors: the nodes that no layer with weights follows, where a Concat joins tensors, or where
 * parts of one tensor go different ways. There boxes in pixels and scores from 0 to 1, or logits of both, would share one
 * scale, whose step is as large as the whole range of the scores; and 256 steps of a box 160 pixels wide are 0.6 pixels.
 */
function floatHead({ graph }, index) {
    const sizes = shapeArithmetic(graph);
    const tail = new Set();
    const readByTail = (tensor) => index.consumers(tensor).every((reader) => tail.has(reader) || sizes.has(reader));
    for (const node of [...graph.node].reverse()) {
        if (WEIGHTED$2.has(node.opType) || sizes.has(node))
            continue;
        if (node.output.every(readByTail))
            tail.add(node);
    }
    const data = (node) => {
        const slots = dataInputs(node.opType);
        const inputs = slots === undefined ? node.input : slots.map((slot) => node.input[slot]);
        return inputs.filter((tensor) => (index.producer(tensor)?.opType ?? 'Constant') !== 'Constant');
    };
    const mixes = (node) => {
        if (node.opType === 'Concat')
            return data(node).length > 1;
        if (node.opType === 'Split')
            return true;
        return PARTS.has(node.opType) && index.consumers(node.input[0]).filter(({ opType }) => PARTS.has(opType)).length > 1;
    };
    const nodes = new Set([...tail].filter(mixes));
    const feeding = new Set();
    // A set may grow while it is walked over: what is added is visited, too.
    for (const node of nodes) {
        for (const tensor of data(node)) {
            const producer = index.producer(tensor);
            if (producer === undefined)
                continue;
            if (tail.has(producer))
                nodes.add(producer);
            else if (WEIGHTED$2.has(producer.opType) && readByTail(tensor))
                feeding.add(producer);
        }
        for (const output of node.output)
            for (const reader of index.consumers(output))
                if (tail.has(reader))
                    nodes.add(reader);
    }
    return { nodes, feeding };
}
/** Operators that take a part of a tensor. */
const PARTS = new Set(['Slice', 'Gather']);

/** Decides which tensors get a Q/DQ pair; docs/precision.md has the rules and their reasons. */
function planPlacement(input) {
    return new Planner(input).plan();
}
class Planner {
    input;
    tensors = new Map();
    quantized = new Set();
    folded = new Set();
    depth = new Map();
    sizes;
    /** Arithmetic on boxes and scores, which stays in float. */
    selection;
    head;
    constructor(input) {
        this.input = input;
        this.sizes = shapeArithmetic(input.model.graph);
        this.selection = selectionArithmetic(input.model.graph, input.index);
        this.head = floatHead(input.model, input.index);
    }
    plan() {
        for (const node of this.input.model.graph.node) {
            this.recordDepth(node);
            if (this.folded.has(node) || this.input.kept.has(node))
                continue;
            if (this.sizes.has(node) || this.selection.has(node) || this.head.nodes.has(node))
                continue;
            switch (this.roleOf(node)) {
                case 'quantized':
                    this.planQuantized(node);
                    break;
                case 'passthrough':
                    this.planPassthrough(node);
                    break;
                case 'activation':
                    this.planActivation(node);
                    break;
            }
        }
        const { target } = this.input;
        return { target, tensors: this.tensors, quantized: this.quantized, folded: this.folded };
    }
    planQuantized(node) {
        const operands = this.activationInputs(node);
        if (operands.length === 0 || !operands.every(({ tensor }) => this.isFloat(tensor)))
            return;
        if (WEIGHTED$2.has(node.opType) && !this.hasUsableWeight(node))
            return;
        if (this.input.target === 'tensorrt') {
            this.quantized.add(node);
            for (const { tensor, input } of this.unfusedInputs(node, operands))
                this.planInput(tensor, node, input);
            return;
        }
        if (this.head.feeding.has(node)) {
            // A convolution has no integer kernel that writes floats.
            if (quantizesGraphOutput(node.opType))
                return;
            this.quantized.add(node);
            for (const { tensor, input } of operands)
                this.planInput(tensor, node, input);
            return;
        }
        const activation = this.foldableActivation(node);
        const output = (activation ?? node).output[0];
        const makesOutput = this.input.index.isGraphOutput(output) || this.isChosenBy(output);
        if (makesOutput && !WEIGHTED$2.has(node.opType))
            return;
        this.quantized.add(node);
        for (const { tensor, input } of operands)
            this.planInput(tensor, node, input);
        if (makesOutput && !quantizesGraphOutput(node.opType))
            return;
        if (activation !== undefined)
            this.folded.add(activation);
        this.planOutput(output, this.outputRange(node, activation));
    }
    /** Boxes or scores, and nothing else reads them: like a graph output. */
    isChosenBy(tensor) {
        const readers = this.input.index.consumers(tensor);
        return readers.length > 0 && readers.every((node) => this.selection.has(node));
    }
    planPassthrough(node) {
        const source = this.tensors.get(node.input[0]);
        if (source === undefined || node.output.some((output) => this.input.index.isGraphOutput(output)))
            return;
        if (!source.everyConsumer)
            source.consumers.push({ node, input: 0 });
        const origin = source.range.kind === 'shared' ? source.range.with : source.tensor;
        for (const output of node.output) {
            if (output !== '')
                this.planOutput(output, { kind: 'shared', with: origin });
        }
    }
    /** A ReLU or Clip that could not be folded runs in float between Q/DQ pairs, so that its neighbours fuse. */
    planActivation(node) {
        if (!this.tensors.has(node.input[0]) || this.input.index.isGraphOutput(node.output[0]))
            return;
        this.planOutput(node.output[0], { kind: 'calibrated', limit: this.activationLimit(node) });
    }
    planInput(tensor, node, input) {
        const plan = this.tensors.get(tensor);
        if (plan === undefined) {
            this.tensors.set(tensor, {
                tensor,
                range: { kind: 'calibrated' },
                everyConsumer: false,
                consumers: [{ node, input }]
            });
        }
        else if (!plan.everyConsumer) {
            plan.consumers.push({ node, input });
        }
    }
    planOutput(tensor, range) {
        this.tensors.set(tensor, { tensor, range, everyConsumer: true, consumers: [] });
    }
    outputRange(node, activation) {
        if (activation !== undefined)
            return { kind: 'calibrated', limit: this.activationLimit(activation) };
        if (node.opType === 'Softmax')
            return { kind: 'fixed', range: { min: 0, max: 1 } };
        return { kind: 'calibrated' };
    }
    /** The ReLU or Clip that alone reads the node's output and that saturation at the range's ends can replace. */
    foldableActivation(node) {
        const { index, kept } = this.input;
        const output = node.output[0];
        const [reader, ...others] = index.consumers(output);
        if (reader === undefined || others.length > 0 || index.isGraphOutput(output) || kept.has(reader))
            return undefined;
        if (operatorRole(reader.opType, this.input.target) !== 'activation' || reader.input[0] !== output)
            return undefined;
        const limit = this.activationLimit(reader);
        // A range always contains 0, so a Clip that excludes 0 cannot become a range.
        return limit !== undefined && limit.min <= 0 && limit.max >= 0 ? reader : undefined;
    }
    /** The interval that a ReLU or Clip maps into; undefined where a bound is not constant. */
    activationLimit(node) {
        if (node.opType === 'Relu')
            return { min: 0, max: Infinity };
        const min = this.scalar(node.input[1], -Infinity);
        const max = this.scalar(node.input[2], Infinity);
        return min === undefined || max === undefined ? undefined : { min, max };
    }
    scalar(tensor, absent) {
        if (tensor === undefined || tensor === '')
            return absent;
        const initializer = this.input.index.initializer(tensor);
        return initializer === undefined ? undefined : Number(tensorData(this.input.model, initializer).data[0]);
    }
    roleOf(node) {
        if (node.domain !== '' && node.domain !== 'ai.onnx')
            return 'float';
        const role = operatorRole(node.opType, this.input.target);
        if (role !== 'passthrough')
            return role;
        switch (node.opType) {
            case 'Resize':
                // Cubic interpolation overshoots the range of its input.
                return attributeString(node, 'mode', 'nearest') === 'cubic' ? 'quantized' : role;
            case 'Pad':
                return attributeString(node, 'mode', 'constant') !== 'constant' || this.scalar(node.input[2], 0) === 0
                    ? role
                    : 'float';
            case 'MaxPool':
                return node.output.length > 1 && node.output[1] !== '' ? 'float' : role;
            default:
                return role;
        }
    }
    /** Inputs that hold activations: no constants, no shapes or axes. */
    activationInputs(node) {
        const slots = dataInputs(node.opType);
        return node.input
            .map((tensor, input) => ({ tensor, input }))
            .filter(({ tensor, input }) => tensor !== '' && (slots === undefined || slots.includes(input)))
            .filter(({ tensor }) => this.input.index.initializer(tensor) === undefined);
    }
    /** TensorRT fuses Conv + Add: only the operand that does not come from the fused Conv needs its own Q/DQ pair. */
    unfusedInputs(node, operands) {
        if (node.opType !== 'Add')
            return operands;
        const fusible = operands.filter(({ tensor }) => {
            const producer = this.input.index.producer(tensor);
            return producer !== undefined && this.quantized.has(producer) && WEIGHTED$2.has(producer.opType)
                ? this.input.index.consumers(tensor).length === 1 && !this.input.index.isGraphOutput(tensor)
                : false;
        });
        // Of two convolutions the deeper one is the main path; the other is the projection on the skip connection.
        fusible.sort((a, b) => (this.depth.get(b.tensor) ?? 0) - (this.depth.get(a.tensor) ?? 0));
        return operands.filter((operand) => operand !== fusible[0]);
    }
    recordDepth(node) {
        const depth = 1 + Math.max(0, ...node.input.map((tensor) => this.depth.get(tensor) ?? 0));
        for (const output of node.output)
            this.depth.set(output, depth);
    }
    /** Conv and ConvTranspose need constant weights, Gemm also alpha foldable into them; MatMul takes two activations. */
    hasUsableWeight(node) {
        const { index } = this.input;
        const weight = index.initializer(node.input[1]);
        if (node.opType === 'MatMul')
            return weight !== undefined || index.initializer(node.input[0]) === undefined;
        if (weight === undefined)
            return false;
        return node.opType !== 'Gemm' || (attributeFloat(node, 'alpha', 1) === 1 && attributeInt(node, 'transA', 0) === 0);
    }
    isFloat(tensor) {
        return this.input.values.get(tensor)?.type === 'float32';
    }
}

/** Largest |bias| in integer steps: leaves the other half of int32 to the accumulated products. */
const BIAS_LIMIT = 2 ** 30;
/** Steps given to the bias of a channel whose weights are all zero: more than float32 can tell apart. */
const ZERO_CHANNEL_STEPS = 2 ** 24;
/**
 * Symmetric int8 weights: scale = max|w| / maxCode per channel, code = round(w / scale), zero point 0.
 * A channel whose bias would overflow int32 gets a larger scale; one of nothing but zeros gets a scale that represents
 * its bias well, because the bias is stored in steps of input scale x weight scale.
 */
function quantizeWeight(weight, dims, { axis, maxCode }, demand) {
    const { channels, channelOf } = channelLayout(dims, axis);
    const largest = new Float64Array(channels);
    for (let i = 0; i < weight.length; i++) {
        const channel = channelOf(i);
        const magnitude = Math.abs(weight[i]);
        if (magnitude > largest[channel])
            largest[channel] = magnitude;
    }
    const scales = new Float32Array(channels);
    for (let channel = 0; channel < channels; channel++) {
        scales[channel] = weightScale(largest[channel], maxCode, biasOf(demand, channel, channels));
    }
    const codes = new Int8Array(weight.length);
    for (let i = 0; i < weight.length; i++) {
        codes[i] = clamp(roundHalfToEven(weight[i] / scales[channelOf(i)]), -maxCode, maxCode);
    }
    return { codes, scales };
}
/** int32 bias in steps of inputScale * weightScale[c]; `scales` are what DequantizeLinear needs beside it. */
function quantizeBias({ bias, inputScale }, weightScales) {
    const scales = new Float32Array(bias.length);
    const codes = new Int32Array(bias.length);
    for (let channel = 0; channel < bias.length; channel++) {
        scales[channel] = inputScale * weightScales[channel % weightScales.length];
        codes[channel] = clamp(roundHalfToEven(bias[channel] / scales[channel]), -2147483648, 2 ** 31 - 1);
    }
    return { codes, scales };
}
function weightScale(largest, maxCode, biasSteps) {
    if (largest === 0)
        return biasSteps === 0 ? 1 : Math.fround(biasSteps / ZERO_CHANNEL_STEPS);
    return Math.fround(Math.max(largest / maxCode, biasSteps / BIAS_LIMIT, 1.1754943508222875e-38));
}
/** |bias| in steps of the input scale: divided by the weight scale it is the integer that will be stored. */
function biasOf(demand, channel, channels) {
    if (demand === undefined)
        return 0;
    let largest = 0;
    // A grouped transposed convolution has several output channels per entry of its weight's axis 1.
    for (let i = channel; i < demand.bias.length; i += channels)
        largest = Math.max(largest, Math.abs(demand.bias[i]));
    return largest / demand.inputScale;
}
function channelLayout(dims, axis) {
    if (axis === undefined)
        return { channels: 1, channelOf: () => 0 };
    const channels = dims[axis];
    const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
    return { channels, channelOf: (index) => Math.floor(index / inner) % channels };
}

/** Adds constants and Q/DQ nodes to a graph under names that nothing else has. Nodes are placed by `added`'s owner. */
class QdqNodes {
    model;
    index;
    added = [];
    unique;
    constructor(model, 
    /** Of the graph before any edit. */
    index) {
        this.model = model;
        this.index = index;
        this.unique = uniqueNamer(model.graph);
    }
    constant(base, tensor) {
        const name = this.unique(base);
        this.model.graph.initializer.push(makeTensor(name, tensor));
        return name;
    }
    /** source -> QuantizeLinear -> DequantizeLinear -> target, with the names of `name`. */
    pair(name, source, target, scale, zeroPoint, axis) {
        const constants = [this.constant(`${name}_scale`, scale), this.constant(`${name}_zero_point`, zeroPoint)];
        const quantized = this.unique(`${name}_QuantizeLinear_Output`);
        this.node('QuantizeLinear', name, [source, ...constants], quantized, axis);
        this.node('DequantizeLinear', name, [quantized, ...constants], target, axis);
    }
    /** Stored codes and a DequantizeLinear; the name of what it makes. */
    dequantized(name, codes, scale, zeroPoint, axis) {
        const target = this.unique(`${name}_DequantizeLinear_Output`);
        const inputs = [
            this.constant(`${name}_quantized`, codes),
            this.constant(`${name}_scale`, scale),
            this.constant(`${name}_zero_point`, zeroPoint)
        ];
        this.node('DequantizeLinear', name, inputs, target, axis);
        return target;
    }
    /** A float32 initializer; undefined for anything else. */
    floats(name) {
        const initializer = this.index.initializer(name);
        if (initializer === undefined)
            return undefined;
        const { data, dims } = tensorData(this.model, initializer);
        return data instanceof Float32Array ? { data, dims } : undefined;
    }
    node(op, name, inputs, output, axis) {
        const attributes = axis === undefined ? {} : { axis: { int: axis } };
        this.added.push(makeNode(op, inputs, [output], { name: this.unique(`${name}_${op}`), attributes }));
    }
}
/** A scalar for one scale, a vector along the axis for several. */
function scaleTensor(scales, axis) {
    return { type: 'float32', dims: axis === undefined ? [] : [scales.length], data: scales };
}
function activationScale({ scale }) {
    return scaleTensor(Float32Array.of(scale), undefined);
}
function activationZeroPoint({ type, zeroPoint }) {
    return type === 'int8'
        ? { type, dims: [], data: Int8Array.of(zeroPoint) }
        : { type, dims: [], data: Uint8Array.of(zeroPoint) };
}

/** Quantizes weights, biases and other constant operands of nodes. */
class ConstantQuantizer {
    nodes;
    target;
    maxCode;
    shared = new Map();
    constructor(nodes, target, maxCode) {
        this.nodes = nodes;
        this.target = target;
        this.maxCode = maxCode;
    }
    /** @param input parameters of the node's first input: the unit of its bias. */
    quantize(node, input) {
        if (WEIGHTED$2.has(node.opType) && this.nodes.index.initializer(node.input[1]) !== undefined) {
            this.quantizeWeights(node, input);
            return;
        }
        const slots = dataInputs(node.opType);
        node.input.forEach((name, slot) => {
            if (slots !== undefined && !slots.includes(slot))
                return;
            const initializer = this.nodes.index.initializer(name);
            if (initializer === undefined)
                return;
            const constant = tensorData(this.nodes.model, initializer);
            if (constant.type === 'float32')
                node.input[slot] = this.operand(name, constant);
        });
    }
    quantizeWeights(node, input) {
        const name = node.input[1];
        const weight = this.nodes.floats(name);
        if (weight === undefined)
            return;
        const axis = weightAxis(node, weight.dims);
        if (this.target === 'tensorrt') {
            const { scales } = quantizeWeight(weight.data, weight.dims, { axis, maxCode: this.maxCode });
            node.input[1] = this.weightPair(name, scales, axis);
            return;
        }
        const demand = input === undefined ? undefined : this.biasDemand(node, weight.dims, axis, input);
        const { codes, scales } = quantizeWeight(weight.data, weight.dims, { axis, maxCode: this.maxCode }, demand);
        const stored = { type: 'int8', dims: weight.dims, data: codes };
        node.input[1] = this.nodes.dequantized(name, stored, scaleTensor(scales, axis), weightZeroPoints(scales, axis), axis);
        if (demand !== undefined)
            this.quantizeBias(node, demand, scales);
    }
    quantizeBias(node, demand, weightScales) {
        const { codes, scales } = quantizeBias(demand, weightScales);
        const dims = [codes.length];
        const zeroPoint = { type: 'int32', dims, data: new Int32Array(codes.length) };
        const stored = { type: 'int32', dims, data: codes };
        node.input[2] = this.nodes.dequantized(node.input[2], stored, scaleTensor(scales, 0), zeroPoint, 0);
        if (node.opType === 'Gemm')
            removeAttribute(node, 'beta');
    }
    /** The layer's bias, one value an output channel, with Gemm's beta applied; undefined where it has another form. */
    biasDemand(node, dims, axis, input) {
        const bias = this.nodes.floats(node.input[2] ?? '');
        if (bias === undefined || axis === undefined)
            return undefined;
        const groups = node.opType === 'ConvTranspose' ? attributeInt(node, 'group', 1) : 1;
        const { length } = bias.data;
        if (length !== dims[axis] * groups || bias.dims[bias.dims.length - 1] !== length)
            return undefined;
        const beta = node.opType === 'Gemm' ? attributeFloat(node, 'beta', 1) : 1;
        return { bias: beta === 1 ? bias.data : bias.data.map((value) => value * beta), inputScale: input.scale };
    }
    /** Float weights with a Q/DQ pair: what TensorRT reads. */
    weightPair(name, scales, axis) {
        return this.once(`${name} ${axis}`, () => {
            const target = this.nodes.unique(`${name}_DequantizeLinear_Output`);
            this.nodes.pair(name, name, target, scaleTensor(scales, axis), weightZeroPoints(scales, axis), axis);
            return target;
        });
    }
    /** A constant operand of Add, Mul or Concat in the type of the activations. */
    operand(name, { data, dims }) {
        return this.once(name, () => {
            const values = data;
            const range = values.reduce((r, x) => ({ min: Math.min(r.min, x), max: Math.max(r.max, x) }), { min: 0, max: 0 });
            const parameters = activationParameters(range, this.target === 'tensorrt' ? 'int8' : 'uint8');
            const { scale, zeroPoint } = parameters;
            const constants = [activationScale(parameters), activationZeroPoint(parameters)];
            if (this.target === 'tensorrt') {
                const target = this.nodes.unique(`${name}_DequantizeLinear_Output`);
                this.nodes.pair(name, name, target, ...constants);
                return target;
            }
            const codes = Uint8Array.from(values, (x) => clamp(roundHalfToEven(x / scale) + zeroPoint, 0, 255));
            return this.nodes.dequantized(name, { type: 'uint8', dims, data: codes }, ...constants);
        });
    }
    once(key, make) {
        const known = this.shared.get(key);
        if (known !== undefined)
            return known;
        const made = make();
        this.shared.set(key, made);
        return made;
    }
}
/** Axis of the output channels; undefined where one scale must do. */
function weightAxis(node, dims) {
    switch (node.opType) {
        case 'Conv':
            return 0;
        case 'ConvTranspose':
            return 1;
        case 'Gemm':
            return attributeInt(node, 'transB', 0) === 1 ? 0 : 1;
        default:
            return dims.length === 2 ? 1 : undefined;
    }
}
function weightZeroPoints(scales, axis) {
    return { type: 'int8', dims: axis === undefined ? [] : [scales.length], data: new Int8Array(scales.length) };
}

/** Scale and zero point of every planned activation tensor. */
function planParameters({ target, tensors }, ranges) {
    const type = target === 'tensorrt' ? 'int8' : 'uint8';
    const origin = (plan) => {
        if (plan.range.kind !== 'shared')
            return plan;
        const source = tensors.get(plan.range.with);
        if (source === undefined)
            throw new RuntimeError(`${plan.range.with}, whose scale ${plan.tensor} shares, has none`);
        return origin(source);
    };
    return new Map([...tensors.values()].map((plan) => [plan.tensor, activationParameters(rangeOf$1(origin(plan), ranges), type)]));
}
function rangeOf$1({ tensor, range }, ranges) {
    if (range.kind === 'fixed')
        return range.range;
    const measured = ranges.get(tensor);
    if (measured === undefined)
        throw new RuntimeError(`the calibration table has no range for tensor ${tensor}`);
    const limit = range.kind === 'calibrated' ? range.limit : undefined;
    if (limit === undefined)
        return measured;
    return { min: Math.max(measured.min, limit.min), max: Math.min(measured.max, limit.max) };
}

const SHIELDED = new Set(['Conv', 'ConvTranspose', 'Gemm']);
/** Smallest normal exponent of float32. */
const MIN_EXPONENT = -126;
/**
 * Keeps the weights of a float layer float. ONNX Runtime (from 1.20 on, CPU) quantizes the weights of a Conv,
 * ConvTranspose or Gemm by itself, per tensor, where it reads a DequantizeLinear and a QuantizeLinear reads it: a layer
 * that `keep` names would run in int8 after all. It leaves alone what has a bias that is no plain initializer
 * (weight_bias_quantization.cc), so the bias goes through a DequantizeLinear that reproduces it to the bit: a float32
 * is a 24-bit integer times a power of two.
 */
function shieldFromRuntime(node, nodes) {
    if (!SHIELDED.has(node.opType))
        return;
    const weight = nodes.floats(node.input[1]);
    if (weight === undefined)
        return;
    const name = node.input[2] ?? '';
    const bias = name === '' ? new Float32Array(outputChannels(node, weight.dims)) : nodes.floats(name)?.data;
    if (bias === undefined)
        return;
    const codes = new Int32Array(bias.length);
    const scales = new Float32Array(bias.length);
    bias.forEach((value, i) => {
        scales[i] = 2 ** unitExponent(value);
        codes[i] = value / scales[i];
    });
    const dims = [bias.length];
    const stored = { type: 'int32', dims, data: codes };
    const zeroPoint = { type: 'int32', dims, data: new Int32Array(bias.length) };
    const base = name === '' ? `${node.output[0]}_bias` : name;
    const inputs = [...node.input];
    inputs[2] = nodes.dequantized(base, stored, scaleTensor(scales, 0), zeroPoint, 0);
    node.input = inputs;
}
/** e with value / 2^e an integer of 24 bits. */
function unitExponent(value) {
    if (value === 0)
        return 0;
    return Math.max(MIN_EXPONENT, Math.floor(Math.log2(Math.abs(value))) - 23);
}
function outputChannels(node, dims) {
    switch (node.opType) {
        case 'Conv':
            return dims[0];
        case 'ConvTranspose':
            return dims[1] * attributeInt(node, 'group', 1);
        default:
            return attributeInt(node, 'transB', 0) === 1 ? dims[0] : dims[1];
    }
}

/**
 * Turns a float model into an explicitly quantized one, in place: a QuantizeLinear/DequantizeLinear pair on every
 * planned activation, int8 weights (per output channel) and, for target `cpu`, int32 biases.
 *
 * @param ranges a range for every planned tensor whose plan says `calibrated`
 */
function insertQdq(model, placement, ranges, { reduceRange }) {
    const { graph } = model;
    const index = new GraphIndex(graph);
    const parameters = planParameters(placement, ranges);
    const nodes = new QdqNodes(model, index);
    const constants = new ConstantQuantizer(nodes, placement.target, reduceRange ? 64 : 127);
    for (const node of placement.quantized)
        constants.quantize(node, parameters.get(node.input[0]));
    if (placement.target === 'cpu') {
        for (const node of graph.node) {
            const readsDequantized = placement.tensors.get(node.input[0])?.everyConsumer === true;
            if (readsDequantized && !placement.quantized.has(node))
                shieldFromRuntime(node, nodes);
        }
    }
    foldActivations(graph, placement, index);
    for (const plan of placement.tensors.values())
        insertPair(plan, parameters, nodes);
    graph.node.push(...nodes.added);
    sortTopologically(graph);
    dropUnusedInitializers(graph, index);
}
function insertPair({ tensor, everyConsumer, consumers }, parameters, nodes) {
    const chosen = parameters.get(tensor);
    if (chosen === undefined)
        throw new RuntimeError(`no parameters for tensor ${tensor}`);
    const { graph } = nodes.model;
    const isOutput = nodes.index.isGraphOutput(tensor);
    const source = isOutput ? nodes.unique(`${tensor}_float`) : tensor;
    const target = isOutput ? tensor : nodes.unique(`${tensor}_DequantizeLinear_Output`);
    if (isOutput)
        renameProduced(graph, tensor, source);
    else if (everyConsumer)
        renameConsumed(graph, tensor, target);
    else
        for (const { node, input } of consumers)
            node.input[input] = target;
    nodes.pair(tensor, source, target, activationScale(chosen), activationZeroPoint(chosen));
}
function renameProduced(graph, from, to) {
    const producer = graph.node.find((node) => node.output.includes(from));
    if (producer !== undefined)
        producer.output = producer.output.map((output) => (output === from ? to : output));
}
function renameConsumed(graph, from, to) {
    for (const node of graph.node) {
        if (node.input.includes(from))
            node.input = node.input.map((input) => (input === from ? to : input));
    }
}
/** The producer writes the activation's tensor itself; saturation at the ends of its range does the clipping. */
function foldActivations(graph, { folded }, index) {
    for (const activation of folded) {
        const producer = index.producer(activation.input[0]);
        if (producer === undefined)
            continue;
        producer.output = producer.output.map((output) => (output === activation.input[0] ? activation.output[0] : output));
    }
    graph.node = graph.node.filter((node) => !folded.has(node));
}
function dropUnusedInitializers(graph, before) {
    const index = new GraphIndex(graph);
    graph.initializer = graph.initializer.filter(({ name }) => index.consumers(name).length > 0 || index.isGraphOutput(name));
    const stored = new Set(graph.initializer.map(({ name }) => name));
    graph.input = graph.input.filter(({ name }) => before.initializer(name) === undefined || stored.has(name));
}

/**
 * Class scores as numbers that rank alike, whatever the output's type.
 * @throws RuntimeError where the output's type is no score.
 */
function scoresOf({ type, data }) {
    if (type === 'float16')
        return Float32Array.from(data, float16SortKey);
    if (type === 'bool' || data instanceof BigInt64Array || data instanceof BigUint64Array) {
        throw new RuntimeError(`the network's output has type ${type}, which is not a score per class`, 'cut the ArgMax or TopK off the end of the model: the gate ranks the scores itself');
    }
    return data;
}
/** Scores a sample. @throws RuntimeError where the output is not one row of at least two for each of them. */
function classesOf$2({ dims, data }, rows) {
    const classes = dims.length < 2 ? 0 : Math.max(...dims.slice(1));
    if (dims[0] !== rows || classes < 2 || data.length !== rows * classes) {
        throw new RuntimeError(`the network's output has shape [${dims.join(', ')}]; classification of ${rows} samples needs [${rows}, classes] with at least 2 classes`, 'check that the task is classification; where another output than the first holds the class scores, name it: `decode: {output: NAME}`');
    }
    return classes;
}
/** Half-precision bits as a number that sorts alike; NaN and infinities stay non-finite. */
function float16SortKey(bits) {
    const magnitude = bits & 0x7fff;
    if (magnitude >= 0x7c00)
        return NaN;
    return bits & 0x8000 ? -magnitude : magnitude;
}

/**
 * Class of the highest score for each sample of an output of shape [N, C], further dimensions of size 1 allowed; -1 where
 * a score is NaN or infinite. On a tie the lowest index wins.
 *
 * @throws RuntimeError where the output is not one row of at least two scores for each of the `samples`.
 */
function highestClasses(output, samples) {
    const classes = classesOf$2(output, samples);
    const scores = scoresOf(output);
    return Int32Array.from({ length: samples }, (_, row) => argmax(scores, row * classes, classes, 1));
}
/** Class of the highest score; -1 where one is not finite. */
function argmax(scores, start, classes, stride) {
    let best = 0;
    for (let c = 0; c < classes; c++) {
        const score = scores[start + c * stride];
        // x - x is 0 for finite x alone
        if (score - score !== 0)
            return -1;
        if (score > scores[start + best * stride])
            best = c;
    }
    return best;
}

/** A classifier's answers beside FP32's on the same samples: one byte a sample, and FP32's answers counted. */
class AnswerAgreement {
    #outcomes = [];
    #answers = new Map();
    #classes = 0;
    /**
     * @param reference FP32's class for each sample; -1 where its output was not finite, with which nothing agrees.
     * @param own the variant's classes; FP32's own for FP32 itself.
     * @throws RuntimeError where the number of classes changes.
     */
    add(reference, own, classes) {
        if (this.#outcomes.length > 0 && classes !== this.#classes) {
            throw new RuntimeError(`the network gave ${classes} scores per sample, and ${this.#classes} before`);
        }
        this.#classes = classes;
        own.forEach((answer, row) => {
            const expected = reference[row];
            this.#outcomes.push(answer < 0 ? Outcome.nonFinite : answer === expected ? Outcome.top1 : 0);
            if (expected >= 0)
                this.#answers.set(expected, (this.#answers.get(expected) ?? 0) + 1);
        });
    }
    result() {
        const [commonest] = [...this.#answers].sort(([a, x], [b, y]) => y - x || a - b);
        return {
            ...summarizeAnswers(Uint8Array.from(this.#outcomes), this.#classes),
            ...(commonest !== undefined && { commonest: { answer: commonest[0], samples: commonest[1] } })
        };
    }
}
/** The result that belongs to stored outcomes, such as those of several merged shards. */
function summarizeAnswers(outcomes, classes) {
    const samples = outcomes.length;
    return {
        samples,
        classes,
        outcomes,
        nonFinite: countOutcomes(outcomes, Outcome.nonFinite),
        agreement: samples === 0 ? null : countOutcomes(outcomes, Outcome.top1) / samples
    };
}

const NO_AGREEMENT = {
    images: 0,
    matched: 0,
    referenceOnly: 0,
    variantOnly: 0,
    iouSum: 0,
    scoreDifferenceSum: 0,
    nonFinite: 0
};
/**
 * Compares the boxes of two models on one image, without ground truth: class by class, the reference's boxes by falling
 * score each take the free box of the variant that overlaps most, at or above the IoU. Never element by element: the two
 * lists differ in order and length.
 *
 * A box at the score limit on one side and just below it on the other counts as one side's alone.
 */
function compareBoxes(reference, variant, options) {
    if (!isFinite$1(reference) || !isFinite$1(variant)) {
        const [referenceOnly, variantOnly] = [reference, variant].map(({ categories }) => categories.length);
        return { ...NO_AGREEMENT, images: 1, nonFinite: 1, referenceOnly, variantOnly };
    }
    const [ours, theirs] = [groupByCategory(reference.categories), groupByCategory(variant.categories)];
    let total = { ...NO_AGREEMENT, images: 1 };
    for (const category of new Set([...ours.keys(), ...theirs.keys()])) {
        const above = ({ scores }, boxes = []) => byDescendingScore(boxes, scores).filter((box) => scores[box] >= options.score);
        const [a, b] = [above(reference, ours.get(category)), above(variant, theirs.get(category))];
        total = addAgreement(total, compareCategory(reference, a, variant, b, options.iou));
    }
    return total;
}
function compareCategory(reference, ranked, variant, candidates, least) {
    const free = new Set(candidates);
    let [matched, iouSum, scoreDifferenceSum] = [0, 0, 0];
    for (const box of ranked) {
        let [best, match] = [least, -1];
        for (const candidate of free) {
            const iou = boxIou(reference.boxes, 4 * box, variant.boxes, 4 * candidate);
            // of equal overlaps the higher score, which comes first
            if (iou > best || (iou === best && match < 0))
                [best, match] = [iou, candidate];
        }
        if (match < 0)
            continue;
        free.delete(match);
        matched++;
        iouSum += best;
        scoreDifferenceSum += Math.abs(reference.scores[box] - variant.scores[match]);
    }
    return {
        ...NO_AGREEMENT,
        matched,
        referenceOnly: ranked.length - matched,
        variantOnly: free.size,
        iouSum,
        scoreDifferenceSum
    };
}
function addAgreement(a, b) {
    const names = Object.keys(NO_AGREEMENT);
    return Object.fromEntries(names.map((name) => [name, a[name] + b[name]]));
}

/** What a user calls found: the object's box overlaps a confident detection of its category by half. */
const FOUND = { iou: 0.5, score: 0.5 };
/** One object of one image. */
const Found = { missed: 0, found: 1, crowd: 2 };
/**
 * Which objects of one image are found: COCO's greedy matching at one IoU, by falling score.
 * @returns one `Found` value an object, in the order of the ground truth; crowds are nobody's to find.
 */
function foundObjects(truth, detections, { iou, score } = FOUND) {
    const found = Uint8Array.from({ length: truth.categories.length }, (_, object) => truth.crowd?.[object] === 1 ? Found.crowd : Found.missed);
    if (!isFinite$1(detections))
        return found;
    const objects = groupByCategory(truth.categories);
    for (const [category, all] of groupByCategory(detections.categories)) {
        const own = objects.get(category) ?? [];
        for (const detection of byDescendingScore(all, detections.scores)) {
            if (detections.scores[detection] < score)
                break;
            let [best, match] = [iou, -1];
            for (const object of own) {
                if (found[object] !== Found.missed)
                    continue;
                const overlap = boxIou(detections.boxes, 4 * detection, truth.boxes, 4 * object);
                if (overlap >= best)
                    [best, match] = [overlap, object];
            }
            if (match >= 0)
                found[match] = Found.found;
        }
    }
    return found;
}
/**
 * Pairs what FP32 and a variant found of the same objects: of one image, or of many in the same order.
 * @throws RuntimeError where they did not see the same objects.
 */
function countObjectFlips(reference, variant) {
    const same = reference.length === variant.length &&
        reference.every((value, index) => (value === Found.crowd) === (variant[index] === Found.crowd));
    if (!same)
        throw new RuntimeError('FP32 and the variant were not matched with the same objects: they cannot be paired');
    let [objects, lost, gained] = [0, 0, 0];
    reference.forEach((before, index) => {
        if (before === Found.crowd)
            return;
        objects++;
        if (before > variant[index])
            lost++;
        else if (before < variant[index])
            gained++;
    });
    return { objects, lost, gained };
}

/**
 * Top-1 and top-5 from logits or probabilities of shape [N, C], further dimensions of size 1 allowed ([N, C, 1, 1]).
 * The label's rank is the number of classes that score higher, plus those of a lower index that score the same: on a
 * tie the lowest index wins, as in numpy's argmax and in a stable descending sort.
 */
class TopKAccumulator {
    #outcomes = new Uint8Array(1024);
    #samples = 0;
    #classes = 0;
    /**
     * @param output scores; int8 and uint8 outputs of a finished model rank as well as floats do.
     * @param labels class indices, after the class offset.
     * @throws FileError where a label is no class of the network.
     * @throws RuntimeError where the output is not one row of scores per label.
     */
    add(output, labels, ids) {
        const scores = scoresOf(output);
        const classes = this.#checkClasses(classesOf$2(output, labels.length));
        this.#reserve(labels.length);
        labels.forEach((label, row) => {
            if (!Number.isInteger(label) || label < 0 || label >= classes) {
                throw badLabel(label, classes, ids?.[row] ?? `number ${this.#samples + row}`);
            }
            this.#outcomes[this.#samples + row] = outcomeOf(scores, row * classes, classes, label);
        });
        this.#samples += labels.length;
    }
    merge(other) {
        const { outcomes, classes, samples } = other.result();
        if (samples === 0)
            return;
        this.#checkClasses(classes);
        this.#reserve(samples);
        this.#outcomes.set(outcomes, this.#samples);
        this.#samples += samples;
    }
    result() {
        return summarizeTopK(this.#outcomes.slice(0, this.#samples), this.#classes);
    }
    #checkClasses(classes) {
        if (this.#samples > 0 && classes !== this.#classes) {
            throw new RuntimeError(`the network gave ${classes} scores per sample, and ${this.#classes} before`);
        }
        return (this.#classes = classes);
    }
    #reserve(count) {
        if (this.#samples + count <= this.#outcomes.length)
            return;
        const grown = new Uint8Array(Math.max(2 * this.#outcomes.length, this.#samples + count));
        grown.set(this.#outcomes);
        this.#outcomes = grown;
    }
}
/** The result that belongs to stored outcomes, such as those of several merged shards. */
function summarizeTopK(outcomes, classes) {
    const share = (flag) => (outcomes.length === 0 ? null : countOutcomes(outcomes, flag) / outcomes.length);
    return {
        samples: outcomes.length,
        classes,
        metrics: { top1: share(Outcome.top1), ...(classes > 5 && { top5: share(Outcome.top5) }) },
        outcomes,
        nonFinite: countOutcomes(outcomes, Outcome.nonFinite)
    };
}
function outcomeOf(scores, start, classes, label) {
    const own = scores[start + label];
    let rank = 0;
    for (let index = 0; index < classes; index++) {
        const score = scores[start + index];
        // x - x is 0 for finite x alone
        if (score - score !== 0)
            return Outcome.nonFinite;
        if (score > own || (score === own && index < label))
            rank++;
    }
    return (rank === 0 ? Outcome.top1 : 0) | (rank < 5 && classes > 5 ? Outcome.top5 : 0);
}
function badLabel(label, classes, sample) {
    return new FileError(`sample ${sample} has label ${label}, and the network has classes 0 to ${classes - 1}`, 'check the class list and class_offset of the data set');
}

/** What was observed against the limit, in one sentence. `status` before severity is applied. */
function describe$3(metric, limit, { observed, interval, samplesNeeded, note }, status) {
    const digits = digitsToTell(observed, limit);
    const show = (value) => amount(value, limit, digits);
    const bounds = `${note === undefined ? '' : `${note} `}95 % interval ${show(interval[0])} to ${show(interval[1])}`;
    const what = limit.kind === 'min'
        ? `${metric} is ${show(observed)}`
        : limit.kind === 'max_regression_points'
            ? `${metric} is ${show(Math.abs(observed))} points ${observed < 0 ? 'above' : 'below'} the baseline`
            : observed < 0
                ? `${metric} rises by ${show(-observed)}${unitOf(limit)}`
                : `${metric} drops by ${show(observed)}${unitOf(limit)}`;
    const bound = limit.kind === 'min' ? `the floor of ${show(limit.value)}` : `the limit of ${show(limit.value)}`;
    switch (status) {
        case 'pass':
            return `${what} (${bounds}); within ${bound}`;
        case 'fail':
            return `${what} (${bounds}); ${limit.kind === 'min' ? 'below' : 'more than'} ${bound}`;
        case 'inconclusive':
            return `${what}, but its ${bounds} spans ${bound}; ${howToSettle(samplesNeeded)}`;
    }
}
function describeBaseline(expected, value, status) {
    const published = `${expected.value.toFixed(4)} ± ${expected.tolerance.toFixed(4)}`;
    switch (status) {
        case 'pass':
            return `FP32 ${expected.metric} is ${value.toFixed(4)}; expected ${published}`;
        case 'inconclusive':
            return `FP32 ${expected.metric} is ${value.toFixed(4)} on a part of the data set; expected ${published}, which is within the noise of so few samples`;
        case 'fail':
            return (`the FP32 baseline itself is broken: ${expected.metric} is ${value.toFixed(4)}, expected ${published}; ` +
                'check preprocessing (size, color order, scale, mean and std), the order of the classes and class_offset');
    }
}
function howToSettle(samples) {
    return samples === undefined
        ? 'the observed value equals the limit, which no number of samples would settle'
        : `about ${samples.toLocaleString('en-US')} samples would settle it at these rates`;
}
function amount(value, { unit }, digits) {
    return unit === 'relative' ? (100 * value).toFixed(digits) : value.toFixed(unit === 'fraction' ? digits + 2 : digits);
}
function unitOf({ unit }) {
    return unit === 'relative' ? ' % of the FP32 value' : ' points';
}
/** "1.00 is more than 1.00" helps nobody: as many digits as it takes to tell the two apart. */
function digitsToTell(observed, limit) {
    let digits = 2;
    while (digits < 8 &&
        observed !== limit.value &&
        amount(observed, limit, digits) === amount(limit.value, limit, digits)) {
        digits++;
    }
    return digits;
}

/** Decimal figures such as 0.9461 - 0.002 are not exact in binary. */
const ROUNDING$1 = 1e-9;
/**
 * Judges FP32 by itself: finite outputs, the published figures of the config's `expect`, and where it says nothing of
 * the task's metric, that the network is better than guessing.
 */
function judgeBaseline(reference, expect, partial, guess) {
    const verdicts = expect.map((expected) => judgeExpectation(reference, expected, partial));
    if (guess !== undefined && !expect.some(({ metric }) => metric === guess.metric)) {
        verdicts.push(...judgeGuessing(reference, guess));
    }
    if (!('error' in reference) && reference.nonFinite > 0) {
        verdicts.unshift(nonFiniteOutputs(REFERENCE_VARIANT, reference));
    }
    return { verdicts, broken: 'error' in reference || verdicts.some(({ status }) => status === 'fail') };
}
/** A variant loses nothing against a network that knows nothing: without this, wrong labels would pass. */
function judgeGuessing(reference, guess) {
    const { metric, value: limit, what, check } = guess;
    const measured = 'error' in reference ? undefined : reference.metrics[metric];
    if (measured === undefined || measured.value === null || measured.valueCi95 === null)
        return [];
    const { value, valueCi95 } = measured;
    if (value > limit)
        return [];
    // With few samples a network that does know something may answer this badly.
    const status = (guess.certain ?? valueCi95[1] < 2 * limit) ? 'fail' : 'inconclusive';
    const broken = status === 'fail' ? 'the FP32 baseline itself is broken' : 'the FP32 baseline may be broken';
    return [
        {
            id: `${REFERENCE_VARIANT}.${metric}.guessing`,
            variant: REFERENCE_VARIANT,
            subject: metric,
            observed: value,
            limit,
            unit: 'fraction',
            status,
            message: `${broken}: ${metric} is ${value.toFixed(4)}, no better than ${what} ` + `(${limit.toFixed(4)}); check ${check}`
        }
    ];
}
/** NaN and infinity are wrong whatever the limits say, so this verdict needs no threshold. */
function nonFiniteOutputs(name, { nonFinite, samples }) {
    return {
        id: `${name}.outputs.finite`,
        variant: name,
        subject: 'outputs',
        observed: nonFinite / samples,
        limit: 0,
        unit: 'fraction',
        status: 'fail',
        message: `the output holds NaN or infinity for ${nonFinite} of ${samples} samples; each counts as wrong`
    };
}
function judgeExpectation(reference, expected, partial) {
    const { metric, value: limit, tolerance, position } = expected;
    const verdict = {
        id: `${REFERENCE_VARIANT}.${metric}.expect`,
        variant: REFERENCE_VARIANT,
        subject: metric,
        observed: null,
        limit,
        tolerance,
        unit: 'fraction',
        configPosition: { line: position.line, column: position.column }
    };
    const unmeasured = (why) => ({
        ...verdict,
        status: 'fail',
        message: `the FP32 baseline itself is broken: ${metric} could not be measured, ${why}`
    });
    if ('error' in reference)
        return unmeasured(`FP32 did not run (${reference.error})`);
    const measured = reference.metrics[metric];
    if (measured === undefined)
        return unmeasured('the task or the number of classes does not give it');
    const { value, valueCi95 } = measured;
    if (value === null || valueCi95 === null)
        return unmeasured('no samples were evaluated');
    const within = Math.abs(value - limit) <= tolerance + ROUNDING$1;
    const explainedByNoise = partial && valueCi95[0] <= limit + tolerance && valueCi95[1] >= limit - tolerance;
    const status = within ? 'pass' : explainedByNoise ? 'inconclusive' : 'fail';
    return { ...verdict, observed: value, status, message: describeBaseline(expected, value, status) };
}

/** The limits that one threshold of the config holds. */
function limitsOf(threshold) {
    const limits = [];
    const add = (kind, value, unit) => {
        if (value !== undefined)
            limits.push({ kind, value, unit });
    };
    add('max_drop_points', threshold.maxDropPoints, 'points');
    add('max_drop_relative', threshold.maxDropRelative, 'relative');
    add('min', threshold.min, 'fraction');
    add('max_regression_points', threshold.maxRegressionPoints, 'points');
    return limits;
}
/** @param regression against the baseline, or why there is none. */
function observe$1(metric, limit, regression) {
    const { drop, reference, value, valueCi95 } = metric;
    if (value === null || reference === null || valueCi95 === null || drop.ci95 === null || drop.points === null) {
        return unmeasured$1(metric.unmeasured ?? 'no samples were evaluated');
    }
    if (![value, reference, drop.points, ...valueCi95, ...drop.ci95].every(Number.isFinite)) {
        return unmeasured$1('the metric is not a number');
    }
    const [low, high] = drop.ci95;
    switch (limit.kind) {
        case 'max_drop_points':
            return {
                observed: drop.points,
                interval: [low, high],
                broken: drop.points > limit.value,
                samplesNeeded: metric.samplesForDrop(limit.value / 100)
            };
        case 'max_drop_relative':
            if (drop.relative === null)
                return unmeasured$1('the FP32 value is 0, so a relative drop has no meaning');
            return {
                observed: drop.relative,
                // delta method with the FP32 value taken as known (docs/thresholds.md)
                interval: [low / (100 * reference), high / (100 * reference)],
                broken: drop.relative > limit.value,
                samplesNeeded: metric.samplesForDrop(limit.value * reference)
            };
        case 'min':
            return {
                observed: value,
                interval: valueCi95,
                broken: value < limit.value,
                samplesNeeded: metric.samplesForValue(limit.value)
            };
        case 'max_regression_points':
            if (typeof regression === 'string')
                return { why: regression, open: true };
            return {
                observed: regression.points,
                interval: regression.ci95,
                broken: regression.points > limit.value,
                samplesNeeded: regression.samplesForLimit(limit.value / 100),
                ...(!regression.paired && { note: 'unpaired' })
            };
    }
}
function unmeasured$1(why) {
    return { why, open: false };
}
/**
 * Whether a limit cannot be decided: it lies inside the interval, or is what was observed of a drop that is not known
 * exactly. An agreement that nothing changed starts its interval at that very drop of 0.
 */
function isOpen({ observed, interval }, limit) {
    const equals = limit.kind !== 'min' && observed === limit.value && interval[0] < interval[1];
    return equals || spans(interval, limit.value);
}
/** Whether the limit lies inside the interval, its ends excluded. */
function spans([low, high], limit) {
    return low < limit && limit < high;
}

const NO_BASELINE = 'no baseline was given: keep the report folder of a run on the target branch and hand it over with --baseline (docs/baseline.md)';
const BROKEN_BASELINE = 'not judged: the FP32 baseline itself is broken';
/**
 * Applies the config's limits (decision table in docs/thresholds.md). FP32 is judged first: where it is broken,
 * nothing is said about the variants. What cannot be measured fails, whatever its severity.
 */
function judge(input) {
    const baseline = judgeBaseline(input.reference, input.expect, input.partial, input.guess);
    const verdicts = [...baseline.verdicts];
    for (const [name, variant] of input.variants) {
        if (!('error' in variant) && variant.nonFinite > 0)
            verdicts.push(nonFiniteOutputs(name, variant));
    }
    for (const threshold of input.thresholds) {
        const names = threshold.variant === undefined ? [...input.variants.keys()] : [threshold.variant];
        for (const name of names) {
            const subject = name === REFERENCE_VARIANT ? input.reference : input.variants.get(name);
            for (const limit of limitsOf(threshold)) {
                const regression = input.regressionOf?.(name, threshold.metric) ?? NO_BASELINE;
                const observation = measure$1(subject, threshold.metric, limit, regression);
                verdicts.push(judgeLimit$1(name, subject, threshold, limit, observation, baseline.broken));
            }
        }
    }
    for (const verdict of input.layers ?? []) {
        verdicts.push(baseline.broken ? { ...verdict, status: 'inconclusive', message: BROKEN_BASELINE } : verdict);
    }
    const distinct = withDistinctIds([...verdicts, ...(input.others ?? [])]);
    const failed = [[REFERENCE_VARIANT, input.reference], ...input.variants].flatMap(([name, variant]) => 'error' in variant ? [`${name} did not run: ${variant.error}`] : []);
    return { verdicts: distinct, ...conclude(distinct, [...failed, ...(input.failedElsewhere ?? [])]) };
}
function judgeLimit$1(name, variant, threshold, limit, observation, brokenBaseline) {
    const { metric, severity, position } = threshold;
    const warning = severity === 'warning';
    const verdict = {
        id: `${name}.${metric}.${limit.kind}${warning ? '.warning' : ''}`,
        variant: name,
        subject: metric,
        observed: null,
        limit: limit.value,
        unit: limit.unit,
        ...(limit.kind === 'max_regression_points' && { against: 'baseline' }),
        configPosition: { line: position.line, column: position.column }
    };
    if (brokenBaseline) {
        const observed = 'why' in observation ? null : observation.observed;
        return { ...verdict, observed, status: 'inconclusive', message: BROKEN_BASELINE };
    }
    if ('why' in observation) {
        const { why, open } = observation;
        if (!open)
            return { ...verdict, status: 'fail', message: `${metric} could not be measured: ${why}` };
        const message = `${metric} is not compared with the baseline: ${why}`;
        return { ...verdict, status: warning ? 'warn' : 'inconclusive', message };
    }
    const { observed, broken, samplesNeeded } = observation;
    const measured = { ...verdict, observed };
    const { nonFinite, samples } = variant;
    if (nonFinite > 0) {
        const message = `${metric} is not to be trusted: ${nonFinite} of ${samples} samples have NaN or infinite outputs`;
        return { ...measured, status: 'fail', message };
    }
    const status = isOpen(observation, limit) ? 'inconclusive' : broken ? 'fail' : 'pass';
    return {
        ...measured,
        status: warning && status !== 'pass' ? 'warn' : status,
        message: describe$3(metric, limit, observation, status),
        ...(status === 'inconclusive' && samplesNeeded !== undefined && { samplesNeeded })
    };
}
function measure$1(variant, metric, limit, regression) {
    if (variant === undefined)
        return unmeasured$1('there is no such variant');
    if ('error' in variant)
        return unmeasured$1('the variant did not run');
    const comparison = variant.metrics[metric];
    if (comparison !== undefined)
        return observe$1(comparison, limit, regression);
    return unmeasured$1(metric === 'top5' ? 'top5 needs a network with more than 5 classes' : 'the task does not give this metric');
}
/** Two limits of one kind on one metric are legal, such as a second entry further down: their ids are numbered. */
function withDistinctIds(verdicts) {
    const seen = new Map();
    return verdicts.map((verdict) => {
        const count = (seen.get(verdict.id) ?? 0) + 1;
        seen.set(verdict.id, count);
        return count === 1 ? verdict : { ...verdict, id: `${verdict.id}#${count}` };
    });
}

/** What ONNX Runtime hangs on the name of a node, or of its output, when it fuses it or changes its layout. */
const SUFFIX = /(?:_token_\d+|_nchwc)$/;
/** The node of the model that a kernel of the optimized graph is named after. */
function nodeOfKernel(name) {
    return name.replace(SUFFIX, '');
}

/** Layers that a message names. */
const NAMED$2 = 3;
/** One verdict: whether every layer that must run in a precision did. What the profile does not show did not. */
function judgeExecuted({ variant, required, executed, provider }) {
    const { precision, layers, position } = required;
    const subject = `executed ${precision}`;
    const verdict = {
        id: `${variant}.${subject}.require_executed`,
        variant,
        subject,
        observed: null,
        limit: layers.length,
        unit: 'layers',
        configPosition: { line: position.line, column: position.column }
    };
    if (typeof executed === 'string') {
        return { ...verdict, status: 'fail', message: `whether its layers ran in ${precision} is not known: ${executed}` };
    }
    if (layers.length === 0) {
        const message = `no Conv, ConvTranspose, Gemm or MatMul of this model is ${precision}: there is nothing that could have run in it`;
        return { ...verdict, observed: 0, status: 'fail', message };
    }
    const found = precisionsOf(layers, executed);
    const others = layers.flatMap((layer, i) => (found[i] === precision ? [] : [{ layer, ran: found[i] }]));
    const observed = layers.length - others.length;
    if (others.length === 0) {
        const message = `all ${layers.length} layers that must run in ${precision} did, on ${provider}`;
        return { ...verdict, observed, status: 'pass', message };
    }
    const { name, op, output: tensor } = others[0].layer;
    return {
        ...verdict,
        observed,
        layers: { compared: layers.length, broken: others.length, worst: { name, op, tensor } },
        status: 'fail',
        message: `${others.length} of ${layers.length} layers did not run in ${precision} on ${provider}: ${groups(others)}${why(precision, provider)}`
    };
}
/** By node name, then by the tensor that is made; kernels of unnamed nodes are counted off against the rest. */
function precisionsOf(layers, executed) {
    const byName = new Map(executed.map((kernel) => [nodeOfKernel(kernel.name), kernel]));
    const byOutput = new Map(executed.flatMap((kernel) => kernel.outputs.map((tensor) => [tensor, kernel])));
    const matched = layers.map(({ name, output }) => (name === '' ? undefined : byName.get(name)) ?? byOutput.get(output));
    const used = new Set(matched);
    const rest = executed.filter((kernel) => !used.has(kernel) && /Conv|Gemm|MatMul/.test(kernel.op));
    return matched.map((kernel, i) => (kernel ?? (layers[i].name === '' ? rest.shift() : undefined))?.executed);
}
function groups(others) {
    const byPrecision = new Map();
    for (const { layer, ran = 'not in the profile' } of others) {
        byPrecision.set(ran, [...(byPrecision.get(ran) ?? []), layer]);
    }
    return [...byPrecision]
        .map(([ran, layers]) => {
        const named = layers.slice(0, NAMED$2).map(({ name, op }) => (name === '' ? op : `${name} (${op})`));
        const more = layers.length > NAMED$2 ? ` and ${layers.length - NAMED$2} more` : '';
        return `${layers.length} ${ran} (${named.join(', ')}${more})`;
    })
        .join('; ');
}
function why(precision, provider) {
    if (precision === 'int8' && (provider === 'webgpu' || provider === 'cuda')) {
        return `. The ${provider} provider has no INT8 kernels for Q/DQ models and computes them in float: require it on cpu or drop the requirement`;
    }
    if (precision === 'fp16' && provider === 'cpu') {
        return '. The cpu provider computes FP16 in float32: require it on webgpu or cuda';
    }
    return precision === 'int8'
        ? '. Layers that are meant to stay in float belong into `keep`; symmetric models (target: tensorrt) do not fuse on x64 CPUs'
        : '. Layers that are meant to stay in float belong into `keep`';
}

const UNITS = {
    max_deviation_ratio: 'ratio',
    min_sqnr_db: 'dB',
    min_cosine: 'cosine',
    max_abs_error: 'absolute',
    no_worse_than: 'dB'
};
/**
 * One verdict for each limit and variant, whatever the number of layers: it names the worst of them. What cannot be
 * measured fails; what there is no baseline for stays open.
 */
function judgeLayers({ limits, variants, layersOf, baselineLayersOf }) {
    return limits.flatMap((limit) => {
        const names = limit.variant === undefined ? variants : [limit.variant];
        return names.map((name) => judgeLimit(name, limit, layersOf(name), baselineLayersOf(name)));
    });
}
function judgeLimit(variant, limit, layers, baseline) {
    const { layer: pattern, kind, value, severity, position } = limit;
    const warning = severity === 'warning';
    const subject = `layer ${pattern}`;
    const verdict = {
        id: `${variant}.${subject}.${kind}${warning ? '.warning' : ''}`,
        variant,
        subject,
        observed: null,
        limit: value,
        unit: UNITS[kind],
        ...(kind === 'no_worse_than' && { against: 'baseline' }),
        configPosition: { line: position.line, column: position.column }
    };
    if (typeof layers === 'string')
        return { ...verdict, status: 'fail', message: `no layer was measured: ${layers}` };
    const matched = layers.filter(matcherOf(pattern));
    if (matched.length === 0) {
        const message = `${JSON.stringify(pattern)} matches no layer of ${variant}: ${examples(layers)}`;
        return { ...verdict, status: 'fail', message };
    }
    if (kind === 'no_worse_than' && typeof baseline === 'string') {
        const message = `layers are not compared with the baseline: ${baseline}`;
        return { ...verdict, status: warning ? 'warn' : 'inconclusive', message };
    }
    const standings = matched.flatMap((layer) => standingOf(layer, limit, baseline) ?? []);
    const worst = standings.reduce((a, b) => (a === undefined || b.badness > a.badness ? b : a), undefined);
    if (worst === undefined) {
        const message = 'layers are not compared with the baseline: it has none of the same name and output';
        return { ...verdict, status: warning ? 'warn' : 'inconclusive', message };
    }
    const broken = standings.filter((standing) => standing.broken).length;
    const { name, op, tensor } = worst.layer;
    return {
        ...verdict,
        observed: worst.observed,
        layers: { compared: standings.length, broken, worst: { name, op, tensor } },
        status: broken === 0 ? 'pass' : warning ? 'warn' : 'fail',
        message: wordsFor(limit, worst, broken, standings.length)
    };
}
/** A glob on names of layers and of nodes fused into them, or an operator type. `*` alone is every layer. */
function matcherOf(pattern) {
    if (pattern === '*')
        return () => true;
    const matches = picomatch(pattern, { dot: true });
    const fits = ({ name, op }) => op === pattern || name === pattern || matches(name);
    return (layer) => fits(layer) || (layer.fused ?? []).some(fits);
}
/** undefined: the baseline has no such layer, so that nothing can be said of it. */
function standingOf(layer, { kind, value }, baseline) {
    const { cosine, maxAbs, deviationRatio } = layer;
    switch (kind) {
        case 'max_deviation_ratio':
            return { layer, broken: deviationRatio > value, observed: deviationRatio, badness: deviationRatio };
        case 'min_sqnr_db':
            return floor(layer, layer.sqnrDb, value, isIdentical(layer));
        case 'min_cosine':
            return floor(layer, cosine, value, isIdentical(layer));
        case 'max_abs_error':
            return { layer, broken: maxAbs === null || maxAbs > value, observed: maxAbs, badness: maxAbs ?? Infinity };
        case 'no_worse_than': {
            if (typeof baseline === 'string')
                return undefined;
            const then = baseline.find(({ name, tensor }) => name === layer.name && tensor === layer.tensor);
            if (then === undefined)
                return undefined;
            const [before, now] = [decibels(then), decibels(layer)];
            // both identical, or both not finite: nothing became worse
            const lost = before === now ? 0 : before - now;
            return { layer, broken: lost > value, observed: Number.isFinite(lost) ? lost : null, badness: lost };
        }
    }
}
function floor(layer, measured, limit, identical) {
    if (measured !== null)
        return { layer, broken: measured < limit, observed: measured, badness: -measured };
    return { layer, broken: !identical, observed: null, badness: identical ? -Number.MAX_VALUE : Infinity };
}
function decibels(layer) {
    return layer.sqnrDb ?? (isIdentical(layer) ? Infinity : -Infinity);
}
function isIdentical({ maxAbs }) {
    return maxAbs === 0;
}
function wordsFor({ kind, value }, { layer, observed }, broken, all) {
    const who = `${layer.name} (${layer.op})`;
    const many = broken === 0 ? `all ${all} layers hold` : `${broken} of ${all} layers break it`;
    const number = (digits) => (observed === null ? 'not finite' : observed.toFixed(digits));
    const none = isIdentical(layer);
    switch (kind) {
        case 'max_deviation_ratio':
            return `${who}: ${(100 * layer.deviationRatio).toFixed(4)} % of the values deviate, limit ${100 * value} %; ${many}`;
        case 'min_sqnr_db':
            return `${who}: ${none ? 'identical to FP32' : `SQNR ${number(1)} dB`}, floor ${value} dB; ${many}`;
        case 'min_cosine':
            return `${who}: ${none ? 'identical to FP32' : `cosine ${number(5)}`}, floor ${value}; ${many}`;
        case 'max_abs_error':
            return `${who}: error up to ${observed === null ? 'infinity' : observed.toPrecision(3)}, limit ${value}; ${many}`;
        case 'no_worse_than':
            return `${who}: ${observed === null ? 'no finite SQNR' : `SQNR ${number(1)} dB below the baseline's`}, tolerance ${value} dB; ${many}`;
    }
}
function examples(layers) {
    const operators = [...new Set(layers.map(({ op }) => op))].slice(0, 8).join(', ');
    const names = layers.slice(0, 3).map(({ name }) => JSON.stringify(name));
    return `its operators are ${operators}, and names look like ${names.join(', ')}`;
}

/**
 * Limits on speed, one verdict for each variant and batch size. The quartiles of the rounds stand for the interval: where
 * they span the limit, the machine is too noisy to say.
 *
 * @param speedOf the measurements of a variant, or why they say nothing.
 */
function judgeSpeed(limits, variants, speedOf) {
    return limits.flatMap((limit) => (limit.variant === undefined ? variants : [limit.variant]).flatMap((variant) => {
        const measured = speedOf(variant);
        if (typeof measured === 'string')
            return [unmeasured(variant, limit, measured)];
        const wanted = measured.filter(({ batch }) => limit.batch === undefined || batch === limit.batch);
        if (wanted.length === 0) {
            const sizes = measured.map(({ batch }) => batch).join(', ');
            return [unmeasured(variant, limit, `batch ${limit.batch ?? ''} is none of those that were measured (${sizes})`)];
        }
        return wanted.map((speed) => judgeOne(variant, limit, speed));
    }));
}
function judgeOne(variant, limit, { batch, median, quartiles }) {
    const status = spans(quartiles, limit.value) ? 'inconclusive' : median < limit.value ? 'fail' : 'pass';
    const what = `${times(median)} as fast as FP32 at batch ${batch} (quartiles ${times(quartiles[0])} to ${times(quartiles[1])})`;
    const message = {
        pass: `${what}; at least ${times(limit.value)} is asked`,
        fail: `${what}; less than the ${times(limit.value)} that is asked`,
        inconclusive: `${what}, which spans the ${times(limit.value)} that is asked: the machine is too noisy, or latency.runs too few`
    }[status];
    return {
        ...common(variant, limit, batch),
        observed: median,
        status: limit.severity === 'warning' && status !== 'pass' ? 'warn' : status,
        message
    };
}
/** What cannot be measured fails, whatever its severity. */
function unmeasured(variant, limit, why) {
    const message = `its speed could not be measured: ${why}`;
    return { ...common(variant, limit, limit.batch), observed: null, status: 'fail', message };
}
function common(variant, { value, severity, position }, batch) {
    const subject = batch === undefined ? 'speed' : `speed at batch ${batch}`;
    return {
        id: `${variant}.${subject}.min_speedup${severity === 'warning' ? '.warning' : ''}`,
        variant,
        subject,
        limit: value,
        unit: 'times',
        configPosition: { line: position.line, column: position.column }
    };
}
function times(value) {
    return `${value.toFixed(2)}x`;
}

/** The layers of a variant in the baseline, or why they say nothing about this run's. */
function baselineLayers({ layers }, { comparable, reasons, variants, run, path }, variant) {
    const whose = `the baseline (${describeRun(run, path)})`;
    if (!comparable)
        return `${whose} cannot be compared: ${reasons.join('; ')}`;
    const reason = Object.hasOwn(variants, variant) ? variants[variant].reason : undefined;
    if (reason !== undefined)
        return `${whose} cannot be compared: ${reason}`;
    if (layers === undefined || !Object.hasOwn(layers, variant))
        return `${whose} has no layers of ${variant}`;
    return layers[variant];
}

/**
 * What a config asks for, as JSON with sorted keys: the same for two files that differ in comments, order, defaults that are
 * written out, the folder that the workspace lies in, and the device that it runs on.
 */
function canonicalConfig({ workspace, runtime, ...config }) {
    return plain({ ...config, file: undefined, runtime: { ...runtime, device: undefined, devices: undefined } }, workspace);
}
function plain(value, workspace) {
    // The order of the variants is that of the verdicts.
    if (value instanceof Map)
        return [...value].map((entry) => plain(entry, workspace));
    if (Array.isArray(value))
        return value.map((item) => plain(item, workspace));
    if (typeof value === 'string')
        return value.startsWith(workspace) && isAbsolute(value) ? inside(value, workspace) : value;
    if (typeof value !== 'object' || value === null)
        return value;
    const entries = Object.entries(value).filter(([key, own]) => key !== 'position' && own !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, own]) => [key, plain(own, workspace)]));
}
function inside(path, workspace) {
    return relative$2(workspace, path).replaceAll(sep, '/');
}

/**
 * How outputs are read, as one text: every option with its default filled in, keys sorted, tables by their hash. Two runs
 * whose texts differ say nothing about each other.
 */
function canonicalDecoding(options) {
    return JSON.stringify(options, (_, value) => {
        if (value instanceof Float32Array)
            return `sha256:${sha256(new Uint8Array(value.buffer))}`;
        if (typeof value !== 'object' || value === null || Array.isArray(value))
            return value;
        return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    });
}

/**
 * @returns class of the data set for each class of the network, -1 for none. Detections of classes that the data set does
 *   not have are left out.
 * @throws ConfigurationError for a name or an id that the data set does not have.
 */
function resolveClassMap(option, { classes, categoryIds }) {
    if (option === 'index')
        return classes.map((_, index) => index);
    const ids = categoryIds ?? classes.map((_, index) => index);
    if (option === 'ids') {
        const map = new Array(Math.max(-1, ...ids) + 1).fill(-1);
        ids.forEach((id, index) => (map[id] = index));
        return map;
    }
    return option.map((entry, position) => {
        if (entry === null)
            return -1;
        const index = typeof entry === 'number' ? ids.indexOf(entry) : classes.indexOf(entry);
        if (index < 0)
            throw new ConfigurationError([
                {
                    message: `decode: class ${position} of the network is ${JSON.stringify(entry)}, which the data set does not have`
                }
            ], `its classes are ${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}; null stands for none`);
        return index;
    });
}
/**
 * The class of each score channel, background left out.
 * @throws RuntimeError where the network has another number of classes than the map.
 */
function channelMap(channels, { background, classMap, layout }) {
    const classes = channels - (background === 'none' ? 0 : 1);
    if (classes !== classMap.length)
        throw new RuntimeError(`the network scores ${classes} classes (${layout}, background ${background}), ${classMap.length} are expected`, 'say which class of the data set each one is: `decode: {classes: [...]}`, or `classes: ids`');
    if (background === 'first')
        return [-1, ...classMap];
    return background === 'last' ? [...classMap, -1] : classMap;
}

/**
 * The scored boxes of one image, in arrays that are used again for the next one. A box that counts for several classes
 * is several candidates.
 */
class Candidates {
    count = 0;
    /** Scores that were NaN or infinite. */
    nonFinite = 0;
    scores = new Float32Array(1024);
    categories = new Int32Array(1024);
    /** Number of the box in the network's output. */
    anchors = new Int32Array(1024);
    #heap = new Int32Array(1024);
    #left = 0;
    clear() {
        this.count = this.nonFinite = this.#left = 0;
    }
    push(anchor, category, score) {
        // x - x is 0 for finite x alone
        if (score - score !== 0) {
            this.nonFinite++;
            return;
        }
        if (this.count === this.scores.length)
            this.#grow();
        this.scores[this.count] = score;
        this.categories[this.count] = category;
        this.anchors[this.count++] = anchor;
    }
    /** Call once all are in, before {@link next}. */
    order() {
        this.#left = this.count;
        for (let i = 0; i < this.count; i++)
            this.#heap[i] = i;
        for (let i = (this.count >> 1) - 1; i >= 0; i--)
            this.#sink(i);
    }
    /**
     * The candidates by falling score, the earlier one first where scores are equal; -1 at the end. A heap, because only
     * the first few hundred of up to hundreds of thousands are asked for.
     */
    next() {
        if (this.#left === 0)
            return -1;
        const top = this.#heap[0];
        this.#heap[0] = this.#heap[--this.#left];
        this.#sink(0);
        return top;
    }
    #sink(start) {
        const heap = this.#heap;
        const { scores } = this;
        const item = heap[start];
        const score = scores[item];
        const end = this.#left;
        let at = start;
        for (let child = 2 * at + 1; child < end; child = 2 * at + 1) {
            if (child + 1 < end && isAhead(scores, heap[child + 1], heap[child]))
                child++;
            const next = heap[child];
            const ahead = scores[next] > score || (scores[next] === score && next < item);
            if (!ahead)
                break;
            heap[at] = next;
            at = child;
        }
        heap[at] = item;
    }
    #grow() {
        const size = 2 * this.scores.length;
        const { scores, categories, anchors } = this;
        this.scores = new Float32Array(size);
        this.scores.set(scores);
        this.categories = new Int32Array(size);
        this.categories.set(categories);
        this.anchors = new Int32Array(size);
        this.anchors.set(anchors);
        this.#heap = new Int32Array(size);
    }
}
function isAhead(scores, a, b) {
    return scores[a] > scores[b] || (scores[a] === scores[b] && a < b);
}

/** float16 becomes float32, and 64-bit integers (labels, counts, indices) become numbers. */
function numbersOf({ type, dims, data }) {
    if (type === 'float16')
        return { dims, data: float16ToFloat32(data) };
    if (data instanceof BigInt64Array || data instanceof BigUint64Array)
        return { dims, data: Float64Array.from(data, Number) };
    return { dims, data };
}
/** An output as floats: one kind of array, so that the loops over it stay fast. */
function floatsOf(tensor) {
    const { dims, data } = numbersOf(tensor);
    return { dims, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}
/** @throws RuntimeError naming the output, its shape and the one that is wanted. */
function wrongShape(name, dims, wanted) {
    throw new RuntimeError(`output '${name}' has shape [${dims.join(', ')}], ${wanted} is expected`, 'check `decode` and the names of its outputs; `precision-gate init` proposes them');
}
/** The output of that name. */
function outputOf(outputs, name) {
    if (!Object.hasOwn(outputs, name))
        throw new RuntimeError(`the network has no output '${name}' (${Object.keys(outputs).join(', ')})`, 'correct `decode`');
    return outputs[name];
}

/** Turns four numbers into corners: x1, y1, x2, y2 times the input's size where they are shares of it. */
function cornerWriter(format, scaleX, scaleY) {
    switch (format) {
        case 'xyxy':
            return (a, b, c, d, out) => write(out, a * scaleX, b * scaleY, c * scaleX, d * scaleY);
        case 'yxyx':
            return (a, b, c, d, out) => write(out, b * scaleX, a * scaleY, d * scaleX, c * scaleY);
        case 'xywh':
            return (a, b, c, d, out) => write(out, a * scaleX, b * scaleY, (a + c) * scaleX, (b + d) * scaleY);
        case 'cxcywh':
            return (a, b, c, d, out) => write(out, (a - c / 2) * scaleX, (b - d / 2) * scaleY, (a + c / 2) * scaleX, (b + d / 2) * scaleY);
    }
}
/** The same for the units of the options. */
function cornersOf(context) {
    const { boxFormat, units, input } = context;
    return units === 'pixels' ? cornerWriter(boxFormat, 1, 1) : cornerWriter(boxFormat, input.width, input.height);
}
function write(out, x1, y1, x2, y2) {
    out[0] = x1;
    out[1] = y1;
    out[2] = x2;
    out[3] = y2;
}

/**
 * A finished list of boxes, scores and class numbers an image, with or without the number of those that count. Without
 * a batch dimension ([K, 4]: torchvision) it is that of one image.
 */
const readListed = (outputs, context) => {
    const named = (role) => {
        const name = context.outputs[role] ?? '';
        return { name, ...numbersOf(outputOf(outputs, name)) };
    };
    const boxes = named('boxes');
    const [scores, classes] = [named('scores'), named('classes')];
    const [images, count] = boxes.dims.length === 2 ? [1, boxes.dims[0]] : boxes.dims;
    if (boxes.dims.length > 3 || boxes.dims.at(-1) !== 4)
        wrongShape(boxes.name, boxes.dims, '[N, boxes, 4]');
    for (const { name, dims, data } of [scores, classes])
        if (data.length !== images * count)
            wrongShape(name, dims, `${count} values an image, one a box,`);
    const counts = context.outputs.count === undefined ? undefined : numbersOf(outputOf(outputs, context.outputs.count));
    const write = cornersOf(context);
    return {
        images,
        collect(image, into) {
            const valid = counts?.data[image] ?? count;
            if (!(valid >= 0 && valid <= count))
                wrongCount(context.outputs.count, valid, count);
            for (let anchor = 0, at = image * count; anchor < valid; anchor++, at++) {
                if (scores.data[at] <= context.minScore)
                    continue;
                const category = categoryOf(classes.data[at], context);
                if (category >= 0)
                    into.push(anchor, category, scores.data[at]);
            }
        },
        corners(image, anchor, out) {
            const [data, at] = [boxes.data, (image * count + anchor) * 4];
            write(data[at], data[at + 1], data[at + 2], data[at + 3], out);
        }
    };
};
/** One tensor [N, K, 6] of four coordinates, score and class number. */
const readSixes = (outputs, context) => {
    const name = context.outputs.predictions ?? '';
    const { dims, data } = numbersOf(outputOf(outputs, name));
    if (dims.length !== 3 || dims[2] !== 6)
        wrongShape(name, dims, '[N, boxes, 6]');
    const [images, count] = dims;
    const write = cornersOf(context);
    return {
        images,
        collect(image, into) {
            for (let anchor = 0, at = image * count * 6; anchor < count; anchor++, at += 6) {
                if (data[at + 4] <= context.minScore)
                    continue;
                const category = categoryOf(data[at + 5], context);
                if (category >= 0)
                    into.push(anchor, category, data[at + 4]);
            }
        },
        corners(image, anchor, out) {
            const at = (image * count + anchor) * 6;
            write(data[at], data[at + 1], data[at + 2], data[at + 3], out);
        }
    };
};
/** @returns the data set's class, -1 where it has none. */
function categoryOf(number, { firstClass, classMap, layout }) {
    const index = number - firstClass;
    if (Number.isInteger(index) && index >= 0 && index < classMap.length)
        return classMap[index];
    throw new RuntimeError(`the network gives class ${number} (${layout}, its first class is ${firstClass}), and ${classMap.length} classes are expected`, 'set `decode: {first_class: …}`, or say which class of the data set each one is: `classes: ids`, `classes: [...]`');
}
function wrongCount(name, valid, count) {
    throw new RuntimeError(`output '${name ?? ''}' says that ${valid} of ${count} boxes count`, 'check the names of the outputs in `decode`');
}

/**
 * Greedy non-maximum suppression: by falling score, a box is kept unless it overlaps a kept one (of its class, or of any
 * where `agnostic`) with an IoU above the limit, as in torchvision.ops.nms and ONNX's NonMaxSuppression. Going through
 * all classes at once gives the same boxes as class by class, and ends as soon as `most` are kept.
 *
 * @param nms undefined: the highest scores, whatever they overlap.
 */
function suppress(candidates, corners, nms, most) {
    const size = Math.min(most, candidates.count);
    const kept = {
        corners: new Float64Array(4 * size),
        scores: new Float32Array(size),
        categories: new Int32Array(size)
    };
    const box = new Float64Array(4);
    let count = 0;
    let nonFinite = candidates.nonFinite;
    candidates.order();
    for (let next = candidates.next(); next >= 0 && count < most; next = candidates.next()) {
        corners(candidates.anchors[next], box);
        if (!isFinite(box[0] + box[1] + box[2] + box[3])) {
            nonFinite++;
            continue;
        }
        const category = candidates.categories[next];
        const only = nms === undefined || nms.agnostic ? undefined : kept.categories;
        if (nms !== undefined && overlaps(box, kept.corners, count, nms.iou, category, only))
            continue;
        kept.corners.set(box, 4 * count);
        kept.scores[count] = candidates.scores[next];
        kept.categories[count++] = category;
    }
    return { ...kept, count, nonFinite };
}
/** @param categories of the kept boxes, where only those of `category` are compared. */
function overlaps(box, kept, count, limit, category, categories) {
    const [x1, y1, x2, y2] = box;
    const area = (x2 - x1) * (y2 - y1);
    for (let i = 0, at = 0; i < count; i++, at += 4) {
        if (categories !== undefined && categories[i] !== category)
            continue;
        const width = Math.min(x2, kept[at + 2]) - Math.max(x1, kept[at]);
        const height = Math.min(y2, kept[at + 3]) - Math.max(y1, kept[at + 1]);
        if (width <= 0 || height <= 0)
            continue;
        const shared = width * height;
        const other = (kept[at + 2] - kept[at]) * (kept[at + 3] - kept[at + 1]);
        if (shared > limit * (area + other - shared))
            return true;
    }
    return false;
}

/** Adds what scores above the limit; NaN passes too, so that it is counted. */
function collectScores(block, options, into) {
    const activated = options.activation === 'softmax' ? softmax(block) : block;
    const sigmoid = options.activation === 'sigmoid';
    // Compared before the function is applied: most of the scores need no exponential.
    const limit = sigmoid ? Math.log(options.minScore / (1 - options.minScore)) : options.minScore;
    const score = sigmoid ? (value) => 1 / (1 + Math.exp(-value)) : (value) => value;
    if (options.multiLabel)
        everyClass(activated, limit, score, into);
    else
        bestClass(activated, limit, score, into);
}
function everyClass(block, limit, score, into) {
    const { data, anchors, anchorStride, channelMap } = block;
    for (let channel = 0; channel < channelMap.length; channel++) {
        const category = channelMap[channel];
        if (category < 0)
            continue;
        let at = block.start + channel * block.channelStride;
        for (let anchor = 0; anchor < anchors; anchor++, at += anchorStride) {
            const value = data[at];
            if (!(value <= limit))
                into.push(anchor, category, score(value));
        }
    }
}
/** The first of equal classes, as in NumPy's argmax. */
function bestClass(block, limit, score, into) {
    const { data, anchors, anchorStride, channelMap } = block;
    const best = new Float32Array(anchors).fill(-Infinity);
    const categories = new Int32Array(anchors);
    for (let channel = 0; channel < channelMap.length; channel++) {
        const category = channelMap[channel];
        if (category < 0)
            continue;
        let at = block.start + channel * block.channelStride;
        for (let anchor = 0; anchor < anchors; anchor++, at += anchorStride) {
            const value = data[at];
            if (value > best[anchor]) {
                best[anchor] = value;
                categories[anchor] = category;
            }
            else if (value !== value)
                into.push(anchor, category, NaN);
        }
    }
    for (let anchor = 0; anchor < anchors; anchor++)
        if (best[anchor] > limit)
            into.push(anchor, categories[anchor], score(best[anchor]));
}
/** Over all channels, background included. */
function softmax(block) {
    const { data, start, anchors, anchorStride, channelStride, channelMap } = block;
    const channels = channelMap.length;
    const out = new Float32Array(anchors * channels);
    for (let anchor = 0; anchor < anchors; anchor++) {
        const from = start + anchor * anchorStride;
        let most = -Infinity;
        for (let c = 0; c < channels; c++)
            most = Math.max(most, data[from + c * channelStride]);
        let sum = 0;
        for (let c = 0; c < channels; c++)
            sum += Math.exp(data[from + c * channelStride] - most);
        for (let c = 0; c < channels; c++)
            out[anchor * channels + c] = Math.exp(data[from + c * channelStride] - most) / sum;
    }
    return { data: out, start: 0, anchors, anchorStride: channels, channelStride: 1, channelMap };
}

/** Boxes [N, P, 4] and class scores [N, P, C]: SSD (relative to priors, or final) and DETR. */
const readPairs = (outputs, context) => {
    const boxes = readBoxes(outputs, context);
    const scores = readScores(outputs, boxes.count, context);
    return {
        images: boxes.images,
        collect: (image, into) => collectScores(scores.block(image), context, into),
        corners: boxes.corners
    };
};
/**
 * Rows (image, class, box) of ONNX's NonMaxSuppression, with the boxes and scores it was given. The operator takes
 * corners in either order, so they are sorted here.
 */
const readIndices = (outputs, context) => {
    const boxes = readBoxes(outputs, context);
    const scores = readScores(outputs, boxes.count, context);
    const name = context.outputs.indices ?? '';
    const { dims, data } = numbersOf(outputOf(outputs, name));
    if (dims.length !== 2 || dims[1] !== 3)
        wrongShape(name, dims, '[boxes, 3]');
    return {
        images: boxes.images,
        collect(image, into) {
            const { data: values, start, anchorStride, channelStride, channelMap: map } = scores.block(image);
            for (let at = 0; at < data.length; at += 3) {
                const [channel, anchor] = [data[at + 1], data[at + 2]];
                if (data[at] !== image)
                    continue;
                if (channel >= map.length || anchor >= boxes.count || channel < 0 || anchor < 0)
                    wrongShape(name, dims, `indices below ${map.length} classes and ${boxes.count} boxes`);
                const score = values[start + anchor * anchorStride + channel * channelStride];
                if (!(score <= context.minScore) && map[channel] >= 0)
                    into.push(anchor, map[channel], score);
            }
        },
        corners(image, anchor, out) {
            boxes.corners(image, anchor, out);
            const [x1, y1, x2, y2] = out;
            out[0] = Math.min(x1, x2);
            out[1] = Math.min(y1, y2);
            out[2] = Math.max(x1, x2);
            out[3] = Math.max(y1, y2);
        }
    };
};
/** Dimensions of one inside are left by convolutional heads: [N, P, 1, 4]. */
function squeezed([first, ...rest]) {
    const others = rest.filter((size, axis) => size !== 1 || axis === 0);
    return [first, ...others];
}
function readBoxes(outputs, context) {
    const name = context.outputs.boxes ?? '';
    const tensor = floatsOf(outputOf(outputs, name));
    const { data } = tensor;
    const dims = squeezed(tensor.dims);
    // Caffe's SSD gives all coordinates of an image in one row.
    const flat = dims.length === 2 && dims[1] % 4 === 0;
    if (!flat && (dims.length !== 3 || dims[2] !== 4))
        wrongShape(name, tensor.dims, '[N, boxes, 4]');
    const [images, second] = dims;
    const count = flat ? second / 4 : second;
    const priors = context.priors ?? priorsOf(outputs, context, count);
    if (priors !== undefined && priors.boxes.length !== 4 * count)
        wrongShape(name, tensor.dims, `${priors.boxes.length / 4} boxes, one a prior,`);
    const write = priors === undefined ? cornersOf(context) : relativeTo(priors, context);
    const corners = (image, anchor, out) => {
        const at = (image * count + anchor) * 4;
        write(data[at], data[at + 1], data[at + 2], data[at + 3], out, anchor);
    };
    return { images, count, corners };
}
/** Liu et al., arXiv:1512.02325, as their code writes it: c = p + d v p_size, size = p_size exp(d v). */
function relativeTo({ boxes, variances: [centre, size] }, { input }) {
    const write = cornerWriter('cxcywh', input.width, input.height);
    return (dx, dy, dw, dh, out, anchor) => {
        const at = 4 * anchor;
        const [width, height] = [boxes[at + 2], boxes[at + 3]];
        const x = boxes[at] + dx * centre * width;
        const y = boxes[at + 1] + dy * centre * height;
        write(x, y, width * Math.exp(dw * size), height * Math.exp(dh * size), out);
    };
}
/** Caffe's PriorBox: [1, 2, 4 P], corners as shares of the input and, in the second row, variances. */
function priorsOf(outputs, context, count) {
    const name = context.outputs.priors;
    if (name === undefined)
        return undefined;
    const { dims, data } = floatsOf(outputOf(outputs, name));
    if (data.length !== 8 * count)
        wrongShape(name, dims, `[1, 2, ${4 * count}]`);
    const boxes = new Float32Array(4 * count);
    for (let at = 0; at < 4 * count; at += 4) {
        const [x1, y1, x2, y2] = data.subarray(at, at + 4);
        boxes.set([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], at);
    }
    return { boxes, variances: [data[4 * count], data[4 * count + 2]] };
}
function readScores(outputs, anchors, context) {
    const name = context.outputs.scores ?? '';
    const tensor = floatsOf(outputOf(outputs, name));
    const { data } = tensor;
    const dims = squeezed(tensor.dims);
    if (dims.length === 2 && dims[1] % anchors === 0)
        dims.splice(1, 1, anchors, dims[1] / anchors);
    const [, second, third = 1] = dims;
    if (dims.length !== 3 || (second !== anchors && third !== anchors))
        wrongShape(name, tensor.dims, `scores for ${anchors} boxes, [N, ${anchors}, classes],`);
    const rowsFirst = context.layout === 'nms_indices' ? third !== anchors : second === anchors;
    const channels = rowsFirst ? third : second;
    const map = channelMap(channels, context);
    const [anchorStride, channelStride] = rowsFirst ? [channels, 1] : [1, anchors];
    const block = (image) => ({
        data,
        start: image * anchors * channels,
        anchors,
        anchorStride,
        channelStride,
        channelMap: map
    });
    return { block };
}

/**
 * One tensor [N, 4 + C, A] or [N, A, 4 + C]: centre, size, class scores. Which of the two it is follows from the number
 * of classes; where that fits both or neither, anchors are more than channels.
 */
const readYoloV8 = (outputs, context) => {
    const name = context.outputs.predictions ?? '';
    const { dims, data } = floatsOf(outputOf(outputs, name));
    if (dims.length !== 3 || Math.min(dims[1], dims[2]) < 5)
        wrongShape(name, dims, '[N, 4 + classes, anchors]');
    const [images, second, third] = dims;
    const wanted = 4 + context.classMap.length + (context.background === 'none' ? 0 : 1);
    const planes = (second === wanted) === (third === wanted) ? second < third : second === wanted;
    const [channels, anchors] = planes ? [second, third] : [third, second];
    const [anchorStride, channelStride] = planes ? [1, anchors] : [channels, 1];
    const size = channels * anchors;
    const map = channelMap(channels - 4, context);
    const write = cornersOf(context);
    return {
        images,
        collect(image, into) {
            const start = image * size + 4 * channelStride;
            collectScores({ data, start, anchors, anchorStride, channelStride, channelMap: map }, context, into);
        },
        corners(image, anchor, out) {
            const at = image * size + anchor * anchorStride;
            const step = channelStride;
            write(data[at], data[at + step], data[at + 2 * step], data[at + 3 * step], out);
        }
    };
};
/** One tensor [N, A, 5 + C]: centre, size, objectness, class scores; a class scores objectness x class score. */
const readYoloV5 = (outputs, context) => {
    const block = readRows$1(outputs, context);
    const write = cornersOf(context);
    return {
        images: block.images,
        collect: block.collect,
        corners(image, anchor, out) {
            const [at, data] = [block.at(image, anchor), block.data];
            write(data[at], data[at + 1], data[at + 2], data[at + 3], out);
        }
    };
};
/**
 * The same from YOLOX' exporter without `--decode_in_inference`: with grid cell g and stride s of an anchor, the centre
 * is (x + g) s and the size exp(w) s (Ge et al., arXiv:2107.08430; one anchor a cell, levels in the order of strides).
 */
const readYoloX = (outputs, context) => {
    const block = readRows$1(outputs, context);
    const cells = gridCells(context.strides, context.input);
    if (cells.length !== 3 * block.anchors)
        throw new RuntimeError(`output '${context.outputs.predictions ?? ''}' has ${block.anchors} boxes; a grid of strides ${context.strides.join(', ')} on ` +
            `${context.input.width}x${context.input.height} has ${cells.length / 3}`, 'set `strides` to those of the network, or `decode: yolov5` if its boxes are in pixels already');
    const write = cornersOf(context);
    return {
        images: block.images,
        collect: block.collect,
        corners(image, anchor, out) {
            const [at, data] = [block.at(image, anchor), block.data];
            const stride = cells[3 * anchor + 2];
            const x = (data[at] + cells[3 * anchor]) * stride;
            const y = (data[at + 1] + cells[3 * anchor + 1]) * stride;
            write(x, y, Math.exp(data[at + 2]) * stride, Math.exp(data[at + 3]) * stride, out);
        }
    };
};
/** Column, row and stride of every cell. */
function gridCells(strides, input) {
    const cells = [];
    for (const stride of strides) {
        const columns = Math.floor(input.width / stride);
        const rows = Math.floor(input.height / stride);
        for (let row = 0; row < rows; row++)
            for (let column = 0; column < columns; column++)
                cells.push(column, row, stride);
    }
    return Float64Array.from(cells);
}
function readRows$1(outputs, context) {
    const name = context.outputs.predictions ?? '';
    const { dims, data } = floatsOf(outputOf(outputs, name));
    if (dims.length !== 3 || dims[2] < 6)
        wrongShape(name, dims, '[N, anchors, 5 + classes]');
    const [images, anchors, channels] = dims;
    const map = channelMap(channels - 5, context);
    const at = (image, anchor) => (image * anchors + anchor) * channels;
    const collect = (image, into) => {
        const { minScore, multiLabel } = context;
        for (let anchor = 0, start = at(image, 0); anchor < anchors; anchor++, start += channels) {
            const objectness = data[start + 4];
            // A class score is at most 1, so most boxes end here.
            if (objectness <= minScore)
                continue;
            let best = -1;
            let most = minScore;
            for (let c = 0; c < map.length; c++) {
                const score = objectness * data[start + 5 + c];
                if (score <= most || map[c] < 0)
                    continue;
                if (multiLabel || score !== score)
                    into.push(anchor, map[c], score);
                else {
                    best = c;
                    most = score;
                }
            }
            if (best >= 0)
                into.push(anchor, map[best], most);
        }
    };
    return { images, anchors, data, at, collect };
}

const READERS = {
    yolov8: readYoloV8,
    yolov5: readYoloV5,
    yolox: readYoloX,
    rows: readSixes,
    ssd: readPairs,
    detr: readPairs,
    torchvision: readListed,
    tensorflow: readListed,
    efficient_nms: readListed,
    nms_indices: readIndices
};
/**
 * @param classes number of classes of the data set, where the options map none.
 * @throws ConfigurationError where an output that the layout needs is not named.
 */
function detectionDecoder(options, classes) {
    const missing = outputRoles(options.layout).find((role) => options.outputs[role] === undefined);
    if (missing !== undefined)
        throw new ConfigurationError([{ message: `decode: ${options.layout} needs the name of the output that holds ${missing}` }], `add it: \`decode: {outputs: {${missing}: NAME}}\``);
    const candidates = new Candidates();
    const classMap = options.classMap ?? Array.from({ length: classes }, (_, index) => index);
    const read = READERS[options.layout];
    return {
        outputs: Object.values(options.outputs),
        decode(outputs, mappings) {
            if (mappings.length === 0)
                return [];
            const reader = read(outputs, { ...options, classMap, input: mappings[0].input });
            if (reader.images < mappings.length)
                throw new RuntimeError(`the network's outputs hold ${reader.images} image${reader.images === 1 ? '' : 's'}, it was given ${mappings.length}`, 'set `runtime: {batch: 1}`');
            return mappings.map((mapping, image) => {
                candidates.clear();
                reader.collect(image, candidates);
                const corners = (anchor, out) => reader.corners(image, anchor, out);
                return toImage(suppress(candidates, corners, options.nms, options.maxDetections), mapping, options.clip);
            });
        }
    };
}
/** Boxes in pixels of the image, cut at its edges where `clip`. */
function toImage(kept, mapping, clip) {
    const { corners, count, nonFinite } = kept;
    const { scaleX, scaleY, offsetX, offsetY, image } = mapping;
    const boxes = new Float32Array(4 * count);
    const limitX = (x) => (clip ? Math.min(Math.max(x, 0), image.width) : x);
    const limitY = (y) => (clip ? Math.min(Math.max(y, 0), image.height) : y);
    for (let at = 0; at < 4 * count; at += 4) {
        const x = limitX((corners[at] - offsetX) / scaleX);
        const y = limitY((corners[at + 1] - offsetY) / scaleY);
        boxes[at] = x;
        boxes[at + 1] = y;
        boxes[at + 2] = limitX((corners[at + 2] - offsetX) / scaleX) - x;
        boxes[at + 3] = limitY((corners[at + 3] - offsetY) / scaleY) - y;
    }
    return {
        boxes,
        scores: kept.scores.slice(0, count),
        categories: kept.categories.slice(0, count),
        nonFinite
    };
}

/** Finished lists hold class numbers, and nothing says how many there are: the largest public detectors know 1,203 (LVIS). */
const MOST_LISTED = 2048;
/** Channels of a row beside the classes. */
const OTHERS = { yolov8: 4, yolov5: 5, yolox: 5, ssd: 0, detr: 0, nms_indices: 0 };
/**
 * Names for the classes of a detector whose data set names none: those of `decode.classes`, else numbers for as many as
 * the shapes of the outputs say.
 *
 * @param outputs of the model.
 * @throws ConfigurationError where the shapes leave it open.
 */
function networkClasses(decode, outputs) {
    const { layout, classes } = decode;
    if (typeof classes !== 'string')
        return classes.map((entry, index) => String(entry ?? index));
    if (!(layout in OTHERS))
        return numbered(MOST_LISTED);
    const channels = channelsOf$1(decode, outputs);
    const others = OTHERS[layout];
    const background = (decode.options.background ?? detectionPreset(layout).background) === 'none' ? 0 : 1;
    if (channels !== undefined && channels > others + background)
        return numbered(channels - others - background);
    throw new ConfigurationError([{ message: `decode: the outputs do not say how many classes the network has (layout ${layout})` }], 'name them: `decode: {classes: [cat, dog, …]}`');
}
/** Anchors are more than channels; where one of the two is free, it is the anchors. */
function channelsOf$1({ outputs: named }, outputs) {
    const name = named.predictions ?? named.scores;
    const candidates = outputs.filter((output) => name === undefined ? output.dims.length === 3 && output.dims.at(-1) !== 4 : output.name === name);
    const sizes = candidates[0]?.dims.slice(1).filter((size) => typeof size === 'number' && size > 1);
    return sizes === undefined || sizes.length === 0 ? undefined : Math.min(...sizes);
}
function numbered(count) {
    return Array.from({ length: count }, (_, index) => `class ${index}`);
}

/** {@link Mask} value of a pixel that does not count. */
const IGNORED = 255;

/** V8's own entry to its collector, undefined where the engine has none: contexts made after the flag have it. */
function collector() {
    setFlagsFromString('--expose-gc');
    return runInNewContext('typeof gc === "function" ? gc : undefined');
}
let collect = 'unknown';
/**
 * Collects V8's young generation: objects made since the last few collections, in about half a millisecond.
 *
 * V8 itself collects it when 16 MiB of objects were made, and does not count the pixels behind them: a decoded image is a
 * small object to it. A run over many images then needs up to 32 MiB and the pixels of hundreds of images more than a
 * run over few.
 */
function collectYoungGarbage() {
    if (collect === 'unknown')
        collect = collector();
    collect?.({ type: 'minor' });
}

const [RGB, BITFIELDS, ALPHA_BITFIELDS] = [0, 3, 6];
const FILE_HEADER = 14;
/** OS/2's header, whose sizes have 16 bits and whose palette has three bytes a colour. */
const CORE_HEADER = 12;
const INFO_HEADER = 40;
const BGR = [2, 1, 0];
const MASK_ORDER = { 0xff: 0, 0xff00: 1, 0xff0000: 2, 0xff000000: 3 };
/**
 * @returns a text: what is not read of it.
 * @throws RangeError where the headers are cut short.
 * Source: Microsoft, "Bitmap Storage" and BITMAPINFOHEADER (Win32 documentation).
 */
function readBmpHeader(bytes) {
    const pixels = bytes.readUInt32LE(10);
    const size = bytes.readUInt32LE(FILE_HEADER);
    if (size !== CORE_HEADER && size < INFO_HEADER)
        return `a header of ${size} bytes`;
    const core = size === CORE_HEADER;
    const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
    const signed = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
    const bits = bytes.readUInt16LE(core ? 24 : 28);
    const compression = core ? RGB : bytes.readUInt32LE(30);
    if (bits !== 1 && bits !== 4 && bits !== 8 && bits !== 24 && bits !== 32)
        return `${bits} bits a pixel`;
    const fields = (compression === BITFIELDS || compression === ALPHA_BITFIELDS) && bits === 32;
    if (compression !== RGB && !fields)
        return `compression ${compression}`;
    const order = fields ? [54, 58, 62].map((at) => MASK_ORDER[bytes.readUInt32LE(at)]) : BGR;
    const [red, green, blue] = order;
    if (red === undefined || green === undefined || blue === undefined)
        return 'colours that are no bytes of their own';
    const colors = core ? 0 : bytes.readUInt32LE(46);
    return {
        width: Math.max(0, width),
        height: Math.abs(signed),
        bits,
        topDown: signed < 0,
        order: [red, green, blue],
        palette: {
            start: FILE_HEADER + size,
            colors: bits > 8 ? 0 : colors === 0 ? 2 ** bits : Math.min(colors, 2 ** bits),
            entry: core ? 3 : 4
        },
        pixels
    };
}
/**
 * The pixels of an uncompressed bitmap: one channel where all colours of its palette are grey.
 * @returns a text: why the file cannot be right.
 */
function decodeBmp(bytes, header) {
    const { width, height, bits, pixels, topDown, palette } = header;
    if (pixels < palette.start + palette.entry * palette.colors)
        return 'its pixels begin inside its headers';
    const stride = 4 * Math.ceil((width * bits) / 32);
    if (pixels + stride * height > bytes.length)
        return 'it ends before its last row';
    const rowOf = (y) => pixels + stride * (topDown ? y : height - 1 - y);
    return bits > 8 ? colored(bytes, header, rowOf) : indexed(bytes, header, rowOf);
}
function colored(bytes, { width, height, bits, order }, rowOf) {
    const data = new Uint8Array(3 * width * height);
    const [red, green, blue] = order;
    const step = bits / 8;
    for (let y = 0, to = 0; y < height; y++) {
        const end = rowOf(y) + step * width;
        for (let from = rowOf(y); from < end; from += step, to += 3) {
            data[to] = bytes[from + red];
            data[to + 1] = bytes[from + green];
            data[to + 2] = bytes[from + blue];
        }
    }
    return { data, width, height, channels: 3 };
}
function indexed(bytes, { width, height, bits, palette: { start, colors, entry } }, rowOf) {
    const palette = Array.from({ length: colors }, (_, color) => bytes.subarray(start + entry * color, start + entry * color + 3));
    const isGrey = palette.every(([blue, green, red]) => blue === green && green === red);
    const channels = isGrey ? 1 : 3;
    const data = new Uint8Array(channels * width * height);
    const perByte = 8 / bits;
    const mask = 2 ** bits - 1;
    for (let y = 0, to = 0; y < height; y++) {
        const row = rowOf(y);
        for (let x = 0; x < width; x++) {
            const shift = 8 - bits * ((x % perByte) + 1);
            const index = (bytes[row + Math.floor(x / perByte)] >> shift) & mask;
            if (index >= colors)
                return `a pixel has the colour ${index} of a palette of ${colors}`;
            for (let channel = 0; channel < channels; channel++)
                data[to++] = palette[index][2 - channel];
        }
    }
    return { data, width, height, channels };
}

/** The first `kept` of `kept + 1` interleaved channels: colour as stored, without compositing. */
function withoutAlpha(data, count, kept) {
    const out = new Uint8Array(count * kept);
    for (let i = 0, from = 0, to = 0; i < count; i++, from++)
        for (let c = 0; c < kept; c++)
            out[to++] = data[from++];
    return out;
}
/** Pillow's conversion (libImaging/Convert.c): the share of paper, 255 - K, less the ink's part of it. */
function cmykToRgb(data, count) {
    const out = new Uint8Array(count * 3);
    for (let i = 0; i < count; i++) {
        const paper = 255 - data[i * 4 + 3];
        for (let c = 0; c < 3; c++) {
            // Division by 255, rounded, as image libraries write it.
            const product = data[i * 4 + c] * paper + 128;
            out[i * 3 + c] = paper - (((product >> 8) + product) >> 8);
        }
    }
    return out;
}

const PNG_CHANNELS = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };
function readHeader$1(bytes) {
    const magic = bytes.toString('latin1', 0, 12);
    if (magic.startsWith('\xff\xd8\xff'))
        return readJpeg(bytes);
    if (magic.startsWith('\x89PNG\r\n\x1a\n'))
        return readPng(bytes);
    if (magic.startsWith('RIFF') && magic.endsWith('WEBP'))
        return { format: 'webp', animated: bytes.toString('latin1', 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0 };
    if (magic.startsWith('II*\0') || magic.startsWith('MM\0*'))
        return { format: 'tiff' };
    if (magic.startsWith('GIF8'))
        return { format: 'other', name: 'GIF' };
    if (magic.startsWith('BM'))
        return readBmp(bytes);
    if (magic.slice(4, 8) === 'ftyp')
        return { format: 'other', name: 'AVIF, HEIC or video' };
    if (/^\s*(<\?xml|<svg)/.test(magic))
        return { format: 'other', name: 'SVG or XML' };
    if (magic.startsWith('version http'))
        return { format: 'lfs' };
    return { format: 'unknown' };
}
function readBmp(bytes) {
    try {
        const bmp = readBmpHeader(bytes);
        if (typeof bmp === 'string')
            return { format: 'other', name: `BMP with ${bmp}` };
        return { format: 'bmp', ...bmp };
    }
    catch {
        return { format: 'damaged', name: 'BMP' };
    }
}
/** ITU-T T.81 B.1.1: marker segments up to the frame header (SOF), which holds precision, size and components. */
function readJpeg(bytes) {
    let position = 2;
    while (position + 9 < bytes.length) {
        if (bytes[position] !== 0xff) {
            position++;
            continue;
        }
        const marker = bytes[position + 1] ?? 0;
        const standalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        if (marker === 0xff)
            position++;
        else if (marker === 0x00 || standalone)
            position += 2;
        else if (marker === 0xd9)
            break;
        else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
            return {
                format: 'jpeg',
                depth: bytes.readUInt8(position + 4),
                height: bytes.readUInt16BE(position + 5),
                width: bytes.readUInt16BE(position + 7),
                channels: bytes.readUInt8(position + 9),
                frames: 1
            };
        else
            position += 2 + Math.max(2, bytes.readUInt16BE(position + 2));
    }
    return { format: 'damaged', name: 'JPEG' };
}
/** PNG: IHDR comes first; an animation control chunk (acTL) comes before the first IDAT. */
function readPng(bytes) {
    const channels = bytes.length < 33 ? undefined : PNG_CHANNELS[bytes.readUInt8(25)];
    if (channels === undefined || bytes.toString('latin1', 12, 16) !== 'IHDR')
        return { format: 'damaged', name: 'PNG' };
    let frames = 1;
    for (let position = 33; position + 12 <= bytes.length; position += 12 + bytes.readUInt32BE(position)) {
        const chunk = bytes.toString('latin1', position + 4, position + 8);
        if (chunk === 'IDAT')
            break;
        if (chunk === 'acTL')
            frames = bytes.readUInt32BE(position + 8);
    }
    return {
        format: 'png',
        width: bytes.readUInt32BE(16),
        height: bytes.readUInt32BE(20),
        depth: bytes.readUInt8(24),
        channels,
        frames
    };
}

let loaded;
/**
 * The decoder, found and loaded with the first image: its native part lies outside the bundle.
 * @throws RuntimeError where it is not installed, or does not load here.
 */
function loadSharp() {
    loaded ??= requireSharp();
    return loaded;
}
function requireSharp() {
    const { path, version } = findSharp();
    try {
        const sharp = createRequire(join(path, 'package.json'))(path);
        // One image a thread, several images at once: faster for many small images than several threads an image, and a
        // result cache would only cost memory, since an image is decoded once.
        sharp.cache(false);
        sharp.concurrency(1);
        return sharp;
    }
    catch (error) {
        // Behind the first lines come hints for people who install with npm.
        const reason = messageOf(error).split('\nPossible solutions:')[0].replaceAll('\n', ': ');
        throw new RuntimeError(`sharp ${version} in ${path} does not load: ${reason}`, 'install it anew for this system and processor: npm install --ignore-scripts sharp, or precision-gate setup-runtime', { cause: error });
    }
}

/** Pixels above which Pillow refuses an image as a decompression bomb (twice its MAX_IMAGE_PIXELS). */
const MAX_PIXELS = 178_956_970;
const RECODE = 'convert it to an 8-bit PNG or JPEG, or leave it out of the data set';
const REPLACE = 'replace it with an intact copy, or leave it out of the data set';
/**
 * Decodes an image to 8-bit pixels: the ones that Pillow's `Image.open(file).convert('RGB')` yields, except that a
 * grey image keeps one channel (its RGB form has three equal ones).
 *
 * As Pillow and torchvision's ImageFolder do: the EXIF orientation is not applied, colour profiles are ignored, alpha
 * is dropped without compositing, CMYK is converted by the simple formula. JPEG, PNG, WebP, 8-bit TIFF and uncompressed BMP
 * are read, by content, whatever the file's name.
 *
 * A JPEG has no checksums: damage that still decodes to something is not seen, by this or any other reader.
 *
 * @param name names the image in errors.
 * @throws FileError for what would be read wrongly or in part: empty, truncated and corrupt files, more than 8 bits a
 *   channel, several frames or pages, more than {@link MAX_PIXELS} pixels, other formats.
 */
async function decodeImage(bytes, name) {
    if (bytes.length === 0)
        throw new FileError(`image ${name} is empty (0 bytes)`, REPLACE);
    const header = readHeader$1(bytes);
    switch (header.format) {
        case 'jpeg':
        case 'png':
            return decodeKnown(bytes, header, name);
        case 'webp':
            if (header.animated)
                throw new FileError(`image ${name} is an animation; one sample is one picture`, RECODE);
            return decodeOther(bytes, name);
        case 'tiff':
            return decodeOther(bytes, name);
        case 'bmp':
            return decodeBitmap(bytes, header, name);
        case 'lfs':
            throw new FileError(`image ${name} is a Git LFS pointer, not the image itself`, 'run `git lfs pull`, or check out with `lfs: true`');
        case 'other':
            throw new FileError(`image ${name} is not read: its format is ${header.name}`, RECODE);
        case 'damaged':
            throw new FileError(`image ${name} is corrupt: its ${header.name} header is damaged or cut short`, REPLACE);
        case 'unknown':
            throw new FileError(`image ${name} is not an image: the content is no JPEG, PNG, WebP, TIFF or BMP`, REPLACE);
    }
}
/** libvips reads no BMP in the builds that sharp comes with. */
function decodeBitmap(bytes, header, name) {
    checkSize$1(header.width, header.height, name);
    const pixels = decodeBmp(bytes, header);
    if (typeof pixels === 'string')
        throw new FileError(`image ${name} is truncated or corrupt: ${pixels}`, REPLACE);
    return pixels;
}
async function decodeKnown(bytes, header, name) {
    const { width, height, depth, channels, frames, format } = header;
    checkSize$1(width, height, name);
    if (depth > 8)
        throw new FileError(`image ${name} has ${depth} bits a channel; 8 are read`, RECODE);
    if (frames !== 1)
        throw new FileError(`image ${name} is an animation of ${frames} frames; one sample is one picture`, RECODE);
    const stored = format === 'jpeg' && channels === 4 ? 'cmyk' : channels < 3 ? 'b-w' : 'srgb';
    // A JPEG has no checksums: libjpeg only warns of impossible codes and fills with grey. PNG has them, and its warnings
    // (odd colour profiles) are harmless.
    const image = open$2(bytes, format === 'jpeg' ? 'warning' : 'error');
    // Not toUint8Array, whose memory could be given back at once: sharp 0.35.5 leaks every image with it (measured).
    const data = await decoded(name, () => as(image, stored).raw().toBuffer());
    return toPixels(data, width, height, data.length / (width * height), stored === 'cmyk', name);
}
async function decodeOther(bytes, name) {
    const image = open$2(bytes, 'error');
    const facts = await decoded(name, () => image.metadata());
    checkSize$1(facts.width, facts.height, name);
    if (facts.depth !== 'uchar')
        throw new FileError(`image ${name} has channels of type ${facts.depth}; 8-bit ones are read`, RECODE);
    if ((facts.pages ?? 1) > 1)
        throw new FileError(`image ${name} has ${facts.pages ?? 0} pages; one sample is one picture`, RECODE);
    const { space } = facts;
    if (space !== 'srgb' && space !== 'b-w' && space !== 'cmyk')
        throw new FileError(`image ${name} has colour space ${space}; RGB, grey and CMYK are read`, RECODE);
    const { data, info } = await decoded(name, () => as(image, space).raw().toBuffer({ resolveWithObject: true }));
    return toPixels(data, info.width, info.height, info.channels, space === 'cmyk', name);
}
/** Keeps the channels as they are stored; unasked, the decoder makes RGB of them, from CMYK by a colour profile. */
function as(image, space) {
    return space === 'srgb' ? image : image.pipelineColourspace(space).toColourspace(space);
}
function open$2(bytes, failOn) {
    return loadSharp()(bytes, { failOn, ignoreIcc: true, limitInputPixels: MAX_PIXELS });
}
async function decoded(name, decode) {
    try {
        return await decode();
    }
    catch (error) {
        const reason = messageOf(error).split('\n')[0] ?? '';
        // libvips keeps one text for all its threads: another image's failure may have taken it.
        const detail = reason === '' || reason === 'Unknown error' ? '' : `: ${reason}`;
        throw new FileError(`image ${name} is truncated or corrupt${detail}`, REPLACE, { cause: error });
    }
}
function checkSize$1(width, height, name) {
    if (width === 0 || height === 0)
        throw new FileError(`image ${name} is corrupt: its size is ${width}x${height}`, REPLACE);
    if (width * height > MAX_PIXELS)
        throw new FileError(`image ${name} says it is ${width}x${height}: more than ${MAX_PIXELS} pixels are refused as a decompression bomb`, 'scale it down before it enters the data set');
}
function toPixels(data, width, height, channels, cmyk, name) {
    const count = width * height;
    switch (channels) {
        case 1:
        case 3:
            // A plain Uint8Array, as every later step makes: loops over two classes of arrays run slower.
            return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height, channels };
        case 2:
            return { data: withoutAlpha(data, count, 1), width, height, channels: 1 };
        case 4:
            return { data: cmyk ? cmykToRgb(data, count) : withoutAlpha(data, count, 3), width, height, channels: 3 };
        default:
            throw new FileError(`image ${name} is corrupt: ${data.length} bytes for ${width}x${height} pixels`, REPLACE);
    }
}

/** A zeroed array for elements of a type; float16 travels as its bits. */
function allocate(type, length) {
    return new TENSOR_ARRAYS[type](length);
}
/** A reader of little-endian elements as numbers; undefined for types that `.npy` files are not read in. */
function elementReader(type) {
    switch (type) {
        case 'float32':
            return (bytes, index) => bytes.readFloatLE(index * 4);
        case 'float64':
            return (bytes, index) => bytes.readDoubleLE(index * 8);
        case 'float16':
            return (bytes, index) => float16Value(bytes.readUInt16LE(index * 2));
        case 'uint8':
            return (bytes, index) => bytes.readUInt8(index);
        case 'int8':
            return (bytes, index) => bytes.readInt8(index);
        case 'int16':
            return (bytes, index) => bytes.readInt16LE(index * 2);
        case 'int32':
            return (bytes, index) => bytes.readInt32LE(index * 4);
        case 'int64':
            return (bytes, index) => Number(bytes.readBigInt64LE(index * 8));
        default:
            return undefined;
    }
}
/** IEEE 754 binary16 bits of a number, rounded once (half to even); 65520 and more is infinity. */
function float16Bits(value) {
    if (Number.isNaN(value))
        return 0x7e00;
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const size = Math.abs(value);
    if (size >= 65520)
        return sign | 0x7c00;
    // Below 2^-14 numbers are multiples of 2^-24, and the bits count them; rounding up into the normal range fits too.
    if (size < 2 ** -14)
        return sign | roundHalfEven(size * 2 ** 24);
    let exponent = Math.floor(Math.log2(size));
    if (2 ** exponent > size)
        exponent--;
    if (2 ** (exponent + 1) <= size)
        exponent++;
    return sign | (((exponent + 15) << 10) + roundHalfEven((size / 2 ** exponent - 1) * 1024));
}
/** Value of IEEE 754 binary16 bits. */
function float16Value(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0)
        return sign * fraction * 2 ** -24;
    if (exponent === 31)
        return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
/** Rounds to the nearest integer, ties to even: Python's round(), C's rint(), NumPy's and ONNX's rounding. */
function roundHalfEven(value) {
    const below = Math.floor(value);
    const rest = value - below;
    if (rest !== 0.5)
        return rest < 0.5 ? below : below + 1;
    return below % 2 === 0 ? below : below + 1;
}

/**
 * Checks the records of a tensor data set against the model's input. Equal types are copied; other numbers are
 * converted to float32 and float16 inputs; nothing is converted to integers, whose scale the file does not say.
 * @throws ConfigurationError if shape or type do not fit.
 */
function tensorWriter({ type, dims }, input) {
    if (input === undefined || input.type === type) {
        if (input !== undefined)
            checkShape(dims, input.dims);
        return { type, write: copy$1 };
    }
    checkShape(dims, input.dims);
    const read = elementReader(type);
    if (read === undefined || (input.type !== 'float32' && input.type !== 'float16'))
        throw new ConfigurationError([{ message: `the .npy file holds ${type}, the model's input takes ${input.type}` }], `save the tensors as ${input.type}`);
    const cast = input.type === 'float16' ? float16Bits : Math.fround;
    const count = elementCount(dims);
    return {
        type: input.type,
        write(record, out, offset) {
            for (let i = 0; i < count; i++)
                out[offset + i] = cast(read(record, i));
        }
    };
}
/** @throws ConfigurationError if the records do not fit the model's input, or steps for images are given. */
function checkTensors(content, steps, input) {
    if (steps.length > 0)
        throw new ConfigurationError([{ message: 'preprocessing steps are for images; .npy tensors go into the model as they are' }], 'remove `preprocess`');
    tensorWriter(content, input);
}
function copy$1(record, out, offset) {
    const start = out.byteOffset + offset * out.BYTES_PER_ELEMENT;
    new Uint8Array(out.buffer, start, record.length).set(record);
}
function checkShape(dims, input) {
    const wanted = input.slice(1);
    const fits = wanted.length === dims.length && wanted.every((size, axis) => typeof size === 'string' || size === dims[axis]);
    if (!fits)
        throw new ConfigurationError([
            {
                message: `a record of the .npy file is [${dims.join(', ')}], the model takes [${wanted.join(', ')}] a sample`
            }
        ], 'save the tensors as [samples, …] in the shape of the model input');
}

/** Decoded pixels that may wait at a time: large photographs are decoded fewer ahead. */
const WAITING_BYTES = 256 << 20;
/** What was read between two collections of garbage: bytes of decoded samples, or samples, whichever comes first. */
const COLLECT = { bytes: 2 << 20, samples: 64 };
/** Batches alternate between buffers, so that one can be looked at beside the one before it. */
const BUFFERS = 2;
/**
 * Reads a data set in order, as batches for a session. Images are decoded ahead in the decoder's own threads while the
 * caller's inference blocks the event loop; memory is bounded whatever the size of the set.
 *
 * **A batch's `input` is valid until the next-but-one batch is asked for**: two buffers are used in turn.
 *
 * @param preprocess needed for images; tensors go into the model as they are.
 * @throws FileError naming the sample; ConfigurationError if tensors do not fit the model; the signal's reason.
 */
function batches(dataset, preprocess, options) {
    const { content } = dataset;
    if (content.kind === 'tensor') {
        return generate(dataset, tensorSamples(content, options.input), options);
    }
    if (preprocess === undefined)
        throw new ConfigurationError([{ message: 'images need compiled preprocessing' }], 'add `preprocess`');
    return generate(dataset, imageSamples(preprocess), options);
}
async function* generate(dataset, sample, options) {
    const { batch, signal } = options;
    const total = dataset.samples.length;
    const size = elementCount(sample.dims);
    const buffers = Array.from({ length: BUFFERS }, () => allocate(sample.type, Math.min(batch, total) * size));
    const most = options.concurrency ?? Math.min(64, Math.max(8, 2 * batch));
    const queue = [];
    const garbage = new Garbage();
    let window = most;
    let started = 0;
    const load = async (index) => {
        signal?.throwIfAborted();
        const bytes = await dataset.read(index);
        options.onBytes?.(index, sha256(bytes));
        return sample.decode(bytes, dataset.samples[index]);
    };
    const fill = () => {
        while (started < total && queue.length < window) {
            const loading = load(started++);
            // Awaited in order; until then a failure must not count as unhandled.
            loading.catch(() => undefined);
            queue.push(loading);
        }
    };
    try {
        for (let start = 0; start < total; start += batch) {
            const samples = dataset.samples.slice(start, start + batch);
            const buffer = buffers[(start / batch) % BUFFERS];
            const sizes = [];
            for (const [position, { id }] of samples.entries()) {
                signal?.throwIfAborted();
                fill();
                const decoded = await queue[0];
                void queue.shift();
                window = Math.max(1, Math.min(most, Math.floor(WAITING_BYTES / sample.bytes(decoded))));
                sample.write(decoded, id, buffer, position * size);
                if (sample.size !== undefined)
                    sizes.push(sample.size(decoded));
                garbage.add(sample.bytes(decoded), window);
            }
            fill();
            const data = samples.length === batch ? buffer : buffer.subarray(0, samples.length * size);
            yield { start, samples, sizes, input: { type: sample.type, dims: [samples.length, ...sample.dims], data } };
        }
    }
    finally {
        await Promise.allSettled(queue);
    }
}
/** Sees to it that what samples leave behind does not grow with their number. */
class Garbage {
    #bytes = 0;
    #samples = 0;
    /** @param ahead samples being decoded: what outlives two collections counts as old, and is kept for much longer. */
    add(bytes, ahead) {
        this.#bytes += bytes;
        this.#samples++;
        const due = this.#bytes >= COLLECT.bytes ? this.#samples >= 2 * ahead : this.#samples >= COLLECT.samples;
        if (!due)
            return;
        collectYoungGarbage();
        this.#bytes = 0;
        this.#samples = 0;
    }
}
function imageSamples(preprocess) {
    return {
        dims: preprocess.sampleDims,
        type: preprocess.type,
        async decode(bytes, { id, size }) {
            const pixels = await decodeImage(bytes, id);
            releaseMemory([bytes]);
            return sized(pixels, id, size);
        },
        bytes: ({ data }) => data.length,
        size: ({ width, height }) => ({ width, height }),
        write(pixels, id, out, offset) {
            try {
                preprocess.run(pixels, out, offset);
            }
            catch (error) {
                throw error instanceof GateError
                    ? new FileError(`image ${id}: ${error.message}`, error.hint, { cause: error })
                    : error;
            }
        }
    };
}
function sized(pixels, id, annotated) {
    const { width, height } = pixels;
    if (annotated !== undefined && (annotated.width !== width || annotated.height !== height))
        throw new FileError(`image ${id} is ${width}x${height}, its annotations are for ${annotated.width}x${annotated.height}`, 'annotate the image as it is stored: EXIF orientation is not applied');
    return pixels;
}
function tensorSamples(content, input) {
    const { type, write } = tensorWriter(content, input);
    return {
        dims: content.dims,
        type,
        decode: (bytes) => bytes,
        bytes: (record) => record.length,
        write(record, _id, out, offset) {
            write(record, out, offset);
            releaseMemory([record]);
        }
    };
}

/**
 * SHA-256 of a set of samples: of one JSON line [id, label, sha256] each (and truth where there is one), sorted, so
 * that the order in which files are listed does not matter.
 */
function datasetHash(entries) {
    const lines = entries.map(({ id, label, sha256, truth }) => JSON.stringify([id, label ?? null, sha256, ...(truth === undefined ? [] : [truth])]));
    return sha256(lines.sort().join('\n'));
}
/** SHA-256 of the bytes behind every sample, in order. At most `concurrency` files are in memory. */
async function hashDataset(dataset, options = {}) {
    const hashes = new Array(dataset.samples.length);
    let next = 0;
    const worker = async () => {
        while (next < hashes.length) {
            options.signal?.throwIfAborted();
            const index = next++;
            const bytes = await dataset.read(index);
            hashes[index] = sha256(bytes);
            releaseMemory([bytes]);
        }
    };
    await Promise.all(Array.from({ length: options.concurrency ?? 4 }, worker));
    return hashes;
}
/** SHA-256 of one image's objects in their order; class names stand for indices, so that renumbering does not matter. */
function objectsHash(objects, classes) {
    const rows = Array.from(objects.categories, (index, i) => [
        classes[index],
        ...objects.boxes.subarray(4 * i, 4 * i + 4),
        objects.areas[i],
        objects.crowd[i],
        objects.difficult[i]
    ]);
    return sha256(JSON.stringify(rows));
}

/** What went wrong with a file, in words, from the system's error code. */
function reasonOf(error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
        case 'ENOENT':
            return 'it does not exist';
        case 'EACCES':
        case 'EPERM':
            return 'permission denied';
        case 'EISDIR':
            return 'it is a folder, not a file';
        case 'ENOTDIR':
            return 'it is a file, not a folder';
        case 'ELOOP':
            return 'its symbolic links form a loop';
        case 'EMFILE':
            return 'too many files are open';
        default:
            return error instanceof Error ? error.message : String(error);
    }
}
/** A FileError for a system call that failed on `path`. */
function fileError(what, path, error) {
    const reason = reasonOf(error);
    const hint = reason === 'permission denied'
        ? `give the user that runs the gate permission to read ${path}`
        : reason === 'it does not exist'
            ? 'check the path; paths in the config are relative to the config file'
            : undefined;
    return new FileError(`cannot read ${what} ${path}: ${reason}`, hint, { cause: error });
}
/** The folder that every file of a data set must lie in, symbolic links resolved. */
class Workspace {
    root;
    constructor(path) {
        this.root = resolveLinks('the workspace', path);
    }
    /**
     * The real path behind `path`.
     * @throws FileError if it is missing, or if it or what it links to lies outside the workspace.
     */
    confine(what, path) {
        const real = resolveLinks(what, path);
        const inside = relative$2(this.root, real);
        if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
            throw new FileError(`${what} ${path} ${real === path ? 'lies' : `leads to ${real}, which lies`} outside the workspace ${this.root}`, 'move the data into the workspace: a config from a pull request must not read other files of the machine');
        return real;
    }
}
function resolveLinks(what, path) {
    try {
        return realpathSync.native(path);
    }
    catch (error) {
        throw fileError(what, path, error);
    }
}
/** Order of UTF-16 code units: the same on every system and in every locale. */
function byCodeUnit(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}
/** Entries of a folder in code-unit order, without what file managers and archivers leave behind. */
function listFolder(what, path) {
    try {
        return readdirSync(path, { withFileTypes: true })
            .filter((entry) => !isLitter(entry.name))
            .sort((a, b) => byCodeUnit(a.name, b.name));
    }
    catch (error) {
        throw fileError(what, path, error);
    }
}
function isLitter(name) {
    return name.startsWith('.') || ['thumbs.db', 'desktop.ini', '__macosx'].includes(name.toLowerCase());
}

/**
 * Reads class names, one a line; the line number less one is the index. A byte-order mark, spaces around a name and
 * empty lines at the end are ignored.
 * @throws FileError naming file and line for an empty or repeated name.
 */
function readClasses(file, workspace) {
    const lines = readText('the class list', file, workspace).trimEnd().split(/\r?\n/);
    const firstLine = new Map();
    return lines.map((line, index) => {
        const name = line.trim();
        if (name === '')
            throw new FileError(`${file}:${index + 1}: empty class name`, 'write one class name a line, in index order');
        const earlier = firstLine.get(name);
        if (earlier !== undefined)
            throw new FileError(`${file}:${index + 1}: class '${name}' is already on line ${earlier}`, 'remove one of them');
        firstLine.set(name, index + 1);
        return name;
    });
}
/** A small UTF-8 text file of the workspace, without its byte-order mark. */
function readText(what, file, workspace) {
    const real = workspace.confine(what, file);
    let bytes;
    try {
        bytes = readFileSync(real);
    }
    catch (error) {
        throw fileError(what, file, error);
    }
    // Excel and PowerShell write UTF-16; a zero byte stands in no text that is UTF-8.
    if (!isUtf8(bytes) || bytes.includes(0))
        throw new FileError(`${what} ${file} is not UTF-8 text`, 'save it as UTF-8');
    return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** File name extensions that count as images when a folder is listed; what is inside decides how they are decoded. */
const IMAGE_NAME = /\.(jpe?g|png|webp|gif|tiff?|bmp)$/i;
function isImageName(name) {
    return IMAGE_NAME.test(name);
}
/** A listed set of encoded image files. */
class ImageDataset {
    source;
    entries;
    classes;
    warnings;
    categoryIds;
    content = { kind: 'image' };
    samples;
    constructor(source, entries, classes, warnings = [], categoryIds) {
        this.source = source;
        this.entries = entries;
        this.classes = classes;
        this.warnings = warnings;
        this.categoryIds = categoryIds;
        this.samples = entries.map(({ sample }) => sample);
    }
    select(indices) {
        return new ImageDataset(this.source, indices.map((index) => this.entry(index)), this.classes, this.warnings, this.categoryIds);
    }
    // Synchronous below: four trips through the thread pool take longer than reading an image from the page cache, and
    // the bytes are handed to the decoder's threads before the caller's next inference blocks the event loop.
    // eslint-disable-next-line @typescript-eslint/require-await
    async read(index) {
        const { file, sample } = this.entry(index);
        try {
            return readFileSync(file);
        }
        catch (error) {
            throw fileError(`image ${sample.id}:`, file, error);
        }
    }
    async close() { }
    entry(index) {
        const entry = this.entries[index];
        if (entry === undefined)
            throw new FileError(`there is no sample ${index}: the data set has ${this.entries.length}`);
        return entry;
    }
}

/** How far a box may lie outside its image: rounding and counting from 0 instead of 1 account for a pixel. */
/** @returns what is wrong with a box, or undefined. */
function boxProblem([x, y, width, height], image) {
    const box = `[${x}, ${y}, ${width}, ${height}]`;
    if (![x, y, width, height].every(Number.isFinite))
        return `the box ${box} is not finite`;
    if (width < 0 || height < 0)
        return `the box ${box} (x, y, width, height) has a negative size`;
    const least = -1;
    if (x < least || y < least || x + width > image.width - least || y + height > image.height - least)
        return `the box ${box} (x, y, width, height) lies outside the image of ${image.width}x${image.height}`;
    return undefined;
}
function packObjects(objects) {
    const packed = {
        boxes: new Float64Array(4 * objects.length),
        categories: new Int32Array(objects.length),
        areas: new Float64Array(objects.length),
        crowd: new Uint8Array(objects.length),
        difficult: new Uint8Array(objects.length)
    };
    objects.forEach(({ box, class: index, area, crowd, difficult }, i) => {
        packed.boxes.set(box, 4 * i);
        packed.categories[i] = index;
        packed.areas[i] = area ?? box[2] * box[3];
        packed.crowd[i] = crowd === true ? 1 : 0;
        packed.difficult[i] = difficult === true ? 1 : 0;
    });
    return packed;
}

/** Rows of a CSV file (RFC 4180 quoting, spaces around cells ignored, empty lines skipped). */
function parseTable(text, file) {
    try {
        const rows = parse$1(text, { info: true, relaxColumnCount: true, skipEmptyLines: true, trim: true });
        return rows.map(({ record, info }) => ({ line: info.lines, cells: record }));
    }
    catch (error) {
        const line = error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? `:${error.lines}` : '';
        throw new FileError(`${file}${line}: not valid CSV: ${error instanceof Error ? error.message : String(error)}`, 'quote cells that contain commas or quotes, and double the quotes inside them', { cause: error });
    }
}
/** Collects the problems of a text file, so that one run shows them all; throws the first twenty as one error. */
class Problems {
    file;
    messages = [];
    constructor(file) {
        this.file = file;
    }
    /** @param place a line, or what stands for one in a file that is not read by lines. */
    add(place, message) {
        this.messages.push(`${this.file}:${typeof place === 'number' ? place : ` ${place}`}: ${message}`);
    }
    throwIfAny(hint) {
        if (this.messages.length === 0)
            return;
        const shown = this.messages.slice(0, 20);
        const more = this.messages.length - shown.length;
        throw new FileError([...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'), hint);
    }
}
/**
 * A label cell: a class name where there is a class list, else a class index.
 * @returns the index before the offset, or what is wrong.
 */
function parseLabel(cell, classes) {
    const named = classes?.get(cell);
    if (named !== undefined)
        return named;
    const value = cell === '' ? NaN : Number(cell);
    if (Number.isNaN(value)) {
        if (cell === '')
            return 'the label is missing';
        return classes === undefined
            ? `label '${cell}' is not a number; class names need a class list (\`classes\`)`
            : `label '${cell}' is neither a class name nor a number`;
    }
    if (!Number.isInteger(value))
        return `label ${cell} is not a whole number`;
    if (value < 0)
        return `label ${cell} is negative`;
    if (classes !== undefined && value >= classes.size)
        return `label ${cell} is out of range: the class list has ${classes.size} classes, 0 to ${classes.size - 1}`;
    return value;
}

const HINT$2 = 'correct the file, or export it again; the format is the one of cocodataset.org, object detection';
/**
 * COCO's `instances.json`: every image that it lists, with or without objects.
 *
 * Categories get class indices 0, 1, … by ascending id, which is the order that detectors trained on COCO use. Areas are
 * taken as given, since those of outlines (polygons and RLE) are smaller than their boxes; a missing one is that of
 * the box, as in pycocotools' loadRes.
 */
function openCoco(source, workspace) {
    const { annotations: file } = source;
    const document = parse(file, workspace);
    const problems = new Problems(file);
    const categories = readCategories(section(document, 'categories', file), problems);
    const images = readImages(section(document, 'images', file), source, workspace, problems);
    const index = new Map(categories.map(({ id }, position) => [id, position]));
    readAnnotations(section(document, 'annotations', file), images, index, problems);
    problems.throwIfAny(HINT$2);
    if (images.size === 0)
        throw new FileError(`${file} lists no images`, HINT$2);
    const entries = [...images.values()]
        .sort((a, b) => byCodeUnit(a.name, b.name))
        .map(({ id, name, file, size, objects }) => ({
        sample: { id: name, imageId: id, size, objects: packObjects(objects) },
        file
    }));
    const names = categories.map(({ name }) => name);
    const ids = categories.map(({ id }) => id);
    return new ImageDataset(source, entries, names, [], ids);
}
function parse(file, workspace) {
    const text = readText('the annotations', file, workspace);
    try {
        const document = JSON.parse(text);
        if (isObject$1(document))
            return document;
    }
    catch (error) {
        throw new FileError(`${file} is not valid JSON: ${messageOf(error)}`, 'JSON has no NaN and no Infinity; export the file again', { cause: error });
    }
    throw new FileError(`${file} is not a COCO file: an object with images, annotations and categories is expected`, HINT$2);
}
function section(document, key, file) {
    const value = document[key];
    if (!Array.isArray(value))
        throw new FileError(`${file} has no list '${key}'`, HINT$2);
    return value;
}
function readCategories(list, problems) {
    const categories = [];
    const ids = new Set();
    list.forEach((entry, position) => {
        const place = `categories[${position}]`;
        const { id, name } = isObject$1(entry) ? entry : {};
        if (!isId(id))
            problems.add(place, `id ${show(id)} is not a whole number`);
        else if (typeof name !== 'string')
            problems.add(place, `name ${show(name)} is not a text`);
        else if (ids.has(id))
            problems.add(place, `category ${id} is in the list twice`);
        else {
            ids.add(id);
            categories.push({ id, name });
        }
    });
    return categories.sort((a, b) => a.id - b.id);
}
function readImages(list, source, workspace, problems) {
    const root = workspace.confine('the images', source.images);
    const images = new Map();
    const names = new Set();
    list.forEach((entry, position) => {
        const place = `images[${position}]`;
        const { id, file_name: name, width, height } = isObject$1(entry) ? entry : {};
        if (!isId(id))
            return problems.add(place, `id ${show(id)} is not a whole number`);
        if (images.has(id))
            return problems.add(place, `image ${id} is in the list twice`);
        if (typeof name !== 'string' || name === '')
            return problems.add(place, `file_name ${show(name)} is not a name`);
        if (names.has(name))
            return problems.add(place, `'${name}' is in the list twice`);
        if (!isSide(width) || !isSide(height))
            return problems.add(place, `width ${show(width)} and height ${show(height)} of '${name}' are not a size`);
        names.add(name);
        try {
            const file = workspace.confine('image', resolve(root, name));
            images.set(id, { id, name, file, size: { width, height }, objects: [] });
        }
        catch (error) {
            problems.add(place, messageOf(error));
        }
    });
    return images;
}
function readAnnotations(list, images, index, problems) {
    list.forEach((entry, position) => {
        const annotation = isObject$1(entry) ? entry : {};
        const { id, image_id: imageId, category_id: category, bbox: box, area, iscrowd = 0 } = annotation;
        const place = `annotations[${position}]${isId(id) ? ` (id ${id})` : ''}`;
        const image = isId(imageId) ? images.get(imageId) : undefined;
        if (image === undefined)
            return problems.add(place, `image_id ${show(imageId)} is not one of the images`);
        const classIndex = isId(category) ? index.get(category) : undefined;
        if (classIndex === undefined)
            return problems.add(place, `category_id ${show(category)} is not one of the categories`);
        if (!isBox(box))
            return problems.add(place, `bbox ${show(box)} is not [x, y, width, height]`);
        const problem = boxProblem(box, image.size);
        if (problem !== undefined)
            return problems.add(place, `${problem} '${image.name}'`);
        if (area !== undefined && !(typeof area === 'number' && area >= 0))
            return problems.add(place, `area ${show(area)} is not a number from 0 on`);
        if (![0, 1, true, false].includes(iscrowd))
            return problems.add(place, `iscrowd ${show(iscrowd)} is neither 0 nor 1`);
        image.objects.push({ box, class: classIndex, crowd: Boolean(iscrowd), ...(area !== undefined && { area }) });
    });
}
function isObject$1(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isId(value) {
    return typeof value === 'number' && Number.isInteger(value);
}
function isSide(value) {
    return isId(value) && value > 0;
}
function isBox(value) {
    return Array.isArray(value) && value.length === 4 && value.every((side) => typeof side === 'number');
}
function show(value) {
    return value === undefined ? '(missing)' : JSON.stringify(value).slice(0, 80);
}

/**
 * A folder per class, or one folder of images without labels (calibration).
 *
 * Class folders get their index from their names in code-unit order, or from `classes`. Images may lie at any depth
 * below a class folder, as in torchvision's ImageFolder.
 */
function openFolders(source, workspace) {
    const root = workspace.confine('the data set', source.path);
    const top = list(root, '', workspace);
    const stray = top.images[0];
    if (stray !== undefined && top.folders.length > 0)
        throw new FileError(`${stray.path} lies beside class folders (${top.folders[0]?.name ?? ''}, …) in ${source.path}: its class is unknown`, 'move it into the folder of its class, or use a CSV manifest');
    const dataset = top.folders.length > 0 ? labelled(source, top, workspace) : unlabelled(source, top);
    if (dataset.samples.length === 0)
        throw new FileError(`the data set ${source.path} contains no images`, 'point `path` to a folder with a folder per class');
    return dataset;
}
function unlabelled(source, top) {
    const entries = top.images.map(({ name, path }) => ({ sample: { id: name }, file: path }));
    return new ImageDataset(source, entries, undefined);
}
function labelled(source, top, workspace) {
    const classes = source.classes === undefined ? undefined : readClasses(source.classes, workspace);
    const names = classes ?? top.folders.map(({ name }) => name);
    const index = new Map(names.map((name, position) => [name, position]));
    const entries = top.folders.flatMap(({ name, path }) => {
        const label = index.get(name);
        if (label === undefined)
            throw new FileError(`folder ${path} is not a class in ${source.classes ?? ''}`, 'add its name to the class list or move the folder away');
        const images = [...walk(path, name, workspace, new Set())];
        // An empty folder shifts nobody's index here, but Git does not keep it: elsewhere every later class would move.
        if (images.length === 0 && classes === undefined)
            throw new FileError(`class folder ${path} contains no images`, 'remove it, or name all classes in a file and set `classes` so that indices do not depend on which folders exist');
        return images.map(({ id, file }) => ({ sample: { id, label: label + source.classOffset }, file }));
    });
    return new ImageDataset(source, entries, names);
}
function* walk(folder, prefix, workspace, parents) {
    if (parents.has(folder))
        throw new FileError(`${prefix}: its symbolic links form a loop`, 'remove the link');
    const { folders, images } = list(folder, prefix, workspace);
    for (const { name, path } of images)
        yield { id: `${prefix}/${name}`, file: path };
    for (const { name, path } of folders)
        yield* walk(path, `${prefix}/${name}`, workspace, new Set([...parents, folder]));
}
function list(folder, prefix, workspace) {
    const folders = [];
    const images = [];
    for (const entry of listFolder('the folder', folder)) {
        const path = join(folder, entry.name);
        const real = entry.isSymbolicLink() ? workspace.confine('the data set entry', path) : path;
        const found = { name: entry.name, path: real };
        const kind = kindOf$1(entry, real);
        if (kind === 'folder')
            folders.push(found);
        else if (kind === 'file' && isImageName(entry.name))
            images.push(found);
        else
            throw new FileError(`${prefix === '' ? path : join(prefix, entry.name)} is not an image`, 'remove it from the data set; images are .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff, .bmp');
    }
    return { folders, images };
}
function kindOf$1(entry, path) {
    try {
        const facts = entry.isSymbolicLink() ? statSync(path) : entry;
        return facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other';
    }
    catch (error) {
        throw fileError('the data set entry', path, error);
    }
}

const PATH_COLUMNS = ['path', 'file', 'filename', 'image'];
const LABEL_COLUMNS = ['label', 'class', 'target'];
/**
 * A CSV list of images. With a header row the columns are found by name (`path`, `file`, `filename` or `image`;
 * `label`, `class` or `target`; others are ignored); without one they are path, label. A manifest without a label
 * column serves calibration. A row that repeats an earlier one is dropped with a warning (a sample counted twice would
 * make paired statistics too sure); one that contradicts it is an error.
 */
function openManifest(source, workspace) {
    const { manifest } = source;
    const root = workspace.confine('the root of the manifest', source.root);
    const classes = source.classes === undefined ? undefined : readClasses(source.classes, workspace);
    const index = classes === undefined ? undefined : new Map(classes.map((name, position) => [name, position]));
    const columns = findColumns$1(parseTable(readText('the manifest', manifest, workspace), manifest), manifest);
    const problems = new Problems(manifest);
    const seen = new Map();
    const entries = [];
    const warnings = [];
    for (const { line, cells } of columns.rows) {
        const label = columns.label === undefined ? undefined : parseLabel(cells[columns.label] ?? '', index);
        if (typeof label === 'string') {
            problems.add(line, label);
            continue;
        }
        const cell = cells[columns.path] ?? '';
        if (cell === '') {
            problems.add(line, 'the path is missing');
            continue;
        }
        let file;
        try {
            file = imageFile(root, cell, workspace);
        }
        catch (error) {
            problems.add(line, messageOf(error));
            continue;
        }
        const earlier = seen.get(file);
        if (earlier !== undefined) {
            if (earlier.label !== label)
                problems.add(line, `'${cell}' has label ${label ?? '-'} here and ${earlier.label ?? '-'} on line ${earlier.line}`);
            else
                warnings.push(`${manifest}:${line}: '${cell}' is already on line ${earlier.line}; the row is left out`);
            continue;
        }
        seen.set(file, { line, label });
        const sample = { id: idOf(root, cell), ...(label === undefined ? {} : { label: label + source.classOffset }) };
        entries.push({ sample, file });
    }
    problems.throwIfAny(`correct the lines of ${manifest}; image paths are relative to ${source.root}`);
    return new ImageDataset(source, entries, classes, warnings);
}
function findColumns$1(rows, manifest) {
    const first = rows[0];
    if (first === undefined)
        throw new FileError(`the manifest ${manifest} is empty`, 'list one image a line: path,label');
    const names = first.cells.map((cell) => cell.toLowerCase());
    const separator = [';', '\t'].find((mark) => first.cells.length === 1 && names[0].includes(mark));
    if (separator !== undefined)
        throw new FileError(`${manifest}:${first.line}: ${JSON.stringify(first.cells[0])} is one cell: columns are separated by commas, not by ${separator === ';' ? 'semicolons' : 'tabs'}`, 'save the manifest with commas');
    const path = names.findIndex((name) => PATH_COLUMNS.includes(name));
    const label = names.findIndex((name) => LABEL_COLUMNS.includes(name));
    const isHeader = path >= 0;
    if (!isHeader && label >= 0)
        throw new FileError(`${manifest}:${first.line}: the header names no path column (columns: ${first.cells.join(', ')})`, `name it ${PATH_COLUMNS.join(', ')}`);
    const columns = isHeader
        ? { path, label: label < 0 ? undefined : label, rows: rows.slice(1) }
        : { path: 0, label: first.cells.length > 1 ? 1 : undefined, rows };
    if (columns.rows.length === 0)
        throw new FileError(`the manifest ${manifest} has a header and no rows`, 'list one image a line: path,label');
    return columns;
}
function imageFile(root, cell, workspace) {
    if (sep === '/' && cell.includes('\\'))
        throw new FileError(`'${cell}' holds "\\": write paths with "/", which works on every system`);
    const path = resolve(root, cell);
    const file = workspace.confine('image', path);
    if (!statSync(file).isFile())
        throw new FileError(`image ${path} is not a file`);
    return file;
}
function idOf(root, cell) {
    const path = isAbsolute(cell) ? cell : resolve(root, cell);
    return relative$2(root, path).split(sep).join('/');
}

const SIGNATURE_BYTES = 8;
const GREY = 0;
const INDEXED = 3;
const HINT$1 = 'save masks as indexed or 8-bit grey PNG: one value a pixel';
/**
 * Decodes a mask to its stored values.
 *
 * An image decoder turns the indices of a PNG into the colours of its palette, from which they cannot be told again where
 * two entries are alike. So the PNG is handed to it as a grey one: the pixels of both are stored in the same way, and
 * what says that they are indices is one byte of the header (PNG specification, 11.2.2) and the palette.
 *
 * @throws FileError naming the mask that is not a PNG of 1 to 8 bits a pixel, or is damaged.
 */
async function decodeMask(bytes, name) {
    const header = readHeader$1(bytes);
    if (header.format !== 'png') {
        const { width, height } = await decodeImage(bytes, name);
        throw new FileError(`mask ${name} (${width}x${height}) is not a PNG: other formats change values or lose them`, HINT$1);
    }
    const colorType = bytes.readUInt8(25);
    if (colorType !== GREY && colorType !== INDEXED)
        throw new FileError(`mask ${name} is ${colorType === 4 ? 'grey with transparency' : 'in colour'}`, HINT$1);
    if (header.depth > 8)
        throw new FileError(`mask ${name} has ${header.depth} bits a pixel; up to 8 are read`, HINT$1);
    const { data, width, height } = await decodeImage(asGrey(bytes), name);
    if (header.depth === 8)
        return { data, width, height };
    // The decoder spreads the levels of fewer bits over 0..255.
    const step = 255 / (2 ** header.depth - 1);
    return { data: data.map((level) => level / step), width, height };
}
/** The same pixels under a header that says grey, with nothing but what is needed to read them. */
function asGrey(bytes) {
    const header = Buffer.from(bytes.subarray(SIGNATURE_BYTES, SIGNATURE_BYTES + 25));
    header.writeUInt8(GREY, 17);
    header.writeUInt32BE(crc32(header.subarray(4, 21)), 21);
    const parts = [bytes.subarray(0, SIGNATURE_BYTES), header];
    let position = SIGNATURE_BYTES + header.length;
    while (position + 12 <= bytes.length) {
        const end = position + 12 + bytes.readUInt32BE(position);
        const chunk = bytes.toString('latin1', position + 4, position + 8);
        if (chunk === 'IDAT' || chunk === 'IEND')
            parts.push(bytes.subarray(position, end));
        position = end;
    }
    // What is cut short stays so, and the decoder says it.
    return Buffer.concat(parts);
}

/** The files below a folder whose names pass, in code-unit order of their paths. */
function listTree(what, folder, workspace, wanted) {
    const walk = (real, prefix, parents) => {
        if (parents.includes(real))
            throw new FileError(`${prefix}: its symbolic links form a loop`, 'remove the link');
        return listFolder(what, real).flatMap((entry) => {
            const path = join(real, entry.name);
            const name = `${prefix}${entry.name}`;
            const file = entry.isSymbolicLink() ? workspace.confine(what, path) : path;
            const isFolder = entry.isSymbolicLink() ? followed(what, file) : entry.isDirectory();
            if (isFolder)
                return walk(file, `${name}/`, [...parents, real]);
            return wanted(entry.name) ? [{ name, file }] : [];
        });
    };
    return walk(workspace.confine(what, folder), '', []);
}
function followed(what, file) {
    try {
        return statSync(file).isDirectory();
    }
    catch (error) {
        throw fileError(what, file, error);
    }
}
/** A name without its extension. */
function stemOf$1(name) {
    const dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1 ? name.slice(0, dot) : name;
}
/**
 * Files by the part of their name that pairs them with an annotation.
 * @throws FileError where two share it.
 */
function byStem(files, stem = stemOf$1) {
    const found = new Map();
    for (const file of files) {
        const key = stem(file.name);
        const earlier = found.get(key);
        if (earlier !== undefined)
            throw new FileError(`${earlier.name} and ${file.name} have the same name but for the extension: which one is annotated is unknown`, 'remove one of them');
        found.set(key, file);
    }
    return found;
}

/** Images with a mask of the same name, but for the suffix, in a second folder. */
function openMasks(source, workspace) {
    const { imageSuffix, maskSuffix } = source;
    const isWanted = (name) => (imageSuffix === undefined ? isImageName(name) : name.endsWith(imageSuffix));
    const imageStem = imageSuffix === undefined ? stemOf$1 : (name) => name.slice(0, -imageSuffix.length);
    const images = byStem(listTree('the images', source.images, workspace, isWanted), imageStem);
    const isMask = (name) => name.endsWith(maskSuffix);
    const found = listTree('the masks', source.masks, workspace, isMask);
    const masks = byStem(found, (name) => name.slice(0, -maskSuffix.length));
    if (images.size === 0)
        throw new FileError(`there are no images in ${source.images}`, 'check `images`');
    for (const [name, { file }] of masks)
        if (!images.has(name))
            throw new FileError(`mask ${file} has no image in ${source.images}`, 'add the image, or remove the mask');
    const pairs = [...images].map(([name, image]) => {
        const mask = masks.get(name);
        if (mask === undefined)
            throw new FileError(`image ${image.name} has no mask: there is no ${name}${maskSuffix} in ${source.masks}`, 'add the mask, or set `mask_suffix` to what the names of masks end with');
        return { entry: { sample: { id: image.name }, file: image.file }, mask: mask.file };
    });
    const classes = source.classes === undefined ? undefined : readClasses(source.classes, workspace);
    return new MaskDataset(source, pairs, classes);
}
class MaskDataset extends ImageDataset {
    masks;
    pairs;
    constructor(masks, pairs, names) {
        super(masks, pairs.map(({ entry }) => entry), names);
        this.masks = masks;
        this.pairs = pairs;
    }
    select(indices) {
        return new MaskDataset(this.masks, indices.map((index) => this.pair(index)), this.classes);
    }
    async readMask(index, options) {
        const { entry, mask: file } = this.pair(index);
        const { data, width, height } = await decodeMask(readMaskFile(file), file);
        const { size, classes } = options;
        if (size !== undefined && (size.width !== width || size.height !== height))
            throw new FileError(`mask ${file} is ${width}x${height}, its image ${entry.sample.id} is ${size.width}x${size.height}`, 'masks have one value for each pixel of the image as it is stored');
        return { data: classified(data, width, maskTable(this.masks, classes), this.masks, file, classes), width, height };
    }
    hashMask(index) {
        return sha256(readMaskFile(this.pair(index).mask));
    }
    pair(index) {
        const pair = this.pairs[index];
        if (pair === undefined)
            throw new FileError(`there is no sample ${index}: the data set has ${this.pairs.length}`);
        return pair;
    }
}
function readMaskFile(file) {
    try {
        return readFileSync(file);
    }
    catch (error) {
        throw fileError('mask', file, error);
    }
}
const UNKNOWN$1 = -1;
/**
 * What each of the 256 mask values stands for: a class below `classes`, {@link IGNORED}, or -1 for an error.
 * Without a map a value is its class.
 */
function maskTable({ map, ignore }, classes) {
    return Int16Array.from({ length: 256 }, (_, value) => {
        if (value === ignore)
            return IGNORED;
        const mapped = map === undefined ? value : map.values.get(value);
        if (mapped === 'ignore' || (mapped === undefined && map?.others === 'ignore'))
            return IGNORED;
        return mapped !== undefined && mapped < classes && mapped < IGNORED ? mapped : UNKNOWN$1;
    });
}
function classified(data, width, table, { map }, file, classes) {
    const out = new Uint8Array(data.length);
    for (let i = 0; i < data.length; i++) {
        const index = table[data[i]];
        if (index === UNKNOWN$1) {
            const value = data[i];
            const place = `mask ${file} has value ${value} at ${i % width},${Math.floor(i / width)} (x,y)`;
            if (map !== undefined && !map.values.has(value))
                throw new FileError(`${place}, which is not in the map`, `add it, or set \`others: ignore\``);
            throw new FileError(`${place}; the network has ${classes} classes, 0 to ${classes - 1}`, `\`ignore: ${value}\` leaves such pixels out, \`map: {${value}: 1}\` makes them a class`);
        }
        out[i] = index;
    }
    return out;
}

const TYPES = {
    f4: { type: 'float32', bytes: 4 },
    f8: { type: 'float64', bytes: 8 },
    f2: { type: 'float16', bytes: 2 },
    u1: { type: 'uint8', bytes: 1 },
    i1: { type: 'int8', bytes: 1 },
    i2: { type: 'int16', bytes: 2 },
    i4: { type: 'int32', bytes: 4 },
    i8: { type: 'int64', bytes: 8 }
};
const RESAVE = 'save it again with numpy.save(file, numpy.ascontiguousarray(array, dtype="<f4"))';
/**
 * A NumPy `.npy` file (format versions 1 to 3, C order, little-endian), read record by record at its position, so that
 * memory does not grow with the file. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
class NpyFile {
    path;
    type;
    dims;
    recordBytes;
    dataStart;
    descriptor;
    closed = false;
    constructor(path, type, dims, 
    /** Bytes of one record: an entry along the first dimension. */
    recordBytes, dataStart, descriptor) {
        this.path = path;
        this.type = type;
        this.dims = dims;
        this.recordBytes = recordBytes;
        this.dataStart = dataStart;
        this.descriptor = descriptor;
    }
    /** @throws FileError for a file that is missing, truncated, longer than its header says, or of another layout. */
    static open(what, path, workspace) {
        const real = workspace.confine(what, path);
        let descriptor;
        try {
            descriptor = openSync(real, 'r');
        }
        catch (error) {
            throw fileError(what, path, error);
        }
        try {
            const { type, bytes, dims, dataStart } = readHeader(descriptor, path);
            const recordBytes = elementCount(dims.slice(1)) * bytes;
            checkSize(descriptor, path, dataStart, (dims[0] ?? 0) * recordBytes);
            return new NpyFile(path, type, dims, recordBytes, dataStart, descriptor);
        }
        catch (error) {
            closeSync(descriptor);
            throw error instanceof FileError ? error : fileError(what, path, error);
        }
    }
    /** The raw bytes of `count` records from `first` on, in memory of their own. */
    read(first, count = 1) {
        const buffer = Buffer.allocUnsafeSlow(count * this.recordBytes);
        const position = this.dataStart + first * this.recordBytes;
        try {
            const read = readFully(this.descriptor, buffer, position);
            if (read < buffer.length)
                throw new FileError(`${this.path} ends inside record ${first}: it was cut while in use`);
        }
        catch (error) {
            throw error instanceof FileError ? error : fileError(`record ${first} of`, this.path, error);
        }
        return buffer;
    }
    close() {
        if (this.closed)
            return;
        this.closed = true;
        closeSync(this.descriptor);
    }
}
function readHeader(descriptor, path) {
    const start = Buffer.alloc(12);
    const length = readFully(descriptor, start, 0);
    if (length === 0)
        throw new FileError(`${path} is empty`, RESAVE);
    if (length < 12 || start.toString('latin1', 0, 6) !== '\x93NUMPY')
        throw new FileError(`${path} is not a NumPy .npy file`, 'write it with numpy.save');
    const version = start[6] ?? 0;
    if (version < 1 || version > 3)
        throw new FileError(`${path} has .npy format version ${version}; 1, 2 and 3 are known`, RESAVE);
    const wide = version > 1;
    const headerLength = wide ? start.readUInt32LE(8) : start.readUInt16LE(8);
    const headerStart = wide ? 12 : 10;
    // NumPy itself refuses longer headers: they would only cost memory.
    if (headerLength > 1 << 20)
        throw new FileError(`${path} has a header of ${headerLength} bytes: it is damaged`, RESAVE);
    const header = Buffer.alloc(headerLength);
    if (readFully(descriptor, header, headerStart) < headerLength)
        throw new FileError(`${path} is truncated: it ends inside its header`, 'copy or download it again');
    return {
        ...parseHeader(header.toString(version === 3 ? 'utf8' : 'latin1'), path),
        dataStart: headerStart + headerLength
    };
}
function parseHeader(header, path) {
    const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
    const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
    const shape = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(header)?.[1];
    if (descr === undefined || fortran === undefined || shape === undefined)
        throw new FileError(`${path} has a header that is not a plain array: ${header.trim().slice(0, 120)}`, RESAVE);
    if (fortran === 'True')
        throw new FileError(`${path} is stored in Fortran (column-major) order; only C order is read`, RESAVE);
    const element = TYPES[descr.slice(1)];
    if (element === undefined || !('<=|'.includes(descr.charAt(0)) || element.bytes === 1))
        throw new FileError(`${path} has element type '${descr}'; little-endian ${Object.keys(TYPES).join(', ')} are read`, RESAVE);
    const dims = shape
        .split(',')
        .map((size) => size.trim().replace(/L$/, ''))
        .filter((size) => size !== '')
        .map(Number);
    if (dims.length === 0)
        throw new FileError(`${path} holds a single number, not a list of samples`, RESAVE);
    if (!Number.isSafeInteger(elementCount(dims) * element.bytes))
        throw new FileError(`${path} says it holds ${dims.join(' x ')} elements: it is damaged`, RESAVE);
    return { ...element, dims };
}
function checkSize(descriptor, path, dataStart, dataBytes) {
    const present = fstatSync(descriptor).size - dataStart;
    if (present < dataBytes)
        throw new FileError(`${path} is truncated: its header promises ${dataBytes} bytes of data, ${Math.max(present, 0)} are there`, 'copy or download it again');
    if (present > dataBytes)
        throw new FileError(`${path} has ${present - dataBytes} bytes more than its header says`, 'save one array a file');
}
function readFully(descriptor, buffer, position) {
    let filled = 0;
    while (filled < buffer.length) {
        const bytesRead = readSync(descriptor, buffer, filled, buffer.length - filled, position + filled);
        if (bytesRead === 0)
            break;
        filled += bytesRead;
    }
    return filled;
}

/**
 * Class indices in the order of the samples: an integer vector in `.npy`, or CSV. CSV with a header has a `label`
 * column and may have an `index` column (other columns are ignored); without one it is `label` or `index,label`.
 */
function readLabels$1(file, workspace) {
    return extname(file).toLowerCase() === '.npy' ? readVector(file, workspace) : readTable(file, workspace);
}
function readVector(path, workspace) {
    const file = NpyFile.open('the labels', path, workspace);
    try {
        const [count = 0, ...rest] = file.dims;
        if (rest.some((size) => size !== 1))
            throw new FileError(`${path} has shape ${file.dims.join(' x ')}; labels are a vector`, 'save argmax, not one-hot rows');
        const bytes = file.read(0, count);
        const read = file.type.startsWith('float') ? undefined : elementReader(file.type);
        if (read === undefined)
            throw new FileError(`${path} holds ${file.type}; labels are integers`, 'save them with dtype numpy.int64');
        return Array.from({ length: count }, (_, index) => {
            const label = read(bytes, index);
            if (label < 0)
                throw new FileError(`${path}: label ${label} of sample ${index} is negative`);
            return label;
        });
    }
    finally {
        file.close();
    }
}
function readTable(file, workspace) {
    const rows = parseTable(readText('the labels', file, workspace), file);
    const { label, index, data } = findColumns(rows, file);
    const problems = new Problems(file);
    const labels = [];
    const lines = [];
    data.forEach(({ line, cells }, row) => {
        const value = parseLabel(cells[label] ?? '', undefined);
        const position = index === undefined ? row : parseIndex(cells[index] ?? '', data.length);
        if (typeof value === 'string')
            problems.add(line, value);
        else if (typeof position === 'string')
            problems.add(line, position);
        else if (lines[position] !== undefined)
            problems.add(line, `sample ${position} is already on line ${lines[position]}`);
        else {
            labels[position] = value;
            lines[position] = line;
        }
    });
    problems.throwIfAny('write one row a sample: index,label');
    return labels;
}
function findColumns(rows, file) {
    const first = rows[0];
    if (first === undefined)
        throw new FileError(`the label file ${file} is empty`, 'write one label a line');
    const names = first.cells.map((cell) => cell.toLowerCase());
    const label = names.indexOf('label');
    if (label >= 0) {
        const index = names.indexOf('index');
        return { label, index: index < 0 ? undefined : index, data: rows.slice(1) };
    }
    if (first.cells.length > 2)
        throw new FileError(`${file}:${first.line}: no column is named 'label'`, 'add a header row, such as index,label');
    return first.cells.length === 1 ? { label: 0, index: undefined, data: rows } : { label: 1, index: 0, data: rows };
}
function parseIndex(cell, count) {
    const index = cell === '' ? NaN : Number(cell);
    return Number.isInteger(index) && index >= 0 && index < count
        ? index
        : `index '${cell}' is not a sample: there are ${count} rows, 0 to ${count - 1}`;
}

/** Input tensors in one `.npy` array [samples, ...], and their labels in a second file. */
function openTensors$1(source, workspace) {
    const file = NpyFile.open('the input tensors', source.inputs, workspace);
    try {
        const count = file.dims[0] ?? 0;
        if (count === 0 || file.recordBytes === 0)
            throw new FileError(`${source.inputs} holds no samples: its shape is ${file.dims.join(' x ')}`);
        const labels = source.labels === undefined ? undefined : readLabels$1(source.labels, workspace);
        if (labels !== undefined && labels.length !== count)
            throw new FileError(`${source.labels ?? ''} has ${labels.length} labels, ${source.inputs} has ${count} samples`, 'write one label for each entry along the first dimension');
        const name = basename(source.inputs);
        const samples = Array.from({ length: count }, (_, index) => {
            const label = labels?.[index];
            return { id: `${name}[${index}]`, ...(label === undefined ? {} : { label: label + source.classOffset }) };
        });
        return new TensorDataset(source, file, samples);
    }
    catch (error) {
        file.close();
        throw error;
    }
}
class TensorDataset {
    source;
    file;
    samples;
    records;
    content;
    warnings = [];
    constructor(source, file, samples, records = samples.map((_, index) => index)) {
        this.source = source;
        this.file = file;
        this.samples = samples;
        this.records = records;
        this.content = { kind: 'tensor', type: file.type, dims: file.dims.slice(1) };
    }
    select(indices) {
        const picked = indices.map((index) => ({ record: this.record(index), sample: this.samples[index] }));
        return new TensorDataset(this.source, this.file, picked.map(({ sample }) => sample), picked.map(({ record }) => record));
    }
    // eslint-disable-next-line @typescript-eslint/require-await -- synchronous for the reason given in images.ts
    async read(index) {
        return this.file.read(this.record(index));
    }
    // eslint-disable-next-line @typescript-eslint/require-await
    async close() {
        this.file.close();
    }
    record(index) {
        const record = this.records[index];
        if (record === undefined)
            throw new FileError(`there is no sample ${index}: ${this.file.path} has ${this.records.length}`);
        return record;
    }
}

/** The images below a folder, in code-unit order of their paths; what else lies there is left alone. */
function openUnlabelled(source, workspace) {
    const files = listTree('the images', source.images, workspace, isImageName);
    if (files.length === 0)
        throw new FileError(`there are no images in ${source.images}`, 'check `images`; images are .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff, .bmp');
    return new ImageDataset(source, files.map(({ name, file }) => ({ sample: { id: name }, file })));
}

/** Enough for the headers of JPEG (unless a preview is in front), PNG and BMP. */
const HEADER_BYTES = 64 << 10;
/**
 * Width and height of an image file as they are stored. Of JPEG, PNG and BMP only the header is read.
 * @throws FileError where it cannot be read, or is not an image.
 */
async function imageSize(file, name) {
    const head = readHead(file, name);
    const header = readHeader$1(head);
    if (header.format === 'jpeg' || header.format === 'png' || header.format === 'bmp')
        return { width: header.width, height: header.height };
    const { width, height } = await decodeImage(readFileSync(file), name);
    return { width, height };
}
function readHead(file, name) {
    try {
        const handle = openSync(file, 'r');
        try {
            const head = Buffer.alloc(HEADER_BYTES);
            return head.subarray(0, readSync(handle, head));
        }
        finally {
            closeSync(handle);
        }
    }
    catch (error) {
        throw fileError(`image ${name}:`, file, error);
    }
}

/**
 * Class names of a YOLO data set: `names` of a data.yaml, as a list or as a map from index to name, or a text file with
 * one name a line.
 */
function readYoloClasses(file, workspace) {
    if (!/\.ya?ml$/i.test(file))
        return readClasses(file, workspace);
    const names = namesOf(readText('the class names', file, workspace), file);
    const entries = Object.entries(names);
    const list = entries.map((_, index) => names[String(index)]);
    const wrong = list.findIndex((name) => typeof name !== 'string' && typeof name !== 'number');
    if (entries.length === 0 || wrong >= 0)
        throw new FileError(entries.length === 0 ? `${file}: names is empty` : `${file}: names has no text for class ${wrong}`, 'number the classes from 0 on without gaps');
    return list.map(String);
}
function namesOf(text, file) {
    let document;
    try {
        document = distExports.parse(text);
    }
    catch (error) {
        throw new FileError(`${file} is not valid YAML: ${messageOf(error)}`, undefined, { cause: error });
    }
    const names = typeof document === 'object' && document !== null && 'names' in document ? document.names : undefined;
    if (typeof names !== 'object' || names === null)
        throw new FileError(`${file} has no names`, 'write `names: [cat, dog]`, or `names: {0: cat, 1: dog}`');
    return names;
}

const HINT = 'write one object a line: class cx cy width height, the last four as shares (0 to 1) of the image';
/**
 * YOLO text labels: for `images/a/b.jpg` the file `labels/a/b.txt` with one line an object. An image without a label
 * file has no objects, as in Ultralytics' trainer; a label file without an image is an error.
 */
async function openYolo(source, workspace) {
    const classes = readYoloClasses(source.classes, workspace);
    const images = byStem(listTree('the images', source.images, workspace, isImageName));
    const labels = byStem(listTree('the labels', source.labels, workspace, isLabelName));
    if (images.size === 0)
        throw new FileError(`there are no images in ${source.images}`, 'check `images`');
    if (![...images.keys()].some((name) => labels.has(name)))
        throw new FileError(`no image in ${source.images} has a label file in ${source.labels}`, 'label files have the name of the image, with .txt');
    for (const [name, label] of labels)
        if (!images.has(name))
            throw new FileError(`${label.file} has no image in ${source.images}`, 'add the image, or remove the label file');
    const entries = [];
    for (const [name, image] of images) {
        const label = labels.get(name);
        const size = await imageSize(image.file, image.name);
        const objects = label === undefined ? [] : readLabels(label.file, classes.length, size, workspace);
        entries.push({ sample: { id: image.name, size, objects: packObjects(objects) }, file: image.file });
    }
    return new ImageDataset(source, entries, classes);
}
/** Annotation tools leave their class list beside the labels. */
function isLabelName(name) {
    return name.endsWith('.txt') && stemOf$1(name) !== 'classes';
}
function readLabels(file, classes, size, workspace) {
    const problems = new Problems(file);
    const objects = readText('the labels', file, workspace)
        .split(/\r?\n/)
        .flatMap((text, index) => {
        if (text.trim() === '')
            return [];
        const object = parseLine(text.trim(), classes, size);
        if (typeof object !== 'string')
            return [object];
        problems.add(index + 1, object);
        return [];
    });
    problems.throwIfAny(HINT);
    return objects;
}
/** @returns the object, or what is wrong with the line. */
function parseLine(text, classes, { width, height }) {
    const cells = text.split(/\s+/);
    const [index, cx, cy, w, h] = cells.map(Number);
    if (cells.length !== 5)
        return `${cells.length} values${cells.length > 6 ? ' (an outline?)' : ''} where 5 are expected: '${text.slice(0, 60)}'`;
    if (!Number.isInteger(index) || index < 0 || index >= classes)
        return `class '${cells[0]}' is not one of the ${classes} classes, 0 to ${classes - 1}`;
    if ([cx, cy, w, h].some((value) => Math.abs(value) > 2))
        return `'${text}' is in pixels, not in shares of the image`;
    const box = [(cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height];
    return boxProblem(box, { width, height }) ?? { box, class: index };
}

/**
 * Lists a data set: names and labels are read and checked, images are not decoded yet.
 *
 * @param options.workspace folder that every file must lie in after symbolic links are resolved.
 * @throws FileError naming the file (and line) that is missing, unreadable, empty, outside or contradictory.
 */
async function openDataset(source, options) {
    const workspace = new Workspace(options.workspace);
    switch (source.kind) {
        case 'folders':
            return openFolders(source, workspace);
        case 'manifest':
            return openManifest(source, workspace);
        case 'npy':
            return openTensors$1(source, workspace);
        case 'coco':
            return openCoco(source, workspace);
        case 'voc':
            // The XML parser is as large as all the rest, and seldom needed.
            return (await import('./voc.js')).openVoc(source, workspace);
        case 'yolo':
            return openYolo(source, workspace);
        case 'masks':
            return openMasks(source, workspace);
        case 'images':
            return openUnlabelled(source, workspace);
    }
}
/**
 * Checks labels (after the offset) against the width of the network's output.
 * @throws FileError naming the first sample without a label or with one that the network cannot predict.
 */
function checkLabels(dataset, outputs) {
    for (const { id, label } of dataset.samples) {
        if (label === undefined)
            throw new FileError(`sample ${id} has no label`, 'evaluation needs labelled samples');
        if (label < 0 || label >= outputs)
            throw new FileError(`sample ${id} has label ${label}, the network has ${outputs} outputs, 0 to ${outputs - 1}`, 'check the order of the class folders or the label column; `class_offset` shifts labels for networks with a background class');
    }
}

/** Raised whenever the same list starts to give other pixels, so that cached tables of the old ones are not reused. */
const ALGORITHM_VERSION = 1;
/**
 * The one text of a preprocessing list: JSON with every field in place, keys in alphabetical order and numbers in their
 * shortest form, so that spellings of the same double are equal. The layout (nchw where none is given) comes last.
 * `cast` is left out: it must name the type of the model's input, and says nothing more.
 */
function canonicalPreprocess(steps) {
    const layout = steps.find((step) => step.step === 'layout') ?? { step: 'layout', to: 'nchw' };
    const others = steps.filter(({ step }) => step !== 'layout' && step !== 'cast');
    return JSON.stringify({ steps: [...others, layout].map(ordered), version: ALGORITHM_VERSION });
}
/** SHA-256 of {@link canonicalPreprocess}, lower-case hex. */
function hashPreprocess(steps) {
    return sha256(canonicalPreprocess(steps));
}
function ordered(value) {
    if (Array.isArray(value))
        return value.map(ordered);
    if (typeof value !== 'object' || value === null)
        return value;
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, ordered(item)]));
}

/**
 * A number as the element that stores it: float16 as its bits; integers rounded half to even and saturated, without an
 * offset: 200 cast to int8 is 127, so a model that takes pixels less 128 needs `normalize: {mean: [128]}`.
 */
const CASTS = {
    float32: Math.fround,
    float16: float16Bits,
    uint8: (value) => Math.min(255, Math.max(0, roundHalfEven(value))),
    int8: (value) => Math.min(127, Math.max(-128, roundHalfEven(value)))
};
function isCastType(type) {
    return Object.hasOwn(CASTS, type);
}

/** Normalization, layout and cast in one pass: each channel has a table of its 256 values in the input's type. */
function packer(plan) {
    const table = tableOf(plan);
    const area = plan.size.width * plan.size.height;
    const { channels, layout } = plan;
    // One type of the union is enough for the compiler: all hold numbers, and a cast type is never a BigInt array.
    return (pixels, out, offset) => {
        const target = out;
        if (layout === 'nchw')
            planes(pixels.data, channels, area, table, target, offset);
        else
            interleaved(pixels.data, channels, area, table, target, offset);
    };
}
function tableOf({ normalize, channels, type }) {
    const table = allocate(type, 256 * channels);
    for (let c = 0; c < channels; c++) {
        const { scale, mean, std } = normalize ?? { scale: 1, mean: [0], std: [1] };
        const [m, s] = [mean[mean.length === 1 ? 0 : c], std[std.length === 1 ? 0 : c]];
        for (let value = 0; value < 256; value++)
            table[c * 256 + value] = CASTS[type]((value * scale - m) / s);
    }
    return table;
}
function planes(data, channels, area, table, out, offset) {
    for (let c = 0, to = offset; c < channels; c++)
        for (let i = 0, from = c; i < area; i++, from += channels)
            out[to++] = table[c * 256 + data[from]];
}
function interleaved(data, channels, area, table, out, offset) {
    for (let i = 0, at = 0; i < area; i++)
        for (let c = 0; c < channels; c++, at++)
            out[offset + at] = table[c * 256 + data[at]];
}

/** Three equal channels; an RGB image stays as it is. */
function grayToRgb(source, scratch) {
    if (source.channels === 3)
        return source;
    const out = scratch.take(source.data.length * 3);
    for (let i = 0, to = 0; i < source.data.length; i++, to += 3) {
        const value = source.data[i];
        out[to] = value;
        out[to + 1] = value;
        out[to + 2] = value;
    }
    return { ...source, data: out, channels: 3 };
}
/** Pillow's `convert('L')`: ITU-R 601 luma in 16-bit fixed point, rounded. */
function toGray(source, order, scratch) {
    if (source.channels === 1)
        return source;
    const count = source.width * source.height;
    const out = scratch.take(count);
    const red = order === 'rgb' ? 0 : 2;
    const blue = 2 - red;
    for (let i = 0, from = 0; i < count; i++, from += 3)
        out[i] =
            (source.data[from + red] * 19595 + source.data[from + 1] * 38470 + source.data[from + blue] * 7471 + 0x8000) >> 16;
    return { ...source, data: out, channels: 1 };
}
function swapRedBlue(source, scratch) {
    const out = scratch.take(source.data.length);
    for (let i = 0; i < out.length; i += 3) {
        out[i] = source.data[i + 2];
        out[i + 1] = source.data[i + 1];
        out[i + 2] = source.data[i];
    }
    return { ...source, data: out };
}

/**
 * Size after `resize`: as torchvision's Resize computes it, the other side is the truncated product
 * (`int(requested * long / short)`), and at least 1.
 */
function resizedSize({ width, height }, size) {
    if ('width' in size)
        return size;
    const other = (requested, side, of) => Math.max(1, Math.trunc((requested * side) / of));
    const widthLeads = 'shorter' in size ? width <= height : width > height;
    const requested = 'shorter' in size ? size.shorter : size.longer;
    return widthLeads
        ? { width: requested, height: other(requested, height, width) }
        : { width: other(requested, width, height), height: requested };
}
/**
 * What a centre crop takes away on each side; negative where it adds black.
 *
 * Pixels: torchvision's CenterCrop, `round((side - crop) / 2)` with ties to even; a smaller image is padded with 0, the
 * odd pixel at the right and bottom. Fraction: TensorFlow's `image.central_crop` (Keras and the MLPerf reference
 * preprocessing), which keeps `side - 2 * int((side - side * fraction) / 2)`.
 */
function cropBorders({ width, height }, size) {
    if ('fraction' in size) {
        const cut = (side) => Math.trunc((side - side * size.fraction) / 2);
        return { left: cut(width), right: cut(width), top: cut(height), bottom: cut(height) };
    }
    const before = (side, crop) => crop > side ? -Math.floor((crop - side) / 2) : roundHalfEven((side - crop) / 2);
    const left = before(width, size.width);
    const top = before(height, size.height);
    return { left, top, right: width - size.width - left, bottom: height - size.height - top };
}
/**
 * Ultralytics' LetterBox: scaled by the smaller ratio (`enlarge: false`: at most 1), sides rounded with ties to even,
 * centred with borders `round(d / 2 - 0.1)` left and top, `round(d / 2 + 0.1)` right and bottom.
 */
function letterboxGeometry({ width, height }, step) {
    const fitting = Math.min(step.height / height, step.width / width);
    const ratio = step.enlarge ? fitting : Math.min(fitting, 1);
    const inner = {
        width: Math.max(1, roundHalfEven(width * ratio)),
        height: Math.max(1, roundHalfEven(height * ratio))
    };
    const dw = (step.width - inner.width) / 2;
    const dh = (step.height - inner.height) / 2;
    return {
        inner,
        borders: {
            left: roundHalfEven(dw - 0.1),
            right: roundHalfEven(dw + 0.1),
            top: roundHalfEven(dh - 0.1),
            bottom: roundHalfEven(dh + 0.1)
        }
    };
}

/** Adds borders of one colour (positive) or cuts them off (negative), each side on its own. */
function place$2(source, borders, color, scratch) {
    const { left, top, right, bottom } = borders;
    if (left === 0 && top === 0 && right === 0 && bottom === 0)
        return source;
    const { channels } = source;
    const width = source.width + left + right;
    const height = source.height + top + bottom;
    const out = scratch.take(width * height * channels);
    if (left > 0 || top > 0 || right > 0 || bottom > 0)
        fill(out, color, channels);
    const columns = Math.min(source.width, source.width + left, source.width + right, width);
    const rowBytes = columns * channels;
    const fromX = Math.max(0, -left) * channels;
    const toX = Math.max(0, left) * channels;
    for (let y = Math.max(0, -top); y < source.height && y + top < height; y++) {
        const from = y * source.width * channels + fromX;
        out.set(source.data.subarray(from, from + rowBytes), (y + top) * width * channels + toX);
    }
    return { data: out, width, height, channels };
}
function fill(out, color, channels) {
    const first = color[0];
    if (color.every((value) => value === first)) {
        out.fill(first);
        return;
    }
    if (color.length !== channels)
        throw new FileError(`the image is grey where a border of colour [${color.join(', ')}] is added`, 'add `color: gray-to-rgb` before that step, or give the border one value');
    for (let i = 0; i < out.length; i++)
        out[i] = color[i % channels];
}

/** INTER_AREA by whole factors: the mean of each block. */
function areaBlocks(source, width, height, out) {
    const { channels, data } = source;
    const blockX = Math.round(source.width / width);
    const blockY = Math.round(source.height / height);
    const stride = source.width * channels;
    const halves = blockX === 2 && blockY === 2;
    const share = Math.fround(1 / (blockX * blockY));
    let at = 0;
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
            for (let c = 0; c < channels; c++) {
                let sum = 0;
                for (let dy = 0; dy < blockY; dy++) {
                    let from = (y * blockY + dy) * stride + x * blockX * channels + c;
                    for (let dx = 0; dx < blockX; dx++, from += channels)
                        sum += data[from];
                }
                // Two by two is rounded half up by OpenCV, other blocks half to even.
                out[at++] = halves ? (sum + 2) >> 2 : roundHalfEven(Math.fround(sum * share));
            }
}
/** INTER_AREA by other factors: the mean over the area that an output pixel covers, border pixels by their share. */
function areaAverage(source, width, height, out) {
    const { channels, data } = source;
    const columns = sharesOf(source.width, width);
    const rows = sharesOf(source.height, height);
    const length = width * channels;
    const row = new Float32Array(length);
    const sums = new Float32Array(length);
    for (let y = 0; y < height; y++) {
        sums.fill(0);
        for (let j = rows.starts[y]; j < rows.starts[y + 1]; j++) {
            horizontalShares(data, rows.positions[j] * source.width * channels, channels, columns, row);
            addRow(sums, row, rows.weights[j]);
        }
        storeRow(sums, out, y * length);
    }
}
function addRow(sums, row, weight) {
    for (let x = 0; x < sums.length; x++)
        sums[x] += Math.fround(weight * row[x]);
}
/** Stores into clamped arrays round half to even, as OpenCV does. */
function storeRow(sums, out, at) {
    new Uint8ClampedArray(out.buffer, out.byteOffset + at, sums.length).set(sums);
}
/** Single precision throughout, as in OpenCV: sums near a half decide the last level. */
function horizontalShares(data, start, channels, columns, row) {
    const { starts, positions, weights } = columns;
    const width = starts.length - 1;
    for (let c = 0; c < channels; c++) {
        const first = start + c;
        for (let x = 0, i = 0, at = c; x < width; x++, at += channels) {
            let sum = 0;
            for (const end = starts[x + 1]; i < end; i++)
                sum = Math.fround(sum + Math.fround(data[first + positions[i] * channels] * weights[i]));
            row[at] = sum;
        }
    }
}
function sharesOf(from, to) {
    const scale = 1 / (to / from);
    const starts = new Int32Array(to + 1);
    const positions = [];
    const weights = [];
    for (let i = 0; i < to; i++) {
        const begin = i * scale;
        const end = begin + scale;
        const cell = Math.min(scale, from - begin);
        const last = Math.min(Math.floor(end), from - 1);
        const first = Math.min(Math.ceil(begin), last);
        // Slivers below a thousandth of a pixel are left out, as in OpenCV.
        if (first - begin > 1e-3) {
            positions.push(first - 1);
            weights.push((first - begin) / cell);
        }
        for (let position = first; position < last; position++) {
            positions.push(position);
            weights.push(1 / cell);
        }
        if (end - last > 1e-3) {
            positions.push(last);
            weights.push(Math.min(end - last, 1, cell) / cell);
        }
        starts[i + 1] = positions.length;
    }
    return { starts, positions: Int32Array.from(positions), weights: Float32Array.from(weights) };
}

/** Copies single pixels: `columns` and `rows` say where each output position of the whole image comes from. */
function pick$1(source, columns, rows, { left, top, width, height }, scratch) {
    const { channels, data } = source;
    const out = scratch.take(width * height * channels);
    let at = 0;
    for (let y = top; y < top + height; y++) {
        const row = rows[y] * source.width;
        for (let x = left; x < left + width; x++) {
            const from = (row + columns[x]) * channels;
            for (let c = 0; c < channels; c++)
                out[at++] = data[from + c];
        }
    }
    return { data: out, width, height, channels };
}

/**
 * A buffer that a step writes every image into: it grows to the largest one and is never given back, so that a run over
 * a data set allocates nothing per image. A step's result is valid until the step runs again.
 */
class Scratch {
    buffer = new Uint8Array(0);
    /** At least `length` bytes with whatever the last image left in them. */
    take(length) {
        if (this.buffer.length < length)
            this.buffer = new Uint8Array(length);
        return this.buffer.subarray(0, length);
    }
}

/** Weights are 11-bit fixed point in OpenCV's 8-bit path (INTER_RESIZE_COEF_BITS). */
const BITS = 11;
const ONE = 1 << BITS;
/**
 * Pixels of OpenCV's `cv::resize` for 8-bit images (modules/imgproc/src/resize.cpp): INTER_NEAREST, INTER_LINEAR,
 * INTER_CUBIC (a = -0.75) and INTER_AREA. No antialiasing but in `area`. Nearest is identical; the rest is within one
 * level of its builds, which differ among themselves by vector instructions and IPP.
 */
class OpenCvResizer {
    interpolation;
    out = new Scratch();
    rows = new Int32Array(0);
    horizontal;
    vertical;
    constructor(interpolation) {
        this.interpolation = interpolation;
    }
    /** @returns pixels that are valid until the next call; the source itself where the size is the same. */
    resize(source, size) {
        if (source.width === size.width && source.height === size.height)
            return source;
        if (this.interpolation === 'nearest')
            return pick$1(source, positionsOf(source.width, size.width), positionsOf(source.height, size.height), { left: 0, top: 0, ...size }, this.out);
        const data = this.out.take(size.width * size.height * source.channels);
        this.fill(source, size, data);
        return { data, width: size.width, height: size.height, channels: source.channels };
    }
    fill(source, { width, height }, data) {
        // OpenCV divides twice; the rounding decides positions at exact pixel borders.
        const scaleX = 1 / (width / source.width);
        const scaleY = 1 / (height / source.height);
        const blockX = Math.abs(scaleX - Math.round(scaleX)) < Number.EPSILON;
        const blockY = Math.abs(scaleY - Math.round(scaleY)) < Number.EPSILON;
        const shrinks = scaleX >= 1 && scaleY >= 1;
        const { interpolation } = this;
        // Halving by INTER_LINEAR is INTER_AREA in OpenCV.
        if (shrinks && (interpolation === 'area' || (interpolation === 'bilinear' && scaleX === 2 && scaleY === 2))) {
            if (blockX && blockY)
                areaBlocks(source, width, height, data);
            else
                areaAverage(source, width, height, data);
        }
        else {
            this.horizontal = tapsFor(this.horizontal, source.width, width, interpolation);
            this.vertical = tapsFor(this.vertical, source.height, height, interpolation);
            this.separable(source, this.horizontal, this.vertical, data);
        }
    }
    /** Horizontal sums of the rows that an output row needs, kept from one output row to the next. */
    separable(source, horizontal, vertical, data) {
        const { count } = vertical;
        const length = horizontal.to * source.channels;
        if (this.rows.length < length * count)
            this.rows = new Int32Array(length * count);
        // A row's slot is its number modulo the taps: the rows of one output row are neighbours, so they never collide.
        const held = new Int32Array(count).fill(-1);
        const slots = Array.from({ length: count }, (_, slot) => this.rows.subarray(slot * length, (slot + 1) * length));
        const out = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
        for (let y = 0; y < vertical.to; y++) {
            for (let k = 0; k < count; k++) {
                const row = vertical.positions[y * count + k];
                const slot = row % count;
                if (held[slot] !== row) {
                    horizontalSums(source, row, horizontal, slots[slot]);
                    held[slot] = row;
                }
            }
            if (count === 2)
                blend2(slots, vertical, y, out, y * length, length);
            else
                blend4(slots, vertical, y, out, y * length, length);
        }
    }
}
function horizontalSums(source, row, taps, sums) {
    const { channels, data } = source;
    const start = row * source.width * channels;
    for (let c = 0; c < channels; c++) {
        if (taps.count === 2)
            linearSums(data, start + c, channels, taps, sums, c);
        else
            cubicSums(data, start + c, channels, taps, sums, c);
    }
}
function linearSums(data, start, channels, { positions, weights, to }, sums, at) {
    for (let x = 0; x < to; x++, at += channels) {
        const k = x * 2;
        sums[at] =
            data[start + positions[k] * channels] * weights[k] + data[start + positions[k + 1] * channels] * weights[k + 1];
    }
}
function cubicSums(data, start, channels, { positions, weights, to }, sums, at) {
    for (let x = 0; x < to; x++, at += channels) {
        const k = x * 4;
        sums[at] =
            data[start + positions[k] * channels] * weights[k] +
                data[start + positions[k + 1] * channels] * weights[k + 1] +
                data[start + positions[k + 2] * channels] * weights[k + 2] +
                data[start + positions[k + 3] * channels] * weights[k + 3];
    }
}
/** OpenCV's vertical linear pass drops low bits before it multiplies. */
function blend2(slots, taps, y, out, at, length) {
    const above = slots[taps.positions[y * 2] % 2];
    const below = slots[taps.positions[y * 2 + 1] % 2];
    const a = taps.weights[y * 2];
    const b = taps.weights[y * 2 + 1];
    for (let x = 0; x < length; x++)
        out[at + x] = ((Math.imul(a, above[x] >> 4) >> 16) + (Math.imul(b, below[x] >> 4) >> 16) + 2) >> 2;
}
function blend4(slots, taps, y, out, at, length) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((k) => slots[taps.positions[y * 4 + k] % 4]);
    const [w0, w1, w2, w3] = taps.weights.subarray(y * 4, y * 4 + 4);
    const unit = 1 / (ONE * ONE);
    for (let x = 0; x < length; x++)
        out[at + x] = (r0[x] * w0 + r1[x] * w1 + r2[x] * w2 + r3[x] * w3) * unit;
}
function tapsFor(last, from, to, interpolation) {
    if (last?.from === from && last.to === to)
        return last;
    const count = interpolation === 'bicubic' ? 4 : 2;
    const inverse = to / from;
    const scale = 1 / inverse;
    const positions = new Int32Array(to * count);
    const weights = new Int32Array(to * count);
    for (let i = 0; i < to; i++) {
        let base;
        let rest;
        if (interpolation === 'area') {
            // INTER_AREA while enlarging: linear, but a pixel keeps its value over the area that it covers alone.
            base = Math.floor(i * scale);
            rest = Math.fround(i + 1 - (base + 1) * inverse);
            rest = rest <= 0 ? 0 : rest - Math.floor(rest);
        }
        else {
            const position = Math.fround((i + 0.5) * scale - 0.5);
            base = Math.floor(position);
            rest = Math.fround(position - base);
        }
        const kernel = count === 4 ? cubicWeights(rest) : [Math.fround(1 - rest), rest];
        const first = count === 4 ? base - 1 : base;
        for (let k = 0; k < count; k++) {
            positions[i * count + k] = Math.min(from - 1, Math.max(0, first + k));
            weights[i * count + k] = roundHalfEven(kernel[k] * ONE);
        }
    }
    return { from, to, count, positions, weights };
}
/** Keys' kernel with a = -0.75; the last weight makes the sum one. */
function cubicWeights(x) {
    const a = -0.75;
    const w0 = Math.fround(((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a);
    const w1 = Math.fround(((a + 2) * x - (a + 3)) * x * x + 1);
    const w2 = Math.fround(((a + 2) * (1 - x) - (a + 3)) * (1 - x) * (1 - x) + 1);
    return [w0, w1, w2, Math.fround(1 - w0 - w1 - w2)];
}
/** Truncated, not centred: OpenCV's INTER_NEAREST takes the pixel at the left border of the output pixel. */
function positionsOf(from, to) {
    const step = 1 / (to / from);
    return Int32Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor(i * step)));
}

/** Fraction bits of Pillow's 8-bit weights (libImaging/Resample.c: 32 - 8 - 2). */
const PRECISION = 22;
const FILTERS = {
    area: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
    bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
    bicubic: { support: 2, weight: (x) => keys(Math.abs(x), -0.5) }
};
function filterOf$1(interpolation) {
    return FILTERS[interpolation];
}
/** Keys' cubic convolution kernel; Pillow takes a = -0.5. */
function keys(x, a) {
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}
/**
 * Weights of one pass, `last` again where it fits. Operations are in the order of Pillow's, in double precision, so that
 * weights are equal to the last bit.
 */
function kernelFor(last, from, to, filter) {
    if (last?.from === from && last.to === to)
        return last;
    const scale = from / to;
    const filterScale = Math.max(scale, 1);
    const support = filter.support * filterScale;
    const taps = Math.ceil(support) * 2 + 1;
    const starts = new Int32Array(to);
    const counts = new Int32Array(to);
    const weights = new Int32Array(to * taps);
    const exact = new Float64Array(taps);
    const step = 1 / filterScale;
    for (let i = 0; i < to; i++) {
        const center = (i + 0.5) * scale;
        const start = Math.max(0, Math.trunc(center - support + 0.5));
        const count = Math.min(from, Math.trunc(center + support + 0.5)) - start;
        let sum = 0;
        for (let k = 0; k < count; k++)
            sum += exact[k] = filter.weight((k + start - center + 0.5) * step);
        for (let k = 0; k < count; k++) {
            const weight = (sum === 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
            weights[i * taps + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
        }
        starts[i] = start;
        counts[i] = count;
    }
    return { from, to, taps, starts, counts, weights };
}

const HALF = 1 << (PRECISION - 1);
/**
 * Byte for byte the pixels of Pillow 13's `Image.resize` for 8-bit images: a horizontal and a vertical pass, each
 * rounded to 8 bits, with antialiasing when it shrinks. `area` is Pillow's BOX.
 *
 * Pillow 13 goes down first where the height shrinks by more than twice as many pixels as the width. Earlier versions
 * always go across first, and differ from this in those images: by one level for bilinear and area, by more at hard
 * edges for bicubic.
 */
class PillowResizer {
    interpolation;
    between = new Scratch();
    out = new Scratch();
    sums = new Int32Array(0);
    horizontal;
    vertical;
    constructor(interpolation) {
        this.interpolation = interpolation;
    }
    /**
     * @param region the only part that is computed and returned; the whole image where it is left out.
     * @returns pixels that are valid until the next call; the source itself where nothing changes.
     */
    resize(source, size, region = { left: 0, top: 0, width: size.width, height: size.height }) {
        const across = source.width !== size.width || region.width !== size.width;
        const down = source.height !== size.height || region.height !== size.height;
        if (!across && !down)
            return source;
        if (this.interpolation === 'nearest')
            return pick$1(source, positions(source.width, size.width), positions(source.height, size.height), region, this.out);
        const filter = filterOf$1(this.interpolation);
        this.horizontal = kernelFor(this.horizontal, source.width, size.width, filter);
        this.vertical = kernelFor(this.vertical, source.height, size.height, filter);
        const { horizontal, vertical } = this;
        const cut = source.height - size.height;
        if (cut > 0 && cut > (source.width - size.width) * 2) {
            const middle = this.passDown(source, vertical, region.top, region.height, this.between);
            return across ? this.passAcross(middle, horizontal, region, 0, region.height, this.out) : middle;
        }
        if (!down)
            return this.passAcross(source, horizontal, region, 0, source.height, this.out);
        if (!across)
            return this.passDown(source, vertical, region.top, region.height, this.out);
        const last = region.top + region.height - 1;
        const firstRow = vertical.starts[region.top];
        const rows = vertical.starts[last] + vertical.counts[last] - firstRow;
        const middle = this.passAcross(source, horizontal, region, firstRow, rows, this.between);
        return this.passDown(middle, vertical, region.top, region.height, this.out, firstRow);
    }
    passAcross(source, kernel, region, firstRow, rows, scratch) {
        const { channels } = source;
        const data = scratch.take(region.width * rows * channels);
        const pass = channels === 3 ? across3 : across1;
        pass(source, kernel, region.left, region.width, firstRow, rows, data);
        return { data, width: region.width, height: rows, channels };
    }
    /** @param skipped rows of the image that are missing at the top of `source`. */
    passDown(source, kernel, top, height, scratch, skipped = 0) {
        const stride = source.width * source.channels;
        if (this.sums.length < stride)
            this.sums = new Int32Array(stride);
        const data = scratch.take(stride * height);
        for (let y = 0; y < height; y++)
            downRow(source.data, stride, kernel, top + y, skipped, this.sums, data.subarray(y * stride, (y + 1) * stride));
        return { ...source, data, height };
    }
}
const across3 = (source, { starts, counts, weights, taps }, left, width, firstRow, rows, out) => {
    const input = source.data;
    let at = 0;
    for (let y = firstRow; y < firstRow + rows; y++) {
        const row = y * source.width;
        for (let x = left; x < left + width; x++) {
            let from = (row + starts[x]) * 3;
            let k = x * taps;
            const end = k + counts[x];
            let a = HALF;
            let b = HALF;
            let c = HALF;
            while (k < end) {
                const weight = weights[k++];
                a = (a + input[from] * weight) | 0;
                b = (b + input[from + 1] * weight) | 0;
                c = (c + input[from + 2] * weight) | 0;
                from += 3;
            }
            a >>= PRECISION;
            b >>= PRECISION;
            c >>= PRECISION;
            out[at] = a < 0 ? 0 : a > 255 ? 255 : a;
            out[at + 1] = b < 0 ? 0 : b > 255 ? 255 : b;
            out[at + 2] = c < 0 ? 0 : c > 255 ? 255 : c;
            at += 3;
        }
    }
};
const across1 = (source, { starts, counts, weights, taps }, left, width, firstRow, rows, out) => {
    const input = source.data;
    let at = 0;
    for (let y = firstRow; y < firstRow + rows; y++) {
        const row = y * source.width;
        for (let x = left; x < left + width; x++) {
            let from = row + starts[x];
            let k = x * taps;
            const end = k + counts[x];
            let sum = HALF;
            while (k < end)
                sum = (sum + input[from++] * weights[k++]) | 0;
            sum >>= PRECISION;
            out[at++] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
        }
    }
};
/** One output row. Four input rows are added at a time: running along rows is 2-3 times faster than down columns. */
function downRow(input, stride, { starts, counts, weights, taps }, y, skipped, sums, out) {
    const first = (starts[y] - skipped) * stride;
    const count = counts[y];
    sums.fill(HALF, 0, stride);
    for (let k = 0; k < count; k += 4) {
        // Past the last tap a row is taken with weight zero: the last one again, which exists.
        const row = (i) => first + Math.min(k + i, count - 1) * stride;
        const weight = (i) => (k + i < count ? weights[y * taps + k + i] : 0);
        addRows(input, row(0), row(1), row(2), row(3), weight(0), weight(1), weight(2), weight(3), sums, stride);
    }
    for (let x = 0; x < stride; x++) {
        const sum = sums[x] >> PRECISION;
        out[x] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
    }
}
function addRows(input, r0, r1, r2, r3, w0, w1, w2, w3, sums, stride) {
    for (let x = 0; x < stride; x++)
        sums[x] =
            (sums[x] +
                Math.imul(input[r0 + x], w0) +
                Math.imul(input[r1 + x], w1) +
                Math.imul(input[r2 + x], w2) +
                Math.imul(input[r3 + x], w3)) |
                0;
}
/** Pillow's affine nearest: positions are summed up, not multiplied, and its rounding errors are part of the result. */
function positions(from, to) {
    const step = from / to;
    const out = new Int32Array(to);
    for (let i = 0, position = step * 0.5; i < to; i++, position += step)
        out[i] = Math.min(from - 1, Math.trunc(position));
    return out;
}

const BLACK = [0];
/** The operations behind a list of pixel steps. Each owns its memory: results hold until the operation runs again. */
function pixelOperations(steps, expandGray) {
    const operations = [];
    if (expandGray)
        operations.push(expander());
    let order = 'rgb';
    for (const [index, step] of steps.entries()) {
        const next = steps[index + 1];
        const before = steps[index - 1];
        if (step.step === 'center_crop' && before !== undefined && canCrop(before))
            continue;
        if (canCrop(step) && next?.step === 'center_crop')
            operations.push(resizeAndCrop(step, next));
        else if (step.step !== 'color')
            operations.push(geometricOperation(step));
        else {
            operations.push(colorOperation(step.to, order));
            order = step.to === 'bgr' ? 'bgr' : step.to === 'rgb' ? 'rgb' : order;
        }
    }
    return operations;
}
function geometricOperation(step) {
    const scratch = new Scratch();
    switch (step.step) {
        case 'resize': {
            const resizer = resizerOf(step);
            return (pixels) => resizer.resize(pixels, resizedSize(pixels, step.size));
        }
        case 'center_crop':
            return (pixels) => {
                const { left, top, right, bottom } = cropBorders(pixels, step.size);
                return place$2(pixels, { left: -left, top: -top, right: -right, bottom: -bottom }, BLACK, scratch);
            };
        case 'letterbox': {
            const resizer = resizerOf(step);
            return (pixels) => {
                const { inner, borders } = letterboxGeometry(pixels, step);
                return place$2(resizer.resize(pixels, inner), borders, step.color, scratch);
            };
        }
        case 'pad':
            return (pixels) => place$2(pixels, step, step.color, scratch);
    }
}
function canCrop(step) {
    return step.step === 'resize' && step.like === 'pillow';
}
/** The usual pair in one: pixels that the crop would throw away are not computed. */
function resizeAndCrop(resize, crop) {
    const scratch = new Scratch();
    const resizer = new PillowResizer(resize.interpolation);
    return (pixels) => {
        const size = resizedSize(pixels, resize.size);
        const { left, top, right, bottom } = cropBorders(size, crop.size);
        if (left < 0 || top < 0 || right < 0 || bottom < 0)
            return place$2(resizer.resize(pixels, size), { left: -left, top: -top, right: -right, bottom: -bottom }, BLACK, scratch);
        const region = { left, top, width: size.width - left - right, height: size.height - top - bottom };
        return resizer.resize(pixels, size, region);
    };
}
function resizerOf({ like, interpolation }) {
    return like === 'pillow' ? new PillowResizer(interpolation) : new OpenCvResizer(interpolation);
}
function colorOperation(to, order) {
    const scratch = new Scratch();
    switch (to) {
        case 'gray':
            return (pixels) => toGray(pixels, order, scratch);
        case 'gray-to-rgb':
            return expander();
        case 'rgb':
        case 'bgr': {
            const expand = expander();
            return order === to ? expand : (pixels) => (pixels.channels === 1 ? expand(pixels) : swapRedBlue(pixels, scratch));
        }
    }
}
function expander() {
    const scratch = new Scratch();
    return (pixels) => grayToRgb(pixels, scratch);
}

/**
 * Checks that the steps are in a possible order and lead to what the model takes.
 * @throws ConfigurationError naming the step, what it gives, what the model takes, and the repair.
 */
function planPreprocess(steps, target) {
    checkOrder(steps);
    const layout = steps.find((step) => step.step === 'layout')?.to ?? 'nchw';
    const input = inputShape(target, layout);
    const type = inputType(steps, target.type);
    const pixelSteps = steps.filter((step) => isPixelStep(step));
    const saysGray = pixelSteps.some((step) => step.step === 'color' && (step.to === 'gray' || step.to === 'gray-to-rgb'));
    const expandGray = !saysGray && input.channels !== 1;
    let state = { size: undefined, channels: expandGray ? 3 : undefined };
    pixelSteps.forEach((step) => (state = after$1(step, state, place$1(steps, step))));
    const channels = finalChannels(state.channels, input.channels);
    const size = finalSize(state.size, input, target);
    const normalize = steps.find((step) => step.step === 'normalize');
    if (normalize !== undefined)
        checkNormalize(normalize, channels, place$1(steps, normalize));
    return { pixelSteps, normalize, layout, type, channels, size, expandGray };
}
function isPixelStep(step) {
    return step.step !== 'normalize' && step.step !== 'layout' && step.step !== 'cast';
}
function place$1(steps, step) {
    return `preprocess step ${steps.indexOf(step) + 1} (${step.step})`;
}
function fail(message, hint) {
    throw new ConfigurationError([{ message }], hint);
}
function checkOrder(steps) {
    const seen = new Set();
    for (const step of steps) {
        const { step: name } = step;
        const once = !isPixelStep(step);
        if (once && seen.has(name))
            fail(`${place$1(steps, step)}: ${name} is in the list twice`, 'keep one of them');
        if (!once && seen.has('normalize'))
            fail(`${place$1(steps, step)} comes after normalize; it works on 8-bit pixels`, `move ${name} before normalize`);
        if (seen.has('cast') && name !== 'layout')
            fail(`${place$1(steps, step)} comes after cast, which makes the model's input`, `move cast to the end of the list`);
        seen.add(name);
    }
}
function inputShape({ dims }, layout) {
    const shape = `[${dims.join(', ')}]`;
    if (dims.length !== 4)
        fail(`the model's input ${shape} has ${dims.length} dimensions; images are fed with four (batch, channels, height, width)`, 'tensors of other shapes can be given as `dataset: {npy: …}`');
    const known = (axis) => {
        const size = dims[axis];
        return typeof size === 'number' && size > 0 ? size : undefined;
    };
    const axis = layout === 'nchw' ? { channels: 1, height: 2, width: 3 } : { channels: 3, height: 1, width: 2 };
    const channels = known(axis.channels);
    if (channels !== undefined && channels !== 1 && channels !== 3) {
        const other = known(layout === 'nchw' ? 3 : 1);
        if (other === 1 || other === 3)
            fail(`the model's input ${shape} has its channels ${layout === 'nchw' ? 'last' : 'first'}, the layout is ${layout}`, `set \`layout: ${layout === 'nchw' ? 'nhwc' : 'nchw'}\` at the end of the list`);
        fail(`the model's input ${shape} has ${channels} channels; images have 1 or 3`, 'give the tensors as `dataset: {npy: …}`');
    }
    return { channels, height: known(axis.height), width: known(axis.width) };
}
function inputType(steps, type) {
    if (!isCastType(type))
        fail(`the model's input has type ${type}`, `images are cast to ${Object.keys(CASTS).join(', ')}`);
    const cast = steps.find((step) => step.step === 'cast');
    if (cast !== undefined && cast.to !== type)
        fail(`${place$1(steps, cast)} makes ${cast.to}, the model takes ${type}`, `set \`cast: ${type}\`, or leave cast out`);
    return type;
}
function after$1(step, state, where) {
    const { size, channels } = state;
    switch (step.step) {
        case 'resize':
            if ('width' in step.size)
                return { ...state, size: step.size };
            return { ...state, size: size === undefined ? undefined : resizedSize(size, step.size) };
        case 'center_crop':
            if ('width' in step.size)
                return { ...state, size: step.size };
            if (!(step.size.fraction > 0 && step.size.fraction <= 1))
                fail(`${where}: fraction ${step.size.fraction} is not above 0 and at most 1`, 'write the share that is kept');
            return { ...state, size: size === undefined ? undefined : croppedSize(size, step.size.fraction) };
        case 'letterbox':
            checkColor(step.color, channels, where);
            return { ...state, size: { width: step.width, height: step.height } };
        case 'pad':
            checkColor(step.color, channels, where);
            return {
                ...state,
                size: size && { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom }
            };
        case 'color':
            return { ...state, channels: step.to === 'gray' ? 1 : 3 };
    }
}
function croppedSize({ width, height }, fraction) {
    const kept = (side) => side - 2 * Math.trunc((side - side * fraction) / 2);
    return { width: kept(width), height: kept(height) };
}
function checkColor(color, channels, where) {
    const allowed = channels === undefined ? [1, 3] : [1, channels];
    if (!allowed.includes(color.length))
        fail(`${where}: colour [${color.join(', ')}] for ${channels ?? '1 or 3'} channels`, 'give one value, or one a channel');
    const wrong = color.find((value) => !Number.isInteger(value) || value < 0 || value > 255);
    if (wrong !== undefined)
        fail(`${where}: colour value ${wrong}`, 'colours are whole numbers from 0 to 255');
}
function finalChannels(have, want) {
    if (have !== undefined && want !== undefined && have !== want)
        fail(`the steps give ${have} channel${have === 1 ? '' : 's'}, the model takes ${want}`, want === 3 ? 'add `color: gray-to-rgb`' : 'add `color: gray` as the last colour step');
    return want ?? have ?? 3;
}
function finalSize(have, { width, height }, { dims }) {
    const size = { width: width ?? have?.width, height: height ?? have?.height };
    if (size.width === undefined || size.height === undefined)
        fail(`the model's input [${dims.join(', ')}] takes any size, and the steps do not give every image the same one`, 'add `resize: {width, height}` or `center_crop`');
    if (have !== undefined && (have.width !== size.width || have.height !== size.height))
        fail(`the steps give images of ${have.width}x${have.height} (width x height), the model takes ${size.width}x${size.height}`, 'change the last resize, crop or letterbox to that size');
    return { width: size.width, height: size.height };
}
function checkNormalize({ scale, mean, std }, channels, where) {
    for (const [name, values] of Object.entries({ mean, std })) {
        if (values.length !== 1 && values.length !== channels)
            fail(`${where}: ${name} has ${values.length} values for ${channels} channel${channels === 1 ? '' : 's'}`, 'give one value, or one a channel in the order of the colour steps');
        if (!values.every(Number.isFinite))
            fail(`${where}: ${name} [${values.join(', ')}] is not finite`, 'give plain numbers');
    }
    if (!Number.isFinite(scale))
        fail(`${where}: scale ${scale} is not finite`, 'for 0..1 write scale: 1/255');
    if (std.includes(0))
        fail(`${where}: std is zero, and values are divided by it`, 'leave std out to divide by 1');
}

/**
 * Compiles a preprocessing list for a model's input.
 *
 * Pixel steps run in order on 8-bit pixels. A grey image becomes RGB first if the model takes three channels and no
 * step says `gray` or `gray-to-rgb`. Then normalization, layout and cast are one table look-up a pixel: each of the 256
 * values is computed once in double precision as `(value * scale - mean) / std` and rounded once to the input's type.
 *
 * @throws ConfigurationError before any image is read, if the order is impossible or the result does not fit the model.
 */
function compilePreprocess(steps, target) {
    const plan = planPreprocess(steps, target);
    const operations = pixelOperations(plan.pixelSteps, plan.expandGray);
    const pack = packer(plan);
    const { width, height } = plan.size;
    return {
        sampleDims: plan.layout === 'nchw' ? [plan.channels, height, width] : [height, width, plan.channels],
        type: plan.type,
        run(pixels, out, offset) {
            const result = operations.reduce((current, operation) => operation(current), pixels);
            if (result.channels !== plan.channels)
                throw new FileError(`the image has ${result.channels === 3 ? '3 channels' : '1 channel'}, the model takes ${plan.channels}`, plan.channels === 1 ? 'add `color: gray`' : 'add `color: gray-to-rgb`');
            if (result.width !== width || result.height !== height)
                throw new FileError(`the image is ${result.width}x${result.height} after preprocessing (${pixels.width}x${pixels.height} in the file), ` +
                    `the model takes ${width}x${height}`, 'add a resize, center_crop or letterbox step');
            pack(result, out, offset);
        }
    };
}

/**
 * @param what the file is, for messages.
 * @param workspace folder that it must lie in after symbolic links are resolved.
 * @returns or what is wrong with its contents, after the file's name.
 * @throws FileError for a file that is missing, outside or damaged.
 */
function readNumbers(what, file, { workspace, most }) {
    const npy = NpyFile.open(what, file, new Workspace(workspace));
    try {
        const count = npy.dims.reduce((product, size) => product * size, 1);
        if (count > most)
            return `holds ${count} numbers; at most ${most} are read`;
        const bytes = npy.read(0, npy.dims[0]);
        const element = elementReader(npy.type);
        if (element === undefined)
            return `holds ${npy.type}, which is not read`;
        return { dims: npy.dims, data: Float64Array.from({ length: count }, (_, index) => element(bytes, index)) };
    }
    finally {
        npy.close();
    }
}

/**
 * Opens dumps of the network's input and finds the image of each: `refs/cats/1.npy` belongs to sample `cats/1.jpg`, and
 * `refs/1.npy` does where no other sample is called `1`. The sources are searched in order.
 *
 * @throws FileError for a dump that belongs to no sample or to several, that holds more than one image, or that is no
 *   array of numbers in C order
 */
function openReferences({ root, files }, sources, workspace) {
    const confined = new Workspace(workspace);
    const indices = sources.map(({ dataset }) => new SampleIndex(dataset));
    return files.map((name) => {
        const stem = name.replace(/\.npy$/, '');
        for (const [position, { dataset }] of sources.entries()) {
            const index = indices[position].find(stem, name);
            if (index === undefined)
                continue;
            const { dims, values } = readTensor(join(root, name), confined);
            return { name, sample: dataset.samples[index].id, dims, values, image: () => dataset.read(index) };
        }
        throw noSample(name, stem, sources);
    });
}
/** Samples by their names without extension, and by the last part of those. */
class SampleIndex {
    dataset;
    #byPath = new Map();
    #byName = new Map();
    constructor(dataset) {
        this.dataset = dataset;
        dataset.samples.forEach(({ id }, index) => {
            const stem = stemOf(id);
            for (const key of new Set([stem, id]))
                append(this.#byPath, key, index);
            append(this.#byName, stem.slice(stem.lastIndexOf('/') + 1), index);
        });
    }
    find(stem, dump) {
        const found = this.#byPath.get(stem) ?? this.#byName.get(stem) ?? [];
        if (found.length > 1) {
            const names = found.slice(0, 3).map((index) => this.dataset.samples[index].id);
            throw new FileError(`the reference dump ${dump} could belong to ${found.length} images: ${names.join(', ')}`, 'put it into a folder of the same name as the image, and name it after the image with its extension: cats/1.jpg.npy');
        }
        return found[0];
    }
}
function append(map, key, index) {
    const list = map.get(key);
    if (list === undefined)
        map.set(key, [index]);
    else
        list.push(index);
}
function stemOf(id) {
    return id.replace(/\.[^./]+$/, '');
}
function noSample(name, stem, sources) {
    const stems = sources.flatMap(({ dataset }) => dataset.samples.map(({ id }) => stemOf(id)));
    const meant = nearest(stem, stems);
    const example = meant ?? stems[0] ?? 'cats/1';
    const where = sources.map(({ what }) => what).join(' or ');
    return new FileError(`the reference dump ${name} belongs to no image: no sample of ${where} is called ${JSON.stringify(stem)}` +
        (meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`), `name a dump after its image, folders included, as in ${example}.npy`);
}
function readTensor(path, workspace) {
    const open = () => NpyFile.open('the reference dump', path, workspace);
    const file = open();
    file.close();
    const batched = file.dims.length === 4;
    if (batched && file.dims[0] !== 1)
        throw new FileError(`${path} holds a batch of ${file.dims[0]} images: its shape is ${file.dims.join(' x ')}`, 'save one image a file, named after the image');
    const dims = batched ? file.dims.slice(1) : file.dims.length === 2 ? [1, ...file.dims] : file.dims;
    if (dims.length !== 3 || elementCount(dims) === 0)
        throw new FileError(`${path} is no network input of one image: its shape is ${file.dims.join(' x ')}`, 'save [channels, height, width] or [height, width, channels], with or without a batch axis of 1');
    const read = elementReader(file.type);
    if (read === undefined)
        throw new FileError(`${path} holds ${file.type}`, 'save it as float32');
    return {
        dims,
        values() {
            const reopened = open();
            try {
                const bytes = reopened.read(0, reopened.dims[0]);
                return Float64Array.from({ length: elementCount(dims) }, (_, index) => read(bytes, index));
            }
            finally {
                reopened.close();
            }
        }
    };
}

/** The mapping of a preprocessing list for an image of that size. Steps that leave pixels where they are do not count. */
function imageMapping(steps, image) {
    let mapping = { image, input: image, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
    for (const step of steps)
        mapping = after(step, mapping);
    return mapping;
}
function after(step, mapping) {
    switch (step.step) {
        case 'resize':
            return resized(mapping, resizedSize(mapping.input, step.size));
        case 'center_crop': {
            const { left, top, right, bottom } = cropBorders(mapping.input, step.size);
            return bordered(mapping, { left: -left, top: -top, right: -right, bottom: -bottom });
        }
        case 'letterbox': {
            const { inner, borders } = letterboxGeometry(mapping.input, step);
            return bordered(resized(mapping, inner), borders);
        }
        case 'pad':
            return bordered(mapping, step);
        case 'color':
        case 'normalize':
        case 'layout':
        case 'cast':
            return mapping;
    }
}
function resized(mapping, { width, height }) {
    const x = width / mapping.input.width;
    const y = height / mapping.input.height;
    return {
        image: mapping.image,
        input: { width, height },
        scaleX: mapping.scaleX * x,
        scaleY: mapping.scaleY * y,
        offsetX: mapping.offsetX * x,
        offsetY: mapping.offsetY * y
    };
}
function bordered(mapping, { left, top, right, bottom }) {
    const { width, height } = mapping.input;
    return {
        ...mapping,
        input: { width: width + left + right, height: height + top + bottom },
        offsetX: mapping.offsetX + left,
        offsetY: mapping.offsetY + top
    };
}

/** `count` samples spread evenly over the list (every class of a sorted folder set is met), the same ones each time. */
function selectEvenly(dataset, count) {
    const total = dataset.samples.length;
    return count >= total ? dataset : dataset.select(evenIndices(total, count));
}
/** At most `count` of `total` indices. */
function evenIndices(total, count) {
    const length = Math.min(total, count);
    return Array.from({ length }, (_, index) => Math.floor((index * total) / length));
}

/**
 * The samples of one shard, by position: whole batches in a row, so that every batch is the one that a single run would
 * make and its outputs are the same to the last bit. Shards differ by at most one batch.
 *
 * @param batch samples a batch.
 * @throws ConfigurationError where there are fewer batches than shards: an empty shard measures nothing.
 */
function shardRange(samples, batch, { index, count }) {
    const batches = Math.ceil(samples / batch);
    if (count > batches) {
        throw new ConfigurationError([{ message: `${samples} test samples make ${batches} batches of ${batch}, too few for ${count} shards` }], `take at most ${batches} shards, or a smaller \`runtime: {batch: ...}\``);
    }
    const boundary = (shard) => Math.min(samples, Math.floor((shard * batches) / count) * batch);
    return { start: boundary(index - 1), end: boundary(index) };
}

/**
 * @param steps for images; tensor data sets have none
 * @throws ConfigurationError before any sample is read, if what the samples become is not the model's input
 */
function sampleStream(dataset, steps, input) {
    const preprocess = dataset.content.kind === 'image' ? compilePreprocess(steps, input) : undefined;
    if (dataset.content.kind === 'tensor')
        checkTensors(dataset.content, steps, input);
    const imageInput = preprocess === undefined ? undefined : inputOf(preprocess.sampleDims, steps);
    const withDataset = (dataset) => ({
        dataset,
        input: imageInput,
        batches: (options) => batches(dataset, preprocess, { ...options, input }),
        mapping: (image) => imageMapping(steps, image),
        atMost: (count) => withDataset(selectEvenly(dataset, count)),
        select: (indices) => withDataset(dataset.select(indices))
    });
    return withDataset(dataset);
}
function inputOf(dims, steps) {
    const layout = steps.find((step) => step.step === 'layout')?.to ?? 'nchw';
    const [channels, height, width] = layout === 'nchw' ? dims : [dims[2], dims[0], dims[1]];
    return { width, height, channels, layout };
}

/**
 * @param output size of the network's output, which covers its input.
 * @throws ConfigurationError where the image's borders were cut off before the network saw them.
 */
function gridOf(mapping, output, compareAt) {
    const { image, input, scaleX, scaleY, offsetX, offsetY } = mapping;
    const shareX = output.width / input.width;
    const shareY = output.height / input.height;
    if (compareAt === 'input')
        return {
            width: input.width,
            height: input.height,
            x: axisOf(input.width, shareX, 0, output.width),
            y: axisOf(input.height, shareY, 0, output.height)
        };
    checkView(offsetX, scaleX * image.width, input.width);
    checkView(offsetY, scaleY * image.height, input.height);
    return {
        width: image.width,
        height: image.height,
        x: axisOf(image.width, scaleX * shareX, offsetX * shareX, output.width),
        y: axisOf(image.height, scaleY * shareY, offsetY * shareY, output.height)
    };
}
/** Half a pixel may be missing by rounding. */
function checkView(offset, length, input) {
    if (offset >= -0.5 && offset + length <= input + 0.5)
        return;
    throw new ConfigurationError([{ message: 'the preprocessing cuts parts of the image off, so its mask has pixels that the network never saw' }], 'remove `center_crop`, or compare at the network input: `decode: {compare_at: input}`');
}
/** Output coordinate of the centre of pixel i: (i + 0.5) scale + offset - 0.5, kept between the first and last pixel. */
function axisOf(count, scale, offset, output) {
    // Borders that were added do not run into the image.
    const first = Math.min(output - 1, Math.max(0, Math.round(offset)));
    const last = Math.max(first, Math.min(output, Math.round(offset + count * scale)) - 1);
    const below = new Int32Array(count);
    const above = new Int32Array(count);
    const share = new Float32Array(count);
    const nearest = new Int32Array(count);
    for (let i = 0; i < count; i++) {
        const position = Math.min(Math.max((i + 0.5) * scale + offset - 0.5, first), last);
        below[i] = Math.floor(position);
        above[i] = Math.min(last, below[i] + 1);
        share[i] = position - below[i];
        nearest[i] = Math.min(Math.max(Math.floor((i + 0.5) * scale + offset), first), last);
    }
    return { below, above, share, nearest, identity: scale === 1 && offset === 0 && count === output };
}

/** The channel with the highest interpolated score at each pixel of the grid; of equal ones the first, as in argmax. */
function highestClass(plane, grid) {
    const { width, height } = grid;
    const data = new Uint8Array(width * height);
    const best = new Float32Array(width);
    const scores = new Float32Array(width);
    let nonFinite = 0;
    for (let row = 0; row < height; row++) {
        const classes = data.subarray(row * width, (row + 1) * width);
        for (let channel = 0; channel < plane.channels; channel++) {
            interpolate(plane, channel, row, grid, scores);
            for (let i = 0; i < width; i++) {
                const score = scores[i];
                if (channel > 0 && score <= best[i])
                    continue;
                // NaN compares with nothing: once it is the best it stays, and is counted.
                if (channel > 0 && best[i] !== best[i])
                    continue;
                best[i] = score;
                classes[i] = channel;
            }
        }
        for (let i = 0; i < width; i++)
            if (best[i] !== best[i])
                nonFinite++;
    }
    return { data, width, height, nonFinite };
}
/** One row of the grid from the two rows of the output that it lies between. */
function interpolate(plane, channel, row, { width, x, y }, out) {
    const { data, pixelStride } = plane;
    const start = plane.start + channel * plane.channelStride;
    const upper = start + y.below[row] * plane.width * pixelStride;
    const lower = start + y.above[row] * plane.width * pixelStride;
    if (x.identity && y.identity) {
        for (let i = 0, at = upper; i < width; i++, at += pixelStride)
            out[i] = data[at];
        return;
    }
    const down = y.share[row];
    for (let i = 0; i < width; i++) {
        const [left, right, along] = [x.below[i] * pixelStride, x.above[i] * pixelStride, x.share[i]];
        const top = data[upper + left] + (data[upper + right] - data[upper + left]) * along;
        const bottom = data[lower + left] + (data[lower + right] - data[lower + left]) * along;
        out[i] = top + (bottom - top) * down;
    }
}

/** @param classes of the network. */
function segmentationDecoder(options, classes) {
    const { output, kind, compareAt } = options;
    return {
        output,
        decode(outputs, mappings) {
            const tensor = outputOf(outputs, output);
            const shape = shapeOf(tensor, options);
            if (shape.images < mappings.length)
                throw new RuntimeError(`output '${output}' holds ${shape.images} images, the network was given ${mappings.length}`);
            const expected = kind === 'scores' ? classes : 1;
            if (shape.channels !== expected)
                wrongShape(output, tensor.dims, `${expected} channel${expected === 1 ? '' : 's'}`);
            const { data } = kind === 'labels' ? numbersOf(tensor) : floatsOf(tensor);
            return mappings.map((mapping, image) => {
                const grid = gridOf(mapping, shape, compareAt);
                const start = image * shape.channels * shape.width * shape.height;
                if (kind === 'labels')
                    return labels({ data, start, shape, grid, output, classes });
                const plane = { ...shape, data: data, start };
                return highestClass(kind === 'binary' ? againstThreshold(plane, options) : plane, grid);
            });
        },
        mask: (mask, mapping) => (compareAt === 'image' ? mask : maskAtInput(mask, mapping))
    };
}
function shapeOf({ dims }, { output, kind, layout }) {
    if (kind !== 'scores' && dims.length === 3) {
        const [images, height, width] = dims;
        return { images, channels: 1, height, width, channelStride: 0, pixelStride: 1 };
    }
    if (dims.length !== 4)
        wrongShape(output, dims, layout === 'nchw' ? '[N, C, H, W]' : '[N, H, W, C]');
    const [images] = dims;
    const [channels, height, width] = layout === 'nchw' ? dims.slice(1) : [dims[3], dims[1], dims[2]];
    const [channelStride, pixelStride] = layout === 'nchw' ? [height * width, 1] : [1, channels];
    return { images, channels, height, width, channelStride, pixelStride };
}
/** Two channels, of which the first is the threshold everywhere: class 1 where the second is higher. */
function againstThreshold(plane, { activation, threshold }) {
    const { width, height, data, start } = plane;
    const size = width * height;
    const two = new Float32Array(2 * size).fill(threshold, 0, size);
    const values = data.subarray(start, start + size);
    if (activation === 'none')
        two.set(values, size);
    else
        for (let i = 0; i < size; i++)
            two[size + i] = 1 / (1 + Math.exp(-values[i]));
    return { data: two, start: 0, channels: 2, width, height, channelStride: size, pixelStride: 1 };
}
function labels(from) {
    const { data, start, shape, grid, output, classes } = from;
    const { width, height, x, y } = grid;
    const out = new Uint8Array(width * height);
    for (let row = 0, at = 0; row < height; row++) {
        const line = start + y.nearest[row] * shape.width;
        for (let column = 0; column < width; column++, at++) {
            const label = data[line + x.nearest[column]];
            if (!(label >= 0 && label < classes && Number.isInteger(label)))
                throw new RuntimeError(`output '${output}' holds ${label}; classes are 0 to ${classes - 1}`, 'check that the output holds class indices, and the class list of the data set');
            out[at] = label;
        }
    }
    return { data: out, width, height, nonFinite: 0 };
}
/** The mask's nearest pixel for each one of the input; borders around the image are {@link IGNORED}. */
function maskAtInput(mask, { input, scaleX, scaleY, offsetX, offsetY }) {
    const { width, height } = input;
    const data = new Uint8Array(width * height).fill(IGNORED);
    for (let row = 0, at = 0; row < height; row++) {
        const y = Math.floor((row + 0.5 - offsetY) / scaleY);
        for (let column = 0; column < width; column++, at++) {
            const x = Math.floor((column + 0.5 - offsetX) / scaleX);
            if (x >= 0 && y >= 0 && x < mask.width && y < mask.height)
                data[at] = mask.data[y * mask.width + x];
        }
    }
    return { data, width, height };
}

/** A few times what the largest detectors have (RetinaNet at 1333 x 800: 200,000). */
const MOST_PRIORS = 1_000_000;
/** Priors reach over the edges of the input by up to their size; pixels read as shares are further out by far. */
const FARTHEST = 4;
/**
 * @param input of the network, which pixels are shares of.
 * @param boxes that the network gives for an image, where its output says so.
 * @throws ConfigurationError at the key in the config, where the file does not hold one prior a box.
 */
function readPriors(priors, { workspace, file }, input, boxes) {
    const { given, boxFormat, units, variances, position } = priors;
    const refuse = (problem, hint) => {
        throw new ConfigurationError([{ file, position, message: `decode.priors ${given} ${problem}` }], hint);
    };
    const found = readNumbers('the priors', priors.file, { workspace, most: 4 * MOST_PRIORS });
    if (typeof found === 'string')
        return refuse(found, 'save priors as float32 [priors, 4]');
    const { dims, data } = found;
    // Exporters keep a batch dimension of one.
    const [count, width] = dims.length === 3 && dims[0] === 1 ? dims.slice(1) : dims.length === 2 ? dims : [];
    if (width !== 4 || count === 0)
        return refuse(`has shape [${dims.join(', ')}]; expected [priors, 4]`, 'one row a prior, in the order of the boxes');
    if (boxes !== undefined && boxes !== count)
        return refuse(`holds ${count} priors, and the network gives ${boxes} boxes`, 'take those of the exported input size');
    const size = units === 'normalized' ? { width: 1, height: 1 } : input;
    if (size === undefined)
        return refuse('holds pixels, and the size of the input is not known', 'save them as shares');
    const out = new Float32Array(data.length);
    for (let at = 0; at < data.length; at += 4) {
        const [a, b, c, d] = [
            data[at] / size.width,
            data[at + 1] / size.height,
            data[at + 2] / size.width,
            data[at + 3] / size.height
        ];
        const row = boxFormat === 'cxcywh' ? [a, b, c, d] : [(a + c) / 2, (b + d) / 2, c - a, d - b];
        const shown = `[${Array.from(data.subarray(at, at + 4), (value) => Number(value.toPrecision(6))).join(', ')}]`;
        if (!row.every((value) => Math.abs(value) <= FARTHEST))
            return refuse(`has ${shown} in row ${at / 4}, which is no share of the input`, 'say `priors: {file: …, units: pixels}` where they are pixels');
        if (row[2] <= 0 || row[3] <= 0)
            return refuse(`has ${shown} in row ${at / 4}, which is no ${boxFormat} of a size above 0`, `say how they are written: \`priors: {file: …, box_format: ${boxFormat === 'cxcywh' ? 'xyxy' : 'cxcywh'}}\``);
        out.set(row, at);
    }
    return { boxes: out, variances };
}

/**
 * Every option of a detection decoder: the config's, else the layout's.
 *
 * @param outputs of the FP32 model.
 * @param places that files of `decode` must lie in.
 * @throws ConfigurationError where priors do not fit, where an output is named that is not there, or none can be told for a role.
 */
function completeDetection(decode, outputs, data, places, input) {
    const { layout, classes, options, priors } = decode;
    const { nms: standard, ...preset } = detectionPreset(layout);
    const nms = decode.nms ?? standard ?? false;
    const named = nameOutputs(decode, outputs, input);
    return {
        ...preset,
        ...options,
        layout,
        outputs: named,
        ...(nms !== false && { nms }),
        ...(priors !== undefined && { priors: readPriors(priors, places, input, boxCount(outputs, named.boxes)) }),
        classMap: resolveClassMap(classes, data)
    };
}
/** Boxes of an image, where an output [N, P, 4] or [N, 4 P] says how many. */
function boxCount(outputs, name) {
    const [, ...dims] = outputs.find((output) => output.name === name)?.dims ?? [];
    const numbers = dims.filter((size) => typeof size === 'number');
    return dims.length === 0 || numbers.length < dims.length
        ? undefined
        : numbers.reduce((product, size) => product * size, 1) / 4;
}
function nameOutputs({ layout, outputs: named }, outputs, input) {
    const names = outputs.map(({ name }) => name);
    for (const [role, name] of Object.entries(named)) {
        if (!names.includes(name))
            throw unknownOutput(`decode.outputs.${role}`, name, names);
    }
    const proposal = proposeDecoder(outputs, input);
    const proposed = proposal?.task === 'detection' && proposal.layout === layout ? proposal.outputs : {};
    const roles = outputRoles(layout);
    const listed = outputs.length === roles.length ? names : [];
    const found = { ...named };
    roles.forEach((role, position) => {
        found[role] ??= proposed[role] ?? listed[position];
        if (found[role] !== undefined)
            return;
        throw new ConfigurationError([{ message: `decode: which of the outputs ${names.join(', ')} holds ${role} is not clear (layout ${layout})` }], `say it: \`decode: {layout: ${layout}, outputs: {${role}: NAME}}\``);
    });
    return found;
}
/**
 * Every option of a segmentation decoder, and the number of classes.
 *
 * @param named classes that the data set names.
 * @throws ConfigurationError where neither config nor shapes tell.
 */
function completeSegmentation(decode, outputs, named, input) {
    const names = outputs.map(({ name }) => name);
    const output = decode.output === undefined ? outputs[0] : outputs.find(({ name }) => name === decode.output);
    if (output === undefined)
        throw unknownOutput('decode.output', decode.output ?? '', names);
    const proposal = proposeDecoder([output], input);
    const proposed = proposal?.task === 'segmentation' ? proposal : undefined;
    const kind = decode.kind ?? proposed?.kind;
    if (kind === undefined)
        throw new ConfigurationError([{ message: `decode: output ${output.name} [${output.dims.join(', ')}] does not say how it holds classes` }], 'say it: `decode: {kind: scores}` (a channel a class), `binary` (one channel) or `labels` (class numbers)');
    const layout = decode.layout ?? proposed?.layout ?? 'nchw';
    const { activation, threshold, compareAt } = decode;
    const options = { output: output.name, kind, layout, activation, threshold, compareAt };
    return { options, classes: classesOf$1(decode, kind, output.dims[layout === 'nchw' ? 1 : 3], named) };
}
function classesOf$1({ classes }, kind, channels, named) {
    if (kind === 'binary')
        return 2;
    const found = classes ?? (kind === 'scores' && typeof channels === 'number' ? channels : named);
    if (found !== undefined)
        return found;
    throw new ConfigurationError([{ message: 'decode: the number of classes is not known: neither the output nor the data set says it' }], 'say it: `decode: {classes: 21}`, or name a file of class names in `dataset`');
}
function unknownOutput(where, name, names) {
    return new ConfigurationError([{ message: `${where}: the model has no output ${JSON.stringify(name)}` }], `its outputs are ${names.join(', ')}`);
}

/** FP32 value, the variant's, their difference and what is computed from it. */
const BYTES_PER_VALUE = 4 * 4;
/**
 * Groups of consecutive layers whose compared tensors fit into the memory limit together; the network runs once for each.
 * It is an upper bound: ONNX Runtime frees most tensors long before the last one is made.
 */
function chunksOf(layers, values, memoryBytes) {
    return groupBySize(layers, memoryBytes, ({ tensor }) => BYTES_PER_VALUE * valuesOf(values.get(tensor)?.dims ?? []));
}

/** Where the arithmetic of a vision network is: what else runs in float costs little time and less accuracy. */
const WEIGHTED$1 = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);
/** Operators that are integer whatever stands around them. */
const INTEGER = new Set([
    'QLinearConv',
    'QLinearMatMul',
    'QGemm',
    'ConvInteger',
    'MatMulInteger',
    'MatMulIntegerToFloat'
]);
/** Of a model that is made here: every Conv, ConvTranspose, Gemm and MatMul that the config does not keep in FP32. */
function requiredOf({ requireExecuted }, nodes, kept) {
    if (requireExecuted === undefined)
        return [];
    return [{ ...requireExecuted, layers: nodes.filter((node) => isWeighted(node) && !kept.has(node)).map(described) }];
}
/** Of a finished model: what its file says. `requireWhereUsed` asks for nothing where the file has no such layer. */
function requiredOfFinished({ requireExecuted, requireWhereUsed = [] }, graph) {
    const ask = ({ precision, position }) => ({
        precision,
        position,
        layers: layersIn(graph, precision).map(described)
    });
    if (requireExecuted !== undefined)
        return [ask(requireExecuted)];
    return requireWhereUsed.map(ask).filter(({ layers }) => layers.length > 0);
}
/**
 * int8: integer operators, and those whose weight (of MatMul also a second activation) comes from DequantizeLinear.
 * fp16: those whose weight is float16, or comes from a cast to it.
 */
function layersIn(graph, precision) {
    const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
    const halves = new Set(graph.initializer.filter(({ dataType }) => dataType === dataTypeOf('float16')).map(({ name }) => name));
    return graph.node.filter((node) => {
        if (precision === 'int8' && INTEGER.has(node.opType))
            return true;
        if (!isWeighted(node))
            return false;
        if (precision === 'fp16')
            return node.input.slice(0, 2).some((name) => halves.has(name));
        return behindMoves(node.input[1], producers)?.opType === 'DequantizeLinear';
    });
}
/** The node that makes a tensor, data movement looked through. */
function behindMoves(name, producers) {
    let node = producers.get(name);
    while (node !== undefined && ['Transpose', 'Reshape', 'Unsqueeze', 'Squeeze', 'Identity'].includes(node.opType)) {
        node = producers.get(node.input[0]);
    }
    return node;
}
function isWeighted({ domain, opType }) {
    return isDefaultDomain(domain) && WEIGHTED$1.has(opType);
}
function described({ name, opType, output }) {
    return { name, op: opType, output: output[0] };
}

/** TensorProto.DataType */
const FLOAT16 = 10;
/** A model of the user's own, judged as it is. */
async function finishedVariant(name, variant, context) {
    const { model: file } = variant;
    const model = await loadModel(file, { workspace: context.config.workspace });
    const hidden = context.session.provider === 'cpu' && hasFloat16Weights(model);
    const warnings = hidden
        ? [
            'its float16 layers are computed in float32 by the CPU provider, which hides overflow and rounding: ' +
                'judge it on a GPU, or let `precision: fp16` make and emulate the model'
        ]
        : [];
    const required = requiredOfFinished(variant, model.graph);
    if (variant.engine !== undefined) {
        return {
            name,
            precision: 'model',
            model: file,
            runFile: await engineModel(name, variant.engine, model, context),
            warnings,
            required
        };
    }
    return { name, precision: 'model', model: file, runFile: file, warnings, required };
}
/** Writes the engine as a model of one node. */
async function engineModel(name, engine, model, { session: { provider }, others = [], config, workDirectory }) {
    const elsewhere = [provider, ...others.map((other) => other.provider)].find((one) => one !== 'tensorrt');
    if (elsewhere !== undefined) {
        throw new RuntimeError(`variant ${name} is a TensorRT engine, which runs on the tensorrt provider only, and this run uses ${elsewhere}`, 'run it with --provider tensorrt, or leave `engine` out to judge the ONNX model');
    }
    const bytes = await readFile(engine).catch((error) => {
        throw new FileError(`the engine ${engine} cannot be read: ${messageOf(error)}`, undefined, { cause: error });
    });
    if (bytes.length === 0)
        throw new FileError(`the engine ${engine} is empty`, 'build it again');
    const file = path__default.join(workDirectory, `${name}.engine.onnx`);
    const named = path__default.relative(config.workspace, model.file).replaceAll(path__default.sep, '/');
    await writeFileAtomic(file, encodeModel(wrapEngine(model, bytes, named)));
    return file;
}
function hasFloat16Weights({ graph }) {
    return graph.initializer.some(({ dataType }) => dataType === FLOAT16);
}

/**
 * Writes tensorrt.<name>.md: the command lines that build the very engine that was judged, whose precision follows the
 * types in the model. TF32 is off, since the judged float layers are float32.
 */
async function writeEngineCommands(name, precision, { input, config, outputDirectory }) {
    const text = engineCommands(name, precision, input, config.runtime.batch);
    await writeFileAtomic(path__default.join(outputDirectory, `tensorrt.${name}.md`), text);
}
function engineCommands(name, precision, input, batch) {
    const [model, engine] = [`model.${name}.onnx`, `model.${name}.plan`];
    const files = [`--onnx=${shell(model)}`, `--saveEngine=${shell(engine)}`];
    const shapes = profile$1(input, batch);
    const trtexec = [
        '--noTF32',
        ...shapes.map(({ option, dims }) => `--${option}Shapes=${shell(trtexecShape(input, dims))}`)
    ];
    const polygraphy = shapes.map(({ option, dims }) => `--trt-${option}-shapes ${shell(`${input.name}:[${dims.join(',')}]`)}`);
    const inputShape = shapes.length === 0 ? [] : [`--input-shapes ${shell(`${input.name}:[${shapes[1].dims.join(',')}]`)}`];
    const flags = precision === 'int8'
        ? 'With `--int8 --fp16` in place of `--stronglyTyped` TensorRT 10 also runs the float layers in FP16: another engine than the judged one. A calibration cache must not be given together with this model.'
        : 'With `--fp16` in place of `--stronglyTyped` TensorRT 10 chooses the precision of each layer itself: another engine than the judged one.';
    const profileNote = shapes.length === 0
        ? ''
        : `\nThe batch dimension is dynamic: raise the largest shape to what you serve. ${batch} is the \`runtime: {batch}\` of the judged run.\n`;
    return `# TensorRT engine of variant ${name}

The engine takes its precision from the types in \`${model}\`: ${WHAT[precision]}. Run in the report folder.
${profileNote}
TensorRT 11:

${command('trtexec', [...files, ...trtexec])}

TensorRT 10 (10.0 or later):

${command('trtexec', [...files, '--stronglyTyped', ...trtexec])}

${flags}

Polygraphy, either version; it leaves TF32 off by itself:

${command('polygraphy convert', [shell(model), '--strongly-typed', `--output ${shell(engine)}`, ...polygraphy])}

Its outputs against ONNX Runtime's on the same random input:

${command('polygraphy run', [shell(model), '--trt', '--onnxrt', '--strongly-typed', ...polygraphy, ...inputShape])}

These commands are made from the model; they were not run by precision-gate.
`;
}
const WHAT = {
    int8: 'INT8 between the Q/DQ pairs, FP32 elsewhere',
    fp16: 'FP16 but for the layers that are kept in FP32'
};
/** Smallest, best and largest shape; none where the model's shape is fixed. */
function profile$1({ dims }, batch) {
    if (dims.every((dim) => typeof dim === 'number'))
        return [];
    const sized = (size) => dims.map((dim) => (typeof dim === 'number' ? dim : size));
    return [
        { option: 'min', dims: sized(1) },
        { option: 'opt', dims: sized(batch) },
        { option: 'max', dims: sized(batch) }
    ];
}
/** trtexec ends a bare name at its first colon. */
function trtexecShape({ name }, dims) {
    return `${/[:,]/.test(name) ? `'${name}'` : name}:${dims.join('x')}`;
}
function command(program, options) {
    return `    ${[program, ...options].join(' \\\n        ')}`;
}
/** One word of a POSIX shell. */
function shell(word) {
    return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Writes model.<name>.onnx in float16. On the CPU provider, which would compute it in float32 and hide every overflow,
 * the run is an emulation that rounds each result to float16.
 */
async function makeFp16Variant(name, variant, values, context) {
    const { config, outputDirectory, workDirectory, session, others = [] } = context;
    const load = async () => {
        const model = await loadModel(config.model, { workspace: config.workspace });
        dropInitializerInputs(model);
        nameNodes(model.graph);
        return model;
    };
    const plan = async () => {
        const model = await load();
        return new Fp16Plan(model, values, matchKept(model.graph.node, variant.keep, config.file));
    };
    const artefact = await plan();
    const { node } = artefact.model.graph;
    const required = requiredOf(variant, node, matchKept(node, variant.keep, config.file));
    const losses = convertToFp16(artefact);
    const file = path__default.join(outputDirectory, `model.${name}.onnx`);
    await saveModel(artefact.model, file);
    await writeEngineCommands(name, 'fp16', context);
    let emulation;
    if ([session, ...others].some(({ provider }) => provider === 'cpu')) {
        const emulated = await plan();
        emulateFp16(emulated);
        emulation = path__default.join(workDirectory, `${name}.emulated.onnx`);
        await saveModel(emulated.model, emulation);
    }
    const warnings = describeLosses(losses);
    const made = {
        name,
        precision: 'fp16',
        model: file,
        runFile: file,
        ...(emulation !== undefined && { emulation }),
        warnings,
        required,
        fp16: { plan: await plan(), values, losses }
    };
    return variantOn(made, session.provider);
}
/** The variant as it runs on a provider: FP16 is emulated on the CPU, and real elsewhere. */
function variantOn(variant, provider) {
    const { precision, model, emulation } = variant;
    if (precision !== 'fp16')
        return variant;
    return { ...variant, runFile: provider === 'cpu' && emulation !== undefined ? emulation : model };
}
function describeLosses(losses) {
    const total = (count) => losses.reduce((sum, loss) => sum + count(loss), 0);
    const worst = (count) => losses.reduce((a, b) => (count(b) > count(a) ? b : a), losses[0]);
    const elements = total((loss) => loss.elements);
    const describe = (count, what) => total(count) === 0
        ? []
        : [`${total(count)} of ${elements} weights ${what} in FP16, most of them in ${worst(count).tensor}`];
    return [
        ...describe((loss) => loss.overflowed, 'overflow to infinity'),
        ...describe((loss) => loss.flushed, 'become zero')
    ];
}

/** Finds the table in the cache or calibrates, and writes calibration.<name>.json. */
async function calibrateVariant(request, context) {
    const { config, modelHash, outputDirectory, log, progress, signal, runtime, session, workDirectory } = context;
    const { name, target, model, prepared, source, cache } = request;
    const tensors = [...request.tensors];
    const method = calibrationMethod(config);
    const parts = {
        algorithm: ALGORITHM_VERSION$1,
        model: modelHash,
        weights: hashWeights(model),
        preprocessing: canonicalPreprocess(config.preprocess),
        images: source.hashes.map((hash) => hash.slice(0, 16)).sort(),
        imagesHash: hashOfImages(source.hashes),
        method: JSON.stringify(method),
        target,
        tensors
    };
    const lookup = (await cache?.find(parts)) ?? OFF;
    let table;
    if (lookup.hit) {
        log.info(`${name}: calibration cache hit: ${lookup.file}, of ${lookup.storedAt.toISOString()}`);
        table = lookup.table;
    }
    else {
        log.info(`${name}: calibration cache miss: ${lookup.reason}`);
        const calibrated = await calibrate({
            runtime,
            session: { ...session, provider: 'cpu' },
            modelFile: prepared.file,
            workDirectory,
            values: prepared.values,
            tensors,
            type: target === 'tensorrt' ? 'int8' : 'uint8',
            method,
            images: source.images,
            signal,
            progress,
            label: `calibrate ${name} (${method.method})`
        });
        table = makeTable(parts, source.images.dataset.samples.length, calibrated);
        await storeInCache(cache, table, context);
    }
    const tableFile = `calibration.${name}.json`;
    await writeFileAtomic(path__default.join(outputDirectory, tableFile), serializeTable(table));
    const calibration = {
        key: table.key,
        source: lookup.hit ? 'cache' : 'computed',
        method: describeMethod(method),
        samples: table.samples,
        table: tableFile,
        ...(lookup.hit ? { computedAt: lookup.storedAt.toISOString() } : { reason: lookup.reason })
    };
    return { table, calibration, lookup };
}
const OFF = { hit: false, refused: false, reason: 'the cache is switched off' };
/** A cache that cannot be written costs time in the next run and nothing in this one. */
async function storeInCache(cache, table, { log }) {
    try {
        await cache?.store(table);
    }
    catch (error) {
        log.warn(`the calibration table was not cached: ${error instanceof Error ? error.message : String(error)}`);
    }
}
/** Part of the table's key: neither the order nor the names of the images matter. */
function hashOfImages(hashes) {
    return sha256([...hashes].sort().join('\n'));
}
/** Part of the table's key: the method with its parameters and nothing else of `calibration`. */
function calibrationMethod({ calibration }) {
    if (calibration === undefined)
        throw new RuntimeError('an int8 variant needs `calibration` in the config');
    return calibration.method === 'percentile'
        ? { method: 'percentile', percentile: calibration.percentile }
        : { method: calibration.method };
}
/** As reports print it. */
function describeMethod(method) {
    return method.method === 'percentile' ? `percentile ${method.percentile}` : method.method;
}
/** Tells a changed weight from a changed graph; 8 hex digits are enough to explain a miss. */
function hashWeights(model) {
    return Object.fromEntries(model.graph.initializer.map((initializer) => {
        const { data } = tensorData(model, initializer);
        return [initializer.name, sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).slice(0, 8)];
    }));
}

/** Names shown in a message; the rest is a number. */
const SHOWN = 5;
async function readImported(file, { config }) {
    const table = await readRangeFile(file, { workspace: config.workspace });
    return { ...table, file: path__default.relative(config.workspace, file).replaceAll(path__default.sep, '/') };
}
/**
 * What a table was made for, where the config does not say: TensorRT, if every range is symmetric, as all are in its own
 * caches and in a model with int8 activations; else the CPU, whose ranges have two ends.
 */
function targetOfRanges({ ranges }) {
    return [...ranges.values()].every(({ min, max }) => min === -max) ? 'tensorrt' : 'cpu';
}
/** Finds the ranges of the needed tensors under the names that the table gives them. */
async function matchImported(table, needed, prepared, { config }) {
    const original = await loadModel(config.model, { workspace: config.workspace });
    const match = matchRanges(table.ranges, needed, [original, prepared]);
    const known = new Set([original, prepared].flatMap(({ graph }) => [
        ...graph.input.map(({ name }) => name),
        ...graph.initializer.map(({ name }) => name),
        ...graph.node.flatMap(({ output }) => output)
    ]));
    const { file, format, ranges } = table;
    return { match, imported: { file, format, table: ranges, known, needed, sources: match.sources } };
}
/** @throws FileError naming the first tensors that have no range, and what can be done about it */
function assertComplete({ missing, beforeNormalization }, table, needed) {
    if (missing.length === 0)
        return;
    const named = missing.slice(0, SHOWN).map((tensor) => {
        const before = beforeNormalization.get(tensor);
        return before === undefined ? tensor : `${tensor} (${before} is its value before batch normalization)`;
    });
    const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
    throw new FileError(`${table.file} has no range for ${missing.length} of ${needed.length} tensors that are quantized: ${named.join(', ')}${more}`, missing.length === needed.length
        ? 'The table was made for another network, or the exporter renamed its tensors: make it again for this file.'
        : 'Add `calibration` to the config, which measures the missing ones, keep their layers in FP32 (`keep`), or add the ranges to the table.');
}
/** Writes ranges.<name>.json, the ranges of the tensors that are quantized, and describes where they come from. */
async function recordImported(name, table, ranges, calibrated, { modelHash, outputDirectory }) {
    const file = `ranges.${name}.json`;
    await writeFileAtomic(path__default.join(outputDirectory, file), writeRanges({ ranges }, file, 'ranges'));
    return {
        key: sha256(JSON.stringify([modelHash, [...ranges].map(([tensor, { min, max }]) => [tensor, min, max])])),
        source: 'imported',
        method: `${table.format} (${table.file})`,
        samples: calibrated?.table.samples ?? 0,
        table: file
    };
}

/** Calibrates, finds the table in the cache or imports one, quantizes, and writes model.<name>.onnx and its ranges. */
async function makeInt8Variant(name, variant, prepared, source, cache, context) {
    const { outputDirectory, log } = context;
    const table = variant.ranges === undefined ? undefined : await readImported(variant.ranges, context);
    const target = targetOf(variant, table);
    const model = await loadModel(prepared.file, { workspace: path__default.dirname(prepared.file) });
    const kept = matchKept(model.graph.node, variant.keep, context.config.file);
    const placement = place(name, target, model, prepared, kept);
    const required = requiredOf(variant, model.graph.node, kept);
    const needed = [...placement.tensors.values()]
        .filter(({ range }) => range.kind === 'calibrated')
        .map(({ tensor }) => tensor);
    const request = { name, target, model, prepared, cache };
    const chosen = table === undefined
        ? await calibrated({ ...request, source: given(source), tensors: needed }, context)
        : await imported(table, needed, { ...request, source }, context);
    insertQdq(model, placement, chosen.ranges, { reduceRange: variant.reduceRange });
    const file = path__default.join(outputDirectory, `model.${name}.onnx`);
    await saveModel(model, file);
    if (target === 'tensorrt')
        await writeEngineCommands(name, 'int8', context);
    log.debug(`${name}: ${placement.quantized.size} layers quantized, ${placement.tensors.size} activation tensors`);
    const { calibration, warnings, ...ranges } = chosen;
    return {
        name,
        precision: 'int8',
        model: file,
        runFile: file,
        calibration,
        warnings,
        required,
        int8: { prepared, target, ...ranges }
    };
}
function targetOf({ target }, table) {
    if (target !== undefined)
        return target;
    if (table === undefined)
        throw new Error('the config left the target to ranges that it does not have');
    return targetOfRanges(table);
}
function place(name, target, model, { values }, kept) {
    const placement = planPlacement({ model, index: new GraphIndex(model.graph), values, target, kept });
    if (placement.tensors.size > 0)
        return placement;
    throw new RuntimeError(`variant ${name}: no layer of the model can be quantized`, 'Float32 Conv, ConvTranspose, Gemm or MatMul layers with constant weights are what INT8 is for; see `keep` too. Layers that feed the head of a detector stay in float (docs/precision.md).');
}
async function calibrated(request, context) {
    const { calibration, table, lookup } = await calibrateVariant(request, context);
    return { ranges: rangesOf(table), calibrated: { table, lookup }, calibration, warnings: [] };
}
/** Ranges from a table of the user's; those that it lacks are calibrated where the config says with what. */
async function imported(table, needed, request, context) {
    const { match, imported } = await matchImported(table, needed, request.model, context);
    const { source } = request;
    const { missing } = match;
    const everything = missing.length === needed.length;
    if (source === undefined || everything)
        assertComplete(match, table, needed);
    const made = missing.length === 0
        ? undefined
        : await calibrateVariant({ ...request, source: given(source), tensors: missing }, context);
    const ranges = made === undefined ? match.ranges : new Map([...match.ranges, ...rangesOf(made.table)]);
    const calibration = await recordImported(request.name, table, ranges, made, context);
    const warnings = made === undefined
        ? []
        : [
            `${missing.length} of ${needed.length} quantized tensors have no range in ${table.file} and were calibrated (${made.calibration.method})`
        ];
    for (const warning of warnings)
        context.log.warn(`${request.name}: ${warning}`);
    const { table: calibratedTable, lookup } = made ?? {};
    return {
        ranges,
        imported,
        ...(calibratedTable !== undefined && lookup !== undefined && { calibrated: { table: calibratedTable, lookup } }),
        calibration,
        warnings
    };
}
function rangesOf({ tensors }) {
    return new Map(Object.entries(tensors).map(([tensor, { range }]) => [tensor, { min: range[0], max: range[1] }]));
}
function given(source) {
    if (source === undefined)
        throw new Error('the config was accepted without a calibration set');
    return source;
}

/** First opset with per-channel DequantizeLinear. */
const QUANTIZATION_OPSET = 13;
/** Raises the opset to 13 where it is lower, then folds constants and batch normalization. */
async function prepareModel({ config, runtime, workDirectory, log }) {
    const model = await loadModel(config.model, { workspace: config.workspace });
    const opset = opsetVersion(model);
    if (opset < QUANTIZATION_OPSET) {
        log.info(`opset ${opset} is raised to ${QUANTIZATION_OPSET}, which quantization needs`);
        upgradeOpset(model, QUANTIZATION_OPSET, await runtime.inspect(config.model));
    }
    // Constants that are listed as inputs may be overridden, so the runtime would not fold them.
    dropInitializerInputs(model);
    nameNodes(model.graph);
    const upgraded = path__default.join(workDirectory, 'upgraded.onnx');
    await saveModel(model, upgraded);
    const file = path__default.join(workDirectory, 'folded.onnx');
    await runtime.optimizeBasic(upgraded, file);
    return { file, values: await runtime.inspect(file) };
}

/**
 * The images in the order of their content hashes, which knows neither classes nor file names: the first quarter of them
 * is a random sample of the set, and the same one wherever the files lie.
 */
function inContentOrder({ images, hashes }) {
    const order = [...hashes.keys()].sort((a, b) => (hashes[a] < hashes[b] ? -1 : hashes[a] > hashes[b] ? 1 : a - b));
    return { images: images.select(order), hashes: order.map((index) => hashes[index]) };
}

/**
 * Makes every model to be judged; the FP32 reference comes first. A variant that cannot be made is listed as failed:
 * what can be measured of the others is kept.
 */
async function makeVariants(context, calibration, cache) {
    const { config, runtime } = context;
    const reference = { name: REFERENCE_VARIANT, precision: 'fp32', model: config.model, runFile: config.model };
    const variants = [{ ...reference, warnings: [] }];
    const failed = [];
    let prepared;
    const make = async (name, variant) => {
        switch (variant.kind) {
            case 'model':
                return finishedVariant(name, variant, context);
            case 'fp16':
                return makeFp16Variant(name, variant, await runtime.inspect(config.model), context);
            case 'int8':
                prepared ??= await prepareModel(context);
                return makeInt8Variant(name, variant, prepared, calibration, cache, context);
        }
    };
    for (const [name, variant] of config.variants) {
        context.signal.throwIfAborted();
        try {
            variants.push(await make(name, variant));
        }
        catch (error) {
            if (!(error instanceof GateError) || error.exitCode !== ExitCode.runtime)
                throw error;
            const reason = explain$1(error);
            context.log.warn(`${name}: ${reason}`);
            failed.push({ name, precision: variant.kind, error: reason });
        }
    }
    return { variants, failed };
}
/** Whether a variant of the config is calibrated by this run, or may be: a table of the user's can lack some tensors. */
function needsCalibration(variant) {
    return variant.kind === 'int8';
}

/** The one input of a vision model. */
function imageInput(session, model) {
    if (session.inputs.length !== 1) {
        const names = session.inputs.map(({ name }) => name).join(', ');
        throw new FileError(`${model} has ${session.inputs.length} inputs (${names}); a model with exactly one is expected`, 'Fold the other inputs into constants when exporting the model.');
    }
    return session.inputs[0];
}
/** The batch size of the config, unless a model has its own. */
function planBatches(models, asked) {
    const fixed = models.filter(({ input }) => typeof input.dims[0] === 'number');
    const sizes = new Set(fixed.map(({ input }) => input.dims[0]));
    if (sizes.size > 1) {
        const list = fixed.map(({ name, input }) => `${name}: ${input.dims[0]}`).join(', ');
        throw new ConfigurationError([{ message: `the models have different fixed batch sizes (${list})` }], 'Export them with the same one, or with a dynamic batch dimension.');
    }
    const [size] = sizes;
    return size === undefined ? { size: asked, fixed: false } : { size, fixed: true };
}
/** The batch as a model wants it: its element type, and its batch size where that is fixed. */
function feedFor(session, batch, plan, model) {
    const input = imageInput(session, model);
    const filled = plan.fixed && batch.dims[0] < plan.size ? fillUp(batch, plan.size) : batch;
    if (filled.type === input.type)
        return { [input.name]: filled };
    if (filled.type === 'float32' && input.type === 'float16') {
        const data = float32ToFloat16(filled.data);
        return { [input.name]: { type: 'float16', dims: filled.dims, data } };
    }
    throw new FileError(`${model} takes ${input.type} input and the reference model ${batch.type}: they cannot be fed the same images`, 'Export the model with the same input type as the reference.');
}
/** Rows up to the batch size repeat the first one; whoever reads the output ignores them. */
function fillUp(batch, size) {
    const rows = batch.dims[0];
    const row = batch.data.length / rows;
    const data = new batch.data.constructor(row * size);
    data.set(batch.data);
    for (let i = rows; i < size; i++)
        data.set(batch.data.subarray(0, row), i * row);
    return { type: batch.type, dims: [size, ...batch.dims.slice(1)], data };
}

/** Nodes that a message names. */
const NAMED$1 = 5;
/**
 * A session of a variant's model.
 * @throws RuntimeError with the nodes by name where the config is strict and the provider cannot run all of them.
 */
function openSession(variant, context, options = context.session) {
    return open$1((strict) => context.runtime.createSession(variant.runFile, strict), variant, context, options);
}
/** {@link openSession}, with the profiler in it. */
function openProfiledSession(variant, context, options = context.session) {
    return open$1((strict) => context.runtime.createProfiledSession(variant.runFile, strict), variant, context, options);
}
async function open$1(create, variant, context, options) {
    const strict = context.config.runtime.strict === true;
    try {
        return await create({ ...options, strict });
    }
    catch (error) {
        if (!isFallbackRefused(error) || context.input.type !== 'float32')
            throw error;
        const nodes = await nodesElsewhere(variant, context, options);
        throw new RuntimeError(`${nodes.length} of its nodes cannot run on ${options.provider}, and the config says runtime: {strict: true}: ${listed(nodes)}`, 'leave strict out to run them on the CPU and have them counted in the report, or change the model', { cause: error });
    }
}
/** Where a node runs does not depend on what is in the image: zeros will do. */
async function nodesElsewhere(variant, { runtime, input }, options) {
    const session = await runtime.createSession(variant.runFile, options);
    try {
        const plan = planBatches([{ name: variant.name, input: imageInput(session, variant.model) }], 1);
        const dims = input.dims.map((size, axis) => (axis === 0 || typeof size === 'string' ? plan.size : size));
        const zeros = { type: 'float32', dims, data: new Float32Array(elementCount(dims)) };
        const { nodes } = await runtime.profile(variant.runFile, feedFor(session, zeros, plan, variant.model), options);
        return nodes.filter(({ provider }) => provider !== options.provider);
    }
    finally {
        await session.release();
    }
}
function listed(nodes) {
    const named = nodes.slice(0, NAMED$1).map(({ name, op }) => `${name} (${op})`);
    return `${named.join(', ')}${nodes.length > NAMED$1 ? ` and ${nodes.length - NAMED$1} more` : ''}`;
}

/** How far one set of outputs lies from another, over all samples. */
class OutputDifference {
    #signal = 0;
    #noise = 0;
    /** Largest difference; NaN where one of the two is. */
    max = 0;
    /** Largest |reference|. */
    maxReference = 0;
    add(reference, other) {
        for (let i = 0; i < reference.length; i++) {
            const difference = Math.abs(other[i] - reference[i]);
            this.#signal += reference[i] * reference[i];
            this.#noise += difference * difference;
            if (!(difference <= this.max))
                this.max = difference;
            const size = Math.abs(reference[i]);
            if (size > this.maxReference)
                this.maxReference = size;
        }
    }
    /** Energy of the difference. */
    get noise() {
        return this.#noise;
    }
    /** 10 log10(sum reference^2 / sum difference^2); infinite where nothing differs. */
    get sqnrDb() {
        return this.#noise === 0 ? Infinity : 10 * Math.log10(this.#signal / this.#noise);
    }
}
/** The values as float32; of float16 the bits are read. */
function asFloats({ type, data }) {
    if (data instanceof Float32Array)
        return data;
    return type === 'float16' ? float16ToFloat32(data) : Float32Array.from(data);
}

const LISTED = 20;
function placementOf(nodes, provider) {
    const counts = { [provider]: 0 };
    for (const node of nodes)
        counts[node.provider] = (counts[node.provider] ?? 0) + 1;
    const elsewhere = nodes.filter((node) => node.provider !== provider);
    return { nodes: counts, elsewhere: elsewhere.slice(0, LISTED).map(({ name, op }) => `${name} (${op})`) };
}

/**
 * One pass over the test set: each image is decoded and preprocessed once for all variants and all providers, and the
 * next ones are decoded while the models run. A variant that fails on the way is listed as failed and the others go on.
 *
 * @param variants the reference first
 * @throws GateError where the reference itself cannot run
 */
async function evaluate(variants, images, task, context) {
    const { config, signal, progress, others = [] } = context;
    const runs = [
        { session: context.session, variants, failed: [] },
        ...others.map((session) => ({
            session,
            variants: variants.map((variant) => variantOn(variant, session.provider)),
            failed: []
        }))
    ];
    const [first] = runs;
    const entries = [];
    let judged = [];
    const stage = progress.start(stageName(runs), images.dataset.samples.length);
    const survive = async (run, variant, step) => {
        try {
            await step();
        }
        catch (error) {
            if (variant.name === variants[0].name || !(error instanceof GateError))
                throw error;
            run.failed.push({ name: variant.name, precision: variant.precision, error: explain$1(error) });
            const gone = judged.filter((one) => one.run === run && one.variant === variant);
            judged = judged.filter((one) => !gone.includes(one));
            for (const { session } of gone)
                await session.release();
        }
    };
    try {
        for (const run of runs) {
            for (const variant of run.variants) {
                await survive(run, variant, async () => {
                    judged.push(await open(variant, run, task, context, run !== first));
                });
            }
        }
        const plan = planBatches(judged.map(({ variant, session }) => ({ name: variant.name, input: imageInput(session, variant.model) })), config.runtime.batch);
        const hashes = [];
        const onBytes = (index, sha256) => void (hashes[index] = sha256);
        for await (const batch of images.batches({ batch: plan.size, signal, onBytes })) {
            const { start, samples } = batch;
            const truth = await task.truth(batch);
            const truths = new Map(runs.map((run) => [run, run === first ? truth : task.forProvider(truth)]));
            /** Of this batch on the first provider, by variant; kept only where there is another one. */
            const expected = new Map();
            for (const one of judged) {
                await survive(one.run, one.variant, async () => {
                    const outputs = await runBatch(one, batch, truths.get(one.run), plan);
                    if (one.run === first && runs.length > 1)
                        expected.set(one.variant.name, outputs);
                    else
                        addDifference(one, expected.get(one.variant.name), outputs, samples.length);
                });
            }
            samples.forEach(({ id, label }, i) => {
                const truthHash = task.truthHash(start + i);
                const hashed = truthHash === undefined ? {} : { truth: truthHash };
                entries.push({ id, label: label ?? -1, sha256: hashes[start + i], ...hashed });
            });
            stage.update(start + samples.length);
        }
        const finish = async (run) => {
            const evaluations = [];
            for (const one of judged.filter((candidate) => candidate.run === run)) {
                await survive(run, one.variant, () => {
                    evaluations.push(describe$2(one, evaluations[0]?.scores, task));
                });
            }
            return evaluations;
        };
        const evaluations = await finish(first);
        const compared = [];
        for (const run of runs.slice(1)) {
            const { session, failed } = run;
            const there = await finish(run);
            const differences = new Map();
            for (const { variant, scores } of there) {
                const here = evaluations.find((other) => other.variant.name === variant.name);
                if (here === undefined)
                    continue;
                const outputs = judged.find((one) => one.run === run && one.variant === variant)?.difference?.outputs;
                const comparison = task.compare(here.scores, scores, variant.model);
                differences.set(variant.name, { comparison, ...(outputs !== undefined && { outputs }) });
            }
            compared.push({ session, evaluations: there, failed, differences });
        }
        return {
            evaluations,
            failed: first.failed,
            others: compared,
            datasetHash: datasetHash(entries),
            samples: entries
        };
    }
    finally {
        stage.finish();
        for (const { session } of judged)
            await session.release();
    }
}
function stageName([first, ...others]) {
    const names = first.variants.map(({ name }) => name).join(', ');
    if (others.length === 0)
        return `evaluate ${names}`;
    return `evaluate ${names} on ${[first, ...others].map(({ session }) => session.provider).join(', ')}`;
}
async function open(variant, run, task, context, compared) {
    const session = await openProfiledSession(variant, context, run.session);
    try {
        imageInput(session, variant.model);
        const model = { file: variant.model, outputs: session.outputs };
        const output = compared ? task.denseOutput(model) : undefined;
        const difference = output === undefined ? undefined : { output, outputs: new OutputDifference() };
        return { variant, run, session, scorer: task.scorer(model), times: [], difference };
    }
    catch (error) {
        await session.release();
        throw error;
    }
}
async function runBatch(one, batch, truth, plan) {
    const { variant, session, scorer, times } = one;
    const feeds = feedFor(session, batch.input, plan, variant.model);
    const started = performance.now();
    let outputs;
    try {
        outputs = await session.run(feeds, scorer.outputs);
    }
    catch (error) {
        if (!(error instanceof GateError) || plan.size === 1 || error.hint !== undefined)
            throw error;
        const hint = `a model exported for one image at a time needs \`runtime: {batch: 1}\` (now ${plan.size})`;
        throw new RuntimeError(error.message, hint, { cause: error });
    }
    times.push((performance.now() - started) / batch.samples.length);
    one.profile ??= await session.endProfile();
    scorer.add(outputs, batch, truth);
    return outputs;
}
function addDifference({ difference }, expected, found, samples) {
    if (difference === undefined || expected === undefined)
        return;
    const { output, outputs } = difference;
    if (!(output in expected && output in found))
        return;
    outputs.add(asFloats(firstRows(expected[output], samples)), asFloats(firstRows(found[output], samples)));
}
function describe$2({ variant, run, scorer, times, profile }, reference, task) {
    const scores = scorer.result();
    const { layers: kernels, nodes } = profile ?? { layers: [], nodes: [] };
    return {
        variant,
        scores,
        comparison: task.compare(reference ?? scores, scores, variant.model),
        ...(kernels !== undefined && { executed: countExecuted(kernels), kernels }),
        placement: placementOf(nodes, run.session.provider),
        latencyMs: median(times)
    };
}
function median(values) {
    if (values.length === 0)
        return 0;
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Every variant runs once in each round, in an order that rotates, so that noise of the machine hits all alike. The
 * input is real images, decoded before; what is timed is `run` of onnxruntime-node, with the copy of the outputs.
 *
 * @param variants the reference first
 * @returns by variant; empty where there is no image
 */
async function measureLatency(variants, images, { batch: asked, warmup, runs }, context, options = context.session) {
    const { signal, progress } = context;
    const measured = new Map(variants.map(({ name }) => [name, []]));
    if (images.dataset.samples.length === 0)
        return measured;
    const opened = [];
    const stage = progress.start(`measure latency on ${options.provider}`, asked.length * (warmup + runs));
    try {
        for (const variant of variants)
            opened.push({ variant, session: await openSession(variant, context, options) });
        const models = opened.map(({ variant, session }) => ({
            name: variant.name,
            input: imageInput(session, variant.model)
        }));
        const plans = asked.map((size) => planBatches(models, size));
        const sizes = [...new Set(plans.map(({ size }) => size))];
        const input = await readRows(images, Math.max(...sizes), signal);
        for (const [step, size] of sizes.entries()) {
            const plan = { size, fixed: plans[0].fixed };
            const feeds = opened.map(({ variant, session }) => feedFor(session, rows$1(input, size), plan, variant.model));
            const times = opened.map(() => []);
            for (let round = 0; round < warmup + runs; round++) {
                signal.throwIfAborted();
                for (let turn = 0; turn < opened.length; turn++) {
                    const i = (round + turn) % opened.length;
                    const started = performance.now();
                    await opened[i].session.run(feeds[i]);
                    if (round >= warmup)
                        times[i].push(performance.now() - started);
                }
                stage.update(step * (warmup + runs) + round + 1);
            }
            opened.forEach(({ variant }, i) => {
                const speedup = i === 0 ? {} : { speedup: spreadOf(times[0].map((fp32, round) => fp32 / times[i][round])) };
                measured.get(variant.name)?.push({ batch: size, runs, ms: spreadOf(times[i]), ...speedup });
            });
        }
        return measured;
    }
    finally {
        stage.finish();
        for (const { session } of opened)
            await session.release();
    }
}
/** @param values at least one. */
function spreadOf(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return { median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] };
}
/** The first images as one batch; where there are fewer, they repeat. */
async function readRows(images, count, signal) {
    for await (const { input } of images.atMost(count).batches({ batch: count, signal })) {
        return rows$1(input, count);
    }
    throw new Error('a data set that is not empty has no image');
}
function rows$1({ type, dims, data }, count) {
    if (dims[0] === count)
        return { type, dims, data };
    const row = data.length / dims[0];
    const filled = new data.constructor(row * count);
    for (let i = 0; i < count; i++) {
        const from = (i % dims[0]) * row;
        filled.set(data.subarray(from, from + row), i * row);
    }
    return { type, dims: [count, ...dims.slice(1)], data: filled };
}

const COMBINED_BY_MAX = new Set(['maxError', 'max']);
/** What a statistic is before the first value. */
function startOf(statistic) {
    return statistic === 'min' ? Infinity : COMBINED_BY_MAX.has(statistic) ? -Infinity : 0;
}
/** The statistics of a layer, channel by channel, over all samples. */
class LayerTotals {
    layer;
    values;
    elements;
    channels;
    all;
    /**
     * @param values of each channel; statistics that were not taken are NaN.
     */
    constructor(layer, values, 
    /** Of one channel, over all samples. */
    elements, channels) {
        this.layer = layer;
        this.values = values;
        this.elements = elements;
        this.channels = channels;
    }
    /** A statistic of each channel; undefined: it was not taken. */
    column(statistic) {
        return this.values.get(statistic);
    }
    /** Empty without a sample. */
    byChannel() {
        return Array.from({ length: this.channels }, (_, channel) => this.channel(channel));
    }
    channel(channel) {
        return this.of(this.elements, (values) => values[channel]);
    }
    whole() {
        return (this.all ??= this.ofAll());
    }
    ofAll() {
        return this.of(this.elements * this.channels, (values, statistic) => {
            let all = startOf(statistic);
            if (statistic === 'min')
                for (const value of values)
                    all = Math.min(all, value);
            else if (COMBINED_BY_MAX.has(statistic))
                for (const value of values)
                    all = Math.max(all, value);
            else
                for (const value of values)
                    all += value;
            return all;
        });
    }
    of(elements, pick) {
        const value = (statistic) => {
            const values = this.values.get(statistic);
            return values === undefined ? NaN : pick(values, statistic);
        };
        return {
            elements,
            squaredError: value('squaredError'),
            squaredReference: value('squaredReference'),
            referenceByError: value('referenceByError'),
            absoluteError: value('absoluteError'),
            deviating: value('deviating'),
            zeroed: value('zeroed'),
            saturated: this.values.has('saturated') ? value('saturated') : undefined,
            maxError: value('maxError'),
            min: value('min'),
            max: value('max'),
            nan: value('nan'),
            infinite: value('infinite')
        };
    }
}

/** Adds up what the graph says of a layer, sample by sample; the sums do not depend on batching. */
class GraphTotals {
    source;
    channels = 0;
    samples = 0;
    spatial;
    values = new Map();
    constructor(source) {
        this.source = source;
        this.spatial = source.layer.spatial;
    }
    /** @param samples rows that count: a fixed batch is filled up with copies. */
    add(outputs, samples) {
        const { data, dims } = outputs[this.source.output];
        const { statistics } = this.source;
        const rows = dims[0];
        const width = data.length / rows;
        if (this.channels === 0)
            this.start(width / statistics.length);
        if (this.source.size !== undefined) {
            this.spatial ??= Number(outputs[this.source.size].data[0]) / (rows * this.channels);
        }
        const { channels } = this;
        for (let row = 0; row < Math.min(rows, samples); row++) {
            statistics.forEach((statistic, place) => {
                const into = this.values.get(statistic);
                const start = row * width + place * channels;
                if (into !== undefined)
                    combine(statistic, into, data, start);
            });
            this.samples++;
        }
    }
    totals() {
        return new LayerTotals(this.source.layer, this.values, this.samples * (this.spatial ?? 1), this.channels);
    }
    start(channels) {
        this.channels = channels;
        for (const statistic of this.source.statistics) {
            this.values.set(statistic, new Float64Array(channels).fill(startOf(statistic)));
        }
    }
}
function combine(statistic, into, data, start) {
    if (statistic === 'min') {
        for (let i = 0; i < into.length; i++)
            into[i] = Math.min(into[i], data[start + i]);
    }
    else if (startOf(statistic) === -Infinity) {
        for (let i = 0; i < into.length; i++)
            into[i] = Math.max(into[i], data[start + i]);
    }
    else {
        for (let i = 0; i < into.length; i++)
            into[i] += data[start + i];
    }
}

/** What looking at a model changed in what it computes. */
class ObserverEffect {
    samples = 0;
    different = 0;
    values = 0;
    largest = 0;
    largestOutput = 0;
    /** @param observed outputs of the instrumented model; @param plain of the same model by itself. */
    add(observed, plain, samples) {
        this.samples += samples;
        for (const [name, tensor] of Object.entries(plain)) {
            const [a, b] = [numbers(observed[name]), numbers(tensor)];
            this.values += b.length;
            for (let i = 0; i < b.length; i++) {
                if (Object.is(a[i], b[i]))
                    continue;
                this.different++;
                const difference = Math.abs(a[i] - b[i]);
                this.largest = Math.max(this.largest, Number.isNaN(difference) ? Infinity : difference);
            }
            for (const value of b)
                if (Number.isFinite(value))
                    this.largestOutput = Math.max(this.largestOutput, Math.abs(value));
        }
    }
    /** For chunks of layers that were measured one after the other. */
    merge(other) {
        this.samples = Math.max(this.samples, other.samples);
        this.values += other.values;
        this.different += other.different;
        this.largest = Math.max(this.largest, other.largest);
        this.largestOutput = Math.max(this.largestOutput, other.largestOutput);
    }
    result() {
        const { samples, values, different, largest, largestOutput } = this;
        return { samples, values, different, maxAbs: Number.isFinite(largest) ? largest : null, maxOutput: largestOutput };
    }
}
function numbers({ type, data }) {
    if (type === 'float16')
        return float16ToFloat32(data);
    return data instanceof BigInt64Array || data instanceof BigUint64Array ? Array.from(data, Number) : data;
}

/** Batches whose outputs are compared with those of the plain model. */
const CHECKED_BATCHES = 2;
/**
 * Runs images through a merged session one at a time (or in the model's fixed batch): in batches, kernels depend on the
 * batch size and differ in the last bit.
 */
async function runPass(pass) {
    const { images, merged, plain, signal, advance } = pass;
    const { session, statistics, outputs } = merged;
    const sums = statistics.map((one) => new GraphTotals(one));
    const effect = new ObserverEffect();
    const plan = planBatches([{ name: 'layers', input: imageInput(session, 'the merged model') }], 1);
    const fetches = statistics.flatMap(({ output, size }) => (size === undefined ? [output] : [output, size]));
    let batches = 0;
    for await (const { samples, input } of images.batches({ batch: plan.size, signal })) {
        const checked = plain !== undefined && batches++ < CHECKED_BATCHES;
        const results = await session.run(feedFor(session, input, plan, 'the merged model'), checked ? [...fetches, ...outputs] : fetches);
        for (const one of sums)
            one.add(results, samples.length);
        if (checked)
            effect.add(results, await runPlain(plain, input, plan), samples.length);
        advance(samples.length);
    }
    return { totals: sums.map((one) => one.totals()), effect };
}
async function runPlain(plain, input, plan) {
    return plain.run(feedFor(plain, input, plan, 'the variant'));
}

/** Every QuantizeLinear of an activation; weights that carry a pair of their own are none. */
function quantizedTensors(model, index) {
    return model.graph.node.filter(isQuantize).flatMap((node) => {
        const [float, scaleName, zeroPointName = ''] = node.input;
        if (isConstant(float, index))
            return [];
        const [codes] = node.output;
        const dequantized = index
            .consumers(codes)
            .filter(({ opType }) => opType === 'DequantizeLinear')
            .map(({ output }) => output[0]);
        const range = rangeOf(model, index, scaleName, zeroPointName);
        const axis = attributeInt(node, 'axis');
        return [{ float, codes, dequantized, quantization: { scaleName, zeroPointName, axis, domain: node.domain, range } }];
    });
}
function isQuantize({ opType }) {
    return opType === 'QuantizeLinear';
}
function isConstant(tensor, index) {
    return index.initializer(tensor) !== undefined || index.producer(tensor)?.opType === 'Constant';
}
/** What DequantizeLinear makes of the first and the last code, to the bit. */
function rangeOf(model, index, scaleName, zeroPointName) {
    const scale = scalar(model, index, scaleName);
    const zero = zeroPointName === '' ? { value: 0, type: 'uint8' } : scalar(model, index, zeroPointName);
    if (scale === undefined || zero === undefined)
        return undefined;
    const ends = CODES[zero.type];
    if (ends === undefined)
        return undefined;
    const [min, max] = ends.map((code) => Math.fround((code - zero.value) * scale.value));
    return { min, max, step: scale.value, zeroPoint: zero.value, type: zero.type };
}
const CODES = {
    uint8: [0, 255],
    int8: [-128, 127],
    uint16: [0, 65535],
    int16: [-32768, 32767]
};
function scalar(model, index, name) {
    const initializer = index.initializer(name);
    if (initializer === undefined)
        return undefined;
    const { data, type } = tensorData(model, initializer);
    return data.length === 1 ? { value: Number(data[0]), type } : undefined;
}

/**
 * Cuts the variant's half of a merged graph into its layers, in place: each reads the FP32 tensors that its inputs stand
 * for, so that what is measured behind it is its own error alone. What rounds an activation belongs to the layer that
 * makes it, and what rounds a weight to the layer that uses it; no error is counted twice.
 *
 * The layers compute in float (simulated): their inputs are no codes. It costs about one FP32 pass.
 *
 * @param boundaries tensors as the variant's nodes read them -> FP32 tensors.
 * @param halves of these, the ones in float16.
 */
function isolateLayers({ graph }, boundaries, halves, referenceName) {
    const casts = new Map();
    const standIn = (tensor, reference) => {
        const name = referenceName(reference);
        if (!halves.has(tensor))
            return name;
        const half = `${name}__half`;
        const to = { int: dataTypeOf('float16') };
        casts.set(half, makeNode('Cast', [name], [half], { name: half, attributes: { to } }));
        return half;
    };
    for (const node of graph.node) {
        // The codes of an activation are made from the layer's own output.
        if (isQuantize(node))
            continue;
        node.input = node.input.map((tensor) => {
            const reference = boundaries.get(tensor);
            return reference === undefined ? tensor : standIn(tensor, reference);
        });
    }
    graph.node.push(...casts.values());
}
/** Drops the nodes and constants that no output depends on: ONNX Runtime runs dead nodes like any other. */
function dropDead(graph) {
    const producers = new Map(graph.node.flatMap((node) => node.output.map((tensor) => [tensor, node])));
    const alive = new Set();
    const read = new Set(graph.output.map(({ name }) => name));
    const open = [...read];
    for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
        const node = producers.get(tensor);
        if (node === undefined || alive.has(node))
            continue;
        alive.add(node);
        for (const used of usedTensors(node)) {
            if (!read.has(used))
                open.push(used);
            read.add(used);
        }
    }
    graph.node = graph.node.filter((node) => alive.has(node));
    graph.initializer = graph.initializer.filter(({ name }) => read.has(name));
}

/** Axes became an input of the reductions one by one. */
const AXES_INPUT = {
    ReduceSum: 13,
    ReduceSumSquare: 18,
    ReduceMax: 18,
    ReduceMin: 18,
    ReduceL1: 18,
    ReduceMean: 18
};
/** Nodes and constants that are added to a graph under names that nothing else has. */
class GraphWriter {
    model;
    nodes = [];
    /** A name that nothing in the graph has. */
    name;
    opset;
    constants = new Map();
    constructor(model) {
        this.model = model;
        this.name = uniqueNamer(model.graph);
        this.opset = opsetVersion(model);
    }
    /** @returns the name of the first output. */
    add(op, inputs, attributes = {}, domain = '') {
        const output = this.name(`layers__${op}_${this.nodes.length}`);
        this.nodes.push(makeNode(op, inputs, [output], { name: output, attributes, domain }));
        return output;
    }
    reduce(op, input, axes, keepdims = false) {
        const keep = { keepdims: { int: keepdims ? 1 : 0 } };
        return this.opset < AXES_INPUT[op]
            ? this.add(op, [input], { ...keep, axes: { ints: axes } })
            : this.add(op, [input, this.integers(axes)], keep);
    }
    cast(input, to) {
        return this.add('Cast', [input], { to: { int: dataTypeOf(to) } });
    }
    /** A float32 scalar. */
    scalar(value) {
        return this.constant(`float ${value}`, { type: 'float32', dims: [], data: Float32Array.of(value) });
    }
    integers(values) {
        const data = BigInt64Array.from(values, BigInt);
        return this.constant(`int64 ${values.join()}`, { type: 'int64', dims: [values.length], data });
    }
    /** Makes the tensor an output of the graph under a name of its own. */
    output(tensor) {
        this.model.graph.output.push(create(ValueInfoProtoSchema, { name: tensor }));
        return tensor;
    }
    constant(key, tensor) {
        let name = this.constants.get(key);
        if (name === undefined) {
            name = this.name(`layers__constant_${this.constants.size}`);
            this.model.graph.initializer.push(makeTensor(name, tensor));
            this.constants.set(key, name);
        }
        return name;
    }
}

/** Move values and change none: what they make is compared where it was made. */
const MOVES = new Set('Cast Constant Dropout Flatten Identity Reshape Shape Squeeze Transpose Unsqueeze QuantizeLinear DequantizeLinear'.split(' '));
/** Put out values that they read, and no others. */
const SELECTS = new Set([
    ...MOVES,
    ...'DepthToSpace Expand Gather GlobalMaxPool MaxPool Pad Slice SpaceToDepth Split Tile'.split(' ')
]);
/** Operators with weights: they name the kernel that they are fused into. */
const WEIGHTED = new Set('Conv ConvTranspose Gemm MatMul'.split(' '));
/** What kernels take in from the operator before them. */
const ABSORBED = new Set('BatchNormalization Cast Clip Dropout HardSigmoid HardSwish Identity LeakyRelu Relu Sigmoid'.split(' '));
/** Their output is at least 0, so that its magnitude need not be taken. */
const NON_NEGATIVE$1 = new Set('Relu Sigmoid Softmax Abs Sqrt Exp'.split(' '));
const CONVOLUTIONAL = new Set('Conv ConvTranspose BatchNormalization MaxPool AveragePool'.split(' '));
const movesOnly = (op) => MOVES.has(op);
const selectsOnly = (op) => SELECTS.has(op);
const hasWeights = (op) => WEIGHTED.has(op);
const isAbsorbed = (op) => ABSORBED.has(op);
const isNonNegative = (op) => NON_NEGATIVE$1.has(op);
/** In tensors of three axes, channels are the second for convolutions and the last for transformers. */
const hasChannelsSecond = (op) => CONVOLUTIONAL.has(op);

/** Values of a channel from which a matrix product is faster than a product and a sum (measured, 1.30). */
const SHORTEST_DOT = 512;
/**
 * Adds the statistics of every layer to a graph that holds both models, in place. Only vectors leave the runtime: what
 * is reduced is the spatial axes alone, so that float32 sums stay short (their relative error is 3e-7 where that of whole
 * tensors is 4e-4), and JavaScript adds them up in float64.
 *
 * Nodes are listed last layer first: ONNX Runtime then runs each as soon as its tensors exist and frees them.
 *
 * @param referenceName names of FP32 tensors in the graph.
 */
function addStatistics(model, layers, referenceName, rule, kind) {
    const writer = new GraphWriter(model);
    const outputs = [...layers].reverse().map((layer) => {
        return new LayerStatistics(writer, layer, rule, kind).write(referenceName(layer.tensor));
    });
    model.graph.node.push(...writer.nodes);
    return outputs.reverse();
}
/** The variant's tensor as float32 numbers. Codes get a DequantizeLinear of their own, which every kernel survives. */
function readVariant(writer, source) {
    if (source.kind === 'float')
        return source.half ? writer.cast(source.name, 'float32') : source.name;
    const { scaleName, zeroPointName, axis, domain } = source.quantization;
    const inputs = [source.name, scaleName, ...(zeroPointName === '' ? [] : [zeroPointName])];
    return writer.add('DequantizeLinear', inputs, axis === undefined ? {} : { axis: { int: axis } }, domain);
}
class LayerStatistics {
    writer;
    layer;
    rule;
    kind;
    constructor(writer, layer, rule, kind) {
        this.writer = writer;
        this.layer = layer;
        this.rule = rule;
        this.kind = kind;
    }
    write(reference) {
        const { writer, layer } = this;
        const x = this.arranged(reference);
        const y = this.arranged(readVariant(writer, layer.source));
        const values = this.kind === 'nonFinite' ? this.nonFinite(y) : this.errors(x, y);
        const output = writer.add('Concat', Object.values(values), { axis: { int: 1 } });
        return {
            layer,
            output: writer.output(output),
            statistics: Object.keys(values),
            size: layer.spatial === undefined ? writer.output(writer.add('Size', [x])) : undefined
        };
    }
    nonFinite(y) {
        return { nan: this.count(this.writer.add('IsNaN', [y])), infinite: this.count(this.writer.add('IsInf', [y])) };
    }
    errors(x, y) {
        const error = this.writer.add('Sub', [x, y]);
        const squaredReference = this.dot(x, x);
        const squares = { squaredError: this.dot(error, error), squaredReference };
        if (this.kind === 'isolated')
            return { ...squares, ...this.losses(x, y) };
        const magnitude = this.writer.add('Abs', [error]);
        return {
            ...squares,
            referenceByError: this.dot(x, error),
            absoluteError: this.reduce('ReduceSum', magnitude),
            deviating: this.deviating(x, magnitude, squaredReference),
            maxError: this.reduce('ReduceMax', magnitude),
            min: this.reduce('ReduceMin', x),
            max: this.reduce('ReduceMax', x)
        };
    }
    losses(x, y) {
        const saturated = this.saturated(y);
        return { zeroed: this.zeroed(x, y), ...(saturated !== undefined && { saturated }) };
    }
    /** Sums of products over the values of a channel. */
    dot(a, b) {
        const { writer, layer } = this;
        if (layer.channels === 'last' || (layer.spatial ?? 0) < SHORTEST_DOT)
            return this.reduce('ReduceSum', writer.add('Mul', [a, b]));
        const rows = (tensor) => writer.add('Unsqueeze', [tensor, writer.integers([2])]);
        const product = writer.add('FusedMatMul', [rows(a), rows(b)], { transB: { int: 1 } }, 'com.microsoft');
        return writer.add('Squeeze', [product, writer.integers([2, 3])]);
    }
    /** (samples, channels, values): a view, not a copy. */
    arranged(tensor) {
        const { channels, rank } = this.layer;
        if (channels === 'last')
            return tensor;
        const shape = channels === 'second' ? [0, 0, -1] : rank < 2 ? [1, 1, -1] : [0, 1, -1];
        return this.writer.add('Reshape', [tensor, this.writer.integers(shape)]);
    }
    reduce(op, tensor) {
        return this.writer.reduce(op, tensor, [this.layer.channels === 'last' ? 1 : 2]);
    }
    count(condition) {
        return this.reduce('ReduceSum', this.writer.cast(condition, 'float32'));
    }
    /** |x - y| > threshold * max(|x|, floor * rms(x)) */
    deviating(x, magnitude, squares) {
        const { writer, rule, layer } = this;
        const size = isNonNegative(layer.fused.at(-1)?.op ?? layer.op) ? x : writer.add('Abs', [x]);
        const allowed = writer.add('Mul', [size, writer.scalar(rule.threshold)]);
        const beyond = writer.add('Greater', [magnitude, allowed]);
        if (rule.floor === 0)
            return this.count(beyond);
        // Two comparisons with bytes as results, not a maximum of floats: less memory is written.
        return this.count(writer.add('And', [beyond, writer.add('Greater', [magnitude, this.least(x, squares)])]));
    }
    /** threshold * floor * rms of a sample, as (samples, 1, 1). */
    least(x, squares) {
        const { writer, rule, layer } = this;
        const mean = writer.reduce('ReduceMean', squares, [1], true);
        const factor = (rule.threshold * rule.floor) ** 2;
        const scaled = layer.spatial !== undefined
            ? writer.add('Mul', [mean, writer.scalar(factor / layer.spatial)])
            : writer.add('Div', [
                writer.add('Mul', [mean, writer.scalar(factor)]),
                writer.add('Div', [this.sizeOf(x), this.sizeOf(squares)])
            ]);
        return writer.add('Unsqueeze', [writer.add('Sqrt', [scaled]), writer.integers([2])]);
    }
    sizeOf(tensor) {
        return this.writer.cast(this.writer.add('Size', [tensor]), 'float32');
    }
    /** x != 0 and y == 0 */
    zeroed(x, y) {
        const { writer } = this;
        const zero = writer.scalar(0);
        const kept = writer.add('Not', [writer.add('Equal', [x, zero])]);
        return this.count(writer.add('And', [kept, writer.add('Equal', [y, zero])]));
    }
    /** Values at an end of what the codes can say, unless that end is 0, where ReLU puts them. */
    saturated(y) {
        const { writer } = this;
        const { source } = this.layer;
        const range = source.kind === 'codes' ? source.quantization.range : undefined;
        const ends = range === undefined ? [] : [range.min, range.max].filter((end) => end !== 0);
        const [first, second] = ends.map((end) => writer.add('Equal', [y, writer.scalar(end)]));
        if (first === undefined)
            return undefined;
        return this.count(second === undefined ? first : writer.add('Or', [first, second]));
    }
}

const PREFIX = 'fp32::';
const MERGED = 'the merged model';
/**
 * A session of both models on one input, with the statistics of `layers`.
 * @param kind `isolated`: each layer of the variant reads FP32 values.
 */
async function openMerged(comparison, layers, kind) {
    const { model, statistics, outputs } = await mergeWithStatistics(comparison, layers, kind);
    const { runtime, session } = comparison;
    // Cut layers are no kernels of the variant's, and run for a few images: optimizing would cost more than it saves.
    const options = kind === 'isolated' ? { ...session, optimization: 'basic' } : session;
    return { session: await runtime.createSessionInMemory(MERGED, inMemory(model), options), statistics, outputs };
}
/** The graph of such a session. */
async function mergeWithStatistics({ reference, variant, observation, rule }, layers, kind) {
    const model = await variant.load();
    const outputs = kind !== 'network' ? [] : model.graph.output.map(({ name }) => name);
    const referenceName = mergeModels(model, await reference.load(), PREFIX);
    if (kind !== 'network')
        model.graph.output = [];
    if (kind === 'isolated') {
        const halves = observation.layers.flatMap(({ source }) => source.kind === 'float' && source.half ? [source.name] : []);
        isolateLayers(model, observation.boundaries, new Set(halves), referenceName);
    }
    const statistics = addStatistics(model, layers, referenceName, rule, kind);
    setOpsetVersion(model, 1, 'com.microsoft');
    dropDead(model.graph);
    return { model, statistics, outputs };
}
/** A session of both models whose outputs are the tensors themselves. */
async function openTensors(comparison, layers) {
    const { reference, variant, runtime, session } = comparison;
    const model = await variant.load();
    const referenceName = mergeModels(model, await reference.load(), PREFIX);
    const writer = new GraphWriter(model);
    // Copies: a tensor may be the graph's input, and the variant's own outputs have their names already.
    const copied = (tensor) => writer.output(writer.add('Identity', [tensor]));
    const tensors = layers.map((layer) => ({
        layer,
        reference: copied(referenceName(layer.tensor)),
        variant: copied(readVariant(writer, layer.source))
    }));
    model.graph.node.push(...writer.nodes);
    return { session: await runtime.createSessionInMemory(MERGED, inMemory(model), session), tensors };
}

/** Measures layers by statistics nodes in the graph: only vectors leave the runtime, which is what a GPU needs. */
async function measureInGraph(comparison, chunk, { input, advance }) {
    const { images, signal } = input;
    const plain = await comparison.runtime.createSession(input.variant.file, comparison.session);
    const run = (merged, more) => runPass({ images, merged, signal, advance, ...more }).finally(() => merged.session.release());
    const network = await openMerged(comparison, chunk, 'network');
    const { totals, effect } = await run(network, { plain }).finally(() => plain.release());
    const cut = await openMerged(comparison, chunk, 'isolated');
    const isolated = await run(cut, { images: images.atMost(input.isolatedSamples) });
    const broken = totals.filter((one) => !Number.isFinite(one.whole().squaredError));
    const counted = new Map();
    if (broken.length > 0) {
        const layers = broken.map(({ layer }) => layer);
        const counts = await run(await openMerged(comparison, layers, 'nonFinite'), { advance: () => undefined });
        for (const one of counts.totals)
            counted.set(one.layer, one);
    }
    const layers = totals.map((inNetwork, i) => ({
        inNetwork,
        isolated: isolated.totals[i],
        nonFinite: counted.get(inNetwork.layer)
    }));
    return { layers, effect };
}

const all = (bits) => v128.const(bits, bits, bits, bits);
const ZERO = all(0);
/** Names of locals for their numbers. */
class Locals {
    params;
    types = [];
    constructor(params) {
        this.params = params;
    }
    add(type) {
        const index = this.params + this.types.push(type) - 1;
        return { get: local.get(index), set: (value) => local.set(index, value) };
    }
}
/** Values of the two halves of eight are put together first: steps that wait for each other are half as many. */
class Collected {
    put;
    value;
    first;
    constructor(locals, put) {
        this.put = put;
        this.value = locals.add(V128);
        this.first = locals.add(V128);
    }
    add(half, value) {
        if (half === 0)
            return this.first.set(value);
        return this.value.set(this.put(this.value.get, this.put(this.first.get, value)));
    }
}
/** Adds up float32 values, and blocks of them in float64: in the table, so that no register holds them meanwhile. */
class Sum extends Collected {
    total;
    block;
    /** @param total where blocks are added up as well. */
    constructor(locals, total) {
        super(locals, f32x4.add);
        this.total = total;
        this.block = locals.add(V128);
    }
    get start() {
        return this.value.set(ZERO);
    }
    flush = (address, offset) => {
        const { block, value, total } = this;
        const addTo = (to, at) => v128.store(to, f64x2.add(v128.load(to, at), block.get), at);
        return [
            ...block.set(f64x2.add(f64x2.promoteLower(value.get), f64x2.promoteLower(v128.upper(value.get)))),
            ...addTo(address, offset),
            ...(total === undefined ? [] : addTo(i32.const(total), 0)),
            ...value.set(ZERO)
        ];
    };
    store = () => [];
}
/** Counts lanes of a comparison that hold: they are -1. */
class Count {
    lanes;
    flush = () => [];
    constructor(locals) {
        this.lanes = locals.add(V128);
    }
    add(holds) {
        return this.lanes.set(i32x4.subtract(this.lanes.get, holds));
    }
    get start() {
        return this.lanes.set(ZERO);
    }
    store = (address, offset) => {
        const { get } = this.lanes;
        const both = f64x2.add(f64x2.convertLower(get), f64x2.convertLower(v128.upper(get)));
        return v128.store(address, f64x2.add(v128.load(address, offset), both), offset);
    };
}
/** Keeps the largest or smallest value of each lane. */
class Extreme extends Collected {
    before;
    flush = () => [];
    constructor(locals, pick, before) {
        super(locals, pick);
        this.before = before;
    }
    get start() {
        return this.value.set(all(this.before));
    }
    store = (address, offset) => v128.store(address, this.put(v128.load(address, offset), this.value.get), offset);
}

/**
 * Every function of the kernel goes over rows (the channels of one image) of `length` values, at
 * least EIGHT, one after the other in memory, and adds to a table with a row of sums for each.
 *
 * Sums are float32 over at most 64 values a lane and float64 beyond: their relative error stays below 1e-6.
 */
const EIGHT = 8;
/** A cell of a table holds the two halves of a sum in float64, or a largest or smallest value in four of float32. */
const CELL_BYTES = 16;
/** Where each function adds the first column of all rows. */
const TOTAL = 0;
/** With what is left over of a row behind it, 64 values a lane. */
const BLOCK_BYTES = 4 * 31 * EIGHT;
/** The parameters that all functions share, and their types. */
const SHARED = [I32, I32, I32, I32, I32];
const [X, Y, ROWS, LENGTH, TABLE] = [0, 1, 2, 3, 4].map((index) => local.get(index));
const [SET_X, SET_Y, SET_ROWS, , SET_TABLE] = [0, 1, 2, 3, 4];
/** Row by row: blocks of eight values, then the last eight again where some of them are left over. */
function overRows(locals, { columns, before, step }, bytes) {
    const [end, blockEnd, whole] = [locals.add(I32), locals.add(I32), locals.add(I32)];
    const [rest, masks] = [locals.add(I32), [locals.add(V128), locals.add(V128)]];
    // `bytes` of y for four of x
    const ofY = (xBytes) => (bytes === 4 ? xBytes : i32.shiftRight(xBytes, 2));
    const advance = (xBytes) => [
        ...local.set(SET_X, i32.add(X, xBytes)),
        ...(bytes === 0 ? [] : local.set(SET_Y, i32.add(Y, ofY(xBytes))))
    ];
    const eight = (masked) => [0, 1].flatMap((half) => step(half, masked ? masks[half].get : undefined));
    const each = (put) => columns.flatMap((column, at) => column[put](TABLE, CELL_BYTES * at));
    const width = 4 * EIGHT;
    // Lane numbers below 8 - rest are seen already.
    const seen = i32.subtract(i32.const(EIGHT), rest.get);
    const lanes = (first) => i32x4.greaterOrEqual(v128.const(first, first + 1, first + 2, first + 3), i32x4.splat(seen));
    return [
        ...before,
        ...whole.set(i32.shiftLeft(i32.and(LENGTH, i32.const(-EIGHT)), 2)),
        ...rest.set(i32.and(LENGTH, i32.const(EIGHT - 1))),
        ...masks[0].set(lanes(0)),
        ...masks[1].set(lanes(4)),
        ...doWhile([
            ...columns.flatMap((column) => column.start),
            ...end.set(i32.add(X, whole.get)),
            ...doWhile([
                ...blockEnd.set(i32.add(X, i32.const(BLOCK_BYTES))),
                ...blockEnd.set(i32.select(i32.lessThanUnsigned(blockEnd.get, end.get), blockEnd.get, end.get)),
                ...doWhile([...eight(false), ...advance(i32.const(width))], i32.lessThanUnsigned(X, blockEnd.get)),
                ...when(rest.get, when(i32.equal(X, end.get), [
                    ...advance(i32.subtract(i32.shiftLeft(rest.get, 2), i32.const(width))),
                    ...eight(true),
                    ...advance(i32.const(width))
                ])),
                ...each('flush')
            ], i32.lessThanUnsigned(X, end.get)),
            ...each('store'),
            ...local.set(SET_TABLE, i32.add(TABLE, i32.const(CELL_BYTES * columns.length))),
            ...local.set(SET_ROWS, i32.subtract(ROWS, i32.const(1)))
        ], ROWS)
    ];
}
const masked = (value, mask) => mask === undefined ? value : v128.and(value, mask);
const loadX = (half) => v128.load(X, 16 * half);

/** The columns of each function's table. */
const COLUMNS = {
    energy: ['squaredReference', 'min', 'max'],
    errors: ['squaredError', 'referenceByError', 'absoluteError', 'deviating', 'maxError'],
    losses: ['squaredError', 'zeroed', 'saturated']
};
const [INFINITY, MINUS_INFINITY] = [0x7f800000, 0xff800000 | 0];
/** Σx², min, max */
function energy() {
    const locals = new Locals(5);
    const x = locals.add(V128);
    const squares = new Sum(locals, TOTAL);
    const min = new Extreme(locals, f32x4.smaller, INFINITY);
    const max = new Extreme(locals, f32x4.larger, MINUS_INFINITY);
    const step = (half, mask) => [
        ...x.set(loadX(half)),
        ...min.add(half, x.get),
        ...max.add(half, x.get),
        ...(mask === undefined ? [] : x.set(masked(x.get, mask))),
        ...squares.add(half, f32x4.multiply(x.get, x.get))
    ];
    const body = overRows(locals, { columns: [squares, min, max], before: [], step }, 0);
    return { locals: locals.types, body };
}
/** Parameters behind the shared ones: how codes are read, and what is counted. */
const [SCALE, ZERO_POINT, FIRST, SECOND] = [5, 6, 7, 8].map((index) => local.get(index));
/** Codes of the zero point 0 beside values that are not negative, as behind ReLU. */
const NON_NEGATIVE = 'non_negative';
/** Four values of the variant; codes as (code - zero point) * scale, which is DequantizeLinear's arithmetic. */
function reader(stored, locals, hasZeroPoint) {
    if (stored === 'float32')
        return { before: [], read: (half) => v128.load(Y, 16 * half) };
    const [codes, scales, zeros] = [locals.add(V128), locals.add(V128), locals.add(V128)];
    const load = i16x8.loadBytes(Y, stored === 'int8');
    return {
        before: [...scales.set(f32x4.splat(SCALE)), ...zeros.set(i16x8.splat(i32.truncate(ZERO_POINT)))],
        read: (half) => [
            ...(half === 0 ? codes.set(hasZeroPoint ? i16x8.subtract(load, zeros.get) : load) : []),
            ...f32x4.multiply(f32x4.convert(i32x4.extend(half, codes.get)), scales.get)
        ]
    };
}
/** FIRST: the threshold; SECOND: threshold * floor * rms. Counts |x - y| > max(FIRST * |x|, SECOND). */
function errors(stored, isNonNegative = false) {
    const locals = new Locals(9);
    const [x, error, magnitude, magnitudeBits] = [0, 1, 2, 3].map(() => locals.add(V128));
    const [threshold, least] = [locals.add(V128), locals.add(V128)];
    const { before, read } = reader(stored, locals, !isNonNegative);
    const size = isNonNegative ? x.get : v128.and(x.get, magnitudeBits.get);
    const [squares, products, sum] = [new Sum(locals, TOTAL), new Sum(locals), new Sum(locals)];
    const deviating = new Count(locals);
    // Floats without a sign are ordered as their bits are: integers keep the units free that add floats.
    const largest = new Extreme(locals, i32x4.max, 0);
    const step = (half, mask) => [
        ...x.set(masked(loadX(half), mask)),
        ...error.set(f32x4.subtract(x.get, masked(read(half), mask))),
        ...magnitude.set(v128.and(error.get, magnitudeBits.get)),
        ...squares.add(half, f32x4.multiply(error.get, error.get)),
        ...products.add(half, f32x4.multiply(x.get, error.get)),
        ...sum.add(half, magnitude.get),
        ...largest.add(half, magnitude.get),
        ...deviating.add(f32x4.greater(magnitude.get, i32x4.max(least.get, f32x4.multiply(size, threshold.get))))
    ];
    const body = overRows(locals, {
        columns: [squares, products, sum, deviating, largest],
        before: [
            ...before,
            // V8 makes constants anew wherever they are used, those of its own magnitudes too; what is computed it keeps.
            ...magnitudeBits.set(i32x4.shiftRightUnsigned(i32x4.equal(i32x4.splat(X), i32x4.splat(X)), i32.const(1))),
            ...threshold.set(f32x4.splat(FIRST)),
            ...least.set(f32x4.splat(SECOND))
        ],
        step
    }, stored === 'float32' ? 4 : 1);
    return { locals: locals.types, body };
}
/** Counts y = 0 where x is not, and y = FIRST or SECOND; NaN is equal to nothing. */
function losses(stored) {
    const locals = new Locals(9);
    const [x, y, error] = [locals.add(V128), locals.add(V128), locals.add(V128)];
    const [first, second] = [locals.add(V128), locals.add(V128)];
    const { before, read } = reader(stored, locals, true);
    const squares = new Sum(locals, TOTAL);
    const [zeroed, saturated] = [new Count(locals), new Count(locals)];
    const step = (half, mask) => [
        ...x.set(masked(loadX(half), mask)),
        ...y.set(read(half)),
        ...error.set(masked(f32x4.subtract(x.get, y.get), mask)),
        ...squares.add(half, f32x4.multiply(error.get, error.get)),
        ...zeroed.add(v128.and(f32x4.notEqual(x.get, ZERO), f32x4.equal(y.get, ZERO))),
        ...saturated.add(masked(v128.or(f32x4.equal(y.get, first.get), f32x4.equal(y.get, second.get)), mask))
    ];
    const body = overRows(locals, {
        columns: [squares, zeroed, saturated],
        before: [...before, ...first.set(f32x4.splat(FIRST)), ...second.set(f32x4.splat(SECOND))],
        step
    }, stored === 'float32' ? 4 : 1);
    return { locals: locals.types, body };
}
const STORED = ['float32', 'uint8', 'int8'];
/** The module's bytes: `energy`, and `errors` and `losses` for each way to store a variant's values, NON_NEGATIVE ones too. */
function kernelBytes() {
    const params = [...SHARED, F32, F32, F32, F32];
    return assemble([
        { name: 'energy', params: SHARED, ...energy() },
        { name: `errors_${NON_NEGATIVE}`, params, ...errors('uint8', true) },
        ...STORED.flatMap((stored) => [
            { name: `errors_${stored}`, params, ...errors(stored) },
            { name: `losses_${stored}`, params, ...losses(stored) }
        ])
    ], 1);
}

const PAGE = 65_536;
let compiled;
/** The statistics kernel with memory of its own, all of which is reserved before any of it is used. */
class Kernel {
    exports;
    reserved = CELL_BYTES;
    written = false;
    constructor() {
        compiled ??= new WebAssembly.Module(kernelBytes());
        this.exports = new WebAssembly.Instance(compiled).exports;
    }
    /** @returns the address that so many bytes will have. */
    reserve(bytes) {
        const address = this.reserved;
        this.reserved = Math.ceil((address + bytes) / CELL_BYTES) * CELL_BYTES;
        return address;
    }
    /** Makes what is reserved memory, all zeros. */
    allocate() {
        const pages = Math.ceil(this.reserved / PAGE) - this.buffer.byteLength / PAGE;
        if (this.written)
            new Uint8Array(this.buffer).fill(0);
        if (pages > 0)
            this.exports.memory.grow(pages);
        this.written = true;
    }
    /** Gives up all that is reserved. */
    reset() {
        this.reserved = CELL_BYTES;
    }
    get buffer() {
        return this.exports.memory.buffer;
    }
    /** @returns Σx² of all rows. */
    energy({ x, rows, length }, table) {
        return this.totalOf(() => {
            this.exports.energy(x, 0, rows, length, table);
        });
    }
    /** @returns Σ(x - y)² of all rows: not finite where a value is not. */
    errors(place, encoding, table, threshold, least) {
        const { x, y, rows, length } = place;
        const { stored, scale, zeroPoint, besideNonNegative = false } = encoding;
        const reads = besideNonNegative && stored === 'uint8' && zeroPoint === 0 ? NON_NEGATIVE : stored;
        return this.totalOf(() => {
            this.exports[`errors_${reads}`](x, y, rows, length, table, scale, zeroPoint, threshold, least);
        });
    }
    /** @param ends the numbers that codes at either end stand for; NaN: none. */
    losses(place, encoding, table, ends) {
        const { x, y, rows, length } = place;
        const { stored, scale, zeroPoint } = encoding;
        this.exports[`losses_${stored}`](x, y, rows, length, table, scale, zeroPoint, ...ends);
    }
    totalOf(work) {
        const total = new Float64Array(this.buffer, TOTAL, 2);
        total.fill(0);
        work();
        return total[0] + total[1];
    }
}

/** Channels whose values lie together. */
class KernelRows {
    kernel;
    rows;
    length;
    encoding;
    tables;
    /** @param tables those that will be filled. */
    constructor(kernel, rows, length, encoding, tables) {
        this.kernel = kernel;
        this.rows = rows;
        this.length = length;
        this.encoding = encoding;
        this.tables = new Map(tables.map((table) => [table, kernel.reserve(CELL_BYTES * COLUMNS[table].length * rows)]));
    }
    /** Smallest values start at infinity; once the memory is there. */
    start() {
        for (const [table, address] of this.tables) {
            const stride = 4 * COLUMNS[table].length;
            const cells = new Float32Array(this.kernel.buffer, address, stride * this.rows);
            COLUMNS[table].forEach((statistic, column) => {
                const first = startOf(statistic);
                if (first !== 0 && statistic !== 'maxError')
                    cells.fill(first, 4 * column, 4 * column + 4);
            });
            for (let done = stride; done < cells.length; done *= 2)
                cells.copyWithin(done, 0, done);
        }
    }
    energy(x) {
        return this.kernel.energy(this.at(x, 0), this.table('energy'));
    }
    errors(x, y, threshold, least) {
        return this.kernel.errors(this.at(x, y), this.encoding, this.table('errors'), threshold, least);
    }
    losses(x, y, ends) {
        this.kernel.losses(this.at(x, y), this.encoding, this.table('losses'), ends);
    }
    values() {
        return new Map([...this.tables].flatMap(([table, address]) => COLUMNS[table].map((statistic, column) => [statistic, this.column(statistic, address, column, table)])));
    }
    column(statistic, address, column, table) {
        const stride = COLUMNS[table].length;
        const values = new Float64Array(this.rows);
        const start = startOf(statistic);
        if (start === 0) {
            const halves = new Float64Array(this.kernel.buffer, address, 2 * stride * this.rows);
            for (let row = 0, at = 2 * column; row < this.rows; row++, at += 2 * stride)
                values[row] = halves[at] + halves[at + 1];
        }
        else {
            const lanes = new Float32Array(this.kernel.buffer, address, 4 * stride * this.rows);
            const sign = start < 0 ? 1 : -1;
            for (let row = 0, at = 4 * column; row < this.rows; row++, at += 4 * stride) {
                const lower = Math.max(sign * lanes[at], sign * lanes[at + 1]);
                values[row] = sign * Math.max(lower, Math.max(sign * lanes[at + 2], sign * lanes[at + 3]));
            }
        }
        return values;
    }
    at(x, y) {
        return { x, y, rows: this.rows, length: this.length };
    }
    table(name) {
        const table = this.tables.get(name);
        if (table === undefined)
            throw new Error(`the table ${name} was not asked for`);
        return table;
    }
}

/** Channels of a few values each, or whose values lie apart: in JavaScript. */
class ScriptRows {
    kernel;
    rows;
    length;
    encoding;
    interleaved;
    sums = new Map();
    constructor(kernel, rows, length, encoding, 
    /** Channels are the faster axis. */
    interleaved) {
        this.kernel = kernel;
        this.rows = rows;
        this.length = length;
        this.encoding = encoding;
        this.interleaved = interleaved;
    }
    energy(x) {
        const values = this.floats(x);
        const [squares, min, max] = COLUMNS.energy.map((statistic) => this.of(statistic));
        return this.each((row, i) => {
            const value = values[i];
            squares[row] += value * value;
            if (value < min[row])
                min[row] = value;
            if (value > max[row])
                max[row] = value;
            return value * value;
        });
    }
    errors(x, y, threshold, least) {
        const [a, b] = [this.floats(x), this.variant(y)];
        const [squares, products, sum, deviating, largest] = COLUMNS.errors.map((statistic) => this.of(statistic));
        const [share, floor] = [Math.fround(threshold), Math.fround(least)];
        return this.each((row, i) => {
            const error = Math.fround(a[i] - b(i));
            const magnitude = Math.abs(error);
            squares[row] += error * error;
            products[row] += a[i] * error;
            sum[row] += magnitude;
            if (magnitude > largest[row])
                largest[row] = magnitude;
            if (magnitude > Math.max(floor, Math.fround(Math.abs(a[i]) * share)))
                deviating[row]++;
            return error * error;
        });
    }
    losses(x, y, ends) {
        const [a, b] = [this.floats(x), this.variant(y)];
        const [squares, zeroed, saturated] = COLUMNS.losses.map((statistic) => this.of(statistic));
        this.each((row, i) => {
            const value = b(i);
            const error = Math.fround(a[i] - value);
            squares[row] += error * error;
            if (value === 0 && a[i] !== 0)
                zeroed[row]++;
            if (value === ends[0] || value === ends[1])
                saturated[row]++;
            return 0;
        });
    }
    values() {
        return this.sums;
    }
    /** @returns the sum of what `visit` returns. */
    each(visit) {
        const { rows, length, interleaved } = this;
        let total = 0;
        if (interleaved) {
            for (let i = 0; i < length; i++)
                for (let row = 0; row < rows; row++)
                    total += visit(row, i * rows + row);
        }
        else {
            for (let row = 0; row < rows; row++)
                for (let i = 0; i < length; i++)
                    total += visit(row, row * length + i);
        }
        return total;
    }
    floats(address) {
        return new Float32Array(this.kernel.buffer, address, this.rows * this.length);
    }
    variant(address) {
        const { stored, scale, zeroPoint } = this.encoding;
        if (stored === 'float32') {
            const values = this.floats(address);
            return (index) => values[index];
        }
        const codes = new (stored === 'uint8' ? Uint8Array : Int8Array)(this.kernel.buffer, address, this.rows * this.length);
        return (index) => Math.fround((codes[index] - zeroPoint) * scale);
    }
    of(statistic) {
        let values = this.sums.get(statistic);
        if (values === undefined) {
            values = new Float64Array(this.rows).fill(startOf(statistic));
            this.sums.set(statistic, values);
        }
        return values;
    }
}

/** Collects the statistics of a layer: in the network, and by itself. */
class MeasuredLayer {
    layer;
    place;
    rule;
    network;
    alone;
    counts = { nan: 0, infinite: 0 };
    isFinite = true;
    samples = 0;
    samplesAlone = 0;
    channels;
    length;
    constructor(kernel, layer, place, rule) {
        this.layer = layer;
        this.place = place;
        this.rule = rule;
        const { channels, rank } = layer;
        const sample = rank < 2 ? place.dims : place.dims.slice(1);
        const size = sample.reduce((a, b) => a * b, 1);
        this.channels = channels === 'none' ? 1 : channels === 'second' ? sample[0] : sample[1];
        this.length = size / this.channels;
        const { length } = this;
        const encoding = { ...place.encoding, besideNonNegative: isNonNegative(layer.fused.at(-1)?.op ?? layer.op) };
        const make = (tables) => channels === 'last' || length < EIGHT
            ? new ScriptRows(kernel, this.channels, length, encoding, channels === 'last')
            : new KernelRows(kernel, this.channels, length, encoding, tables);
        this.network = make(['energy', 'errors']);
        this.alone = make(['energy', 'losses']);
    }
    start() {
        for (const rows of [this.network, this.alone])
            if (rows instanceof KernelRows)
                rows.start();
    }
    /** @param samples how many of the tensor's first rows count. */
    addInNetwork(samples, kernel) {
        const { threshold, floor } = this.rule;
        this.eachSample(samples, (x, y) => {
            const energy = this.network.energy(x);
            const least = threshold * floor * Math.sqrt(energy / (this.channels * this.length));
            const noise = this.network.errors(x, y, threshold, least);
            if (!Number.isFinite(noise)) {
                this.isFinite = false;
                this.count(y, kernel);
            }
            this.samples++;
        });
    }
    addAlone(samples) {
        const { source } = this.layer;
        const range = source.kind === 'codes' ? source.quantization.range : undefined;
        // An end that is 0 is where ReLU puts values.
        const end = (value) => (value === undefined || value === 0 ? NaN : value);
        this.eachSample(samples, (x, y) => {
            this.alone.energy(x);
            this.alone.losses(x, y, [end(range?.min), end(range?.max)]);
            this.samplesAlone++;
        });
    }
    inNetwork() {
        return this.totals(this.network.values(), this.samples);
    }
    isolated() {
        const values = this.alone.values();
        const { source } = this.layer;
        if (source.kind === 'float' || source.quantization.range === undefined)
            values.delete('saturated');
        return this.totals(values, this.samplesAlone);
    }
    /** undefined: every sum is finite. */
    nonFinite() {
        if (this.isFinite)
            return undefined;
        const values = Object.entries(this.counts).map(([statistic, count]) => [statistic, Float64Array.of(count)]);
        return new LayerTotals(this.layer, new Map(values), this.samples * this.length * this.channels, 1);
    }
    /** Largest and smallest values are found without regard to NaN, which the sums show. */
    totals(values, samples) {
        const spoil = (sum, extremes) => {
            const sums = values.get(sum) ?? [];
            for (let row = 0; row < sums.length; row++) {
                if (Number.isNaN(sums[row]))
                    for (const extreme of extremes)
                        values.get(extreme)?.fill(NaN, row, row + 1);
            }
        };
        spoil('squaredReference', ['min', 'max']);
        spoil('absoluteError', ['maxError']);
        return new LayerTotals(this.layer, values, samples * this.length, samples === 0 ? 0 : this.channels);
    }
    eachSample(samples, visit) {
        const { x, y, encoding } = this.place;
        const size = this.channels * this.length;
        const bytes = encoding.stored === 'float32' ? 4 : 1;
        for (let sample = 0; sample < samples; sample++)
            visit(x + 4 * size * sample, y + bytes * size * sample);
    }
    count(y, { buffer }) {
        if (this.place.encoding.stored !== 'float32')
            return;
        for (const value of new Float32Array(buffer, y, this.channels * this.length)) {
            if (Number.isNaN(value))
                this.counts.nan++;
            else if (!Number.isFinite(value))
                this.counts.infinite++;
        }
    }
}

const FLOAT = { stored: 'float32', scale: 1, zeroPoint: 0 };
/** 8-bit codes of one scale are read as they are; other codes are dequantized in the graph. */
function encodingOf(source) {
    const range = source.kind === 'codes' ? source.quantization.range : undefined;
    if (range === undefined || (range.type !== 'uint8' && range.type !== 'int8'))
        return FLOAT;
    return { stored: range.type, scale: range.step, zeroPoint: range.zeroPoint };
}
/** Both models on one input. @param wanted FP32 tensors. */
async function openStoredNetwork({ reference, variant, runtime, session }, layers, wanted) {
    const model = await variant.load();
    const outputs = model.graph.output.map(({ name }) => name);
    const referenceName = mergeModels(model, await reference.load(), PREFIX);
    const inputs = new Set(model.graph.input.map(({ name }) => name));
    const tensors = new Map([...wanted].map((tensor) => [tensor, referenceName(tensor)]).filter(([, name]) => !inputs.has(name)));
    const stored = storeVariant(model, layers);
    markOutputs(model, tensors.values());
    await runtime.prepareFill(model.graph);
    const opened = await runtime.createSessionInMemory(MERGED, inMemory(model), session);
    return { session: opened, variant: stored, reference: tensors, outputs };
}
/** The variant cut into its layers, each of which reads FP32 tensors: these are inputs of the graph. */
async function openStoredLayers({ reference, variant, observation, runtime, session }, layers) {
    const model = await variant.load();
    const { graph } = model;
    const [own] = graph.input.map(({ name }) => name);
    const unique = new GraphWriter(model);
    const names = new Map();
    const referenceName = (tensor) => {
        if (tensor === reference.input)
            return own;
        const name = names.get(tensor) ?? unique.name(`${PREFIX}${tensor}`);
        names.set(tensor, name);
        return name;
    };
    graph.output = [];
    isolateLayers(model, observation.boundaries, new Set(), referenceName);
    const stored = storeVariant(model, layers);
    dropDead(graph);
    const read = new Set(graph.node.flatMap((node) => [...usedTensors(node)]));
    const feeds = new Map([[own, reference.input]]);
    for (const [tensor, name] of names) {
        if (!read.has(name))
            continue;
        feeds.set(name, tensor);
        graph.input.push(floatInput(name, reference.values.get(tensor)));
    }
    await runtime.prepareFill(graph);
    // They are no kernels of the variant's, and run for a few images: optimizing would cost more than it saves.
    const options = { ...session, optimization: 'basic' };
    const opened = await runtime.createSessionInMemory('the layers by themselves', inMemory(model), options);
    return { session: opened, variant: stored, feeds };
}
function storeVariant(model, layers) {
    const writer = new GraphWriter(model);
    const stored = new Map(layers.map((layer) => {
        const { source } = layer;
        const asItIs = source.kind === 'float' || encodingOf(source).stored !== 'float32';
        return [layer, asItIs ? source.name : readVariant(writer, source)];
    }));
    model.graph.node.push(...writer.nodes);
    markOutputs(model, stored.values());
    return stored;
}
function markOutputs({ graph }, names) {
    const known = new Set(graph.output.map(({ name }) => name));
    for (const name of new Set(names)) {
        if (!known.has(name))
            graph.output.push(create(ValueInfoProtoSchema, { name }));
    }
}
function floatInput(name, value) {
    const dim = (value?.dims ?? []).map((size) => ({
        value: typeof size === 'number'
            ? { case: 'dimValue', value: BigInt(size) }
            : { case: 'dimParam', value: size }
    }));
    const tensorType = { elemType: dataTypeOf('float32'), shape: { dim } };
    return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}

/** The tensors of both models in the kernel's memory, written anew for each batch. */
class Measurement {
    kernel;
    comparison;
    opened;
    cut;
    layers;
    tensors = new Map();
    intoNetwork;
    intoLayers;
    input;
    outputs;
    constructor(kernel, comparison, chunk, plan, opened, cut) {
        this.kernel = kernel;
        this.comparison = comparison;
        this.opened = opened;
        this.cut = cut;
        const { reference, rule } = comparison;
        const dimsOf = (tensor) => (reference.values.get(tensor)?.dims ?? []).map((size) => (typeof size === 'number' ? size : plan.size));
        kernel.reset();
        const needed = [reference.input, ...opened.reference.keys()];
        const places = new Map(needed.map((tensor) => [tensor, kernel.reserve(4 * elementCount(dimsOf(tensor)))]));
        const codes = chunk.map((layer) => {
            const dims = dimsOf(layer.tensor);
            const encoding = encodingOf(layer.source);
            const y = kernel.reserve((encoding.stored === 'float32' ? 4 : 1) * elementCount(dims));
            const place = { x: places.get(layer.tensor) ?? 0, y, encoding, dims };
            return { layer, place, measured: new MeasuredLayer(kernel, layer, place, rule) };
        });
        this.layers = codes.map(({ measured }) => measured);
        kernel.allocate();
        for (const layer of this.layers)
            layer.start();
        const { buffer } = kernel;
        for (const [tensor, address] of places) {
            const dims = dimsOf(tensor);
            this.tensors.set(tensor, { type: 'float32', dims, data: new Float32Array(buffer, address, elementCount(dims)) });
        }
        this.input = this.tensor(reference.input);
        const variant = ({ place: { y, encoding, dims } }) => {
            const View = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array }[encoding.stored];
            return { type: encoding.stored, dims, data: new View(buffer, y, elementCount(dims)) };
        };
        const outputs = (names) => codes.map((one) => [names.get(one.layer) ?? '', variant(one)]);
        this.intoLayers = Object.fromEntries(outputs(cut.variant));
        const references = [...opened.reference].map(([tensor, name]) => [name, this.tensor(tensor)]);
        this.intoNetwork = Object.fromEntries([...outputs(opened.variant), ...references]);
        this.outputs = this.outputsOf(opened, plan);
        Object.assign(this.intoNetwork, this.outputs);
    }
    /** Memory for the variant's outputs: there where they are compared, new elsewhere. */
    outputsOf({ session, outputs }, plan) {
        const [batch] = session.inputs[0].dims;
        const tensors = outputs.map((name) => {
            const info = session.outputs.find((output) => output.name === name);
            const dims = (info?.dims ?? ['']).map((size) => (size !== '' && size === batch ? plan.size : size));
            return [name, this.intoNetwork[name] ?? emptyTensor(info?.type, dims)];
        });
        return tensors.every(([, tensor]) => tensor !== undefined) ? Object.fromEntries(tensors) : undefined;
    }
    async network(feeds, samples) {
        const [image] = Object.values(feeds);
        this.input.data.set(image.data);
        await this.opened.session.fill(feeds, this.intoNetwork);
        for (const layer of this.layers)
            layer.addInNetwork(samples, this.kernel);
    }
    /** Of the batch that ran through the network last, whose FP32 tensors are there; the variant's are overwritten. */
    async alone(samples) {
        const feeds = [...this.cut.feeds].map(([name, tensor]) => [name, this.tensor(tensor)]);
        await this.cut.session.fill(Object.fromEntries(feeds), this.intoLayers);
        for (const layer of this.layers)
            layer.addAlone(samples);
    }
    /** The variant's outputs of the batch that ran last; where their shapes are not known beforehand, it runs again. */
    async outputsFor(feeds) {
        return this.outputs ?? (await this.opened.session.run(feeds, this.opened.outputs));
    }
    result() {
        return {
            layers: this.layers.map((layer) => ({
                inNetwork: layer.inNetwork(),
                isolated: layer.isolated(),
                nonFinite: layer.nonFinite()
            }))
        };
    }
    tensor(name) {
        const tensor = this.tensors.get(name);
        if (tensor === undefined)
            throw new Error(`no memory was reserved for ${name} of ${this.comparison.reference.input}`);
        return tensor;
    }
}
/** undefined: of unknown shape, or no tensor. */
function emptyTensor(type, dims) {
    if (type === undefined || !Object.hasOwn(TENSOR_ARRAYS, type))
        return undefined;
    const sizes = dims.filter((size) => typeof size === 'number');
    if (sizes.length < dims.length)
        return undefined;
    const element = type;
    return { type: element, dims: sizes, data: new TENSOR_ARRAYS[element](elementCount(sizes)) };
}

/**
 * Whether a comparison can be measured outside of its graph: on the CPU, where tensors cost no transfer, and where all
 * shapes are known beforehand.
 */
function canMeasureOutside({ reference, variant, observation, session }) {
    if (session.provider !== 'cpu')
        return false;
    const input = reference.values.get(reference.input);
    const own = variant.values.get(variant.input);
    if (input?.type !== 'float32' || own?.type !== 'float32')
        return false;
    const needed = [...observation.layers.map(({ tensor }) => tensor), ...observation.boundaries.values()];
    return (observation.layers.every(({ source }) => source.kind === 'codes' || !source.half) &&
        needed.every((tensor) => {
            const [first, ...rest] = reference.values.get(tensor)?.dims ?? [''];
            const isBatch = typeof first === 'number' || (first !== '' && first === input.dims[0]);
            return isBatch && rest.every((size) => typeof size === 'number');
        }));
}
/**
 * Runs images through both models and the layers by themselves, and computes the statistics from their tensors.
 * @param kernel whose memory they are written to; one chunk of layers after the other can use it.
 */
async function measureOutside(kernel, comparison, chunk, { input, advance }) {
    const { images, signal } = input;
    const layers = await openStoredLayers(comparison, chunk);
    const opened = [layers.session];
    try {
        const needed = new Set([...chunk.map(({ tensor }) => tensor), ...layers.feeds.values()]);
        const network = await openStoredNetwork(comparison, chunk, needed);
        opened.push(network.session);
        const plain = await comparison.runtime.createSession(input.variant.file, comparison.session);
        opened.push(plain);
        const plan = planBatches([{ name: 'layers', input: imageInput(network.session, 'the merged model') }], 1);
        const measurement = new Measurement(kernel, comparison, chunk, plan, network, layers);
        const effect = new ObserverEffect();
        let checks = 0;
        const pass = async (stream, alone) => {
            for await (const { samples, input: image } of stream.batches({ batch: plan.size, signal })) {
                const feeds = feedFor(network.session, image, plan, 'the merged model');
                await measurement.network(feeds, samples.length);
                if (checks++ < CHECKED_BATCHES) {
                    const observed = await measurement.outputsFor(feeds);
                    effect.add(observed, await plain.run(feedFor(plain, image, plan, 'the variant')), samples.length);
                }
                if (alone)
                    await measurement.alone(samples.length);
                advance(samples.length);
            }
        };
        // First those that need all sessions: memory that one gives back serves the others.
        const chosen = new Set(evenIndices(images.dataset.samples.length, input.isolatedSamples));
        const others = images.dataset.samples.map((_, index) => index).filter((index) => !chosen.has(index));
        await pass(images.select([...chosen]), true);
        await layers.session.release();
        opened.shift();
        await pass(images.select(others), false);
        return { ...measurement.result(), effect };
    }
    finally {
        for (const session of opened)
            await session.release();
    }
}

/** First opset in which every statistic can be written. */
const STATISTICS_OPSET = 13;
/**
 * A model file that takes part in a comparison: its graph is read once, its weights stay in the file until a session maps
 * them. Each graph that is built from it starts from a fresh copy.
 */
class Half {
    file;
    workspace;
    bytes;
    unused;
    values;
    constructor(file, workspace, bytes, unused, values) {
        this.file = file;
        this.workspace = workspace;
        this.bytes = bytes;
        this.unused = unused;
        this.values = values;
    }
    /** The name of the model's input: what the runtime lists first. */
    get input() {
        const [input = ''] = this.values.keys();
        return input;
    }
    static async open(file, workspace, runtime) {
        const bytes = await readModelButWeights(path__default.resolve(file));
        const model = await loadModel(file, { workspace, bytes });
        return new Half(file, workspace, bytes, model, await runtime.inspect(file, model));
    }
    /** Named as everywhere else: unnamed nodes by operator and first output. */
    async load() {
        const model = this.unused ?? (await loadModel(this.file, { workspace: this.workspace, bytes: this.bytes }));
        this.unused = undefined;
        if (opsetVersion(model) < STATISTICS_OPSET)
            upgradeOpset(model, STATISTICS_OPSET, this.values);
        dropInitializerInputs(model);
        nameNodes(model.graph);
        return model;
    }
    async typed() {
        return { model: await this.load(), values: this.values };
    }
    /** Nothing may be built from it any more. */
    release() {
        releaseMemory([this.bytes]);
    }
}

/**
 * The name of the layer that makes a tensor, as the user sees it in the FP32 model: one kernel stands for all nodes
 * between the tensors that are compared. The node with weights names it, else the first one that does more than follow
 * another operator; the others are listed as fused.
 * @param constants nodes that compute with constants alone (`constantArithmetic`): no part of a kernel.
 */
function nameLayer(tensor, index, observed, constants) {
    const members = membersOf(tensor, index, observed, constants);
    const last = members.at(-1);
    if (last === undefined)
        return { name: tensor, op: 'Input', fused: [] };
    const main = members.findLast(({ opType }) => hasWeights(opType)) ??
        members.find(({ opType }) => !isAbsorbed(opType) && !selectsOnly(opType)) ??
        last;
    const describe = (node) => ({ name: node.name, op: node.opType });
    return { ...describe(main), fused: members.filter((node) => node !== main && !movesOnly(node.opType)).map(describe) };
}
/** The nodes that make a tensor out of compared ones, first to last; constants left out. */
function membersOf(tensor, index, observed, constants) {
    const members = new Set();
    const visit = (name) => {
        const node = index.producer(name);
        if (node === undefined || members.has(node) || node.opType === 'Constant')
            return;
        members.add(node);
        for (const input of node.input) {
            const maker = index.producer(input);
            if (maker !== undefined && !observed.has(input) && !constants.has(maker))
                visit(input);
        }
    };
    visit(tensor);
    // Found from the last to the first.
    return [...members].reverse();
}

/** Their output says which of their input's elements count, by value: ONNX's, and the suppression plugins of TensorRT. */
const SELECTS_BY_VALUE = new Set('NonMaxSuppression TopK NonZero Unique Compress EfficientNMS_TRT BatchedNMS_TRT BatchedNMSDynamic_TRT NMS_TRT'.split(' '));
/** What they give depends on the size of the input alone. */
const MAKES_SIZES = new Set(['Shape', 'Size']);
/**
 * What lies behind suppression, sorting and other choices by value. There another precision gives other elements, in
 * another order, and often another number of them: element by element there is nothing to compare.
 *
 * Choices among sizes, which exporters write for shapes, are none: they do not depend on the image.
 * @param graph in topological order.
 */
function findSelection(graph, index) {
    const ofImage = new Set(index.inputs);
    const behind = new Set();
    const selectors = [];
    for (const node of graph.node) {
        const used = [...usedTensors(node)];
        const depends = used.some((tensor) => ofImage.has(tensor));
        const isBehind = used.some((tensor) => behind.has(tensor));
        if (depends && !isBehind && selects(node))
            selectors.push(node);
        for (const output of node.output) {
            if (output === '')
                continue;
            if (depends && !MAKES_SIZES.has(node.opType))
                ofImage.add(output);
            if (isBehind || (depends && selects(node)))
                behind.add(output);
        }
    }
    return { selectors, behind };
}
/** Also where a Loop, a Scan or an If does it inside. */
function selects(node) {
    return SELECTS_BY_VALUE.has(node.opType) || subgraphsOf(node).some((graph) => graph.node.some(selects));
}

/** Rows of more values are taken for one channel: figures by channel would be as large as the tensor. */
const MOST_CHANNELS = 16_384;
/**
 * Pairs the tensors of the two models by their names, which quantizers keep.
 *
 * In a quantized model the outputs of QuantizeLinear alone are observed: reading a float in front of one keeps ONNX
 * Runtime from fusing the operator into an integer kernel, so that another model would be measured (all integer kernels
 * off and 4e-3 off in the scores of a ResNet-50). Floats that no kernel takes in are observed besides.
 */
function observe(reference, variant) {
    const theirs = new GraphIndex(reference.model.graph);
    const index = new GraphIndex(variant.model.graph);
    const { selectors, behind } = findSelection(reference.model.graph, theirs);
    const isFloat = (tensor) => !behind.has(tensor) &&
        reference.values.get(tensor)?.type === 'float32' &&
        (theirs.producer(tensor) !== undefined || theirs.isGraphInput(tensor));
    const referenceName = (tensor) => (tensor === index.inputs[0] ? theirs.inputs[0] : tensor);
    const sources = new Map();
    const boundaries = new Map();
    const unmatched = [];
    const pairs = quantizedTensors(variant.model, index);
    for (const pair of pairs) {
        const tensor = [pair.float, ...pair.dequantized].map(referenceName).find(isFloat);
        if (tensor === undefined) {
            if (!behind.has(pair.float))
                unmatched.push(pair.float);
            continue;
        }
        for (const name of pair.dequantized)
            boundaries.set(name, tensor);
        if (pair.float !== index.inputs[0])
            boundaries.set(pair.float, tensor);
        if (!sources.has(tensor))
            sources.set(tensor, codesOf(pair));
    }
    for (const node of variant.model.graph.node) {
        for (const tensor of node.output) {
            if (tensor === '' || sources.has(tensor) || boundaries.has(tensor) || !isFloat(tensor))
                continue;
            const type = variant.values.get(tensor)?.type;
            if (type !== 'float32' && type !== 'float16')
                continue;
            const producer = theirs.producer(tensor);
            if (producer === undefined || movesOnly(producer.opType))
                continue;
            if (pairs.length > 0 && !isFree(tensor, index))
                continue;
            sources.set(tensor, { kind: 'float', name: tensor, half: type === 'float16', rounds16: pairs.length === 0 });
            boundaries.set(tensor, tensor);
        }
    }
    return { layers: describeLayers$1(reference, theirs, sources), boundaries, unmatched, selectors };
}
function codesOf({ codes, quantization }) {
    return { kind: 'codes', name: codes, quantization };
}
/** In a quantized model: no kernel is kept from taking in what reads or quantizes the tensor. */
function isFree(tensor, index) {
    if (index.isGraphOutput(tensor))
        return true;
    return !index.consumers(tensor).some((node) => isQuantize(node) || isAbsorbed(node.opType));
}
function describeLayers$1({ model, values }, index, sources) {
    const constants = constantArithmetic(model.graph);
    const order = new Map(model.graph.node.map((node, place) => [node, place]));
    return [...sources]
        .map(([tensor, source]) => ({ tensor, source, place: order.get(index.producer(tensor)) ?? -1 }))
        .sort((a, b) => a.place - b.place)
        .map(({ tensor, source }) => {
        const named = nameLayer(tensor, index, sources, constants);
        const keepsScale = keepsItsScale(tensor, source, index, sources);
        return { ...named, tensor, source, keepsScale, ...layoutOf(values.get(tensor)?.dims ?? [], named.op) };
    });
}
/** What a selecting node reads has the same codes: followed through nodes that are not compared. */
function keepsItsScale(tensor, source, index, sources) {
    const node = index.producer(tensor);
    if (node === undefined || source.kind !== 'codes' || !selectsOnly(node.opType))
        return false;
    const from = sources.get(node.input[0]);
    if (from === undefined)
        return keepsItsScale(node.input[0], source, index, sources);
    const [one, other] = [source.quantization.range, from.kind === 'codes' ? from.quantization.range : undefined];
    return one !== undefined && one.step === other?.step && one.min === other.min;
}
function layoutOf(dims, op) {
    const rank = dims.length;
    if (rank < 2)
        return { rank, channels: 'none', spatial: undefined };
    if (rank === 3 && !hasChannelsSecond(op))
        return { rank, channels: 'last', spatial: product([dims[1]]) };
    const [, width] = dims;
    const isRow = rank === 2 && !(typeof width === 'number' && width <= MOST_CHANNELS);
    return isRow
        ? { rank, channels: 'none', spatial: product([width]) }
        : { rank, channels: 'second', spatial: product(dims.slice(2)) };
}
function product(dims) {
    return dims.reduce((all, size) => (all === undefined || typeof size !== 'number' || size < 1 ? undefined : all * size), 1);
}

/** @throws RuntimeError where no tensor of the variant has a counterpart in FP32. */
async function prepareComparison(models) {
    const { runtime, session, rule, name } = models;
    const reference = await Half.open(models.reference.file, models.reference.workspace, runtime);
    const variant = await Half.open(models.variant.file, models.variant.workspace, runtime);
    const observation = observe(await reference.typed(), await variant.typed());
    if (observation.layers.length === 0) {
        throw new RuntimeError(`no layer of ${name} can be compared with FP32: no tensor has the same name in both models`, 'quantizers and converters keep the names of tensors; a model that was exported anew has others');
    }
    return { reference, variant, observation, rule, runtime, session };
}

/** Of the 16 bytes that a chunk is allowed for each value the kernel takes up to 8; WebAssembly addresses 4 GiB. */
const LARGEST_CHUNK = 4 * 2 ** 30;
/**
 * Puts every layer of a variant beside FP32, in the whole network and by itself.
 * @throws RuntimeError where no tensor of the variant has a counterpart; FileError where a model cannot be merged.
 */
async function compareLayers(input) {
    const { name, images, memoryBytes, progress } = input;
    const comparison = await prepareComparison(input);
    const { reference, observation } = comparison;
    const outside = input.statistics !== 'graph' && canMeasureOutside(comparison);
    const chunks = chunksOf(observation.layers, reference.values, outside ? Math.min(memoryBytes, LARGEST_CHUNK) : memoryBytes);
    const samples = images.dataset.samples.length;
    const isolatedSamples = Math.min(samples, input.isolatedSamples);
    const task = progress.start(`layers of ${name}`, chunks.length * (outside ? samples : samples + isolatedSamples));
    const layers = [];
    const effect = new ObserverEffect();
    let done = 0;
    const kernel = new Kernel();
    const pass = { input, advance: (more) => task.update((done += more)) };
    try {
        for (const chunk of chunks) {
            const measured = outside
                ? await measureOutside(kernel, comparison, chunk, pass)
                : await measureInGraph(comparison, chunk, pass);
            layers.push(...measured.layers);
            effect.merge(measured.effect);
        }
    }
    finally {
        task.finish();
        reference.release();
        comparison.variant.release();
    }
    return { layers, observation, effect, samples, isolatedSamples };
}

/**
 * The bytes of a `.npy` file (format version 1.0, C order) of float32 values.
 * Source: NumPy's documentation, numpy.lib.format.
 */
function encodeNpy(data, dims) {
    const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
    const length = Math.ceil((PREAMBLE + text.length + 1) / ALIGNMENT) * ALIGNMENT - PREAMBLE;
    const header = Buffer.alloc(PREAMBLE + length, ' ');
    header.write('\x93NUMPY\x01\x00', 'latin1');
    header.writeUInt16LE(length, 8);
    header.write(`${text.padEnd(length - 1)}\n`, PREAMBLE, 'latin1');
    return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
const PREAMBLE = 10;
const ALIGNMENT = 64;

/**
 * Writes the output of layers for the first image, both precisions, as float32 `.npy`: `012-name.fp32.npy` and
 * `012-name.<variant>.npy`, numbered in execution order.
 * @returns the files, relative to the folder.
 */
async function dumpLayers(input) {
    const { images, folder, wanted, name } = input;
    const comparison = await prepareComparison(input);
    const { layers } = comparison.observation;
    const chosen = layers.filter(wanted);
    if (chosen.length === 0) {
        const names = layers.slice(0, 3).map((layer) => JSON.stringify(layer.name));
        throw new RuntimeError(`no layer of ${name} matches; names look like ${names.join(', ')}`);
    }
    const { session, tensors } = await openTensors(comparison, chosen);
    const files = [];
    try {
        const plan = planBatches([{ name, input: imageInput(session, name) }], 1);
        for await (const { input: image } of images.atMost(1).batches({ batch: plan.size })) {
            // One layer at a time leaves the runtime: the copies of all would not fit where the network barely does.
            for (const { layer, reference, variant } of tensors) {
                const outputs = await session.run(feedFor(session, image, plan, name), [reference, variant]);
                const stem = `${String(layers.indexOf(layer)).padStart(3, '0')}-${safe(layer.name)}`;
                for (const [suffix, output] of [
                    ['fp32', reference],
                    [name, variant]
                ]) {
                    const file = `${stem}.${suffix}.npy`;
                    await writeTensor(path__default.join(folder, file), firstRows(outputs[output], 1));
                    files.push(file);
                }
            }
        }
    }
    finally {
        await session.release();
        comparison.reference.release();
        comparison.variant.release();
    }
    return files;
}
async function writeTensor(file, { data, dims }) {
    await writeFileAtomic(file, encodeNpy(data, dims));
}
/** Names of layers are paths as a rule, and may be anything. */
function safe(name) {
    return (name
        .replace(/[^A-Za-z0-9_-]+/g, '_')
        .replace(/^_+|_+$/g, '')
        .slice(0, 80) || 'layer');
}

/** What each layer really ran in: the kernel that makes its codes or its output, else the one that bears its name. */
function executedIn(layers, executed) {
    const byOutput = new Map(executed.flatMap((kernel) => kernel.outputs.map((tensor) => [tensor, kernel.executed])));
    const byName = new Map(executed.map(({ name, executed: precision }) => [nodeOfKernel(name), precision]));
    return layers.map(({ name, tensor, source, fused }) => {
        const made = [source.name, tensor].map((output) => byOutput.get(output));
        // The emulation of float16 rounds what it calls exact.
        const named = [tensor, `${tensor}_exact`, name, ...fused.map((node) => node.name)].map((node) => byName.get(node));
        return [...made, ...named].find((precision) => precision !== undefined);
    });
}

/**
 * sum xy and sum y^2 follow from sums of the error d = x - y: xy = xx - xd, yy = xx - 2 xd + dd. The error is small, so
 * that nothing is lost where the two are close.
 */
function figuresOf(totals) {
    const { elements, squaredError, squaredReference: xx, referenceByError: xd, maxError, absoluteError } = totals;
    const yy = xx - 2 * xd + squaredError;
    return {
        elements,
        sqnrDb: sqnrDb(xx, squaredError),
        cosine: xx > 0 && yy > 0 ? finite$1(Math.max(-1, Math.min(1, (xx - xd) / Math.sqrt(xx) / Math.sqrt(yy)))) : null,
        maxAbs: finite$1(maxError),
        meanAbs: finite$1(absoluteError / elements),
        deviating: Math.round(totals.deviating),
        min: finite$1(totals.min),
        max: finite$1(totals.max)
    };
}
/** null: the error is zero, the signal is zero, or one of them is not finite. */
function sqnrDb(signal, noise) {
    return finite$1(10 * Math.log10(signal / noise));
}
function finite$1(value) {
    return Number.isFinite(value) ? value : null;
}

/**
 * Rounding noise is allowed this often: weights add theirs, clipping at a percentile too. Over healthy networks the worst
 * channel of any layer keeps a suspicion below 0.05 with it (docs/layers.md).
 */
const ALLOWANCE = 4;
/** Float16 rounds to 11 bits; its smallest step is 2^-24. */
const HALF_ERROR = 2 ** -11;
const HALF_STEP = 2 ** -24;
/** Stands for infinity, which JSON cannot say. */
const NOT_FINITE = 1e12;
/**
 * Noise that the precision does not explain, as a share of the signal, for the worst channel: a network loses nothing
 * that 8 bits could have kept. Rounding to steps of s makes a noise of s^2 / 12 a value (Widrow and Kollár, Quantization
 * Noise, 2008); a channel that is far noisier than this is clipped, scaled or gone. The ratio of noise to signal alone
 * would accuse every channel whose values are few steps high.
 */
function suspect(isolated) {
    const { layer } = isolated;
    const { elements } = isolated;
    const whole = isolated.whole();
    const signals = isolated.column('squaredReference') ?? new Float64Array();
    const errors = isolated.column('squaredError') ?? new Float64Array();
    if (layer.keepsScale)
        return { suspicion: 0, byChannel: Array.from(signals, () => 0), noise: 0 };
    const byChannel = Array.from(signals, (squaredReference, channel) => unexplained({ elements, squaredError: errors[channel], squaredReference }, layer));
    const noise = whole.squaredReference > 0 ? whole.squaredError / whole.squaredReference : 0;
    const suspicion = byChannel.reduce((a, b) => Math.max(a, b), unexplained(whole, layer));
    return { suspicion, byChannel, noise: Number.isFinite(noise) ? noise : NOT_FINITE };
}
function unexplained({ elements, squaredError, squaredReference }, layer) {
    if (!Number.isFinite(squaredError))
        return NOT_FINITE;
    const explained = ALLOWANCE * roundingNoise(layer, elements, squaredReference);
    if (squaredReference === 0)
        return squaredError > explained ? 1 : 0;
    return Math.max(0, squaredError - explained) / squaredReference;
}
/** Sum of squares of what rounding the output alone does. */
function roundingNoise({ source }, elements, signal) {
    if (source.kind === 'codes') {
        const range = source.quantization.range;
        return range === undefined ? 0 : (elements * range.step ** 2) / 12;
    }
    return source.rounds16 ? signal * HALF_ERROR ** 2 + (elements * HALF_STEP ** 2) / 12 : 0;
}

/** Layers whose channels are kept, and how many of each. */
const LAYERS_WITH_CHANNELS = 8;
const CHANNELS = 4;
const NAMED_UNMATCHED = 20;
/** The figures of every layer, in execution order. */
function describeLayers({ layers }, executed) {
    const suspicions = layers.map(({ isolated }) => suspect(isolated));
    const ranks = ranksOf(suspicions);
    const ran = executedIn(layers.map(({ inNetwork }) => inNetwork.layer), executed);
    return layers.map((layer, i) => {
        const { inNetwork, isolated, nonFinite } = layer;
        const { name, op, tensor, fused, keepsScale } = inNetwork.layer;
        const [whole, alone] = [inNetwork.whole(), isolated.whole()];
        const figures = figuresOf(whole);
        const { nan = 0, infinite = 0 } = nonFinite?.whole() ?? {};
        // No comparison with a NaN is true, in ONNX either.
        const deviating = Math.min(figures.elements, figures.deviating + nan);
        const precision = ran[i];
        return {
            name,
            op,
            tensor,
            ...(fused.length > 0 && { fused }),
            elements: figures.elements,
            sqnrDb: figures.sqnrDb,
            cosine: figures.cosine,
            maxAbs: figures.maxAbs,
            meanAbs: figures.meanAbs,
            relErrorCount: deviating,
            deviationRatio: figures.elements === 0 ? 0 : deviating / figures.elements,
            range: figures.min === null || figures.max === null ? null : [figures.min, figures.max],
            ...(nan + infinite > 0 && { nonFinite: { nan, infinite } }),
            ...(alone.saturated !== undefined && { saturatedRatio: alone.saturated / alone.elements }),
            zeroedRatio: alone.zeroed / alone.elements,
            introduced: {
                sqnrDb: keepsScale ? null : sqnrDb(alone.squaredReference, alone.squaredError),
                share: keepsScale ? 0 : shareOf(layer),
                suspicion: suspicions[i].suspicion,
                rank: ranks[i]
            },
            ...(ranks[i] <= LAYERS_WITH_CHANNELS && { channels: channelsOf(layer, suspicions[i]) }),
            ...(precision !== undefined && { executed: precision })
        };
    });
}
function describeComparison({ samples, isolatedSamples, effect, observation }, rule) {
    return {
        samples,
        isolatedSamples,
        threshold: rule.threshold,
        floor: rule.floor,
        observer: effect.result(),
        unmatched: observation.unmatched.slice(0, NAMED_UNMATCHED),
        ...(observation.selectors.length > 0 && {
            stoppedAt: observation.selectors.slice(0, NAMED_UNMATCHED).map(({ name, opType: op }) => ({ name, op }))
        })
    };
}
function compareSuspicions(a, b) {
    return a.suspicion - b.suspicion || a.noise - b.noise;
}
/** 1 for the most suspicious. */
function ranksOf(suspicions) {
    const order = suspicions.map((_, i) => i).sort((a, b) => compareSuspicions(suspicions[b], suspicions[a]) || a - b);
    const ranks = [];
    order.forEach((layer, place) => (ranks[layer] = place + 1));
    return ranks;
}
/** Noise by itself over noise in the network, each relative to its signal: they are measured on other samples. */
function shareOf({ inNetwork, isolated }) {
    const [network, alone] = [inNetwork.whole(), isolated.whole()];
    const added = alone.squaredError / alone.squaredReference;
    const there = network.squaredError / network.squaredReference;
    if (added === 0 && there === 0)
        return 0;
    const share = finite$1(added / there);
    return share === null ? null : Math.min(1, share);
}
function channelsOf({ inNetwork, isolated }, { byChannel }) {
    if (byChannel.length < 2)
        return [];
    const signal = inNetwork.column('squaredReference')?.reduce((sum, energy) => sum + energy, 0);
    return byChannel
        .map((suspicion, channel) => ({ suspicion, channel }))
        .sort((a, b) => b.suspicion - a.suspicion || a.channel - b.channel)
        .slice(0, CHANNELS)
        .map(({ suspicion, channel }) => {
        const [totals, alone] = [inNetwork.channel(channel), isolated.channel(channel)];
        const { sqnrDb: db, maxAbs } = figuresOf(totals);
        return {
            channel,
            sqnrDb: db,
            maxAbs,
            introducedSqnrDb: sqnrDb(alone.squaredReference, alone.squaredError),
            energyShare: signal === 0 ? 0 : shareOfSignal(totals.squaredReference / (signal ?? NaN)),
            suspicion
        };
    });
}
/** null: an infinite signal has no shares. */
function shareOfSignal(share) {
    return Number.isFinite(share) ? Math.min(1, share) : null;
}

/** Layers that one finding names. */
const NAMED = 3;
/** Layers that lose more than their precision explains, by variant. */
function suspectsOf(layers) {
    return Object.entries(layers).flatMap(([variant, all]) => {
        const suspects = all
            .filter(({ introduced }) => (introduced?.suspicion ?? 0) >= SUSPECT)
            .sort((a, b) => (a.introduced?.rank ?? 0) - (b.introduced?.rank ?? 0));
        const [first] = suspects;
        if (first === undefined)
            return [];
        const named = suspects.slice(0, NAMED).map(describe$1);
        const more = suspects.length > NAMED ? `; and ${suspects.length - NAMED} more` : '';
        return [
            {
                check: 'layers',
                status: 'warn',
                variant,
                evidence: `more is lost than rounding explains, with FP32 inputs: ${named.join('; ')}${more}`,
                action: actionFor(first)
            }
        ];
    });
}
function describe$1({ name, op, introduced, channels = [], saturatedRatio = 0 }) {
    const noise = introduced?.sqnrDb;
    const whole = noise === null || noise === undefined ? 'not finite' : `SQNR ${noise.toFixed(1)} dB by itself`;
    const broken = channels.filter(({ suspicion }) => suspicion >= SUSPECT);
    const clipped = saturatedRatio >= 0.001 ? `, ${(100 * saturatedRatio).toFixed(1)} % of its values saturate` : '';
    const where = broken.length === 0 || broken.length === channels.length
        ? ''
        : `, in ${broken.length === 1 ? 'channel' : 'channels'} ${broken.map(({ channel }) => channel).join(', ')} alone`;
    return `${name} (${op}): ${whole}${where}${clipped}`;
}
function actionFor({ name, saturatedRatio = 0 }) {
    return saturatedRatio >= 0.001
        ? `The calibrated range of ${name} is too narrow for the test images: calibrate on more or other images, or with \`method: minmax\`; \`keep: ['${name}']\` leaves it in FP32.`
        : `Compare the weights and scales of ${name} with the FP32 model; \`keep: ['${name}']\` leaves it in FP32.`;
}

/** `a, b, c and 5 more`. */
function firstFew(names, count = 3) {
    const shown = names.slice(0, count).join(', ');
    return names.length > count ? `${shown} and ${names.length - count} more` : shown;
}
function plural(count, one, many = `${one}s`) {
    return `${count} ${count === 1 ? one : many}`;
}
/** A share as a percentage of two significant digits. */
function percent$1(share) {
    const value = 100 * share;
    return `${value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))} %`;
}
function short$2(value, digits = 3) {
    return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
}
function decibel(value) {
    return Number.isFinite(value) ? `${value.toFixed(1)} dB` : 'no difference';
}

/** Share of the calibration set above which copies and shared images are more than an accident. */
const ACCIDENT = 0.01;
/** What the names and the bytes of the two sets say: is the calibration set diverse, representative, and kept apart? */
function auditCalibrationSet(calibration, test) {
    return [
        missingClasses(calibration.dataset, test.dataset),
        duplicates(calibration),
        overlap(namedHashes(calibration), namedHashes(test))
    ];
}
function namedHashes({ dataset, hashes }) {
    return { ids: dataset.samples.map(({ id }) => id), hashes };
}
function missingClasses(calibration, test) {
    const check = 'classes in the calibration set';
    const present = classesOf(calibration);
    const wanted = classesOf(test);
    if (present.size === 0) {
        const evidence = 'the calibration images have no labels, so missing classes would not be seen';
        return { check, status: 'skipped', evidence, action: '' };
    }
    const missing = [...wanted].filter((name) => !present.has(name));
    if (missing.length === 0) {
        return { check, status: 'pass', evidence: `it holds all ${wanted.size} classes of the test set`, action: '' };
    }
    return {
        check,
        status: 'warn',
        evidence: `${missing.length} of ${plural(wanted.size, 'class', 'classes')} of the test set are missing from it: ${firstFew(missing)}`,
        action: 'Add images of these classes: ranges that were never seen are cut off.'
    };
}
/** Names where the source has them: the indices of folders shift when one is missing. */
function classesOf({ samples, classes, source }) {
    const offset = 'classOffset' in source ? source.classOffset : 0;
    const name = (index) => classes?.[index - offset] ?? String(index);
    return new Set(samples.flatMap(({ label, objects }) => {
        if (label !== undefined)
            return [name(label)];
        return objects === undefined ? [] : Array.from(objects.categories, name);
    }));
}
function duplicates({ dataset, hashes }) {
    const check = 'copies in the calibration set';
    const first = new Map();
    const copies = [];
    hashes.forEach((hash, index) => {
        const earlier = first.get(hash);
        if (earlier === undefined)
            first.set(hash, index);
        else
            copies.push([earlier, index]);
    });
    const distinct = `${first.size} different images of ${hashes.length}`;
    if (copies.length <= ACCIDENT * hashes.length)
        return { check, status: 'pass', evidence: distinct, action: '' };
    const named = copies.map(([a, b]) => `${dataset.samples[b].id} = ${dataset.samples[a].id}`);
    return {
        check,
        status: 'warn',
        evidence: `${distinct}: the others have the same bytes, such as ${firstFew(named)}`,
        action: 'Replace the copies by other images: they add nothing to the ranges, and the set is smaller than it looks.'
    };
}
function overlap(calibration, test) {
    const check = 'calibration images in the test set';
    const tested = new Map(test.hashes.map((hash, index) => [hash, test.ids[index]]));
    const shared = calibration.hashes.flatMap((hash, index) => {
        const id = tested.get(hash);
        return id === undefined ? [] : [`${calibration.ids[index]} = ${id}`];
    });
    const total = calibration.hashes.length;
    if (shared.length === 0) {
        const evidence = `none of ${total} is among the ${test.hashes.length} test images`;
        return { check, status: 'pass', evidence, action: '' };
    }
    return {
        check,
        status: shared.length > ACCIDENT * total ? 'fail' : 'warn',
        evidence: `${shared.length} of ${total} (${percent$1(shared.length / total)}) are test images, byte by byte: ${firstFew(shared)}`,
        action: 'Take calibration images from the training split: ranges that were made to fit the test images flatter the INT8 figures.'
    };
}

/** Answers of FP32 that change between two runs of it, as a share: above it no small drop can be judged. */
const UNSTABLE_ANSWERS = 0.01;
/** FP32 arithmetic in another order agrees far better; TF32 and half precision do not reach it. */
const FLOAT_FLOOR_DB = 70;
/** The kernels' own error stays below that of rounding to 8 bits; from here on they compute something else. */
const KERNEL_NOISE = 1;
/** Exact McNemar test of the answers; two models of the same accuracy are taken apart once in a hundred times. */
const SIGNIFICANT = 0.01;
/** |input| of normalized images stays far below it; raw pixels reach 255. */
const RAW_PIXELS = 20;
/** Less than five grey levels of an image in 0..1. */
const VANISHING = 0.02;
/** What FP32 differs from itself by: nothing smaller than this is a finding. */
function auditFloor({ floor, images }, provider) {
    const check = 'noise floor';
    if (floor === undefined) {
        const evidence = "not measured: the network's outputs are lists of boxes, which cannot be compared element by element";
        return { check, status: 'skipped', evidence, action: '' };
    }
    const { difference, flips } = floor;
    const changed = flips === undefined ? 0 : flips.broken + flips.repaired;
    const answers = flips === undefined ? '' : `, ${plural(changed, 'answer')} of ${images} changed`;
    const evidence = `FP32 against FP32 on ${provider}, one image at a time on one thread: ${decibel(difference.sqnrDb)}, ` +
        `largest difference ${short$2(difference.max)}${answers}`;
    const noisy = changed > UNSTABLE_ANSWERS * images || !(difference.sqnrDb >= FLOAT_FLOOR_DB);
    return {
        check,
        status: noisy ? 'warn' : 'pass',
        evidence,
        action: noisy
            ? 'FP32 does not repeat itself here: look for reduced-precision arithmetic (TF32), random operators or a batch-dependent model before believing small drops.'
            : ''
    };
}
/** Integer kernels against the same file in float: a gap is the kernels' (or saturation's), not calibration's. */
function auditKernels(comparison) {
    const { images, answers, kernels, quantization, variant } = comparison;
    const check = 'integer kernels against simulation';
    const counted = answers === undefined
        ? ''
        : `top-1 ${answers.right.integer} and ${answers.right.simulated} of ${images}, ` +
            `${answers.flips.broken} answers worse and ${answers.flips.repaired} better in integers; `;
    const evidence = `the same file on ${images} test images: ${counted}kernels against simulation ${decibel(kernels.sqnrDb)}, ` +
        `simulation against FP32 ${decibel(quantization.sqnrDb)}`;
    const gap = isGap(kernels, quantization, answers?.flips);
    return {
        check,
        status: gap ? 'fail' : 'pass',
        variant: variant.name,
        evidence,
        action: gap
            ? 'Calibration is not to blame: the integer kernels compute something else than the file says. Suspect saturation on this processor (`reduce_range: true` avoids it), sums of a very wide layer that exceed int32 (`keep` it), or a defect of this version of ONNX Runtime.'
            : ''
    };
}
/** What a deployment with ONNX Runtime's default settings would get on a processor like this one. */
function auditSaturation(comparison) {
    const { images, answers, unasked, quantization, variant } = comparison;
    if (unasked === undefined)
        return [];
    const check = 'saturation without session.x64quantprecision';
    const counted = answers === undefined
        ? ''
        : `top-1 is ${answers.right.unasked ?? 0} of ${images} instead of ${answers.right.integer}, and `;
    const evidence = `this processor has no VNNI; with ONNX Runtime's default kernels ${counted}` +
        `the outputs lie ${decibel(unasked.sqnrDb)} from the simulation`;
    const gap = isGap(unasked, quantization, answers?.unaskedFlips);
    return [
        {
            check,
            status: gap ? 'warn' : 'pass',
            variant: variant.name,
            evidence,
            action: gap
                ? 'Where this model is deployed on x64 without VNNI, set session.x64quantprecision=1 as this run does, or quantize with `reduce_range: true`.'
                : ''
        }
    ];
}
function isGap(kernels, quantization, flips) {
    // Where 8 bits are exact, rounding in float is no fault.
    const louder = !(kernels.sqnrDb >= FLOAT_FLOOR_DB) && !(kernels.noise <= KERNEL_NOISE * quantization.noise);
    if (louder || flips === undefined)
        return louder;
    return flips.broken > flips.repaired && mcnemarPValue(flips.broken, flips.repaired) < SIGNIFICANT;
}
/** Do the values that the network is fed look like a network's input? Without a dump this is all that can be said. */
function auditInput({ input, images }, evidence) {
    const check = 'range of the first layer';
    const { min, max, constant } = input;
    const seen = `input values from ${short$2(min)} to ${short$2(max)} on ${plural(images, 'test image')}`;
    const works = evidence !== undefined;
    const verdict = works ? `, and ${evidence}` : '';
    const action = 'Compare with the training code, or let `preprocess: {steps, reference}` compare with its dumps.';
    if (constant === images) {
        return { check, status: 'fail', evidence: `${seen}: every image is constant`, action };
    }
    const size = Math.max(Math.abs(min), Math.abs(max));
    const odd = size > RAW_PIXELS
        ? 'these are raw pixels, and networks are trained on normalized ones as a rule (not divided by 255?)'
        : size < VANISHING
            ? 'they almost vanish (divided by 255 twice?)'
            : undefined;
    if (odd === undefined || works)
        return { check, status: 'pass', evidence: `${seen}${verdict}`, action: '' };
    return { check, status: 'warn', evidence: `${seen}: ${odd}`, action };
}

/** Puts the findings in their order, with what only the figures of all samples tell. */
function concludeDiagnosis({ findings, budget, elsewhere = [], fp16, evidence, test }) {
    const { preprocessing, calibrationSet, probes } = findings;
    const probe = probes[budget];
    return [
        ...preprocessing,
        ...(probe === undefined ? [] : [auditInput(probe, evidence)]),
        ...(calibrationSet === undefined
            ? []
            : [calibrationSet.classes, calibrationSet.copies, overlap(calibrationSet.images, test)]),
        ...(probe === undefined ? [] : [...probe.ranges, ...probe.kernels, probe.floor]),
        ...elsewhere,
        ...fp16
    ];
}

/** Below this, the quarters are too small for their ranges to say anything (docs/calibration-audit.md has the figures). */
const FEWEST_IMAGES = 32;
/** A tensor moved where an end of its range moved by more than this share of the range's width. */
const MOVED_SINCE_HALF = 0.2;
const MOVED_SINCE_QUARTER = 0.1;
/** Share of the tensors that may have moved. */
const FEW_TENSORS = 0.1;
const HALF_OF_TENSORS = 0.5;
/**
 * How far a range from a part of the images lies from that of all of them: the larger shift of its two ends, as a share of
 * the whole range's width.
 */
function settling(part, all) {
    const width = Math.max(all.max, 0) - Math.min(all.min, 0);
    if (width === 0)
        return 0;
    return Math.max(Math.abs(part.min - all.min), Math.abs(part.max - all.max)) / width;
}
/** Enough images? The ranges as a function of their number: a quarter, half, all. */
function auditSettling(variant, { samples, tensors }, layerOf) {
    const check = 'number of calibration images';
    const names = Object.keys(tensors);
    const moves = names.map((tensor) => {
        const { range, half, quarter } = tensors[tensor];
        return {
            tensor,
            half: settling(toRange(half), toRange(range)),
            quarter: settling(toRange(quarter), toRange(range))
        };
    });
    const sizes = subsetSizes(samples);
    const sinceHalf = moves.filter(({ half }) => half > MOVED_SINCE_HALF);
    const sinceQuarter = moves.filter(({ quarter }) => quarter > MOVED_SINCE_QUARTER);
    const worst = [...moves].sort((a, b) => b.half - a.half);
    const figures = `from ${sizes.half} to ${plural(samples, 'image')} ${sinceHalf.length} of ${plural(names.length, 'range')} move by more than ` +
        `${percent$1(MOVED_SINCE_HALF)}, from ${sizes.quarter} on ${sinceQuarter.length} by more than ${percent$1(MOVED_SINCE_QUARTER)}`;
    const largest = `most of all ${firstFew(worst.slice(0, 3).map(({ tensor, half }) => `${layerOf(tensor)} (${percent$1(half)})`))}`;
    const action = 'Calibrate with more images, of every class: a few hundred are usual. Ranges that still grow cut off what later images show.';
    if (samples < FEWEST_IMAGES) {
        const evidence = `too small: ${plural(samples, 'image')}, and whether ranges have settled cannot be seen below ${FEWEST_IMAGES}; ${figures}`;
        return { check, status: 'warn', variant, evidence, action };
    }
    const settled = sinceHalf.length <= FEW_TENSORS * names.length && sinceQuarter.length <= HALF_OF_TENSORS * names.length;
    if (settled) {
        return { check, status: 'pass', variant, evidence: `the ranges have settled: ${figures}; ${largest}`, action: '' };
    }
    return {
        check,
        status: 'warn',
        variant,
        evidence: `too small: the ranges have not settled: ${figures}; ${largest}`,
        action
    };
}
function toRange([min, max]) {
    return { min, max };
}

/** Share of a tensor's values beyond which a range was not trimmed but cut through the signal. */
const CUT_THROUGH = 0.01;
/** Does the method itself throw values away? Enough images do not help against a range that was chosen too narrow. */
function auditCut(variant, { parts, tensors }, layerOf) {
    const check = 'values that the calibration method cuts off';
    const { method } = JSON.parse(parts.method);
    const worst = Object.entries(tensors).sort(([, a], [, b]) => b.cut - a.cut);
    const describe = ([tensor, { cut, range, observed }]) => {
        const [chosen, seen] = [toRange(range), toRange(observed)];
        return `${layerOf(tensor)}: ${percent$1(cut)} (range [${short$2(chosen.min)}, ${short$2(chosen.max)}] of [${short$2(seen.min)}, ${short$2(seen.max)}])`;
    };
    const cutThrough = worst.filter(([, { cut }]) => cut > CUT_THROUGH);
    if (cutThrough.length === 0) {
        const most = worst.length === 0 ? '' : `, at most ${describe(worst[0])}`;
        return { check, status: 'pass', variant, evidence: `${method}${most}`, action: '' };
    }
    return {
        check,
        status: 'warn',
        variant,
        evidence: `${method} cuts off more than ${percent$1(CUT_THROUGH)} of the values of ${plural(cutThrough.length, 'tensor')}: ` +
            firstFew(cutThrough.map(describe)),
        action: 'Try `calibration: {method: percentile}` or `minmax`: where much of a tensor is one constant (a background, zeros), entropy and mse take it for the signal.'
    };
}

/** Where the table comes from, how old it is, and what became of one that did not fit. */
function auditOrigin(variant, { key, parts, samples }, lookup, now) {
    const check = 'calibration table';
    const { method, ...parameters } = JSON.parse(parts.method);
    const how = [method, ...Object.values(parameters).map(String)].join(' ');
    const what = `${how} on ${plural(samples, 'image')}, target ${parts.target}, key ${key.slice(0, 16)}`;
    if (lookup.hit) {
        const evidence = `from the cache: ${what}; its key was verified against this model, preprocessing, calibration set and method. ` +
            `${lookup.file}, computed ${age(lookup.storedAt, now)}`;
        return { check, status: 'pass', variant, evidence, action: '' };
    }
    if (!lookup.refused) {
        return { check, status: 'pass', variant, evidence: `computed in this run: ${what}; ${lookup.reason}`, action: '' };
    }
    return {
        check,
        status: 'warn',
        variant,
        evidence: `a cached table was refused and ${what} computed anew: ${lookup.reason}`,
        action: 'Nothing wrong was used. Find out what put that file into the cache folder: tables are files that nobody edits or renames.'
    };
}
function age(then, now) {
    const hours = Math.max(0, now.getTime() - then.getTime()) / 3_600_000;
    const ago = hours < 1
        ? 'less than an hour ago'
        : hours < 48
            ? `${Math.round(hours)} hours ago`
            : `${Math.round(hours / 24)} days ago`;
    return `${then.toISOString().slice(0, 16).replace('T', ' ')} UTC (${ago})`;
}
/**
 * Does a table belong to this network? For tables from elsewhere: ours cannot be made without every name.
 *
 * @param ranges the table
 * @param needed tensors that are quantized
 * @param known every tensor of the network
 * @param calibrated how many other tensors were calibrated because the table lacks them
 */
function auditNames(variant, ranges, needed, known, calibrated = 0) {
    const check = 'names in the calibration table';
    const unknown = [...ranges.keys()].filter((tensor) => !known.has(tensor));
    const missing = needed.filter((tensor) => !ranges.has(tensor));
    if (unknown.length === 0 && missing.length === 0 && calibrated === 0) {
        return {
            check,
            status: 'pass',
            variant,
            evidence: `all ${needed.length} quantized tensors have a range`,
            action: ''
        };
    }
    const evidence = [
        ...(unknown.length > 0
            ? [`${unknown.length} of ${ranges.size} names are no tensor of this network: ${firstFew(unknown)}`]
            : []),
        ...(missing.length > 0
            ? [`${missing.length} of ${needed.length} quantized tensors have no range: ${firstFew(missing)}`]
            : []),
        ...(calibrated > 0
            ? [`${calibrated} of ${needed.length + calibrated} quantized tensors had no range and were calibrated`]
            : [])
    ].join('; ');
    const foreign = unknown.length > 0.5 * ranges.size;
    return {
        check,
        status: missing.length > 0 || foreign ? 'fail' : 'warn',
        variant,
        evidence,
        action: foreign
            ? 'This table was made for another network, or the exporter renamed its tensors: make it again for this file.'
            : missing.length > 0
                ? 'Calibrate these tensors too, or keep their layers in FP32 (`keep`).'
                : 'Check that the table was made for this file: its other ranges are used as they are.'
    };
}
/** Values that test images have outside a range beyond what the method cuts off by design, as a share of the tensor's. */
const CONTRADICTED = 0.002;
/** Does the test set contradict the ranges? */
function auditOutside(variant, { ranges, calibrated }, shares, images, layerOf) {
    const check = 'test values outside the calibrated ranges';
    const tensors = [...shares].map(([tensor, { values, outside, observed }]) => {
        const range = ranges.get(tensor) ?? { min: 0, max: 0 };
        const cut = cutOf(calibrated, tensor);
        const share = values === 0 ? 0 : outside / values;
        return { tensor, share, cut, excess: share - (cut ?? 0), observed, range };
    });
    const worst = [...tensors].sort((a, b) => b.excess - a.excess);
    const describe = ({ tensor, share, cut, observed, range }) => `${layerOf(tensor)}: ${percent$1(share)} outside [${short$2(range.min)}, ${short$2(range.max)}] ` +
        `(${cut === undefined ? 'imported' : `calibration itself left out ${percent$1(cut)}`}), seen [${short$2(observed.min)}, ${short$2(observed.max)}]`;
    const contradicted = worst.filter(({ excess }) => excess > CONTRADICTED);
    const on = `on ${plural(images, 'test image')}`;
    if (contradicted.length === 0) {
        const first = worst.length === 0 ? '' : `; at most ${describe(worst[0])}`;
        return {
            check,
            status: 'pass',
            variant,
            evidence: `none of ${plural(tensors.length, 'range')} is contradicted ${on}${first}`,
            action: ''
        };
    }
    return {
        check,
        status: 'warn',
        variant,
        evidence: `${contradicted.length} of ${plural(tensors.length, 'range')} are contradicted ${on}: ${firstFew(contradicted.map(describe), 2)}`,
        action: contradicted.some(({ cut }) => cut === undefined)
            ? 'The imported table cuts off on purpose (entropy does), or was made with other weights, other preprocessing or other images: calibrate here to tell.'
            : 'The calibration images are unlike the test images: add such images, or check that both come from the same source.'
    };
}
/** What the method itself left out of its own images; undefined where others chose the range. */
function cutOf(calibrated, tensor) {
    const tensors = calibrated?.table.tensors;
    return tensors !== undefined && Object.hasOwn(tensors, tensor) ? tensors[tensor].cut : undefined;
}

/** Does a table of the user's belong to this network? What it lacks was calibrated, or the variant could not be made. */
function auditImported(variant, { table, needed, sources, known }) {
    return auditNames(variant, table, [...sources.values()], known, needed.length - sources.size);
}
/** Where imported ranges come from. Nothing in such a file says which weights or preprocessing it was made with. */
function auditImportedOrigin(variant, { file, format, table, sources }, target) {
    const renamed = [...sources].filter(([tensor, source]) => tensor !== source);
    const neighbours = renamed.length === 0
        ? ''
        : `; ${plural(renamed.length, 'range')} taken from a neighbour: ${firstFew(renamed.map(([tensor, source]) => `${tensor} from ${source}`))}`;
    return {
        check: 'calibration table',
        status: 'pass',
        variant,
        evidence: `imported from ${file} (${format}): ${sources.size} of its ${plural(table.size, 'range')} are used, target ${target}${neighbours}. ` +
            'The file does not say which weights and which preprocessing it was made with',
        action: ''
    };
}

/**
 * Of every variant with ranges: does an imported table belong to this network, have calibrated ranges settled, do test images
 * contradict them, where do they come from.
 */
async function auditRanges(variants, images, { runtime, session, workDirectory, signal, progress }) {
    const audited = variants.flatMap(({ name, int8 }) => (int8 === undefined ? [] : [{ name, ...int8 }]));
    if (audited.length === 0)
        return [];
    const [{ prepared }] = audited;
    const layerOf = await layerNames(prepared);
    const outside = await measureOutside$1(audited.map(({ ranges, imported }) => (imported === undefined ? ranges : rounded(ranges))), {
        runtime,
        session: { ...session, provider: 'cpu' },
        modelFile: prepared.file,
        workDirectory,
        values: prepared.values,
        images,
        signal,
        progress,
        label: 'test values against the calibrated ranges'
    });
    const count = images.dataset.samples.length;
    const now = new Date();
    const tables = audited.flatMap(({ name, calibrated }) => (calibrated === undefined ? [] : [{ name, ...calibrated }]));
    return [
        ...audited.flatMap(({ name, imported }) => (imported === undefined ? [] : [auditImported(name, imported)])),
        ...tables.map(({ name, table }) => auditSettling(name, table, layerOf)),
        ...tables.map(({ name, table }) => auditCut(name, table, layerOf)),
        ...audited.map((variant, index) => auditOutside(variant.name, variant, outside[index], count, layerOf)),
        ...audited.flatMap(({ name, imported, target }) => imported === undefined ? [] : [auditImportedOrigin(name, imported, target)]),
        ...tables.map(({ name, table, lookup }) => auditOrigin(name, table, lookup, now))
    ];
}
/** The largest value of a tensor lies outside its own range once that went through a float32 scale and back. */
const ROUNDING = 1e-6;
function rounded(ranges) {
    const widen = (end) => end + ROUNDING * end;
    return new Map([...ranges].map(([tensor, { min, max }]) => [tensor, { min: widen(min), max: widen(max) }]));
}
/** The layer that makes a tensor, as the user finds it in the model; the name of the tensor where nothing does. */
async function layerNames({ file }) {
    const { graph } = await loadModel(file, { workspace: path__default.dirname(file) });
    const index = new GraphIndex(graph);
    return (tensor) => {
        const node = index.producer(tensor);
        return node === undefined ? `input ${tensor}` : `${node.opType} ${node.name === '' ? tensor : node.name}`;
    };
}

/** Share of a layer's values below the smallest normal float16 from which it is worth a word. */
const SUBNORMAL_SHARE = 0.05;
/**
 * Would the activations fit into float16? Measured in float32 on real images, because the answer must not depend on
 * a device that hides overflows. Names the first layer that does not fit.
 */
async function diagnoseFp16({ name, fp16 }, images, { config, runtime, session, workDirectory, signal, progress }) {
    if (fp16 === undefined)
        return [];
    const ranges = await measureFp16Activations(fp16.plan, {
        runtime,
        session: { ...session, provider: 'cpu' },
        modelFile: config.model,
        workDirectory,
        values: fp16.values,
        images,
        signal,
        progress,
        label: `FP16 range of ${name}`
    });
    return [overflow(name, ranges, images.dataset.samples.length), ...underflow(name, ranges)];
}
function overflow(variant, ranges, images) {
    const check = 'fp16 activation range';
    const overflowing = ranges.filter((range) => range.overflowing > 0);
    const [first] = overflowing;
    if (first === undefined) {
        const largest = ranges.reduce((max, { maxAbs }) => Math.max(max, maxAbs), 0);
        const evidence = `largest |activation| ${format$1(largest)} on ${images} images, limit ${FP16_MAX}`;
        return { check, status: 'pass', variant, evidence, action: '' };
    }
    const others = overflowing.length > 1 ? `; of the later layers, ${overflowing.length - 1} overflow too` : '';
    return {
        check,
        status: 'fail',
        variant,
        evidence: `layer ${first.layer} (${first.op}, tensor ${first.tensor}) is the first to overflow FP16: ` +
            `|x| up to ${format$1(first.maxAbs)} > ${FP16_MAX}, ${first.overflowing} of ${first.elements} values on ` +
            `${images} images, first on ${first.firstImage}${others}`,
        action: `Keep the layers around ${first.layer} in FP32 (\`variants: {${variant}: {precision: fp16, keep: [...]}}\`), or ` +
            "scale its weights down and the next layer's up: what lies between must stay below 65504."
    };
}
function underflow(variant, ranges) {
    const share = ({ subnormal, elements }) => (elements === 0 ? 0 : subnormal / elements);
    const worst = ranges.reduce((a, b) => (a === undefined || share(b) > share(a) ? b : a), undefined);
    if (worst === undefined || share(worst) < SUBNORMAL_SHARE)
        return [];
    return [
        {
            check: 'fp16 underflow',
            status: 'warn',
            variant,
            evidence: `${(100 * share(worst)).toFixed(1)} % of the values of layer ${worst.layer} (${worst.op}) are below 2^-14, the smallest normal FP16 number`,
            action: 'Scale the activations of that layer up, or keep it in FP32, if accuracy is lost.'
        }
    ];
}
function format$1(value) {
    return Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : 'infinity';
}

/** Nothing in a pair of unrelated pictures is further apart. */
const UNRELATED = 255;
/** Position of value (channel, pixel) in a tensor of `area` pixels. */
function valueIndex(channel, pixel, channels, area, planar) {
    return planar ? channel * area + pixel : pixel * channels + channel;
}
/** Which channel of the picture a channel of the tensor shows. */
function pictureChannel(channel, channels, swapped) {
    return swapped ? channels - 1 - channel : channel;
}
/**
 * Fits each channel of a tensor to a picture by least squares. Any normalization is such a line, so what is left over tells
 * whether it is the same picture, whatever was divided, subtracted or forgotten.
 *
 * @param picture interleaved 8-bit pixels
 * @param positions the pixels to look at
 */
function fitLines(picture, values, positions, channels, { planar, swapped }) {
    const area = picture.length / channels;
    const count = positions.length;
    const lines = [];
    let levels = 0;
    for (let channel = 0; channel < channels; channel++) {
        const shown = pictureChannel(channel, channels, swapped);
        let [sumX, sumY, sumXX, sumXY, sumYY] = [0, 0, 0, 0, 0];
        for (const pixel of positions) {
            const x = picture[pixel * channels + shown];
            const y = values[valueIndex(channel, pixel, channels, area, planar)];
            sumX += x;
            sumY += y;
            sumXX += x * x;
            sumXY += x * y;
            sumYY += y * y;
        }
        const varianceX = sumXX / count - (sumX / count) ** 2;
        const varianceY = Math.max(0, sumYY / count - (sumY / count) ** 2);
        const covariance = sumXY / count - (sumX / count) * (sumY / count);
        const gain = varianceX > 0 ? covariance / varianceX : 0;
        lines.push({ gain, offset: sumY / count - gain * (sumX / count) });
        if (gain <= 0)
            levels += varianceY <= 1e-12 * (sumYY / count) ? 0 : UNRELATED;
        else
            levels += Math.min(UNRELATED, Math.sqrt(Math.max(0, varianceY - gain * covariance)) / gain);
    }
    return { levels: levels / channels, lines };
}

const BARS = [114, 0, 128, 255];
/** Share of the resized image that evaluation code crops: 224 of 256. */
const CROP = 0.875;
/**
 * What pipelines commonly do instead of `ours`, for an input of `target`: letterbox against stretch against resize and crop,
 * Pillow against OpenCV, other interpolations. The config's own steps come first.
 *
 * @param ours the config's steps on pixels
 */
function geometries(ours, { width, height }) {
    const target = { width, height };
    const colors = ours.filter(({ step }) => step === 'color');
    const filter = filterOf(ours);
    const kind = kindOf(ours);
    const differs = (other) => [
        ...(other.like === filter.like ? [] : [`${title(other.like)} resize against ${title(filter.like)} resize`]),
        ...(other.interpolation === filter.interpolation ? [] : [`${other.interpolation} against ${filter.interpolation}`])
    ];
    const list = [{ changes: [], steps: () => ours }];
    if (resizes(ours)) {
        for (const other of filters(filter)) {
            const steps = ours.map((step) => step.step === 'resize' || step.step === 'letterbox' ? { ...step, ...other } : step);
            if (differs(other).length > 0)
                list.push({ changes: differs(other), steps: () => steps });
        }
    }
    const add = (other, detail, steps) => {
        const change = other === kind ? detail : `${other}${detail === '' ? '' : ` (${detail})`} against ${kind ?? 'no resize'}`;
        for (const like of ['pillow', 'opencv']) {
            const used = { ...filter, like };
            list.push({
                changes: [change, ...(resizes(ours) ? differs(used) : [])],
                steps: (image) => [...colors, ...steps(image, used)]
            });
        }
    };
    add('stretch', 'straight to the input size', (_, used) => [{ step: 'resize', size: target, ...used }]);
    for (const bar of BARS) {
        add('letterbox', `bars of ${bar}`, (_, used) => [
            { step: 'letterbox', ...target, color: [bar], enlarge: true, ...used }
        ]);
        add('letterbox', `image at the top left, bars of ${bar}`, (image, used) => cornerBox(image, target, bar, used));
    }
    for (const share of [1, CROP]) {
        add('resize and crop', share === 1 ? 'shorter side to the input size' : `${share} of the shorter side kept`, (image, used) => cover(image, target, share, used));
    }
    return list;
}
/** YOLOX and others: scaled to fit, bars at the right and the bottom only. */
function cornerBox(image, target, bar, filter) {
    const ratio = Math.min(target.width / image.width, target.height / image.height);
    const size = { width: Math.trunc(image.width * ratio), height: Math.trunc(image.height * ratio) };
    return [
        { step: 'resize', size, ...filter },
        {
            step: 'pad',
            left: 0,
            top: 0,
            right: target.width - size.width,
            bottom: target.height - size.height,
            color: [bar]
        }
    ];
}
/** Scaled until the input is covered, the middle kept. */
function cover(image, target, share, filter) {
    const crop = { step: 'center_crop', size: target };
    if (target.width === target.height) {
        return [{ step: 'resize', size: { shorter: Math.round(target.width / share) }, ...filter }, crop];
    }
    const ratio = Math.max(target.width / image.width, target.height / image.height) / share;
    const size = { width: Math.round(image.width * ratio), height: Math.round(image.height * ratio) };
    return [{ step: 'resize', size, ...filter }, crop];
}
function filters({ like, interpolation }) {
    const likes = [like, like === 'pillow' ? 'opencv' : 'pillow'];
    const all = ['nearest', 'bilinear', 'bicubic', 'area'].filter((other) => other !== interpolation);
    return [interpolation, ...all].flatMap((interpolation) => likes.map((like) => ({ like, interpolation })));
}
function filterOf(steps) {
    for (const step of steps) {
        if (step.step === 'resize' || step.step === 'letterbox')
            return { like: step.like, interpolation: step.interpolation };
    }
    return { like: 'pillow', interpolation: 'bilinear' };
}
function resizes(steps) {
    return steps.some(({ step }) => step === 'resize' || step === 'letterbox');
}
/** What the steps do to the aspect ratio. */
function kindOf(steps) {
    if (steps.some(({ step }) => step === 'letterbox'))
        return 'letterbox';
    const resize = steps.find((step) => step.step === 'resize');
    if (resize === undefined)
        return undefined;
    if ('width' in resize.size)
        return 'stretch';
    return steps.some(({ step }) => step === 'pad') ? 'letterbox' : 'resize and crop';
}
function title(like) {
    return like === 'pillow' ? 'Pillow' : 'OpenCV';
}

const IDENTITY = { scale: 1, mean: [0], std: [1] };
function constantsOf(steps) {
    return steps.find((step) => step.step === 'normalize') ?? IDENTITY;
}
/** The config's normalization, then the classic mistakes with it: in the order in which they are believed. */
function normalizations(ours, channels) {
    const spread = (values) => Array.from({ length: channels }, (_, c) => values[values.length === 1 ? 0 : c]);
    const { scale } = ours;
    const [mean, std] = [spread(ours.mean), spread(ours.std)];
    const [none, one] = [spread([0]), spread([1])];
    const standardizes = mean.some((value) => value !== 0) || std.some((value) => value !== 1);
    const list = [{ scale, mean, std }];
    if (scale !== 1)
        list.push({ change: `not divided by 255 (no scale ${shortest(scale)})`, scale: 1, mean, std });
    else
        list.push({ change: 'divided by 255', scale: 1 / 255, mean, std });
    if (standardizes) {
        list.push({ change: 'mean and std missing', scale, mean: none, std: one }, { change: 'mean and std applied twice', scale, mean, std, twice: true }, { change: 'std missing (mean applied)', scale, mean, std: one }, { change: 'mean missing (std applied)', scale, mean: none, std });
        if (scale !== 1)
            list.push({ change: 'not divided by 255, mean and std missing', ...IDENTITY, mean: none, std: one });
        if (new Set(mean).size + new Set(std).size > 2)
            list.push({
                change: 'mean and std in the other channel order',
                scale,
                mean: mean.toReversed(),
                std: std.toReversed()
            });
    }
    if (scale !== 1)
        list.push({ change: 'divided by 255 twice', scale: scale * scale, mean, std });
    return list.map(({ change, twice = false, ...constants }) => ({
        ...(change !== undefined && { change }),
        value(pixel, channel) {
            const [m, s] = [constants.mean[channel], constants.std[channel]];
            const once = (pixel * constants.scale - m) / s;
            return twice ? (once - m) / s : once;
        },
        level: Math.max(...constants.std.map((s) => Math.abs(constants.scale) / (twice ? s * s : s)))
    }));
}
/** `1/255` where it is that. */
function shortest(scale) {
    return Math.abs(scale * 255 - 1) < 1e-6 ? '1/255' : String(Number(scale.toPrecision(6)));
}

/**
 * The 8-bit pixels, interleaved, that a geometry makes of an image for the network.
 * @returns undefined where it does not lead to the network's size
 */
function pictureOf(pixels, geometry, input) {
    const { channels, height, width } = input;
    const layout = { step: 'layout', to: 'nhwc' };
    const out = new Uint8Array(width * height * channels);
    try {
        const steps = [...geometry.steps(pixels), layout];
        compilePreprocess(steps, { dims: ['batch', height, width, channels], type: 'uint8' }).run(pixels, out, 0);
        return out;
    }
    catch (error) {
        if (geometry.changes.length === 0 || !(error instanceof GateError))
            throw error;
        return undefined;
    }
}

/** Of several explanations that fit about as well, the one with the fewest differences is believed. */
const AS_GOOD = 1.25;
/** Grey levels below which a fit is exact but for rounding. */
const EXACT = 0.15;
const MAX_POSITIONS = 4096;
/** How far a dump lies from what the config's own steps give, in the axis order that its shape says. */
function plainDifference(subject, steps, input) {
    const order = { planar: subject.channelsFirst, swapped: false };
    const [normalization] = normalizations(constantsOf(steps), input.channels);
    const picture = pictureOf(subject.pixels, { changes: [], steps: () => pixelSteps(steps) }, input);
    return measure(subject.values, picture, normalization, order, input.channels);
}
/**
 * Tries the classic mistakes, and every pair and triple of them, on several images at once: first which pixels in which
 * order, by what a linear fit leaves over; then what was done to their values.
 */
function explain(subjects, steps, input) {
    const positions = spread(input.width * input.height);
    const structure = bestStructure(subjects, geometries(pixelSteps(steps), input), positions, input);
    const { geometry, order } = structure;
    const { channels } = input;
    const pictures = subjects.map(({ pixels }) => pictureOf(pixels, geometry, input));
    const known = normalizations(constantsOf(steps), channels).map((normalization) => ({
        changes: normalization.change === undefined ? [] : [normalization.change],
        levels: mean(subjects.map((subject, i) => measure(subject.values, pictures[i], normalization, order, channels).levels)),
        normalization
    }));
    const fitting = simplest(known);
    const unknown = fitting.levels > 2 * structure.levels + 2 * EXACT;
    const normalization = unknown ? fromLines(structure.lines) : fitting.normalization;
    return {
        changes: [
            ...geometry.changes,
            ...structure.orderChanges,
            ...(normalization.change === undefined ? [] : [normalization.change])
        ],
        remaining: subjects.map(({ values }, i) => measure(values, pictures[i], normalization, order, channels))
    };
}
function bestStructure(subjects, all, positions, input) {
    const { channels } = input;
    const candidates = all.flatMap((geometry) => {
        const pictures = subjects.map(({ pixels }) => pictureOf(pixels, geometry, input));
        return ordersOf(subjects[0], input).map(({ order, changes }) => {
            const fits = pictures.map((picture, i) => picture === undefined ? undefined : fitLines(picture, subjects[i].values, positions, channels, order));
            return {
                geometry,
                order,
                orderChanges: changes,
                changes: [...geometry.changes, ...changes],
                levels: mean(fits.map((fit) => fit?.levels ?? Infinity)),
                lines: averageLines(fits.flatMap((fit) => (fit === undefined ? [] : [fit.lines])))
            };
        });
    });
    return simplest(candidates);
}
function simplest(candidates) {
    const best = Math.min(...candidates.map(({ levels }) => levels));
    const good = candidates.filter(({ levels }) => levels <= Math.max(EXACT, AS_GOOD * best));
    return good.reduce((a, b) => (b.changes.length < a.changes.length ? b : a));
}
/** Axis orders in memory and channel orders; the shape's own axis order first. */
function ordersOf({ channelsFirst }, { channels, layout }) {
    if (channels === 1)
        return [{ order: { planar: true, swapped: false }, changes: [] }];
    const first = layout === 'nchw';
    const axes = (planar) => {
        if (planar === first && planar === channelsFirst)
            return [];
        const name = (isFirst) => (isFirst ? 'NCHW' : 'NHWC');
        if (planar === channelsFirst)
            return [`NCHW/NHWC: the dumps are ${name(planar)}, the network takes ${name(first)}`];
        return [`NCHW/NHWC: the values lie in ${name(planar)} order in an array of ${name(channelsFirst)} shape`];
    };
    return [channelsFirst, !channelsFirst].flatMap((planar) => [
        { order: { planar, swapped: false }, changes: axes(planar) },
        { order: { planar, swapped: true }, changes: [...axes(planar), 'RGB/BGR swapped'] }
    ]);
}
function measure(values, picture, normalization, { planar, swapped }, channels) {
    if (picture === undefined)
        return { max: Infinity, mean: Infinity, levels: Infinity, maxLevels: Infinity };
    const area = picture.length / channels;
    let [max, sum] = [0, 0];
    for (let channel = 0; channel < channels; channel++) {
        const shown = pictureChannel(channel, channels, swapped);
        const table = Float64Array.from({ length: 256 }, (_, pixel) => normalization.value(pixel, channel));
        for (let pixel = 0; pixel < area; pixel++) {
            const value = values[valueIndex(channel, pixel, channels, area, planar)];
            const difference = Math.abs(value - table[picture[pixel * channels + shown]]);
            // Not Math.max: a NaN in the dump must show.
            if (!(difference <= max))
                max = difference;
            sum += difference;
        }
    }
    const mean = sum / values.length;
    return { max, mean, levels: mean / normalization.level, maxLevels: max / normalization.level };
}
function fromLines(lines) {
    const text = lines.map(({ gain, offset }) => `${short$1(gain)} x pixel ${offset < 0 ? '-' : '+'} ${short$1(Math.abs(offset))}`);
    const same = new Set(text).size === 1;
    return {
        change: `another normalization: the values are ${same ? text[0] : text.join(', ')}`,
        value: (pixel, channel) => pixel * lines[channel].gain + lines[channel].offset,
        level: Math.max(...lines.map(({ gain }) => Math.abs(gain)))
    };
}
function averageLines(fits) {
    if (fits.length === 0)
        return [];
    return fits[0].map((_, channel) => ({
        gain: mean(fits.map((lines) => lines[channel].gain)),
        offset: mean(fits.map((lines) => lines[channel].offset))
    }));
}
function pixelSteps(steps) {
    return steps.filter(({ step }) => step !== 'normalize' && step !== 'layout' && step !== 'cast');
}
/** Pixels spread over the whole picture by the golden ratio, which meets neither rows nor columns. */
function spread(area) {
    if (area <= MAX_POSITIONS)
        return Array.from({ length: area }, (_, index) => index);
    return Array.from({ length: MAX_POSITIONS }, (_, index) => Math.floor(((index * 0.6180339887498949) % 1) * area));
}
function mean(values) {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
}
function short$1(value) {
    return String(Number(value.toPrecision(4)));
}

const CHECK = 'preprocessing against your dumps';
/** Dumps that are compared; more say nothing new. */
const MAX_DUMPS = 64;
/** Dumps on which explanations are tried. */
const MAX_TRIED = 8;
/** Grey levels, largest difference: float arithmetic in another order. */
const EQUAL = 0.1;
/** Grey levels, mean difference: another decoder or another rounding of the same resize. */
const CLOSE = 0.5;
/**
 * Is what the config's steps make of an image what the user's own pipeline feeds the network? Compares every dump and tries
 * the classic mistakes on those that differ.
 */
async function comparePreprocessing(dumps, steps, input) {
    if (dumps.length === 0)
        return [];
    const foreign = dumps.find(({ dims }) => channelsFirst(dims, input) === undefined);
    if (foreign !== undefined)
        return [otherSize(foreign, input)];
    const compared = [];
    for (const dump of evenly(dumps, MAX_DUMPS)) {
        const subject = {
            pixels: await decodeImage(await dump.image(), dump.sample),
            values: dump.values(),
            channelsFirst: channelsFirst(dump.dims, input) ?? true
        };
        compared.push({ dump, subject, difference: plainDifference(subject, steps, input) });
    }
    const different = compared.filter(({ difference }) => !(difference.maxLevels <= EQUAL));
    const axes = compared.find(({ subject }) => input.channels > 1 && subject.channelsFirst !== (input.layout === 'nchw'));
    if (different.length === 0)
        return [axes === undefined ? equal(compared) : otherAxes(compared, input)];
    return [explained(compared, different, steps, input)];
}
function equal(compared) {
    const verb = compared.length === 1 ? 'equals' : 'equal';
    const evidence = `${dumpsOf(compared.length)} ${verb} what the steps give: ${figures(compared)}${greyRemark(compared)}`;
    return { check: CHECK, status: 'pass', evidence, action: '' };
}
function otherAxes(compared, { layout }) {
    const [theirs, ours] = layout === 'nchw' ? ['NHWC', 'NCHW'] : ['NCHW', 'NHWC'];
    return {
        check: CHECK,
        status: 'warn',
        evidence: `NCHW/NHWC: ${dumpsOf(compared.length)} hold the right values with their axes in ${theirs} order, ` +
            `and this network takes ${ours}: ${figures(compared)} once the axes are exchanged`,
        action: `Exchange the axes before the values go into this network, or save the dump behind that step.`
    };
}
function explained(compared, different, steps, input) {
    const tried = evenly(different, MAX_TRIED);
    const { changes, remaining } = explain(tried.map(({ subject }) => subject), steps, input);
    const differ = `${different.length} of ${dumpsOf(compared.length)} differ from what the steps give: ${figures(different)}`;
    const agreeing = remaining.filter(({ levels }) => levels <= CLOSE).length;
    if (changes.length === 0 && agreeing === tried.length) {
        const evidence = `${differ}: rounding, or another image decoder`;
        return { check: CHECK, status: 'pass', evidence, action: '' };
    }
    const [first] = different;
    const example = `for example ${first.dump.name} of image ${first.dump.sample}`;
    const left = `${format(average(remaining, 'mean'))} (${format(average(remaining, 'levels'))} grey levels)`;
    if (agreeing <= tried.length / 2) {
        const helps = changes.length > 0 &&
            average(remaining, 'mean') <
                average(tried.map(({ difference }) => difference), 'mean') /
                    2;
        const nearest = !helps ? '' : `; nearest is ${changes.join(' + ')}, which leaves a mean difference of ${left}`;
        return {
            check: CHECK,
            status: 'fail',
            evidence: `${differ}, ${example}. No classic mistake explains it${nearest}`,
            action: 'Compare the two pipelines step by step: save the dump behind each step of yours and cut the list of steps at the same place.'
        };
    }
    const agree = agreeing === tried.length ? 'all' : `${agreeing} of ${tried.length}`;
    return {
        check: CHECK,
        status: 'fail',
        evidence: `${differ}. Your pipeline against these steps: ${changes.join(' + ')}. ` +
            `With that, ${agree} of the dumps tried agree and a mean difference of ${left} remains`,
        action: 'Calibration and evaluation here follow the config. If your pipeline is the deployed one, write its steps into `preprocess`; ' +
            'if the config is right, repair the pipeline: FP32 accuracy (`expect`) tells which.'
    };
}
function otherSize({ name, dims }, { channels, height, width, layout }) {
    const ours = layout === 'nchw' ? [channels, height, width] : [height, width, channels];
    return {
        check: CHECK,
        status: 'fail',
        evidence: `another input size: dump ${name} is ${dims.join(' x ')}, and the network is fed ${ours.join(' x ')}`,
        action: 'Save what goes into the network itself, or bring both to the same size.'
    };
}
/** Whether a shape puts the channels first; undefined where it is not the network's in either order. */
function channelsFirst(dims, { channels, height, width, layout }) {
    const is = (...shape) => shape.every((size, axis) => size === dims[axis]);
    const [first, last] = [is(channels, height, width), is(height, width, channels)];
    if (first && last)
        return layout === 'nchw';
    return first ? true : last ? false : undefined;
}
function figures(compared) {
    const differences = compared.map(({ difference }) => difference);
    const max = Math.max(...differences.map((difference) => difference.max));
    return (`largest difference ${format(max)}, mean ${format(average(differences, 'mean'))} ` +
        `(${format(average(differences, 'levels'))} grey levels)`);
}
/** Nobody should read more into an agreement than it can show. */
function greyRemark(compared) {
    const grey = compared.every(({ subject: { pixels } }) => {
        if (pixels.channels === 1)
            return true;
        for (let i = 0; i < pixels.data.length; i += 3)
            if (pixels.data[i] !== pixels.data[i + 2])
                return false;
        return true;
    });
    return grey ? ' (the images are grey: exchanged colours would not show)' : '';
}
function average(differences, key) {
    return differences.reduce((sum, difference) => sum + difference[key], 0) / differences.length;
}
function dumpsOf(count) {
    return count === 1 ? '1 dump' : `${count} dumps`;
}
function evenly(items, count) {
    if (items.length <= count)
        return [...items];
    return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]);
}
function format(value) {
    return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not finite';
}

/** A model under one setting of the runtime. */
class Contender {
    name;
    session;
    model;
    output;
    /** Right and wrong answers, where a sample has one. */
    topK;
    /** @param output that is compared element by element. */
    constructor(name, session, model, output, hasAnswers) {
        this.name = name;
        this.session = session;
        this.model = model;
        this.output = output;
        this.topK = hasAnswers ? new TopKAccumulator() : undefined;
    }
    /**
     * Runs a batch and scores it.
     * @param singly one sample at a time, where the model allows it
     */
    async run(input, labels, plan, singly = false) {
        const { output } = this;
        const parts = [];
        for (const part of singly && !plan.fixed ? rows(input) : [input]) {
            const count = part.dims[0];
            const outputs = await this.session.run(feedFor(this.session, part, plan, this.model), [output]);
            parts.push(asFloats(firstRows(outputs[output], count)));
        }
        const data = parts.length === 1 ? parts[0] : concatenate(parts);
        const dims = [labels.length, data.length / labels.length];
        this.topK?.add({ type: 'float32', dims, data }, labels);
        return data;
    }
}
function concatenate(parts) {
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let position = 0;
    for (const part of parts) {
        all.set(part, position);
        position += part.length;
    }
    return all;
}
function rows({ type, dims, data }) {
    const size = data.length / dims[0];
    return Array.from({ length: dims[0] }, (_, row) => ({
        type,
        dims: [1, ...dims.slice(1)],
        data: data.slice(row * size, (row + 1) * size)
    }));
}

/** Runs a few images under other settings of the runtime than the evaluation's; each is decoded once for all of them. */
async function probeRuntime(reference, quantized, images, task, { config, runtime, session: options, signal, progress }) {
    const opened = [];
    const hasAnswers = task.name === 'classification' && task.isLabelled;
    const total = images.dataset.samples.length;
    const stage = progress.start('compare kernels and the noise floor', total);
    try {
        const open = async ({ name, runFile, model }, more = {}) => {
            const session = await runtime.createSession(runFile, { ...options, ...more });
            const output = task.denseOutput({ file: model, outputs: session.outputs }) ?? session.outputs[0].name;
            const contender = new Contender(name, session, model, output, hasAnswers);
            opened.push(contender);
            return contender;
        };
        const fp32 = await open(reference);
        const isDense = task.denseOutput({ file: reference.model, outputs: fp32.session.outputs }) !== undefined;
        const again = await open(reference, { threads: 1 });
        const saturates = runtime.environment(options).x64QuantPrecision;
        const pairs = [];
        for (const variant of options.provider === 'cpu' && isDense ? quantized : []) {
            pairs.push({
                variant,
                integer: await open(variant),
                simulated: await open(variant, { kernels: 'simulated' }),
                unasked: saturates ? await open(variant, { kernels: 'default' }) : undefined,
                quantization: new OutputDifference(),
                kernels: new OutputDifference(),
                unaskedKernels: new OutputDifference()
            });
        }
        const plan = planBatches(opened.map(({ name, session, model }) => ({ name, input: imageInput(session, model) })), config.runtime.batch);
        const floor = new OutputDifference();
        const input = { min: Infinity, max: -Infinity, constant: 0 };
        let done = 0;
        for await (const { samples, input: batch } of images.batches({ batch: plan.size, signal })) {
            const labels = samples.map(({ label }) => label ?? -1);
            addInput(input, batch.data, samples.length);
            stage.update((done += samples.length));
            if (!isDense)
                continue;
            const expected = await fp32.run(batch, labels, plan);
            floor.add(expected, await again.run(batch, labels, plan, true));
            for (const pair of pairs) {
                const simulated = await pair.simulated.run(batch, labels, plan);
                pair.quantization.add(expected, simulated);
                pair.kernels.add(simulated, await pair.integer.run(batch, labels, plan));
                if (pair.unasked !== undefined)
                    pair.unaskedKernels.add(simulated, await pair.unasked.run(batch, labels, plan));
            }
        }
        return {
            images: total,
            ...(isDense && { floor: { difference: floor, ...(hasAnswers && { flips: flips(fp32, again) }) } }),
            input,
            kernels: pairs.map(({ variant, integer, simulated, unasked, quantization, kernels, unaskedKernels }) => ({
                variant,
                images: total,
                ...(hasAnswers && {
                    answers: {
                        right: {
                            integer: right(integer),
                            simulated: right(simulated),
                            ...(unasked !== undefined && { unasked: right(unasked) })
                        },
                        flips: flips(simulated, integer),
                        ...(unasked !== undefined && { unaskedFlips: flips(simulated, unasked) })
                    }
                }),
                quantization,
                kernels,
                ...(unasked !== undefined && { unasked: unaskedKernels })
            }))
        };
    }
    finally {
        stage.finish();
        for (const { session } of opened)
            await session.release();
    }
}
function addInput(range, data, samples) {
    const size = data.length / samples;
    for (let sample = 0; sample < samples; sample++) {
        let [min, max] = [Infinity, -Infinity];
        for (let i = sample * size; i < (sample + 1) * size; i++) {
            const value = Number(data[i]);
            if (value < min)
                min = value;
            if (value > max)
                max = value;
        }
        if (min === max)
            range.constant++;
        range.min = Math.min(range.min, min);
        range.max = Math.max(range.max, max);
    }
}
function outcomes({ topK }) {
    return topK?.result().outcomes ?? new Uint8Array(0);
}
function right(contender) {
    return outcomes(contender).reduce((sum, outcome) => sum + (outcome & Outcome.top1), 0);
}
function flips(before, after) {
    const [old, now] = [outcomes(before), outcomes(after)];
    const count = (expected) => old.reduce((sum, outcome, i) => sum + ((outcome ^ now[i]) & Outcome.top1 && (outcome & Outcome.top1) === expected ? 1 : 0), 0);
    return { broken: count(Outcome.top1), repaired: count(0) };
}

/** Enough to see a layer's range, few enough to cost seconds. */
const FP16_IMAGES = 32;
/** Points that INT8 may lose before it needs an explanation, where no limit says otherwise. */
const USUAL_LOSS = 1;
/**
 * How many test images the checks that run models take: a share of the set, so that the audit stays a small part of a run,
 * and more where an INT8 variant loses more than it may and the answer matters.
 */
function budgets(total, budget) {
    const within = (share, least, most) => Math.min(most, Math.max(least, Math.ceil(total / share)));
    return budget === 'lossy'
        ? { ranges: within(8, 32, 64), kernels: within(8, 64, 256) }
        : { ranges: within(64, 8, 32), kernels: within(32, 16, 64) };
}
/**
 * @param before FP32's value of the task's first metric.
 * @param after the values of the INT8 variants.
 */
function budgetFor(main, before, after, { thresholds }) {
    const loses = after.some(({ name, value }) => {
        if (before === null || value === null)
            return false;
        const limits = thresholds.flatMap(({ metric, variant, maxDropPoints }) => metric === main && maxDropPoints !== undefined && (variant === undefined || variant === name)
            ? [maxDropPoints]
            : []);
        return 100 * (before - value) > Math.min(USUAL_LOSS, ...limits);
    });
    return loses ? 'lossy' : 'usual';
}
/** The samples whose outputs were not finite, then others spread over the set. */
function suspects(images, nonFinite) {
    const indices = new Set(nonFinite.slice(0, FP16_IMAGES / 2));
    const total = images.dataset.samples.length;
    const spread = Math.min(FP16_IMAGES, total);
    for (let i = 0; i < spread && indices.size < spread; i++)
        indices.add(Math.floor((i * total) / spread));
    return images.select([...indices].sort((a, b) => a - b));
}

/** @param wanted how many images the checks take: a shard does not know which of the two the run needs. */
async function investigate({ evaluations, task, images, calibration, dumps }, wanted, context) {
    const [reference] = evaluations;
    const ranged = evaluations.flatMap(({ variant }) => (variant.int8 === undefined ? [] : [variant]));
    const calibrated = ranged.filter(({ int8 }) => int8?.calibrated !== undefined);
    const quantized = evaluations.filter(isQuantized).map(({ variant }) => variant);
    const preprocessing = await auditPreprocessing(dumps, images, calibrated, context);
    const probes = {};
    for (const budget of wanted) {
        const sizes = budgets(images.dataset.samples.length, budget);
        const probe = await probeRuntime(reference.variant, quantized, images.atMost(sizes.kernels), task, context);
        probes[budget] = {
            images: probe.images,
            input: probe.input,
            ranges: await auditRanges(ranged, images.atMost(sizes.ranges), context),
            kernels: probe.kernels.flatMap((comparison) => [auditKernels(comparison), ...auditSaturation(comparison)]),
            floor: auditFloor(probe, context.session.provider)
        };
    }
    if (calibration === undefined || calibrated.length === 0)
        return { preprocessing, probes };
    const set = { dataset: calibration.images.dataset, hashes: calibration.hashes };
    const calibrationSet = {
        classes: missingClasses(set.dataset, images.dataset),
        copies: duplicates(set),
        images: namedHashes(set)
    };
    return { preprocessing, calibrationSet, probes };
}
/**
 * Do activations fit into FP16? By variant.
 * @param first position of the first evaluated sample among the images.
 */
async function investigateFp16(evaluations, images, context, first = 0) {
    const found = {};
    for (const { variant, scores } of evaluations) {
        if (variant.fp16 === undefined)
            continue;
        const nonFinite = scores.nonFinite.map((position) => first + position);
        found[variant.name] = await diagnoseFp16(variant, suspects(images, nonFinite), context);
    }
    return found;
}
async function auditPreprocessing(dumps, { input }, calibrated, { config }) {
    const compared = input === undefined ? [] : await comparePreprocessing(dumps, config.preprocess, input);
    if (calibrated.length === 0)
        return compared;
    const evidence = `one list of steps for both, hash ${hashPreprocess(config.preprocess).slice(0, 16)}`;
    return [...compared, { check: 'preprocessing of calibration and evaluation', status: 'pass', evidence, action: '' }];
}
/** Runs integer kernels: a table of ours, or a finished model that turned out to. */
function isQuantized({ variant, executed }) {
    return variant.int8 !== undefined || (variant.precision === 'model' && (executed?.int8 ?? 0) > 0);
}

/**
 * The same file on two providers: where it answers worse on the other one, the file is not to blame.
 * @param metric the task's first one.
 */
function compareProviders({ others }, metric, first) {
    return others.flatMap(({ session: { provider }, differences }) => {
        const fp32 = differences.get(REFERENCE_VARIANT);
        const fp32Holds = fp32 !== undefined && lossOf(fp32, metric) !== 'less';
        return [...differences].flatMap(([variant, difference]) => {
            const compared = difference.comparison.metrics[metric];
            if (compared === undefined || compared.value === null || compared.drop.points === null)
                return [];
            const loss = lossOf(difference, metric);
            const { points, ci95 } = compared.drop;
            const interval = ci95 === null ? '' : ` (95 % interval ${ci95[0].toFixed(2)} to ${ci95[1].toFixed(2)})`;
            const evidence = `${metric} is ${percent(compared.reference)} on ${first} and ${percent(compared.value)} on ${provider}: ` +
                `${points.toFixed(2)} points lost${interval}${outputsOf(difference)}`;
            const entry = { check: `the same model on ${first} and ${provider}`, variant, evidence };
            if (loss !== 'less')
                return [{ ...entry, status: 'pass', action: '' }];
            const action = variant === REFERENCE_VARIANT
                ? `FP32 itself answers worse on ${provider}: look at its arithmetic (TF32, fast math) and driver before any variant.`
                : fp32Holds
                    ? `The file is right on ${first}, and FP32 is on both: the loss is in how ${provider} runs this precision, not in calibration or quantization.`
                    : `FP32 answers worse on ${provider}, too: look there first.`;
            return [{ ...entry, status: 'warn', action }];
        });
    });
}
/** Whether the interval of the loss leaves 0 out. */
function lossOf({ comparison }, metric) {
    const ci95 = comparison.metrics[metric]?.drop.ci95 ?? null;
    if (ci95 === null)
        return 'same';
    return ci95[0] > 0 ? 'less' : ci95[1] < 0 ? 'more' : 'same';
}
function outputsOf({ outputs }) {
    if (outputs === undefined)
        return '';
    if (!Number.isFinite(outputs.max))
        return '; outputs are not finite on one of them';
    if (outputs.max === 0)
        return '; outputs are identical';
    return `; outputs differ by up to ${outputs.max.toPrecision(2)} (largest output ${outputs.maxReference.toPrecision(3)})`;
}
function percent(value) {
    return value === null ? 'not measured' : `${(100 * value).toFixed(2)} %`;
}

/**
 * What explains the figures, in the order of the founding page: is the input right, is the calibration set enough, was a
 * wrong table loaded, is the network fit for INT8 at all; then FP16. Only checks that apply to the variants of the run.
 */
async function diagnose$1(input, context) {
    const { evaluated, task, images } = input;
    const { samples, evaluations } = evaluated;
    const [reference] = evaluations;
    const before = reference.scores.metrics[task.metric];
    const quantized = evaluations.flatMap(({ variant: { name, int8 }, scores }) => int8 === undefined ? [] : [{ name, value: scores.metrics[task.metric] }]);
    const budget = budgetFor(task.metric, before, quantized, context.config);
    const findings = await investigate({ ...input, evaluations }, [budget], context);
    const fp16 = await investigateFp16(evaluations, images, context);
    const diagnosis = concludeDiagnosis({
        findings,
        budget,
        elsewhere: compareProviders(evaluated, task.metric, context.session.provider),
        fp16: Object.values(fp16).flat(),
        evidence: task.evidence(reference.scores),
        test: { ids: samples.map(({ id }) => id), hashes: samples.map(({ sha256 }) => sha256) }
    });
    context.log.info(`noise floor: ${findings.probes[budget]?.floor.evidence ?? ''}`);
    return diagnosis;
}
/** What can be said of the data without running a model. */
async function diagnoseData(calibration, test, dumps, { config }) {
    const { images } = test;
    return [
        ...(images.input === undefined ? [] : await comparePreprocessing(dumps, config.preprocess, images.input)),
        ...(calibration === undefined
            ? []
            : auditCalibrationSet({ dataset: calibration.images.dataset, hashes: calibration.hashes }, { dataset: images.dataset, hashes: await test.hashes() }))
    ];
}

/** @throws FileError where a finished model has other outputs than the FP32 model that `decode` was written for. */
function checkOutputs({ file, outputs }, needed) {
    const names = outputs.map(({ name }) => name);
    const missing = needed.find((name) => !names.includes(name));
    if (missing === undefined)
        return;
    throw new FileError(`${file} has no output '${missing}', which the FP32 model has; its outputs are ${names.join(', ')}`, 'export it with the same outputs');
}

/**
 * One output holds one score a class: the one that the config names, else the first.
 *
 * @param outputs of the FP32 model.
 * @throws ConfigurationError where it has none of that name.
 */
function scoresOutput({ output }, outputs) {
    const decoding = canonicalDecoding({ output: output ?? null });
    if (output === undefined)
        return { decoding, nameIn: (model) => model.outputs[0].name };
    const names = outputs.map(({ name }) => name);
    if (!names.includes(output))
        throw unknownOutput('decode.output', output, names);
    return {
        decoding,
        nameIn(model) {
            checkOutputs(model, [output]);
            return output;
        }
    };
}
/** A sample is right or wrong. */
function classificationTask(dataset, { decoding, nameIn }) {
    const labels = new Set(dataset.samples.map(({ label }) => label)).size;
    return {
        ...classificationJudge(labels),
        decoding,
        isLabelled: true,
        denseOutput: nameIn,
        truth: () => Promise.resolve(undefined),
        forProvider: (truth) => truth,
        truthHash: () => undefined,
        scorer(model) {
            const topK = new TopKAccumulator();
            const output = nameIn(model);
            return {
                outputs: [output],
                add(outputs, { samples }) {
                    const truths = samples.map(({ label }) => label ?? -1);
                    topK.add(firstRows(outputs[output], samples.length), truths, samples.map(({ id }) => id));
                },
                result: () => topKScores(topK.result())
            };
        }
    };
}
/** @param labels different ones in the test set. */
function classificationJudge(labels) {
    return {
        name: 'classification',
        metric: 'top1',
        evidence({ metrics: { top1 }, classes }) {
            const works = top1 !== null && top1 > Math.max(0.5, 2 / Math.max(classes, 1));
            return works ? `FP32 is right on ${(100 * top1).toFixed(0)} %` : undefined;
        },
        compare(reference, variant, model) {
            checkClasses(reference, variant, model);
            return compareTopK(reference.topK, variant.topK);
        },
        guess: () => guessLabel(labels)
    };
}
/** A network that knows nothing answers one of `labels` labels. */
function guessLabel(labels) {
    if (labels < 2)
        return undefined;
    return {
        metric: 'top1',
        value: 1 / labels,
        what: `guessing one of ${labels} labels`,
        check: 'the order of the classes, class_offset and the preprocessing'
    };
}
function topKScores(topK) {
    const { metrics, samples, classes, outcomes } = topK;
    const nonFinite = [];
    outcomes.forEach((outcome, index) => {
        if ((outcome & Outcome.nonFinite) !== 0)
            nonFinite.push(index);
    });
    const stored = () => ({ field: 'outcomes', value: encodeOutcomes(outcomes) });
    return { metrics, samples, classes, nonFinite, stored, topK };
}
/** A finished model may be another network altogether. */
function checkClasses(reference, { classes }, model) {
    if (reference.classes === classes)
        return;
    throw new FileError(`${model} gives ${classes} scores an image and the FP32 model ${reference.classes}: they cannot be compared`, 'name a model with the same classes, in the same order');
}

/** With so few images, all of them may well deserve one answer. */
const CERTAIN = 0.95;
/**
 * FP32 agrees with itself whatever it answers, so that a broken preprocessing would pass unseen. One that answers the same
 * on every image knows nothing: any variant that is as dead agrees with it.
 *
 * @param constant undefined where FP32's answers differ.
 */
function guessConstant(constant, images) {
    if (constant === undefined || images === 0)
        return undefined;
    const { what } = constant;
    return {
        metric: 'agreement',
        value: 1,
        what: `giving ${what}, which is what FP32 does here: a variant that knows nothing agrees with it`,
        check: 'the preprocessing, and that the images differ',
        certain: wilsonInterval(images, images)[0] > CERTAIN
    };
}

/** A sample agrees where the highest score is FP32's. */
function answerAgreement({ decoding, nameIn }) {
    return {
        ...answerJudge(),
        decoding,
        isLabelled: false,
        denseOutput: nameIn,
        truth: () => Promise.resolve({}),
        forProvider: () => ({}),
        truthHash: () => undefined,
        scorer(model) {
            const answers = new AnswerAgreement();
            const output = nameIn(model);
            return {
                outputs: [output],
                add(outputs, { samples }, truth) {
                    const scores = firstRows(outputs[output], samples.length);
                    const own = highestClasses(scores, samples.length);
                    answers.add((truth.reference ??= own), own, scores.data.length / samples.length);
                },
                result() {
                    const result = answers.result();
                    return answerScores(result, constantOf$1(result));
                }
            };
        }
    };
}
function answerJudge() {
    return {
        name: 'classification',
        metric: 'agreement',
        evidence: () => undefined,
        compare(reference, variant, model) {
            checkClasses(reference, variant, model);
            return compareAnswers(reference.result, variant.result);
        },
        guess: ({ constant, samples }) => guessConstant(constant, samples)
    };
}
/** @param constant what FP32 answers on every sample. */
function answerScores(result, constant) {
    const { samples, classes, outcomes, agreement } = result;
    const nonFinite = [];
    outcomes.forEach((outcome, index) => {
        if ((outcome & Outcome.nonFinite) !== 0)
            nonFinite.push(index);
    });
    return {
        metrics: { agreement },
        samples,
        classes,
        nonFinite,
        ...(constant !== undefined && { constant }),
        stored: () => ({ field: 'outcomes', value: encodeOutcomes(outcomes) }),
        result
    };
}
function constantOf$1({ commonest, samples }) {
    if (commonest?.samples !== samples)
        return undefined;
    const what = `class ${commonest.answer} for every image`;
    return { what, key: what };
}

/** Scores whose metrics are these, each on all images. */
function weightedScores(metrics, more) {
    return {
        ...more,
        metrics: Object.fromEntries([...metrics].map(([name, value]) => [name, value()])),
        metric: (name) => metrics.get(name) ?? (() => null)
    };
}
/** Why a metric of these tasks may have no value. */
const NOTHING_TO_FIND = 'the data set holds nothing to measure it on';
/**
 * Compares metrics that are no mean over images, by the paired bootstrap. Intervals are computed for the metrics that a
 * limit needs: a thousand resamples of all of them would take longer than the models do.
 */
class BootstrapComparer {
    judged;
    options;
    /** Draws of each metric: those of FP32 serve every variant. */
    #draws = new WeakMap();
    /**
     * @param judged metrics that need an interval.
     * @param options.paired false: FP32 agrees with itself by definition, and a test of "no difference" means nothing.
     * @param options.nothing why a metric may have no value.
     */
    constructor(judged, options = {}) {
        this.judged = judged;
        this.options = options;
    }
    compare(reference, variant) {
        const metrics = {};
        for (const name of Object.keys(variant.metrics)) {
            metrics[name] = this.judged.has(name)
                ? this.#judgedMetric(name, reference, variant)
                : plainMetric(reference.metrics[name], variant.metrics[name]);
        }
        const { samples, nonFinite } = variant;
        return {
            samples,
            nonFinite: nonFinite.length,
            ...changesOf(variant),
            metrics
        };
    }
    #judgedMetric(name, reference, variant) {
        const compared = compareResampled(this.#resampled(name, reference), this.#resampled(name, variant));
        const { reference: before, value, points, ci95, valueCi95 } = compared;
        const pValue = this.options.paired === false ? null : compared.pValue;
        const images = variant.samples;
        const percent = value === null || valueCi95 === null ? undefined : [100 * valueCi95[0], 100 * valueCi95[1]];
        return {
            reference: before,
            value,
            valueCi95,
            drop: { points, relative: relative$1(before, value), ci95: ci95 === null ? null : [...ci95], pValue },
            samplesForDrop: (limit) => imagesNeeded(images, compared, 100 * limit),
            samplesForValue: (limit) => percent === undefined || value === null
                ? undefined
                : imagesNeeded(images, { points: 100 * value, ci95: percent }, 100 * limit),
            ...(images > 0 && { unmeasured: this.options.nothing ?? NOTHING_TO_FIND })
        };
    }
    #resampled(name, scores) {
        const known = this.#draws.get(scores) ?? new Map();
        this.#draws.set(scores, known);
        const draws = known.get(name) ?? resample(scores.samples, scores.metric(name));
        known.set(name, draws);
        return draws;
    }
}
/** A metric that nothing limits: its value and drop, without an interval. */
function plainMetric(reference, value) {
    const points = reference === null || value === null ? null : 100 * (reference - value);
    return {
        reference,
        value,
        valueCi95: null,
        drop: { points, relative: relative$1(reference, value), ci95: null, pValue: null },
        samplesForDrop: () => undefined,
        samplesForValue: () => undefined
    };
}
function relative$1(reference, value) {
    return reference === null || value === null || reference === 0 ? null : (reference - value) / reference;
}
/** The metrics that verdicts of a config need: limits, expectations, and the first of the task. */
function judgedMetrics(first, { thresholds, expect }) {
    return new Set([first, ...thresholds.map(({ metric }) => metric), ...expect.map(({ metric }) => metric)]);
}

/** One output with a row or column for every anchor: the same place means the same box in two runs. */
const DENSE = ['yolov8', 'yolov5', 'yolox', 'ssd', 'detr'];
const NO_DETECTIONS = { categories: [], boxes: new Float32Array(0), scores: new Float32Array(0) };
/** Boxes, scored by COCO's average precision and, where asked for, by Pascal VOC's. */
function detectionTask(config, { decode, vocIou }, images, outputs, intervals = true) {
    const { dataset } = images;
    const names = dataset.classes ?? [];
    const { categoryIds } = dataset;
    const data = { classes: names, ...(categoryIds !== undefined && { categoryIds }) };
    const options = completeDetection(decode, outputs, data, config, images.input);
    const decoder = detectionDecoder(options, names.length);
    const judged = judgedMetrics('map', config);
    const wantsVoc = judged.has('voc07') || judged.has('voc12');
    return {
        ...detectionJudge(intervals ? judged : new Set()),
        decoding: canonicalDecoding(options),
        isLabelled: true,
        denseOutput: () => DENSE.includes(decode.layout) ? (options.outputs.predictions ?? options.outputs.scores) : undefined,
        truth: (batch) => Promise.resolve({ objects: batch.samples.map(objectsOf) }),
        forProvider: ({ objects }) => ({ objects }),
        truthHash(index) {
            const { objects } = dataset.samples[index];
            return objects === undefined ? undefined : objectsHash(objects, names);
        },
        scorer(model) {
            checkOutputs(model, decoder.outputs);
            return new DetectionScorer(decoder, images, wantsVoc ? vocIou : undefined);
        }
    };
}
/** @param judged metrics that need an interval. */
function detectionJudge(judged) {
    const comparer = new BootstrapComparer(judged);
    return {
        name: 'detection',
        metric: 'map',
        evidence: ({ metrics: { map } }) => map !== null && map > WORKS$1 ? `FP32 reaches map ${map.toFixed(3)}` : undefined,
        compare: (reference, variant) => comparer.compare(reference, variant),
        guess: () => ({
            metric: 'map',
            value: FINDS_NOTHING,
            what: 'a network that finds nothing',
            check: '`decode` (layout, units, box_format, classes) and the preprocessing'
        })
    };
}
/** Boxes at random places reach less. */
const FINDS_NOTHING = 0.01;
/** Wrongly scaled images do not get this far. */
const WORKS$1 = 0.1;
function objectsOf({ id, objects }) {
    if (objects === undefined)
        throw new FileError(`sample ${id} has no boxes`, 'detection needs an annotated data set');
    return objects;
}
class DetectionScorer {
    decoder;
    images;
    #coco;
    #voc;
    #nonFinite = [];
    #classes;
    #samples = 0;
    #flips = { broken: 0, repaired: 0 };
    constructor(decoder, images, vocIou) {
        this.decoder = decoder;
        this.images = images;
        const categories = (images.dataset.classes ?? []).map((_, index) => index);
        this.#classes = categories.length;
        this.#coco = new CocoAccumulator(categories);
        this.#voc = vocIou === undefined ? undefined : new VocAccumulator(categories, vocIou);
    }
    get outputs() {
        return this.decoder.outputs;
    }
    add(outputs, batch, truth) {
        const mappings = batch.sizes.map((size) => this.images.mapping(size));
        const found = this.decoder.decode(outputs, mappings).map((detections, i) => {
            const position = batch.start + i;
            const isFinite = detections.nonFinite === 0;
            if (!isFinite)
                this.#nonFinite.push(position);
            const counted = isFinite ? detections : NO_DETECTIONS;
            const id = batch.samples[i].imageId ?? position;
            this.#coco.add(id, truth.objects[i], counted);
            this.#voc?.add(id, truth.objects[i], counted);
            return foundObjects(truth.objects[i], counted);
        });
        this.#samples += batch.samples.length;
        const before = (truth.found ??= found);
        for (const [i, own] of found.entries()) {
            const { lost, gained } = countObjectFlips(before[i], own);
            this.#flips = { broken: this.#flips.broken + lost, repaired: this.#flips.repaired + gained };
        }
    }
    result() {
        const outcomes = new DetectionOutcomes(this.#coco, this.#voc, this.#nonFinite);
        return weightedScores(outcomes.metrics, {
            samples: this.#samples,
            nonFinite: this.#nonFinite,
            classes: this.#classes,
            flips: this.#flips,
            stored: () => outcomes.stored()
        });
    }
}

/** Least overlap of a pair in `agreement_matched` and among changed boxes. */
const SAME_BOX = 0.5;
/** COCO's evaluation looks at no more of a category in an image, so that more could not be found again. */
const MOST_OF_A_CATEGORY = 100;
/**
 * Boxes beside FP32's: COCO's average precision with FP32's boxes above `minScore` as the truth, and the share of boxes
 * above it that find a partner.
 */
function boxAgreement(config, { decode }, minScore, images, outputs, intervals) {
    const { classes: named, categoryIds } = images.dataset;
    const classes = named ?? networkClasses(decode, outputs);
    // without labels there are no ids: the network's classes are what they are
    const own = named === undefined ? { ...decode, classes: 'index' } : decode;
    const options = completeDetection(own, outputs, { classes, ...(categoryIds !== undefined && { categoryIds }) }, config, images.input);
    const decoder = detectionDecoder(options, classes.length);
    return {
        ...boxJudge(intervals ? judgedMetrics('agreement', config) : new Set(), minScore),
        decoding: canonicalDecoding(options),
        isLabelled: false,
        denseOutput: () => DENSE.includes(decode.layout) ? (options.outputs.predictions ?? options.outputs.scores) : undefined,
        truth: () => Promise.resolve({}),
        forProvider: () => ({}),
        truthHash: () => undefined,
        scorer(model) {
            checkOutputs(model, decoder.outputs);
            return new BoxScorer(decoder, images, classes.length, minScore);
        }
    };
}
/** @param judged metrics that get intervals. */
function boxJudge(judged, minScore) {
    const comparer = new BootstrapComparer(judged, {
        paired: false,
        nothing: `FP32 finds no box that scores more than ${minScore} (agreement_score)`
    });
    return {
        name: 'detection',
        metric: 'agreement',
        evidence: () => undefined,
        compare: (reference, variant) => comparer.compare(reference, variant),
        guess: ({ constant, samples }) => guessConstant(constant, samples)
    };
}
class BoxScorer {
    decoder;
    images;
    classes;
    minScore;
    #coco;
    #perImage = [];
    #nonFinite = [];
    #answers = new Set();
    constructor(decoder, images, classes, minScore) {
        this.decoder = decoder;
        this.images = images;
        this.classes = classes;
        this.minScore = minScore;
        this.#coco = new CocoAccumulator(Array.from({ length: classes }, (_, index) => index));
    }
    get outputs() {
        return this.decoder.outputs;
    }
    add(outputs, batch, truth) {
        const mappings = batch.sizes.map((size) => this.images.mapping(size));
        const found = this.decoder.decode(outputs, mappings).map(withArea);
        const reference = (truth.reference ??= found);
        found.forEach((detections, i) => {
            const position = batch.start + i;
            if (detections.nonFinite > 0)
                this.#nonFinite.push(position);
            // what is no number finds nothing, and nothing is found of it
            const expected = shownBoxes(reference[i], this.minScore);
            const shown = shownBoxes(detections, this.minScore);
            this.#coco.add(position, expected, detections.nonFinite > 0 ? NO_DETECTIONS : detections);
            this.#perImage.push(compareBoxes(expected, shown, { iou: SAME_BOX, score: this.minScore }));
            if (this.#answers.size < 2)
                this.#answers.add(`${shown.categories.join()} ${shown.scores.join()}`);
        });
    }
    result() {
        const outcomes = new BoxAgreementOutcomes(this.#coco, partnersOf(this.#perImage), this.#nonFinite);
        const { referenceOnly, variantOnly } = this.#perImage.reduce(addAgreement, NO_AGREEMENT);
        const [answer, ...others] = this.#answers;
        const isConstant = answer !== undefined && others.length === 0;
        return weightedScores(outcomes.metrics, {
            samples: this.#perImage.length,
            nonFinite: this.#nonFinite,
            classes: this.classes,
            changed: referenceOnly + variantOnly,
            ...(isConstant && { constant: { what: 'the same classes and scores in every image', key: sha256(answer) } }),
            stored: () => outcomes.stored()
        });
    }
}
/**
 * Without boxes that were clipped to nothing: they overlap none, not even themselves, so that FP32 would not find its own.
 * What is not finite stays as it is.
 */
function withArea(detections) {
    const { boxes, categories, nonFinite } = detections;
    if (nonFinite > 0)
        return detections;
    const kept = [...categories.keys()].filter((box) => boxes[4 * box + 2] > 0 && boxes[4 * box + 3] > 0);
    return kept.length === categories.length ? detections : { ...detections, ...pick(detections, kept) };
}
/** The boxes that a user would be shown: above the score limit. */
function shownBoxes(detections, minScore) {
    const { categories, scores, nonFinite } = detections;
    const counts = new Map();
    const kept = [];
    // detections come by falling score
    for (let box = 0; box < categories.length && nonFinite === 0; box++) {
        const count = counts.get(categories[box]) ?? 0;
        if (!(scores[box] > minScore) || count >= MOST_OF_A_CATEGORY)
            continue;
        counts.set(categories[box], count + 1);
        kept.push(box);
    }
    return pick(detections, kept);
}
function pick({ categories, boxes, scores }, kept) {
    return {
        categories: Int32Array.from(kept, (box) => categories[box]),
        boxes: Float32Array.from(kept.flatMap((box) => [...boxes.subarray(4 * box, 4 * box + 4)])),
        scores: Float32Array.from(kept, (box) => scores[box])
    };
}

/** The class of each pixel beside FP32's, at the resolution that `decode.compare_at` says. */
function pixelAgreement(config, { decode }, images, outputs, intervals) {
    const { options, classes } = completeSegmentation(decode, outputs, images.dataset.classes?.length, images.input);
    const decoder = segmentationDecoder(options, classes);
    return {
        ...pixelJudge(intervals ? judgedMetrics('agreement', config) : new Set()),
        decoding: canonicalDecoding(options),
        isLabelled: false,
        denseOutput: () => (options.kind === 'labels' ? undefined : options.output),
        truth: ({ sizes }) => Promise.resolve({ mappings: sizes.map((size) => images.mapping(size)) }),
        forProvider: ({ mappings }) => ({ mappings }),
        truthHash: () => undefined,
        scorer(model) {
            checkOutputs(model, [options.output]);
            return new PixelScorer(decoder, classes);
        }
    };
}
/** @param judged metrics that get intervals. */
function pixelJudge(judged) {
    const comparer = new BootstrapComparer(judged, { paired: false });
    return {
        name: 'segmentation',
        metric: 'agreement',
        evidence: () => undefined,
        compare: (reference, variant) => comparer.compare(reference, variant),
        guess: ({ constant, samples }) => guessConstant(constant, samples)
    };
}
class PixelScorer {
    decoder;
    classes;
    outputs;
    #accumulator;
    #nonFinite = [];
    #samples = 0;
    #changed = 0;
    constructor(decoder, classes) {
        this.decoder = decoder;
        this.classes = classes;
        this.outputs = [decoder.output];
        this.#accumulator = new SegmentationAccumulator({ classes, ignore: IGNORED });
    }
    add(outputs, { start, samples }, truth) {
        const { mappings } = truth;
        const predicted = this.decoder.decode(outputs, mappings);
        const reference = (truth.reference ??= predicted.map((own, i) => this.#inImage(own, mappings[i])));
        predicted.forEach(({ data, nonFinite }, i) => {
            const expected = reference[i];
            if (nonFinite > 0)
                this.#nonFinite.push(start + i);
            if (data.length !== expected.data.length) {
                throw new RuntimeError('FP32 and the variant were not decoded to the same pixels: they cannot be compared');
            }
            // nothing agrees with what is no number, on either side
            const usable = nonFinite === 0 && expected.nonFinite === 0;
            this.#accumulator.add(start + i, expected.data, usable ? data : undefined);
            expected.data.forEach((label, pixel) => {
                if (label !== IGNORED && !(usable && data[pixel] === label))
                    this.#changed++;
            });
        });
        this.#samples += samples.length;
    }
    /** Borders of a letterbox belong to no image. */
    #inImage(own, mapping) {
        const blank = new Uint8Array(mapping.image.width * mapping.image.height);
        const inside = this.decoder.mask({ ...mapping.image, data: blank }, mapping).data;
        return { ...own, data: own.data.map((label, pixel) => (inside[pixel] === IGNORED ? IGNORED : label)) };
    }
    result() {
        const outcomes = new SegmentationOutcomes(this.#accumulator, this.#nonFinite, 'fp32');
        return weightedScores(outcomes.metrics, {
            samples: this.#samples,
            nonFinite: this.#nonFinite,
            classes: this.classes,
            changed: this.#changed,
            ...constantOf(outcomes),
            stored: () => outcomes.stored()
        });
    }
}
/** Of FP32's own outcomes. */
function constantOf({ perClass }) {
    const named = perClass.filter(({ pixels }) => pixels > 0);
    if (named.length !== 1)
        return {};
    const what = `class ${named[0].index} to every pixel of every image`;
    return { constant: { what, key: what } };
}

/**
 * A task without labels: what FP32 answers on an image is what a variant has to answer. It says how far a variant departs
 * from FP32, and nothing about how right either of them is (docs/agreement.md).
 *
 * @param outputs of the FP32 model.
 * @param intervals whether comparisons have intervals where limits need them.
 * @throws ConfigurationError where `decode` does not fit the model.
 */
function agreementTask(config, { minScore }, images, outputs, intervals) {
    const { task } = config;
    switch (task.name) {
        case 'classification':
            return answerAgreement(scoresOutput(task, outputs));
        case 'detection':
            return boxAgreement(config, task, minScore, images, outputs, intervals);
        case 'segmentation':
            return pixelAgreement(config, task, images, outputs, intervals);
    }
}

/** Wrongly scaled images do not get this far. */
const WORKS = 0.5;
/** A class for each pixel, scored by mean IoU. Masks are read a batch at a time. */
function segmentationTask(config, { decode }, images, outputs, intervals = true) {
    const { dataset } = images;
    const { options, classes } = completeSegmentation(decode, outputs, dataset.classes?.length, images.input);
    const decoder = segmentationDecoder(options, classes);
    return {
        ...segmentationJudge(intervals ? judgedMetrics('miou', config) : new Set()),
        decoding: canonicalDecoding(options),
        isLabelled: true,
        denseOutput: () => (options.kind === 'labels' ? undefined : options.output),
        async truth({ start, sizes }) {
            const mappings = sizes.map((size) => images.mapping(size));
            const masks = [];
            for (const [i, mapping] of mappings.entries()) {
                const mask = await dataset.readMask?.(start + i, { classes, size: sizes[i] });
                if (mask === undefined)
                    throw new FileError('the data set has no masks', 'segmentation needs {masks, images}');
                masks.push(decoder.mask(mask, mapping));
            }
            return { masks, mappings };
        },
        forProvider: ({ masks, mappings }) => ({ masks, mappings }),
        truthHash: (index) => dataset.hashMask?.(index),
        scorer(model) {
            checkOutputs(model, [options.output]);
            return new SegmentationScorer(decoder, classes);
        }
    };
}
/** @param judged metrics that need an interval. */
function segmentationJudge(judged) {
    const comparer = new BootstrapComparer(judged);
    return {
        name: 'segmentation',
        metric: 'miou',
        evidence: ({ metrics: { miou } }) => miou !== null && miou > WORKS ? `FP32 reaches miou ${miou.toFixed(3)}` : undefined,
        compare: (reference, variant) => comparer.compare(reference, variant),
        guess: guessClass
    };
}
/** A network that knows nothing names the commonest class everywhere. */
function guessClass({ perClass }) {
    const present = perClass.filter(({ pixels }) => pixels > 0);
    if (present.length < 2)
        return undefined;
    const total = present.reduce((sum, { pixels }) => sum + pixels, 0);
    const most = Math.max(...present.map(({ pixels }) => pixels));
    return {
        metric: 'miou',
        value: most / total / present.length,
        what: 'naming the commonest class for every pixel',
        check: '`decode`, the class map and the ignore label of the masks, and the preprocessing'
    };
}
class SegmentationScorer {
    decoder;
    classes;
    outputs;
    #accumulator;
    #nonFinite = [];
    #samples = 0;
    #flips = { broken: 0, repaired: 0 };
    constructor(decoder, classes) {
        this.decoder = decoder;
        this.classes = classes;
        this.outputs = [decoder.output];
        this.#accumulator = new SegmentationAccumulator({ classes, ignore: IGNORED });
    }
    add(outputs, { start, samples }, truth) {
        const predicted = this.decoder.decode(outputs, truth.mappings);
        predicted.forEach(({ data, nonFinite }, i) => {
            if (nonFinite > 0)
                this.#nonFinite.push(start + i);
            this.#accumulator.add(start + i, truth.masks[i].data, nonFinite > 0 ? undefined : data);
        });
        this.#samples += samples.length;
        const before = (truth.predicted ??= predicted);
        predicted.forEach((own, i) => this.#countFlips(truth.masks[i], before[i], own));
    }
    #countFlips({ data }, before, after) {
        if (before === after)
            return;
        if (before.data.length !== after.data.length) {
            throw new RuntimeError('FP32 and the variant were not decoded to the same pixels: they cannot be paired');
        }
        let { broken, repaired } = this.#flips;
        for (let pixel = 0; pixel < data.length; pixel++) {
            const label = data[pixel];
            if (label === IGNORED)
                continue;
            const then = before.nonFinite === 0 && before.data[pixel] === label;
            const now = after.nonFinite === 0 && after.data[pixel] === label;
            if (then && !now)
                broken++;
            else if (now && !then)
                repaired++;
        }
        this.#flips = { broken, repaired };
    }
    result() {
        const outcomes = new SegmentationOutcomes(this.#accumulator, this.#nonFinite);
        const scores = weightedScores(outcomes.metrics, {
            samples: this.#samples,
            nonFinite: this.#nonFinite,
            classes: this.classes,
            flips: this.#flips,
            stored: () => outcomes.stored()
        });
        return { ...scores, perClass: outcomes.perClass };
    }
}

/** @param limits of the config, whose metrics get intervals. */
function storedTask(name, samples, limits) {
    const { agreement } = limits;
    const { classes, labels, outcomes } = samples;
    const answers = (variant) => decodeOutcomes(find(outcomes, variant));
    if (name === 'classification') {
        if (agreement === undefined) {
            const judge = classificationJudge(new Set(labels).size);
            return { ...judge, scores: (variant) => topKScores(summarizeTopK(answers(variant), classes)) };
        }
        return {
            ...answerJudge(),
            scores: (variant, { constant }) => answerScores(summarizeAnswers(answers(variant), classes), constant)
        };
    }
    return {
        ...resampledJudge(name, limits),
        scores(variant, { flips, changed = 0, constant }) {
            const facts = agreement === undefined ? { flips } : { changed, ...(constant !== undefined && { constant }) };
            return resampledScores(samples, variant, facts);
        }
    };
}
function resampledJudge(name, limits) {
    const { agreement } = limits;
    if (name === 'detection') {
        const judge = agreement === undefined
            ? detectionJudge(judgedMetrics('map', limits))
            : boxJudge(judgedMetrics('agreement', limits), agreement.minScore);
        return judge;
    }
    if (agreement === undefined)
        return segmentationJudge(judgedMetrics('miou', limits));
    return pixelJudge(judgedMetrics('agreement', limits));
}
function resampledScores(samples, variant, facts) {
    const outcomes = storedOutcomes(samples, variant);
    if (outcomes === undefined)
        throw missing(variant);
    const { ids, classes } = samples;
    const { metrics, nonFinite } = outcomes;
    const stored = () => outcomes.stored();
    const scores = weightedScores(metrics, { ...facts, samples: ids.length, nonFinite, classes, stored });
    return 'perClass' in outcomes ? { ...scores, perClass: outcomes.perClass } : scores;
}
function find(stored, variant) {
    if (Object.hasOwn(stored, variant))
        return stored[variant];
    throw missing(variant);
}
function missing(variant) {
    return new FileError(`samples.json has no outcomes of ${variant}`);
}

/**
 * The task of a config on its test set.
 *
 * @param outputs of the FP32 model.
 * @param intervals whether comparisons have intervals where limits need them; a shard is not judged and needs none.
 * @throws ConfigurationError where `decode` does not fit the model, FileError where a label does not.
 */
function openTask(config, images, outputs, intervals = true) {
    const { task, agreement } = config;
    if (agreement !== undefined)
        return agreementTask(config, agreement, images, outputs, intervals);
    switch (task.name) {
        case 'classification': {
            const output = scoresOutput(task, outputs);
            const dims = outputs.find(({ name }) => name === output.nameIn({ file: config.model, outputs }))?.dims ?? [];
            const classes = dims.length === 2 ? dims[1] : undefined;
            checkLabels(images.dataset, typeof classes === 'number' ? classes : Infinity);
            return classificationTask(images.dataset, output);
        }
        case 'detection':
            return detectionTask(config, task, images, outputs, intervals);
        case 'segmentation':
            return segmentationTask(config, task, images, outputs, intervals);
    }
}

/** The images that a run calibrates on; undefined where no variant of the config is calibrated. */
async function openCalibrationSet(config) {
    const { calibration, variants, workspace } = config;
    if (calibration === undefined || ![...variants.values()].some(needsCalibration))
        return undefined;
    const dataset = await openDataset(calibration.dataset, { workspace });
    return calibration.samples === undefined ? dataset : selectEvenly(dataset, calibration.samples);
}

/** How long every variant that was evaluated takes, on every provider. */
async function measureLatencies({ evaluations, others }, images, context) {
    const { latency } = context.config;
    const latencies = new Map();
    if (latency === undefined)
        return latencies;
    for (const run of [{ session: context.session, evaluations }, ...others]) {
        const variants = run.evaluations.map(({ variant }) => variant);
        const { session } = run;
        latencies.set(session.provider, await measureLatency(variants, images, latency, context, session));
    }
    return latencies;
}
/**
 * Where it can be told before anything runs: models that come ready-made may have a batch size of their own.
 * @throws ConfigurationError for limits on the speed at batch sizes that will not be measured.
 */
function refuseUnmeasuredBatches({ latency, speedLimits = [], variants, file }, input) {
    const isFixed = typeof input.dims[0] === 'number';
    if (latency === undefined || (!isFixed && [...variants.values()].some(({ kind }) => kind === 'model')))
        return;
    const sizes = new Set(latency.batch.map((asked) => planBatches([{ name: 'fp32', input }], asked).size));
    const issues = speedLimits.flatMap(({ batch, position }) => {
        if (batch === undefined || sizes.has(batch))
            return [];
        return [{ message: `the speed at batch ${batch} is limited, and not measured`, file, position }];
    });
    if (issues.length === 0)
        return;
    const measured = [...sizes].join(', ');
    throw new ConfigurationError(issues, isFixed
        ? `the model has the batch size ${measured} of its own: name that one, or none`
        : `latency.batch has the sizes that are measured: ${measured}`);
}
/** Limits on speed, on the first provider. */
function judgeSpeeds(latencies, { evaluations }, { config, session }) {
    const measured = latencies.get(session.provider);
    return judgeSpeed(config.speedLimits ?? [], [...config.variants.keys()], (name) => {
        const variant = evaluations.find((one) => one.variant.name === name)?.variant;
        const series = measured?.get(name);
        if (variant === undefined || series === undefined)
            return 'the variant did not run';
        if (isEmulated(variant)) {
            return `the ${session.provider} provider runs an emulation of FP16, whose speed says nothing about the model`;
        }
        return series.flatMap(({ batch, speedup }) => (speedup === undefined ? [] : [{ batch, ...speedup }]));
    });
}
function isEmulated({ emulation, runFile }) {
    return emulation !== undefined && runFile === emulation;
}

/**
 * Opens what a run needs, hands it to `use` and removes the temporary files behind it.
 *
 * @throws GateError at the first thing that is missing or wrong, before any image is decoded
 */
async function withGate(config, options, use) {
    await makeDirectory(options.outputDirectory);
    return withTemporaryFolder(async (folder) => use(await openGate(config, options, folder)));
}
async function openGate(config, options, workDirectory) {
    const { log, signal, progress, outputDirectory } = options;
    const { model: file, workspace } = config;
    const model = await loadModel(file, { workspace });
    const modelHash = await hashModel(file, { workspace });
    const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
    const runtime = await loadRuntime({
        runtimePath: options.runtimePath,
        ...(options.noCache !== true && { engineCache: path__default.join(cacheDirectory, 'engines') }),
        log: (message) => (message.startsWith('engine cache') ? log.info(message) : log.debug(message))
    });
    const { device, threads } = config.runtime;
    const provider = await selectProvider(runtime, options.provider ?? config.runtime.provider, device);
    const session = { provider, device, threads };
    const others = [];
    // The command line's provider takes the place of all of the config's.
    for (const other of options.provider === undefined ? (config.runtime.others ?? []) : []) {
        others.push({ provider: await selectProvider(runtime, other, device), device, threads });
    }
    refuseDevice(device, [session, ...others], options.provider ?? config.runtime.provider);
    const reference = await runtime.createSession(file, session);
    const { inputs, outputs } = reference;
    await reference.release();
    const input = imageInput(reference, file);
    refuseUnmeasuredBatches(config, input);
    const dataset = await openDataset(config.dataset, { workspace });
    const all = sampleStream(dataset, config.preprocess, input);
    const opened = { config, modelHash, runtime, session, others, outputDirectory, workDirectory, signal, progress, log };
    const context = { ...opened, input: { ...input, dims: [input.dims[0], ...sampleDims(all)] } };
    const whole = options.limit === undefined ? all : all.atMost(options.limit);
    if (options.shard !== undefined)
        refuseShards(config);
    const part = options.shard === undefined ? undefined : cut(whole, options.shard, input, config);
    const testSet = part?.testSet ?? whole;
    const task = openTask(config, testSet, outputs, part === undefined);
    const calibration = await openCalibration(context, input);
    return {
        context,
        model: {
            path: path__default.relative(workspace, file).replaceAll(path__default.sep, '/'),
            sha256: modelHash,
            opset: opsetVersion(model),
            parameters: parameterCount(model)
        },
        inputs,
        outputs,
        task,
        testSet,
        ...(part !== undefined && { part }),
        partial: whole.dataset.samples.length < dataset.samples.length,
        calibration,
        dumps: openDumps(config, dataset, calibration),
        cache: options.noCache === true ? undefined : new TableCache(cacheDirectory)
    };
}
/** @throws ConfigurationError where a device is asked for, and nothing runs on one. */
function refuseDevice(device, sessions, asked) {
    if (device === 0 || sessions.some(({ provider }) => provider !== 'cpu'))
        return;
    throw new ConfigurationError([{ message: `device ${device} is asked for, and the run is on the cpu provider, which has no devices` }], asked === 'auto'
        ? `\`precision-gate doctor --device ${device}\` says why no provider with devices works; without a device the CPU is taken`
        : 'leave the device out, or name a provider with devices: cuda or tensorrt');
}
/**
 * What runs on several providers or is timed is not put together from shards.
 * @throws ConfigurationError for such a config.
 */
function refuseShards({ latency, runtime, file }) {
    const others = runtime.others ?? [];
    const what = [
        ...(others.length === 0 ? [] : ['several providers']),
        ...(latency === undefined ? [] : ['`latency`, which is measured in turns on one machine,'])
    ].at(0);
    if (what === undefined)
        return;
    throw new ConfigurationError([{ message: `a run with ${what} cannot be divided into shards`, file }], 'run it as a whole, on one device');
}
function cut(whole, shard, { dims: [fixed] }, { runtime }) {
    const batch = typeof fixed === 'number' ? fixed : runtime.batch;
    const { start, end } = shardRange(whole.dataset.samples.length, batch, shard);
    const testSet = whole.select(Array.from({ length: end - start }, (_, index) => start + index));
    return { shard, whole, start, testSet };
}
async function openCalibration({ config, signal }, input) {
    const dataset = await openCalibrationSet(config);
    if (dataset === undefined)
        return undefined;
    const images = sampleStream(dataset, config.preprocess, input);
    return inContentOrder({ images, hashes: await hashDataset(dataset, { signal }) });
}
/** Of one sample, as the model gets it. */
function sampleDims({ dataset, input }) {
    if (dataset.content.kind === 'tensor')
        return dataset.content.dims;
    if (input === undefined)
        return [];
    const { width, height, channels, layout } = input;
    return layout === 'nchw' ? [channels, height, width] : [height, width, channels];
}
/** Dumps are found among all images, also where only some of them are evaluated. */
function openDumps({ reference, workspace }, test, calibration) {
    if (reference === undefined)
        return [];
    const sources = [{ what: 'the test set', dataset: test }];
    if (calibration !== undefined)
        sources.push({ what: 'the calibration set', dataset: calibration.images.dataset });
    return openReferences(reference, sources, workspace);
}
/** Fails now rather than after the evaluation. */
async function makeDirectory(directory) {
    try {
        await mkdir(directory, { recursive: true });
        await access(directory, constants.W_OK);
    }
    catch (error) {
        throw asFileError(error, path__default.join(directory, 'result.json'));
    }
}

/**
 * Opens the baseline before anything is evaluated. One that is missing or damaged stops nothing: this run is judged by
 * its other limits, and those that refer to the baseline stay open and say why.
 *
 * @returns what puts it beside the figures of this run.
 */
async function findBaseline({ baseline: path, log }) {
    if (path === undefined)
        return () => ({ regressionOf: () => NO_BASELINE, layersOf: () => NO_BASELINE });
    let baseline;
    try {
        baseline = await openBaseline(path);
    }
    catch (error) {
        if (!(error instanceof FileError))
            throw error;
        const reason = explain$1(error);
        log.warn(`no baseline: ${reason}`);
        return () => ({
            comparison: { path, comparable: false, reasons: [reason], notes: [], variants: {} },
            regressionOf: () => `${reason}. ${HOW_TO_START}`,
            layersOf: () => `${reason}. ${HOW_TO_START}`
        });
    }
    log.info(`baseline: ${describeRun(baseline.result.run, path)}`);
    for (const note of baseline.notes)
        log.info(`baseline: ${note}`);
    return (now, samples) => {
        const view = compareWithBaseline(baseline, now, samples);
        if (!view.comparison.comparable) {
            log.warn(`the baseline is shown and not compared: ${view.comparison.reasons.join('; ')}`);
        }
        const { comparison } = view;
        return { ...view, layersOf: (variant) => baselineLayers(baseline.result, comparison, variant) };
    };
}
const HOW_TO_START = 'The report folder of a run on the target branch is the first baseline (docs/baseline.md)';

/**
 * Compares the layers of every variant with FP32. A variant whose layers cannot be compared says why: its limits on
 * layers fail, the others are judged.
 */
async function findDeviations(variants, images, context) {
    const { config, log, signal } = context;
    const layers = {};
    const comparisons = {};
    if (config.layers === undefined || images.dataset.samples.length === 0)
        return { layers, comparisons };
    for (const { variant, kernels } of variants) {
        if (variant.name === REFERENCE_VARIANT)
            continue;
        signal.throwIfAborted();
        try {
            const found = await compareOne(variant, kernels ?? [], config.layers, images, context);
            layers[variant.name] = found.layers;
            comparisons[variant.name] = found.comparison;
        }
        catch (error) {
            if (!(error instanceof GateError))
                throw error;
            const reason = explain$1(error);
            log.warn(`${variant.name}: layers are not compared: ${reason}`);
            const { threshold, floor } = config.layers;
            comparisons[variant.name] = { samples: 0, isolatedSamples: 0, threshold, floor, unmatched: [], error: reason };
        }
    }
    return { layers, comparisons };
}
async function compareOne(variant, kernels, { samples, isolatedSamples, memoryBytes, threshold, floor }, images, context) {
    const { signal, progress } = context;
    const rule = { threshold, floor };
    const models = comparedModels(variant, rule, context);
    const deviations = await compareLayers({
        ...models,
        images: images.atMost(samples),
        isolatedSamples,
        memoryBytes,
        signal,
        progress
    });
    return { layers: describeLayers(deviations, kernels), comparison: describeComparison(deviations, rule) };
}
/** For limits on layers: what was measured of a variant, or why nothing was. */
function layersOrReason(name, { layers, comparisons }, variants) {
    if (Object.hasOwn(layers, name))
        return layers[name];
    const error = Object.hasOwn(comparisons, name) ? comparisons[name].error : undefined;
    if (error !== undefined)
        return error;
    const failed = variants.get(name);
    return failed === undefined || 'error' in failed ? 'the variant did not run' : 'its layers were not compared';
}
/** A variant beside FP32. */
function comparedModels({ name, precision, runFile }, rule, { config, runtime, session }) {
    const own = precision === 'model' ? config.workspace : path__default.dirname(runFile);
    const reference = { file: config.model, workspace: config.workspace };
    return { reference, variant: { file: runFile, workspace: own }, name, rule, runtime, session };
}

/** Applies the limits to what was measured, in one run or in shards. */
function judgeRun({ variants, expect, thresholds, layerLimits = [] }, { reference, comparisons, deviations, partial, guess, baseline, others, failedElsewhere = [] }) {
    return judge({
        reference,
        variants: new Map(variants.map((name) => [name, comparisons.get(name) ?? UNKNOWN])),
        expect,
        thresholds,
        partial,
        ...(guess !== undefined && { guess }),
        regressionOf: baseline.regressionOf,
        layers: judgeLayers({
            limits: layerLimits,
            variants,
            layersOf: (name) => layersOrReason(name, deviations, comparisons),
            baselineLayersOf: baseline.layersOf
        }),
        others,
        failedElsewhere
    });
}
const UNKNOWN = { error: 'it was not evaluated' };

/**
 * The limits on the providers beside the first one: each variant is compared with FP32 on its own provider. What one
 * provider shows for all (layers, the loss since an earlier run) is judged on the first one alone.
 *
 * @param notMade variants that run on no provider, and are said to fail on the first.
 */
function judgeElsewhere({ others }, notMade, { config, task, partial }) {
    const verdicts = [];
    const failed = [];
    for (const { session, ...run } of others) {
        const { provider } = session;
        const there = (name) => nameOn(name, provider);
        const [reference] = run.evaluations;
        const comparisons = new Map([
            ...run.evaluations.map(({ variant, comparison }) => [variant.name, comparison]),
            ...run.failed.map(({ name, error }) => [name, { error }])
        ]);
        const judged = [...config.variants.keys()].filter((name) => !notMade.some((one) => one.name === name));
        const guess = task.guess(reference.scores);
        const judgement = judge({
            reference: reference.comparison,
            variants: new Map(judged.map((name) => [name, comparisons.get(name) ?? { error: 'it was not evaluated' }])),
            expect: config.expect,
            thresholds: config.thresholds
                .filter(({ variant }) => variant === undefined || judged.includes(variant))
                .map(({ maxRegressionPoints: _, ...threshold }) => threshold),
            partial,
            ...(guess !== undefined && { guess }),
            others: judgeRequired(run, provider)
        });
        verdicts.push(...judgement.verdicts.map((verdict) => ({
            ...verdict,
            id: `${there(verdict.variant)}${verdict.id.slice(verdict.variant.length)}`,
            variant: there(verdict.variant)
        })));
        failed.push(...run.failed.map(({ name, error }) => `${there(name)} did not run: ${error}`));
    }
    return { verdicts, failed };
}
/** `require_executed`: one verdict for each variant that asks for it. One that did not run is an error already. */
function judgeRequired({ evaluations }, provider) {
    return evaluations.flatMap(({ variant, kernels }) => (variant.required ?? []).map((required) => judgeExecuted({ variant: variant.name, required, executed: kernels ?? UNOBSERVABLE, provider })));
}
const UNOBSERVABLE = 'a TensorRT engine is one kernel in the profile. `trtexec --profilingVerbosity=detailed --dumpLayerInfo` with the ' +
    'options of tensorrt.<variant>.md lists the types of its layers';

/** Puts together what was measured; nothing is measured or judged here. */
async function describeMeasurements(parts) {
    const { gate, evaluated, failed, deviations, diagnosis, samples, timings, run } = parts;
    const { config, runtime, session } = gate.context;
    const variants = {};
    for (const evaluation of evaluated.evaluations) {
        variants[evaluation.variant.name] = await describeVariant(evaluation, gate, parts.latencies.get(session.provider));
    }
    Object.assign(variants, describeFailed(failed));
    return {
        schemaVersion: RESULT_SCHEMA_VERSION,
        tool: TOOL,
        onInconclusive: config.onInconclusive,
        run: { ...run, finishedAt: new Date().toISOString() },
        config: { path: await repositoryPath(config.workspace, config.file) },
        task: gate.task.name,
        ...(!gate.task.isLabelled && { comparedWith: 'fp32' }),
        model: gate.model,
        dataset: {
            path: relative(config.workspace, sourcePath(config.dataset)),
            sha256: evaluated.datasetHash,
            samples: evaluated.samples.length
        },
        preprocessing: { hash: hashPreprocess(config.preprocess), canonical: canonicalPreprocess(config.preprocess) },
        decoding: { hash: sha256(gate.task.decoding), canonical: gate.task.decoding },
        environment: runtime.environment(session),
        variants,
        ...(evaluated.others.length > 0 && { providers: await describeProviders(parts) }),
        ...(Object.keys(deviations.layers).length > 0 && { layers: deviations.layers }),
        ...(Object.keys(deviations.comparisons).length > 0 && { layerComparison: deviations.comparisons }),
        diagnosis,
        samples,
        timings
    };
}
function describeFailed(failed) {
    return Object.fromEntries(failed.map(({ name, precision, error }) => [
        name,
        { precision, metrics: {}, drop: {}, nonFinite: 0, sizeBytes: 0, error, warnings: [] }
    ]));
}
async function describeProviders({ gate, evaluated, latencies }) {
    const providers = {};
    for (const { session, evaluations, failed, differences } of evaluated.others) {
        const variants = {};
        for (const evaluation of evaluations) {
            // Where the file comes from is said once, with the first provider.
            const bare = { ...evaluation, variant: withoutOrigin(evaluation.variant) };
            variants[evaluation.variant.name] = await describeVariant(bare, gate, latencies.get(session.provider));
        }
        providers[session.provider] = {
            environment: gate.context.runtime.environment(session),
            variants: { ...variants, ...describeFailed(failed) },
            differences: Object.fromEntries([...differences].map(([name, difference]) => [name, describeDifference(difference, gate.task.name)]))
        };
    }
    return providers;
}
function describeLatency({ batch, runs, ms, speedup }, variant, executed) {
    const simulated = executed !== undefined && executed.simulated > executed.int8 + executed.fp16 + executed.fp32;
    return {
        batch,
        runs,
        medianMs: ms.median,
        quartilesMs: ms.quartiles,
        samplesPerSecond: (1000 * batch) / ms.median,
        ...(speedup !== undefined && { speedup }),
        emulated: isEmulated(variant) || simulated
    };
}
function withoutOrigin({ name, precision, model, runFile, emulation }) {
    return { name, precision, model, runFile, ...(emulation !== undefined && { emulation }), warnings: [] };
}
function describeDifference({ comparison, outputs }, task) {
    const { samples, flips } = comparison;
    return {
        samples,
        metrics: dropsOf(comparison),
        // Objects and pixels are paired with FP32's on the same provider.
        ...(task === 'classification' && flips !== undefined && { flips }),
        ...(outputs !== undefined && {
            outputs: {
                maxAbs: finite(outputs.max),
                largest: finite(outputs.maxReference) ?? 0,
                sqnrDb: finite(outputs.sqnrDb)
            }
        })
    };
}
function finite(value) {
    return Number.isFinite(value) ? value : null;
}
async function describeVariant({ variant, scores, comparison, executed, placement, latencyMs }, gate, latencies) {
    const { config, outputDirectory } = gate.context;
    const isReference = variant.name === REFERENCE_VARIANT;
    const latency = (latencies?.get(variant.name) ?? []).map((one) => describeLatency(one, variant, executed));
    const largest = latency.reduce((a, b) => (a === undefined || b.batch > a.batch ? b : a), undefined);
    const made = !isReference && variant.precision !== 'model';
    return {
        precision: variant.precision,
        model: made ? relative(outputDirectory, variant.model) : relative(config.workspace, variant.model),
        metrics: scores.metrics,
        drop: isReference ? {} : dropsOf(comparison),
        ...(!isReference && changesOf(comparison)),
        ...(variant.calibration !== undefined && { calibration: variant.calibration }),
        ...(executed !== undefined && { executed }),
        placement,
        nonFinite: scores.nonFinite.length,
        sizeBytes: await modelSize(variant.model, made ? {} : { workspace: config.workspace }),
        latencyMs: largest === undefined ? latencyMs : largest.medianMs / largest.batch,
        ...(latency.length > 0 && { latency }),
        warnings: variant.warnings
    };
}
function sourcePath(source) {
    switch (source.kind) {
        case 'folders':
            return source.path;
        case 'manifest':
            return source.manifest;
        case 'npy':
            return source.inputs;
        case 'coco':
        case 'voc':
            return source.annotations;
        case 'yolo':
            return source.labels;
        case 'masks':
            return source.masks;
        case 'images':
            return source.images;
    }
}
function relative(from, to) {
    return path__default.relative(from, to).replaceAll(path__default.sep, '/');
}

/** The side file: what happened to every sample in every variant, for merging shards and for paired tests later. */
async function writeSamples(file, samples) {
    await writeFileAtomic(file, serializeSamples(samples));
    return path__default.basename(file);
}
function samplesOf({ samples, evaluations, datasetHash }) {
    const outcomes = {};
    const detection = {};
    const segmentation = {};
    let imageIds = [];
    for (const { variant, scores } of evaluations) {
        const stored = scores.stored();
        switch (stored.field) {
            case 'outcomes':
                outcomes[variant.name] = stored.value;
                break;
            case 'detection':
                detection[variant.name] = stored.value;
                imageIds = stored.imageIds;
                break;
            case 'segmentation':
                segmentation[variant.name] = stored.value;
        }
    }
    return {
        schemaVersion: SAMPLES_SCHEMA_VERSION,
        dataset: datasetHash,
        classes: evaluations[0].scores.classes,
        ids: samples.map(({ id }) => id),
        labels: samples.map(({ label }) => label),
        ...(imageIds.some((id, position) => id !== position) && { imageIds: [...imageIds] }),
        outcomes,
        ...(Object.keys(detection).length > 0 && { detection }),
        ...(Object.keys(segmentation).length > 0 && { segmentation })
    };
}

/** The first shard compares the layers, on the images of the whole test set that a single run would take. */
async function deviationsOfShard({ evaluations }, part, gate) {
    if (part.shard.index !== 1)
        return { layers: {}, comparisons: {} };
    return findDeviations(evaluations, part.whole, gate.context);
}
/**
 * What a run concludes from the whole test set and a shard cannot: it goes into shard.json. The last shard looks at the
 * data and the kernels, with as many images as a run may need in either case.
 */
async function investigateShard({ evaluations }, part, gate) {
    const { task, context, calibration, dumps } = gate;
    const { shard, whole: images, start } = part;
    const isLast = shard.index === shard.count;
    const overflowing = evaluations.filter(({ scores }) => isLast || scores.nonFinite.length > 0);
    const fp16 = copy(await investigateFp16(overflowing, images, context, start));
    if (!isLast)
        return { fp16 };
    const budgets = evaluations.some(({ variant }) => variant.int8 !== undefined)
        ? ['usual', 'lossy']
        : ['usual'];
    const findings = await investigate({ evaluations, task, images, calibration, dumps }, budgets, context);
    return { fp16, findings: copy(findings) };
}
/** Written beside result.json and samples.json; `merge` needs all three. */
async function writeShard(evaluated, investigated, part, { context, partial }, { limit }) {
    const { config, session, outputDirectory } = context;
    const { shard, whole, start } = part;
    const all = whole.dataset.samples;
    const artefacts = {};
    for (const { variant } of evaluated.evaluations) {
        const own = variant.precision === 'fp16' || variant.precision === 'int8';
        artefacts[variant.name] = await hashModel(variant.model, own ? {} : { workspace: config.workspace });
    }
    const { expect, thresholds, layerLimits = [], agreement, onInconclusive } = config;
    const { constant } = evaluated.evaluations[0].scores;
    const text = serializeShard({
        schemaVersion: SHARD_SCHEMA_VERSION,
        ...shard,
        config: { ...canonicalConfig(config), ...(limit !== undefined && { limit }) },
        limits: copy({
            variants: [...config.variants.keys()],
            expect,
            thresholds,
            layerLimits,
            agreement,
            onInconclusive
        }),
        partial,
        testSet: {
            samples: all.length,
            listing: sha256(JSON.stringify(all.map(({ id, label }) => [id, label ?? -1]))),
            start
        },
        samples: evaluated.samples.map(({ sha256, truth }) => ({ sha256, ...(truth !== undefined && { truth }) })),
        artefacts,
        required: copy(judgeRequired(evaluated, session.provider)),
        device: session.device ?? 0,
        ...(constant !== undefined && { constant }),
        ...investigated
    });
    await writeFileAtomic(path__default.join(outputDirectory, REPORT_FILE.shard), text);
}
/** A shard is no verdict, and nothing that reads its result.json may take it for one. */
function unjudged(measurements, { shard: { index, count }, whole, start }) {
    const { samples } = measurements.dataset;
    const failed = Object.entries(measurements.variants).flatMap(([name, { error }]) => error === undefined ? [] : [`${name} did not run: ${error}`]);
    return {
        ...measurements,
        shard: { index, count },
        onInconclusive: 'fail',
        conclusion: 'inconclusive',
        reasons: [
            `shard ${index} of ${count}: samples ${start + 1} to ${start + samples} of ${whole.dataset.samples.length}, not judged; precision-gate merge puts the shards together`,
            ...failed
        ],
        verdicts: []
    };
}
/** The types of files are mutable, those of the gate are not. */
function copy(value) {
    return structuredClone(value);
}

/** Seconds by stage. */
class Stopwatch {
    seconds = {};
    async time(stage, work) {
        const started = performance.now();
        try {
            return await work();
        }
        finally {
            this.seconds[stage] = (this.seconds[stage] ?? 0) + (performance.now() - started) / 1000;
        }
    }
}

/** Raised when the parts of the key change their meaning. */
const VERSION = 1;
/**
 * Names all calibration tables of a config at once, for a cache that is outside of this program: SHA-256 over what
 * determines them. Nothing native is opened. A table's own key also has the names of its tensors, which only the runtime
 * can tell (it folds the graph); here the versions of the runtime and of this program, and the `keep` rules, stand for
 * them.
 *
 * @returns lower-case hex; undefined where nothing is calibrated
 * @throws GateError for a model or a calibration set that cannot be read
 */
async function calibrationCacheKey(config, { sources = {}, signal } = {}) {
    const dataset = await openCalibrationSet(config);
    if (dataset === undefined)
        return undefined;
    const hashes = await hashDataset(dataset, signal === undefined ? {} : { signal });
    const tables = [];
    for (const variant of config.variants.values()) {
        if (variant.kind !== 'int8')
            continue;
        // Only what an imported table lacks is calibrated.
        const ranges = variant.ranges === undefined ? [] : [sha256(await readFile(variant.ranges))];
        tables.push(JSON.stringify([variant.target, variant.keep.map(({ pattern }) => pattern), ...ranges]));
    }
    const parts = {
        version: VERSION,
        tool: TOOL.version,
        algorithm: ALGORITHM_VERSION$1,
        onnxruntime: runtimeVersion(sources),
        model: await hashModel(config.model, { workspace: config.workspace }),
        preprocessing: canonicalPreprocess(config.preprocess),
        images: hashOfImages(hashes),
        method: calibrationMethod(config),
        tables: [...new Set(tables)].sort()
    };
    return sha256(JSON.stringify(parts));
}
/** Of the runtime that a run would take; where none is installed, of the one that it would fetch. */
function runtimeVersion(sources) {
    try {
        return findOnnxRuntime(sources).version;
    }
    catch {
        // A run says what is wrong with it.
        return ONNXRUNTIME_VERSION;
    }
}

/** Below this many calibration images the ranges of most networks still grow with every image. */
const FEW_CALIBRATION_IMAGES = 100;
/** Below this many test images the bootstrap's interval is too narrow: it never draws what other images hold. */
const FEW_RESAMPLED_IMAGES = 100;
/** Opens everything that a run needs, looks at the data, and runs no model. */
async function checkGate(config, options) {
    return withGate(config, options, async (gate) => {
        const { dataset } = gate.testSet;
        const calibration = gate.calibration?.images.dataset.samples.length;
        await readFirst(gate.testSet, gate.task);
        if (gate.calibration !== undefined)
            await readFirst(gate.calibration.images);
        for (const variant of config.variants.values()) {
            if (variant.kind === 'int8' && variant.ranges !== undefined)
                await readImported(variant.ranges, gate.context);
        }
        const warnings = [];
        if (calibration !== undefined && calibration < FEW_CALIBRATION_IMAGES) {
            warnings.push(`${calibration} calibration images are few: take ${FEW_CALIBRATION_IMAGES} or more, of every class`);
        }
        const { name, metric } = gate.task;
        if (name !== 'classification' && dataset.samples.length < FEW_RESAMPLED_IMAGES) {
            warnings.push(`${dataset.samples.length} test images are few: the interval of ${metric} comes from drawing them again and again, ` +
                `and is too narrow below ${FEW_RESAMPLED_IMAGES}`);
        }
        const hashes = () => hashDataset(dataset, { signal: options.signal });
        const test = { images: gate.testSet, hashes };
        const diagnosis = await diagnoseData(gate.calibration, test, gate.dumps, gate.context);
        const { path, opset, parameters } = gate.model;
        return {
            model: { path, opset, parameters, inputs: gate.inputs, outputs: gate.outputs },
            dataset: { samples: dataset.samples.length, ...(dataset.classes !== undefined && { classes: dataset.classes }) },
            ...(calibration !== undefined && { calibration: { samples: calibration } }),
            warnings,
            diagnosis
        };
    });
}
/** Decodes and preprocesses one sample, and reads its mask: most mistakes in the preprocessing list show in the first. */
async function readFirst(images, task) {
    for await (const batch of images.atMost(1).batches({ batch: 1 }))
        await task?.truth(batch);
}

/** Makes the variants of a config and compares their layers with FP32; judges nothing. */
async function compareModelLayers(config, options) {
    const { variant: only } = options;
    if (only !== undefined && !config.variants.has(only)) {
        const names = [...config.variants.keys()].join(', ');
        throw new ConfigurationError([
            { message: `the config has no variant "${only}"; it has: ${names}`, file: config.file }
        ]);
    }
    if (config.layers === undefined) {
        throw new ConfigurationError([{ message: 'the config says layers: false', file: config.file }], 'remove that line');
    }
    const variants = new Map([...config.variants].filter(([name]) => only === undefined || name === only));
    return withGate({ ...config, variants }, options, async ({ context, testSet, calibration, cache }) => {
        const { variants: made, failed } = await makeVariants(context, calibration, cache);
        if (options.dump !== undefined) {
            const dumped = await dump(made.slice(1), options.dump, config.layers ?? NO_RULE, testSet, context);
            return { layers: {}, comparisons: {}, failed, dumped };
        }
        const profiled = [];
        for (const variant of made.slice(1)) {
            profiled.push({ variant, kernels: await profile(variant, testSet, context) });
        }
        return { ...(await findDeviations(profiled, testSet, context)), failed, dumped: [] };
    });
}
async function profile(variant, images, { runtime, session }) {
    if (session.provider === 'tensorrt')
        return [];
    const opened = await runtime.createSession(variant.runFile, session);
    await opened.release();
    const plan = planBatches([{ name: variant.name, input: imageInput(opened, variant.model) }], 1);
    for await (const { input } of images.atMost(1).batches({ batch: plan.size })) {
        return runtime.executedLayers(variant.runFile, feedFor(opened, input, plan, variant.model), session);
    }
    return [];
}
async function dump(variants, { folder, layer }, rule, images, context) {
    const files = [];
    for (const variant of variants) {
        const models = comparedModels(variant, rule, context);
        files.push(...(await dumpLayers({ ...models, images, folder, wanted: matcherOf(layer) })));
    }
    return files;
}
/** Nothing is counted. */
const NO_RULE = { threshold: 1, floor: 0 };

/**
 * The provider that every one of several devices has, found before anything is evaluated.
 * @param allowCpu for tests of what is around it: the CPU has no devices to choose from.
 * @throws ConfigurationError where it is the CPU's; RuntimeError where a device does not work.
 */
async function providerOfDevices(config, { provider: asked, runtimePath, log }, allowCpu) {
    refuseShards(config);
    const { provider: configured, devices = [] } = config.runtime;
    const runtime = await loadRuntime({ runtimePath, log: (message) => log.debug(message) });
    const wanted = asked ?? configured;
    const [first, ...others] = devices;
    const provider = wanted === 'cpu' ? wanted : await selectProvider(runtime, wanted, first);
    if (provider === 'cpu') {
        if (allowCpu)
            return provider;
        throw new ConfigurationError([
            {
                message: `runtime.device names ${devices.length} devices (${devices.join(', ')}), and the cpu provider has none`
            }
        ], 'name one device, or a provider with devices: cuda or tensorrt. On CPUs, shards run on several machines (docs/shards.md)');
    }
    for (const device of others)
        await selectProvider(runtime, provider, device);
    return provider;
}

const REPORTS = new Set(Object.values(REPORT_FILE));
/**
 * Copies the models and tables of a shard, which are the same in all of them, into the report folder of the whole. Links are
 * not followed, and a model that is not the judged one is refused.
 *
 * @returns models that the shard's folder does not hold.
 */
async function copyArtefacts({ folder, result, shard }, target) {
    for (const name of await readdir(folder)) {
        const file = join(folder, name);
        if (REPORTS.has(name) || name.startsWith('.') || !(await lstat(file)).isFile())
            continue;
        await withTemporaryFile(join(target, name), (temporary) => copyFile(file, temporary));
    }
    const missing = [];
    for (const [name, { precision, model }] of Object.entries(result.variants)) {
        if (model === undefined || (precision !== 'fp16' && precision !== 'int8'))
            continue;
        const copied = join(target, model);
        if ((await lstat(copied).catch(() => undefined)) === undefined)
            missing.push(model);
        else if ((await hashModel(copied)) !== shard.artefacts[name]) {
            throw new FileError(`${join(folder, model)} is not the model of ${name} that the shards judged`);
        }
    }
    return missing;
}

/**
 * Whether these are all shards of one run.
 *
 * @returns them in their order.
 * @throws FileError that names what is missing, is there twice, or differs.
 */
function fitTogether(reports) {
    const ordered = [...reports].sort((a, b) => a.shard.index - b.shard.index);
    const problems = completeness(ordered);
    if (problems.length === 0)
        problems.push(...differences(ordered));
    if (problems.length === 0)
        problems.push(...gaps(ordered));
    if (problems.length > 0)
        throw new FileError(`the shards cannot be merged: ${problems.join('; ')}`, hintFor(problems));
    return ordered;
}
const OTHER_MODEL = 'the model of variant';
const MISSING = 'is missing';
function hintFor(problems) {
    if (problems.some((problem) => problem.endsWith(MISSING)))
        return 'every shard leaves a report folder, which merge takes by name: run those that are missing';
    return problems.some((problem) => problem.startsWith(OTHER_MODEL))
        ? 'let all shards use one calibration table: calibrate before them and share the cache (docs/shards.md)'
        : undefined;
}
function completeness(ordered) {
    const [first] = ordered;
    if (first === undefined)
        return ['there is none'];
    const { count } = first.shard;
    const other = ordered.find(({ shard }) => shard.count !== count);
    if (other !== undefined) {
        return [
            `${nameOf(first)} (${first.folder}) and ${nameOf(other)} (${other.folder}) are parts of different divisions`
        ];
    }
    const problems = [];
    for (let index = 1; index <= count; index++) {
        const own = ordered.filter(({ shard }) => shard.index === index);
        if (own.length === 0)
            problems.push(`shard ${index} of ${count} ${MISSING}`);
        if (own.length > 1) {
            problems.push(`shard ${index} of ${count} is there more than once (${own.map(({ folder }) => folder).join(', ')})`);
        }
    }
    return problems;
}
/** What has to be the same in all shards, by the words for it. */
function factsOf$1({ result, shard, samples }) {
    const { tool, model, preprocessing, decoding, environment, task, variants } = result;
    const facts = new Map([
        ['the version of precision-gate', tool.version],
        ['the config', shard.config],
        ['the FP32 model', model.sha256],
        ['the task', task],
        ['the preprocessing', preprocessing.hash],
        ['how outputs are read', decoding?.hash],
        ['the test set', `${shard.testSet.samples} samples, ${shard.testSet.listing}`],
        ['the number of classes', samples.classes],
        ['the version of ONNX Runtime', environment.onnxruntime],
        ['the provider', environment.provider],
        ['the processor', processorClass(environment)]
    ]);
    for (const [name, hash] of Object.entries(shard.artefacts))
        facts.set(`${OTHER_MODEL} ${name}`, hash);
    for (const [name, { executed }] of Object.entries(variants)) {
        if (executed !== undefined)
            facts.set(`the precisions that layers of ${name} ran in`, executed);
    }
    return facts;
}
function differences([first, ...others]) {
    const problems = new Map();
    const expected = factsOf$1(first);
    for (const other of others) {
        for (const [what, value] of factsOf$1(other)) {
            // A variant that did not run in one of them fails, whatever its model was in the others.
            if (!expected.has(what))
                expected.set(what, value);
            const [place] = differingPlaces(expected.get(what), value, '');
            if (place !== undefined && !problems.has(what))
                problems.set(what, describe(what, place, first, other));
        }
    }
    return [...problems.values()];
}
function describe(what, { path, then, now }, first, other) {
    const where = path === '' ? what : `${what}, ${path.slice(1)}`;
    return `${where} differs: ${short(then)} in ${nameOf(first)}, ${short(now)} in ${nameOf(other)}`;
}
function differingPlaces(then, now, path) {
    if (!isObject(then) || !isObject(now))
        return then === now ? [] : [{ path, then, now }];
    const keys = new Set([...Object.keys(then), ...Object.keys(now)]);
    return [...keys].flatMap((key) => differingPlaces(then[key], now[key], `${path}.${key}`));
}
function isObject(value) {
    return typeof value === 'object' && value !== null;
}
function short(value) {
    const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
function gaps(ordered) {
    let position = 0;
    for (const report of ordered) {
        if (report.shard.testSet.start !== position)
            return [`${nameOf(report)} does not begin where the one before it ends`];
        position += report.samples.ids.length;
    }
    const { samples } = ordered[0].shard.testSet;
    return position === samples ? [] : [`they hold ${position} samples of ${samples}`];
}
function nameOf({ shard: { index, count } }) {
    return `shard ${index} of ${count}`;
}

/** More than a million samples. */
const MAX_BYTES = 2 ** 28;
/** @throws FileError where the folder is not what `run --shard` leaves. */
async function loadShard(folder) {
    try {
        return await readShard(folder);
    }
    catch (error) {
        if (!(error instanceof FileError) || error.hint !== undefined)
            throw error;
        throw new FileError(error.message, UPLOAD, { cause: error });
    }
}
async function readShard(folder) {
    const { result, samples, notes } = await openBaseline(folder);
    if (result.shard === undefined) {
        throw new FileError(`${folder} is the report of a whole run`, 'merge takes the folders of `run --shard i/n`');
    }
    if (samples === undefined) {
        throw new FileError(`${folder}: ${notes.join('; ').replaceAll('not paired: ', '')}`);
    }
    const file = join(folder, REPORT_FILE.shard);
    const found = await lstat(file).catch(() => undefined);
    if (found?.isFile() !== true)
        throw new FileError(`${file} is not there`);
    if (found.size > MAX_BYTES)
        throw new FileError(`${file} is larger than any shard makes it`);
    const shard = parseShard(await readFile(file, 'utf8'), file);
    const { index, count } = result.shard;
    const belongs = shard.index === index && shard.count === count && shard.samples.length === samples.ids.length;
    if (!belongs)
        throw new FileError(`${file} and the result.json beside it belong to different runs`);
    return { folder, result, samples, shard };
}
const UPLOAD = 'a shard is the whole report folder of `run --shard i/n`: result.json, samples.json and shard.json';

/** Everything in result.json but the judgement, as a single run over all samples would have measured it. */
function mergeResults({ ordered, merged, failed, dataset, diagnosis }) {
    const results = ordered.map(({ result }) => result);
    const [first] = results;
    const variants = {};
    for (const [name, scored] of merged)
        variants[name] = mergeVariant(name, results, scored);
    for (const [name, variant] of failed)
        variants[name] = variant;
    const without = (record) => Object.fromEntries(Object.entries(record).filter(([name]) => merged.has(name)));
    const stages = new Set(results.flatMap(({ timings }) => Object.keys(timings)));
    return {
        schemaVersion: first.schemaVersion,
        tool: first.tool,
        ...(first.config !== undefined && { config: first.config }),
        ...(first.task !== undefined && { task: first.task }),
        ...(first.comparedWith !== undefined && { comparedWith: first.comparedWith }),
        model: first.model,
        dataset: { ...first.dataset, ...dataset },
        preprocessing: first.preprocessing,
        ...(first.decoding !== undefined && { decoding: first.decoding }),
        environment: first.environment,
        variants,
        ...(first.layers !== undefined && { layers: without(first.layers) }),
        ...(first.layerComparison !== undefined && { layerComparison: without(first.layerComparison) }),
        diagnosis,
        // They ran beside each other.
        timings: Object.fromEntries([...stages].map((stage) => [stage, Math.max(...results.map(({ timings }) => timings[stage] ?? 0))])),
        shards: ordered.map(({ result: { dataset, environment, run, timings, variants }, shard: { device } }) => ({
            samples: dataset.samples,
            ...(run?.finishedAt !== undefined && { finishedAt: run.finishedAt }),
            cpu: environment.cpu,
            ...(environment.gpu !== undefined && { gpu: environment.gpu, device }),
            timings,
            latencyMs: Object.fromEntries(Object.entries(variants).flatMap(([name, { latencyMs }]) => latencyMs === undefined ? [] : [[name, latencyMs]]))
        }))
    };
}
function mergeVariant(name, results, { scores, comparison }) {
    const own = results.map(({ variants }) => variants[name]);
    const isReference = name === REFERENCE_VARIANT;
    const latencies = own.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
    return {
        ...own[0],
        metrics: scores.metrics,
        drop: isReference ? {} : dropsOf(comparison),
        ...(!isReference && changesOf(comparison)),
        nonFinite: scores.nonFinite.length,
        ...(latencies.length > 0 && { latencyMs: latencies[latencies.length >> 1] })
    };
}

/**
 * The outcomes of all samples, in the order of a single run.
 * @param variants those that ran in every shard.
 */
function joinSamples(ordered, variants) {
    const parts = ordered.map(({ samples }) => samples);
    const ids = parts.flatMap((part) => part.ids);
    const labels = parts.flatMap((part) => part.labels);
    const hashed = ordered.flatMap(({ shard }) => shard.samples);
    const entries = ids.map((id, index) => ({ id, label: labels[index], ...hashed[index] }));
    const hasImageIds = parts.some(({ imageIds }) => imageIds !== undefined);
    const { classes } = parts[0];
    const pick = (join) => Object.fromEntries(variants.flatMap((variant) => {
        const value = join(variant);
        return value === undefined ? [] : [[variant, value]];
    }));
    const outcomes = pick((variant) => {
        const own = parts.map((part) => part.outcomes[variant]);
        return own.includes(undefined) ? undefined : own.join('');
    });
    const detection = pick((variant) => joinDetection(ordered, variant, hasImageIds, classes));
    const segmentation = pick((variant) => joinSegmentation(ordered, variant, classes));
    return {
        schemaVersion: SAMPLES_SCHEMA_VERSION,
        dataset: datasetHash(entries),
        classes,
        ids,
        labels,
        ...(hasImageIds && { imageIds: parts.flatMap((part) => imageIdsOf(part)) }),
        outcomes,
        ...(Object.keys(detection).length > 0 && { detection }),
        ...(Object.keys(segmentation).length > 0 && { segmentation })
    };
}
function joinDetection(ordered, variant, hasImageIds, classes) {
    const decoded = [];
    const compared = [];
    for (const { samples, shard } of ordered) {
        const stored = samples.detection?.[variant];
        if (stored === undefined)
            return undefined;
        const positions = imageIdsOf(samples);
        const imageIds = hasImageIds ? positions : positions.map((position) => shard.testSet.start + position);
        if (stored.partners === undefined)
            decoded.push(DetectionOutcomes.decode(stored, imageIds, classes));
        else
            compared.push(BoxAgreementOutcomes.decode(stored, imageIds, classes));
    }
    // one config, so that all are of one kind
    return compared.length > 0
        ? compared.reduce((all, next) => all.join(next)).encode()
        : decoded.reduce((all, next) => all.join(next)).encode();
}
function joinSegmentation(ordered, variant, classes) {
    const decoded = [];
    for (const { samples, shard } of ordered) {
        const stored = samples.segmentation?.[variant];
        if (stored === undefined)
            return undefined;
        decoded.push(SegmentationOutcomes.decode(stored, samples.ids.length, classes, shard.testSet.start));
    }
    return decoded.reduce((all, next) => all.join(next)).encode();
}

/**
 * Puts the shards of a test set together and judges them: the same result as that of one run, but for times and dates. No
 * model is run and no image is read. Models, tables and the outcomes of all samples are written to the output directory.
 *
 * @param folders report folders of `run --shard`, in any order.
 * @throws FileError where they are not all shards of one run.
 */
async function mergeShards(folders, options) {
    const { outputDirectory, log, run } = options;
    if (folders.some((folder) => path__default.resolve(folder) === path__default.resolve(outputDirectory))) {
        throw new ConfigurationError([
            { message: `${outputDirectory} is one of the shards: the result needs another folder` }
        ]);
    }
    const baseline = await findBaseline(options);
    const loaded = [];
    for (const folder of folders)
        loaded.push(await loadShard(folder));
    const ordered = fitTogether(loaded);
    const [{ result: first, shard }] = ordered;
    const limits = shard.limits;
    const failed = failedVariants(ordered);
    const names = [REFERENCE_VARIANT, ...limits.variants].filter((name) => !failed.has(name));
    const samples = joinSamples(ordered, names);
    const task = storedTask(first.task ?? 'classification', samples, limits);
    const merged = new Map();
    for (const name of names) {
        const scores = task.scores(name, factsOf(ordered, name));
        const reference = merged.get(REFERENCE_VARIANT)?.scores ?? scores;
        const comparison = task.compare(reference, scores, first.variants[name].model ?? name);
        merged.set(name, { scores, comparison });
    }
    const reference = merged.get(REFERENCE_VARIANT);
    const layers = Object.fromEntries(Object.entries(first.layers ?? {}).filter(([name]) => merged.has(name)));
    const diagnosis = [...suspectsOf(layers), ...diagnose(ordered, merged, task, limits, samples.ids)];
    const dataset = { sha256: samples.dataset, samples: samples.ids.length };
    await mkdir(outputDirectory, { recursive: true });
    const missing = await copyArtefacts(ordered[0], outputDirectory);
    if (missing.length > 0)
        log.info(`not in the folder of shard 1, and not copied: ${missing.join(', ')}`);
    const measurements = {
        ...mergeResults({ ordered, merged, failed, dataset, diagnosis }),
        onInconclusive: limits.onInconclusive,
        run: { ...run, finishedAt: new Date().toISOString() },
        samples: await writeSamples(path__default.join(outputDirectory, REPORT_FILE.samples), samples)
    };
    const view = baseline(measurements, samples);
    const judgement = judgeRun(limits, {
        reference: reference.comparison,
        comparisons: new Map([
            ...[...merged].map(([name, { comparison }]) => [name, comparison]),
            ...[...failed].map(([name, { error = 'it did not run' }]) => [name, { error }])
        ]),
        deviations: { layers, comparisons: first.layerComparison ?? {} },
        partial: shard.partial,
        guess: task.guess(reference.scores),
        baseline: view,
        others: shard.required.filter(({ variant }) => merged.has(variant))
    });
    return { ...measurements, ...judgement, ...(view.comparison !== undefined && { baseline: view.comparison }) };
}
/** A variant that did not run on a part of the test set did not run. */
function failedVariants(ordered) {
    const failed = new Map();
    for (const { result } of ordered) {
        for (const [name, variant] of Object.entries(result.variants)) {
            if (variant.error !== undefined && !failed.has(name))
                failed.set(name, variant);
        }
    }
    return failed;
}
function factsOf(ordered, name) {
    let [broken, repaired, changed] = [0, 0, 0];
    for (const { result } of ordered) {
        const { flips, changed: own = 0 } = result.variants[name];
        broken += flips?.broken ?? 0;
        repaired += flips?.repaired ?? 0;
        changed += own;
    }
    const { constant } = ordered[0].shard;
    const isConstant = constant !== undefined && ordered.every(({ shard }) => shard.constant?.key === constant.key);
    return { flips: { broken, repaired }, changed, ...(isConstant && { constant }) };
}
function diagnose(ordered, merged, task, limits, ids) {
    const last = ordered[ordered.length - 1];
    const { findings } = last.shard;
    if (findings === undefined)
        return [];
    const { variants } = ordered[0].result;
    const valueOf = (name) => merged.get(name)?.scores.metrics[task.metric] ?? null;
    const quantized = [...merged.keys()].filter((name) => variants[name].precision === 'int8');
    const budget = budgetFor(task.metric, valueOf(REFERENCE_VARIANT), quantized.map((name) => ({ name, value: valueOf(name) })), limits);
    // Where outputs are not finite, the images in question are those of the first shard that met them.
    const fp16 = [...merged.keys()].flatMap((name) => {
        const met = ordered.find(({ result }) => result.variants[name].nonFinite > 0) ?? last;
        return Object.hasOwn(met.shard.fp16, name) ? met.shard.fp16[name] : [];
    });
    const reference = merged.get(REFERENCE_VARIANT);
    return concludeDiagnosis({
        findings,
        budget,
        fp16,
        evidence: task.evidence(reference.scores),
        test: { ids, hashes: ordered.flatMap(({ shard }) => shard.samples.map(({ sha256 }) => sha256)) }
    }).filter(({ variant }) => variant === undefined || merged.has(variant));
}

/** Writes the artefacts of a config (models and calibration tables) and judges nothing. */
async function quantizeModel(config, options) {
    const { variant } = options;
    if (variant !== undefined && !config.variants.has(variant)) {
        const names = [...config.variants.keys()].join(', ');
        throw new ConfigurationError([
            { message: `the config has no variant "${variant}"; it has: ${names}`, file: config.file }
        ]);
    }
    const variants = new Map([...config.variants].filter(([name]) => variant === undefined || name === variant));
    return withGate({ ...config, variants }, options, async ({ context, calibration, cache }) => {
        const { variants: made, failed } = await makeVariants(context, calibration, cache);
        const [, ...quantized] = made;
        const origins = quantized.flatMap(({ name, int8 }) => int8?.calibrated === undefined
            ? []
            : [auditOrigin(name, int8.calibrated.table, int8.calibrated.lookup, new Date())]);
        return { variants: quantized, failed, origins };
    });
}

/**
 * The gate: config -> data set -> variants -> evaluation -> layers -> diagnosis -> baseline -> verdict -> Result.
 * Artefacts and the per-sample outcomes are written to the output directory; reporting is left to the caller.
 * A shard stops before the verdict and leaves what `mergeShards` goes on with.
 *
 * @throws GateError where nothing can be judged: exit code 2 for a wrong config, 3 for a broken file or runtime
 */
async function runGate(config, options) {
    const watch = new Stopwatch();
    return withGate(config, options, async (gate) => {
        const { context, task, testSet, part, calibration, cache, dumps } = gate;
        const baseline = await findBaseline(options);
        const made = await watch.time('variants', () => makeVariants(context, calibration, cache));
        const evaluated = await watch.time('evaluate', () => evaluate(made.variants, testSet, task, context));
        const deviations = await watch.time('layers', () => part === undefined
            ? findDeviations(evaluated.evaluations, testSet, context)
            : deviationsOfShard(evaluated, part, gate));
        const latencies = await watch.time('latency', () => measureLatencies(evaluated, testSet, context));
        const [reference] = evaluated.evaluations;
        const failed = [...made.failed, ...evaluated.failed];
        const comparisons = new Map([
            ...evaluated.evaluations.map(({ variant, comparison }) => [variant.name, comparison]),
            ...failed.map(({ name, error }) => [name, { error }])
        ]);
        const outcomes = samplesOf(evaluated);
        const samples = await writeSamples(path__default.join(options.outputDirectory, 'samples.json'), outcomes);
        const measured = { evaluated, failed, comparisons, deviations, latencies, samples, run: options.run };
        if (part !== undefined) {
            const investigated = await watch.time('diagnose', () => investigateShard(evaluated, part, gate));
            await writeShard(evaluated, investigated, part, gate, options);
            return unjudged(await describeMeasurements({ gate, ...measured, diagnosis: [], timings: watch.seconds }), part);
        }
        const audited = { evaluated, task, images: testSet, calibration, dumps };
        const diagnosis = await watch.time('diagnose', () => diagnose$1(audited, context));
        const explained = [...suspectsOf(deviations.layers), ...diagnosis];
        const measurements = await describeMeasurements({
            gate,
            ...measured,
            diagnosis: explained,
            timings: watch.seconds
        });
        const view = baseline(measurements, outcomes);
        const elsewhere = judgeElsewhere(evaluated, made.failed, { config, task, partial: gate.partial });
        const judgement = judgeRun({ ...config, variants: [...config.variants.keys()] }, {
            reference: reference.comparison,
            comparisons,
            deviations,
            partial: gate.partial,
            guess: task.guess(reference.scores),
            baseline: view,
            others: [
                ...judgeRequired(evaluated, context.session.provider),
                ...judgeSpeeds(latencies, evaluated, context),
                ...elsewhere.verdicts
            ],
            failedElsewhere: elsewhere.failed
        });
        return { ...measurements, ...judgement, ...(view.comparison !== undefined && { baseline: view.comparison }) };
    });
}

var gate = /*#__PURE__*/Object.freeze({
    __proto__: null,
    calibrationCacheKey: calibrationCacheKey,
    checkGate: checkGate,
    compareModelLayers: compareModelLayers,
    mergeShards: mergeShards,
    providerOfDevices: providerOfDevices,
    quantizeModel: quantizeModel,
    runGate: runGate
});

export { ImageDataset as I, Problems as P, readText as a, byStem as b, boxProblem as c, gate as g, isImageName as i, listTree as l, packObjects as p, readClasses as r, stemOf$1 as s };
