import path__default from 'node:path';
import { N as graphsOf, m as makeNode, c as create, V as ValueInfoProtoSchema, H as loadModel, E as releaseMemory, l as float32ToFloat16, z as float16ToFloat32 } from './release.js';
import 'node:crypto';
import 'node:fs';
import 'node:fs/promises';
import { s as saveModel } from './save.js';
import 'node:os';
import { I as tensorData, J as makeTensor } from './suggest.js';

/**
 * Gives names that no tensor or node of the graph, or of a graph inside it, has: the base itself where it is free,
 * else `base_1`, `base_2`. Every name given is taken from then on.
 */
function uniqueNamer(graph) {
    const taken = new Set();
    for (const { node, initializer, sparseInitializer, input, output } of graphsOf(graph)) {
        for (const { name } of [...initializer, ...input, ...output])
            taken.add(name);
        for (const { values } of sparseInitializer)
            taken.add(values?.name ?? '');
        for (const { name, input: inputs, output: outputs } of node) {
            for (const used of [name, ...inputs, ...outputs])
                taken.add(used);
        }
    }
    const counters = new Map();
    return (base) => {
        let name = base;
        while (name === '' || taken.has(name)) {
            const count = (counters.get(base) ?? 0) + 1;
            counters.set(base, count);
            name = `${base}_${count}`;
        }
        taken.add(name);
        return name;
    };
}
/**
 * Names every unnamed node after its operator and first output (`Conv_features.0.out`), so that users and globs can
 * refer to it and the name is the same in every run.
 */
function nameNodes(graph) {
    const unnamed = graph.node.filter(({ name }) => name === '');
    if (unnamed.length === 0)
        return;
    const unique = uniqueNamer(graph);
    for (const node of unnamed) {
        node.name = unique(`${node.opType}_${node.output.find((tensor) => tensor !== '') ?? ''}`);
    }
}

/** Marks tensors as graph outputs, in place. Graph inputs are left out: whoever feeds them knows them. */
function exposeTensors(model, tensors) {
    const known = new Set([...model.graph.output, ...model.graph.input].map(({ name }) => name));
    for (const name of tensors) {
        // A name alone will do: the runtime infers type and shape.
        if (!known.has(name))
            model.graph.output.push(create(ValueInfoProtoSchema, { name }));
    }
}
/**
 * Adds minimum, maximum and sum of every tensor to the graph, so that only scalars leave the runtime.
 * The nodes are listed last layer first: ONNX Runtime then runs each as soon as its tensor exists and frees the tensor
 * early (2.4 times less memory, measured).
 */
function addStatistics(model, tensors) {
    const unique = uniqueNamer(model.graph);
    const outputs = tensors.map((tensor) => {
        const names = { min: unique(`${tensor}__min`), max: unique(`${tensor}__max`), sum: unique(`${tensor}__sum`) };
        return { tensor, ...names };
    });
    for (const { tensor, min, max, sum } of [...outputs].reverse()) {
        for (const [op, output] of [
            ['ReduceMin', min],
            ['ReduceMax', max],
            ['ReduceSum', sum]
        ]) {
            model.graph.node.push(makeNode(op, [tensor], [output], { name: output, attributes: { keepdims: { int: 0 } } }));
            model.graph.output.push(create(ValueInfoProtoSchema, { name: output }));
        }
    }
    return outputs;
}

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
/** Index into the locals, from the parameters on. */
const local = {
    get: (index) => [0x20, index],
    set: (index, value) => [value, 0x21, index],
    tee: (index, value) => [value, 0x22, index]
};
/** Addresses are taken as aligned to the value's size. */
const i32 = {
    const: (value) => [0x41, ...signed(value)],
    load: (address) => [address, 0x28, 2, 0],
    store: (address, value) => [address, value, 0x36, 2, 0],
    equal: (a, b) => [a, b, 0x46],
    lessThanUnsigned: (a, b) => [a, b, 0x49],
    add: (a, b) => [a, b, 0x6a],
    subtract: (a, b) => [a, b, 0x6b],
    and: (a, b) => [a, b, 0x71],
    shiftLeft: (a, bits) => [a, ...i32.const(bits), 0x74],
    shiftRight: (a, bits) => [a, ...i32.const(bits), 0x75],
    truncate: (float) => [float, 0xa8],
    /** a where the condition is not 0, else b. */
    select: (condition, a, b) => [a, b, condition, 0x1b]
};
const v128 = {
    load: (address, offset = 0) => [address, ...simd(0x00), 4, ...unsigned(offset)],
    store: (address, value, offset = 0) => [address, value, ...simd(0x0b), 4, ...unsigned(offset)],
    /** Four 32-bit integers. */
    const: (...lanes) => [
        ...simd(0x0c),
        ...new Uint8Array(Int32Array.from(lanes).buffer)
    ],
    and: (a, b) => [a, b, ...simd(0x4e)],
    or: (a, b) => [a, b, ...simd(0x50)],
    xor: (a, b) => [a, b, ...simd(0x51)],
    /** The upper two of four lanes, twice. */
    upper: (vector) => [
        vector,
        vector,
        ...simd(0x0d),
        ...[8, 9, 10, 11, 12, 13, 14, 15],
        ...[8, 9, 10, 11, 12, 13, 14, 15]
    ]
};
/** Eight 16-bit integers, from eight bytes. */
const i16x8 = {
    loadBytes: (address, isSigned) => [address, ...simd(isSigned ? 0x01 : 0x02), 3, 0],
    splat: (value) => [value, ...simd(0x10)],
    subtract: (a, b) => [a, b, ...simd(0x91)]
};
const i32x4 = {
    extractLane: (lane, vector) => [vector, ...simd(0x1b), lane],
    shiftLeft: (vector, bits) => [vector, bits, ...simd(0xab)],
    shiftRightUnsigned: (vector, bits) => [vector, bits, ...simd(0xad)],
    splat: (value) => [value, ...simd(0x11)],
    equal: (a, b) => [a, b, ...simd(0x37)],
    greaterOrEqual: (a, b) => [a, b, ...simd(0x3f)],
    add: (a, b) => [a, b, ...simd(0xae)],
    subtract: (a, b) => [a, b, ...simd(0xb1)],
    /** The lower or the upper four of eight 16-bit integers. */
    extend: (half, vector) => [vector, ...simd(half === 0 ? 0xa7 : 0xa8)],
    min: (a, b) => [a, b, ...simd(0xb6)],
    max: (a, b) => [a, b, ...simd(0xb8)],
    truncate: (vector) => [vector, ...simd(0xf8)]
};
const f32x4 = {
    splat: (value) => [value, ...simd(0x13)],
    equal: (a, b) => [a, b, ...simd(0x41)],
    notEqual: (a, b) => [a, b, ...simd(0x42)],
    greater: (a, b) => [a, b, ...simd(0x44)],
    add: (a, b) => [a, b, ...simd(0xe4)],
    subtract: (a, b) => [a, b, ...simd(0xe5)],
    multiply: (a, b) => [a, b, ...simd(0xe6)],
    /** Lanes of a, but those of b where they are smaller: a NaN in b counts for nothing. */
    smaller: (a, b) => [a, b, ...simd(0xea)],
    larger: (a, b) => [a, b, ...simd(0xeb)],
    convert: (integers) => [integers, ...simd(0xfa)]
};
/** Two float64. */
const f64x2 = {
    add: (a, b) => [a, b, ...simd(0xf0)],
    /** Of the lower two of four float32. */
    promoteLower: (vector) => [vector, ...simd(0x5f)],
    /** Of the lower two of four 32-bit integers. */
    convertLower: (vector) => [vector, ...simd(0xfe)]
};
/** if (condition) { body } */
function when(condition, body) {
    return [condition, 0x04, 0x40, body, 0x0b];
}
/** do { body } while (condition) */
function doWhile(body, condition) {
    return [0x03, 0x40, body, condition, 0x0d, 0, 0x0b];
}
/** A module of functions without results over one exported memory of `pages` times 64 KiB. */
function assemble(functions, pages) {
    const types = functions.map(({ params }) => [0x60, ...vector(params.map((type) => [type])), 0]);
    const exports = functions.map(({ name }, index) => [...text(name), 0x00, index]);
    const bodies = functions.map(({ locals, body }) => {
        const code = flat([...vector(locals.map((type) => [1, type])), body, 0x0b]);
        return [...unsigned(code.length), ...code];
    });
    return Uint8Array.from(flat([
        ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        ...section(1, types),
        ...section(3, functions.map((_, index) => [index])),
        ...section(5, [[0, ...unsigned(pages)]]),
        ...section(7, [[...text('memory'), 0x02, 0], ...exports]),
        ...section(10, bodies)
    ]));
}
/** Nested while it is written, so that nothing is copied for each instruction around it. */
function flat(code) {
    return code.flat(Infinity);
}
function simd(opcode) {
    return [0xfd, ...unsigned(opcode)];
}
function section(id, items) {
    const content = vector(items);
    return [id, ...unsigned(content.length), ...content];
}
function vector(items) {
    return [...unsigned(items.length), ...flat(items)];
}
function text(value) {
    return vector([...Buffer.from(value)].map((byte) => [byte]));
}
/** LEB128 */
function unsigned(value) {
    return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
function signed(value) {
    return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

/**
 * The two loops over every activation, in WebAssembly with 128-bit vectors: three times as fast as the same loops in
 * JavaScript (1.4 against 4.4 ns a value, measured), which decides what calibration costs beside inference.
 */
/** Counters are kept in copies, one for each lane: equal neighbours (zeros after a ReLU) would wait for each other. */
const LANES = 4;
/** Values that fit into the staging area, and with their counters into a processor's second-level cache. */
const STAGE_LENGTH = 65536;
const VECTOR_BYTES = 16;
const COUNTERS_BYTES = 65536;
const LANE_BYTES = COUNTERS_BYTES / LANES;
const COUNTERS = 0;
const RESULTS = COUNTERS_BYTES;
const STAGE = 2 * COUNTERS_BYTES;
const PAGES = (STAGE + 4 * STAGE_LENGTH) / 65536;
/** Counters of one lane. */
const LANE = LANE_BYTES / 4;
/** Values from -BINS + 1 to BINS - 1 after scaling and truncation count into ZERO + value. */
const ZERO = LANE / 2;
const SIGN = v128.const(-2147483648, -2147483648, -2147483648, -2147483648);
const LARGEST = v128.const(2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1);
const [FROM, TO] = [0, 1];
const next = [
    ...local.set(FROM, i32.add(local.get(FROM), i32.const(VECTOR_BYTES))),
    ...i32.lessThanUnsigned(local.get(FROM), local.get(TO))
];
function extremes() {
    const [words, maximum, minimum, flipped, signs] = [2, 3, 4, 5, 6];
    return [
        ...local.set(maximum, SIGN),
        ...local.set(minimum, LARGEST),
        ...local.set(flipped, SIGN),
        ...doWhile([
            ...local.set(words, v128.load(local.get(FROM))),
            ...local.set(maximum, i32x4.max(local.get(maximum), local.get(words))),
            ...local.set(minimum, i32x4.min(local.get(minimum), local.get(words))),
            ...local.set(flipped, i32x4.max(local.get(flipped), v128.xor(local.get(words), SIGN))),
            ...local.set(signs, i32x4.add(local.get(signs), i32x4.shiftRightUnsigned(local.get(words), i32.const(31))))
        ], next),
        ...[maximum, minimum, flipped, signs].flatMap((result, index) => v128.store(i32.const(RESULTS + VECTOR_BYTES * index), local.get(result)))
    ];
}
function count$1() {
    const [factor, secondFactor, addresses, address, factors, secondFactors] = [2, 3, 4, 5, 6, 7];
    const lanes = [0, 1, 2, 3];
    const [a, b, c, d] = lanes.map((lane) => COUNTERS + LANE_BYTES * lane + 4 * ZERO);
    const scaled = f32x4.multiply(f32x4.multiply(v128.load(local.get(FROM)), local.get(factors)), local.get(secondFactors));
    const increment = (lane) => i32.store(local.tee(address, i32x4.extractLane(lane, local.get(addresses))), i32.add(i32.load(local.get(address)), i32.const(1)));
    return [
        ...local.set(factors, f32x4.splat(local.get(factor))),
        ...local.set(secondFactors, f32x4.splat(local.get(secondFactor))),
        ...doWhile([
            ...local.set(addresses, i32x4.add(i32x4.shiftLeft(i32x4.truncate(scaled), i32.const(2)), v128.const(a, b, c, d))),
            ...lanes.flatMap(increment)
        ], next)
    ];
}
const module$1 = assemble([
    { name: 'extremes', params: [I32, I32], locals: [V128, V128, V128, V128, V128], body: extremes() },
    { name: 'count', params: [I32, I32, F32, F32], locals: [V128, I32, V128, V128], body: count$1() }
], PAGES);
const kernel = new WebAssembly.Instance(new WebAssembly.Module(module$1)).exports;
/** LANES times LANE counters of what was counted since they were last cleared; whoever counts clears them. */
const counters = new Uint32Array(kernel.memory.buffer, COUNTERS, LANES * LANE);
const results = new Int32Array(kernel.memory.buffer, RESULTS, LANES * LANES);
const stage = new Float32Array(kernel.memory.buffer, STAGE, STAGE_LENGTH);
let staged = STAGE;
/** One object for all calls, of which there are hundreds an image: what they would leave behind adds up. */
const extremesOfStage = { min: 0.5, max: 0.5, negative: 0 };
/**
 * Copies values to where the kernels work, and looks for their extremes. Whole vectors are worked on: the last value
 * fills the last one up, and counts as often as that takes.
 *
 * @param values 1 to STAGE_LENGTH of them
 * @returns min and max, one of which is NaN or infinite if any value is; valid until the next call
 */
function stageValues(values) {
    const padded = values.length + padding(values.length);
    stage.set(values);
    stage.fill(values[values.length - 1], values.length, padded);
    staged = STAGE + 4 * padded;
    kernel.extremes(STAGE, staged);
    const r = results;
    const largest = Math.max(r[0], r[1], r[2], r[3]);
    const smallest = Math.min(r[4], r[5], r[6], r[7]);
    const largestNegative = Math.max(r[8], r[9], r[10], r[11]) ^ (1 << 31);
    extremesOfStage.max = floatOf(largest >= 0 ? largest : smallest);
    extremesOfStage.min = floatOf(smallest < 0 ? largestNegative : smallest);
    extremesOfStage.negative = r[12] + r[13] + r[14] + r[15];
    return extremesOfStage;
}
/** By how much the last value is counted too often. */
function padding(length) {
    return (LANES - (length % LANES)) % LANES;
}
/**
 * Counts the staged values by floor(|x| / 2^exponent) and sign. The power of two comes in two factors, because float32
 * does not hold all of them; both products are exact, but for values so small that they are truncated to zero anyway.
 */
function countStaged(exponent) {
    const half = Math.trunc(exponent / 2);
    kernel.count(STAGE, staged, 2 ** -half, 2 ** (half - exponent));
}
const word = new Int32Array(1);
const float = new Float32Array(word.buffer);
function floatOf(bits) {
    word[0] = bits;
    return float[0];
}

/**
 * Groups of consecutive items whose sizes stay within the limit together; an item larger than the limit has a group of
 * its own.
 */
function groupBySize(items, limit, sizeOf) {
    const groups = [];
    let filled = Infinity;
    for (const item of items) {
        const size = sizeOf(item);
        if (filled + size > limit) {
            groups.push([]);
            filled = 0;
        }
        groups[groups.length - 1].push(item);
        filled += size;
    }
    return groups;
}
/** Values of a tensor for one image: dimensions that are not known count as 1. */
function valuesOf(dims) {
    return dims.reduce((product, dim) => product * (typeof dim === 'number' && dim > 0 ? dim : 1), 1);
}

const DEFAULT_MEMORY = 512 * 2 ** 20;
/**
 * Shows every wanted tensor of every image to `visit`; the data is valid during the call only.
 *
 * @param afterImage called when all tensors of an image were shown
 */
async function observeTensors(input, visit, afterImage) {
    const session = await instrumentedSession(input, (model) => exposeTensors(model, input.tensors));
    const inputName = session.inputs[0].name;
    const observesInput = input.tensors.includes(inputName);
    const groups = groupByMemory(input.tensors.filter((tensor) => tensor !== inputName), input);
    await forEachImage(input, session, async (feed, image) => {
        if (observesInput && feed.data instanceof Float32Array)
            visit(inputName, feed.data, image);
        for (const group of groups) {
            const outputs = await session.run({ [inputName]: feed }, group);
            for (const tensor of group) {
                const { data } = outputs[tensor];
                if (data instanceof Float32Array)
                    visit(tensor, data, image);
                releaseMemory([data]);
            }
        }
        afterImage?.();
    });
}
async function instrumentedSession({ runtime, session, modelFile, workDirectory }, instrument) {
    const model = await loadModel(modelFile, { workspace: path__default.dirname(modelFile) });
    instrument(model);
    const file = path__default.join(workDirectory, 'instrumented.onnx');
    await saveModel(model, file);
    return runtime.createSession(file, session);
}
/**
 * Images go through one at a time: with batches, the kernels that ONNX Runtime picks depend on the batch size and
 * results differ in the last bit, so that what is measured would depend on batching and order.
 */
async function forEachImage({ images, signal, progress, label }, session, visit) {
    const task = progress?.start(label, images.dataset.samples.length);
    try {
        let done = 0;
        for await (const batch of images.batches({ batch: 1, signal })) {
            await visit(batch.input, batch.samples[0].id);
            task?.update(++done);
        }
    }
    finally {
        task?.finish();
        await session.release();
    }
}
/** Groups whose float32 activations for one image fit into the memory limit together. */
function groupByMemory(tensors, { values, memoryBytes = DEFAULT_MEMORY }) {
    return groupBySize(tensors, memoryBytes, (tensor) => 4 * valuesOf(values.get(tensor)?.dims ?? []));
}

/** Largest finite float16. */
const FP16_MAX = 65504;
function toHalf(model, initializer, name) {
    const { data, dims } = tensorData(model, initializer);
    const floats = data;
    const half = float32ToFloat16(floats);
    return {
        tensor: makeTensor(name, { type: 'float16', dims, data: half }),
        loss: countLoss(initializer.name, floats, half)
    };
}
/** The same values, rounded to float16 and stored as float32. */
function roundedToHalf(model, initializer, name) {
    const { data, dims } = tensorData(model, initializer);
    const floats = data;
    const half = float32ToFloat16(floats);
    const rounded = float16ToFloat32(half);
    return {
        tensor: makeTensor(name, { type: 'float32', dims, data: rounded }),
        loss: countLoss(initializer.name, floats, half)
    };
}
function countLoss(tensor, floats, half) {
    let overflowed = 0;
    let flushed = 0;
    let subnormal = 0;
    for (let i = 0; i < floats.length; i++) {
        const magnitude = half[i] & 0x7fff;
        if (magnitude === 0x7c00) {
            if (Number.isFinite(floats[i]))
                overflowed++;
        }
        else if (magnitude === 0) {
            if (floats[i] !== 0)
                flushed++;
        }
        else if (magnitude < 0x0400)
            subnormal++;
    }
    return { tensor, elements: floats.length, overflowed, flushed, subnormal };
}

/** Bits of the float32 numbers 65504 and 2^-14; magnitudes compare like their bits. */
const MAX_BITS = new Int32Array(Float32Array.of(FP16_MAX).buffer)[0];
const MIN_NORMAL_BITS = new Int32Array(Float32Array.of(2 ** -14).buffer)[0];
/** Ranges of every tensor that the plan makes in float16, in execution order. */
async function measureFp16Activations(plan, input) {
    const made = [...plan.madeInHalf()];
    const counters = new Map();
    for (const { tensor } of made)
        counters.set(tensor, { maxBits: 0, elements: 0, overflowing: 0, subnormal: 0 });
    await observeTensors({ ...input, tensors: made.map(({ tensor }) => tensor) }, (tensor, data, image) => {
        const counter = counters.get(tensor);
        if (counter !== undefined)
            count(counter, data, image);
    });
    return made.map(({ tensor, node }) => {
        const { maxBits, ...counts } = counters.get(tensor) ?? { maxBits: 0, elements: 0, overflowing: 0, subnormal: 0 };
        const maxAbs = new Float32Array(Int32Array.of(maxBits).buffer)[0];
        return { tensor, layer: node.name === '' ? tensor : node.name, op: node.opType, maxAbs, ...counts };
    });
}
function count(counter, data, image) {
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    let { maxBits } = counter;
    let overflowing = 0;
    let subnormal = 0;
    for (let i = 0; i < bits.length; i++) {
        const magnitude = bits[i] & 0x7fffffff;
        if (magnitude > maxBits)
            maxBits = magnitude;
        if (magnitude > MAX_BITS)
            overflowing++;
        if (magnitude < MIN_NORMAL_BITS && magnitude !== 0)
            subnormal++;
    }
    if (overflowing > 0)
        counter.firstImage ??= image;
    counter.maxBits = maxBits;
    counter.elements += data.length;
    counter.overflowing += overflowing;
    counter.subnormal += subnormal;
}

/** Operators with weights, and the axis of W along which output channels lie. */
const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);
const PASSTHROUGH = new Set([
    'DepthToSpace',
    'Expand',
    'Flatten',
    'Gather',
    'Identity',
    'MaxPool',
    'Pad',
    'Reshape',
    'Resize',
    'Slice',
    'SpaceToDepth',
    'Split',
    'Squeeze',
    'Tile',
    'Transpose',
    'Unsqueeze'
]);
const CPU_QUANTIZED = new Set([
    ...WEIGHTED,
    'Add',
    'AveragePool',
    'Concat',
    'GlobalAveragePool',
    'HardSigmoid',
    'HardSwish',
    'LeakyRelu',
    'Mul',
    'ReduceMean',
    'Sigmoid',
    'Softmax'
]);
/**
 * TensorRT quantizes the inputs of the operators that it has INT8 kernels for and moves Q/DQ over the others itself;
 * explicit pairs on Concat, Reshape, Slice, Softmax, Sigmoid or Transpose only block its fusions.
 */
const TENSORRT_QUANTIZED = new Set([...WEIGHTED, 'Add', 'AveragePool', 'GlobalAveragePool', 'Mul', 'ReduceMean']);
const ACTIVATIONS = new Set(['Relu', 'Clip']);
function operatorRole(op, target) {
    if (target === 'tensorrt')
        return TENSORRT_QUANTIZED.has(op) ? 'quantized' : 'float';
    if (CPU_QUANTIZED.has(op))
        return 'quantized';
    if (PASSTHROUGH.has(op))
        return 'passthrough';
    return ACTIVATIONS.has(op) ? 'activation' : 'float';
}
/**
 * An operator that makes a graph output in float from quantized inputs at the speed of integers, or whose output is
 * too coarse in 256 steps: a probability of 1/255 ties the best classes. Only Conv is worth an integer output.
 */
function quantizesGraphOutput(op) {
    return op === 'Conv' || op === 'ConvTranspose';
}
/** Inputs that hold data (the others are shapes, axes, sizes); undefined = all. */
function dataInputs(op) {
    if (op === 'Conv' || op === 'ConvTranspose' || op === 'Gemm')
        return [0, 1];
    if (op === 'Clip' || op === 'ReduceMean' || PASSTHROUGH.has(op))
        return [0];
    return undefined;
}

export { i16x8 as A, measureFp16Activations as B, FP16_MAX as C, F32 as F, I32 as I, LANE as L, STAGE_LENGTH as S, V128 as V, WEIGHTED as W, ZERO as Z, counters as a, addStatistics as b, countStaged as c, dataInputs as d, operatorRole as e, forEachImage as f, groupBySize as g, v128 as h, instrumentedSession as i, f32x4 as j, f64x2 as k, local as l, i32x4 as m, nameNodes as n, observeTensors as o, padding as p, quantizesGraphOutput as q, roundedToHalf as r, stageValues as s, toHalf as t, uniqueNamer as u, valuesOf as v, i32 as w, doWhile as x, when as y, assemble as z };
