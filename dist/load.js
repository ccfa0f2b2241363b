import os from 'node:os';
import { F as FileError, G as GateError, R as RuntimeError, m as messageOf } from './errors.js';
import { R as readModelBytes, S as decodeModel, U as externalRegions, L as fileErrorFrom, W as expectedBytes, c as create, V as ValueInfoProtoSchema, X as unreadRegion, P as rawBytes, M as ModelProtoSchema, Y as nestedTensors, d as isExternal, e as externalRegion, Z as bitsOf, _ as UNREAD_BYTES, r as regionBytes, T as TensorProto_DataLocation, Q as TensorProtoSchema, x as attributeInt, F as dataTypeOf, s as sha256, $ as fromBinary, m as makeNode, E as releaseMemory, D as elementCount, H as loadModel, a0 as BinaryWriter, a1 as WireType, h as isDefaultDomain, f as subgraphsOf } from './release.js';
import { createHash } from 'node:crypto';
import { createReadStream, realpathSync, existsSync, readdirSync, constants } from 'node:fs';
import { resolve, dirname, relative, sep, isAbsolute, basename, join, parse } from 'node:path';
import { stat, readFile, mkdir, rm, rename, readdir, access, open } from 'node:fs/promises';
import { j as glibcVersion, I as INTEL_MAC, k as compareVersions, P as PROVIDER_LIBRARIES, l as howToGetProviderLibraries, f as findOnnxRuntime } from './provider-libraries.js';
import 'node:stream/promises';
import 'node:process';
import 'node:timers/promises';
import { createRequire } from 'node:module';
import 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { w as writeFileAtomic, b as asFileError, a as withTemporaryFolder, c as createTemporaryFolder } from './files.js';
import { c as copyWith, M as MIN_EXTERNAL_BYTES, a as takeIn, t as toBinary, l as liveValueInfo, u as usedImports, s as saveModel } from './save.js';

/**
 * SHA-256, in hex, over the model file and then the bytes of every external tensor, initializers in order. External
 * data pass in chunks, so that models of any size are hashed in constant memory.
 * @param options.workspace folder that external data may not lead out of; the model's own folder if left out.
 * @throws FileError as `loadModel`.
 */
async function hashModel(file, options = {}) {
    const path = resolve(file);
    const directory = dirname(path);
    const bytes = await readModelBytes(path);
    const proto = decodeModel(bytes, path);
    if (proto.graph === undefined)
        throw new FileError(`${path}: the ONNX model has no graph`);
    const model = { proto, graph: proto.graph, file: path, directory };
    const hash = createHash('sha256').update(bytes);
    for (const { file: data, offset, length } of await externalRegions(model, options.workspace ?? directory)) {
        if (length === 0)
            continue;
        try {
            const stream = createReadStream(data, { start: offset, end: offset + length - 1, highWaterMark: 2 ** 20 });
            for await (const chunk of stream)
                hash.update(chunk);
        }
        catch (error) {
            throw fileErrorFrom(error, 'cannot read the external data', data);
        }
    }
    return hash.digest('hex');
}

/**
 * The model as ONNX Runtime takes it from memory. Weights stay where they are, in the files that they came from or in
 * buffers, so that nothing is encoded or written. ONNX Runtime takes them from one or the other: where some are in
 * buffers, those in files are read. The files have to stay as they are while a session uses them.
 */
function inMemory(model) {
    for (const tensor of nestedTensors(model.proto))
        takeIn(tensor, model);
    return fromFiles(model) ?? fromBuffers(model);
}
/** undefined: weights in buffers, or files without a folder in common (drives of Windows). */
function fromFiles(model) {
    const { initializer } = model.graph;
    const regions = new Map();
    for (const tensor of initializer) {
        const region = isExternal(tensor) ? externalRegion(tensor, model.directory) : unreadRegion(tensor.rawData);
        const named = region !== undefined && region.length >= MIN_EXTERNAL_BYTES && bitsOf(tensor.dataType) !== undefined;
        if (named)
            regions.set(tensor, { ...region, file: realpathSync(region.file) });
        else if ((expectedBytes(tensor) ?? 0) >= UNREAD_BYTES)
            return undefined;
    }
    const folder = commonFolder([...regions.values()].map(({ file }) => file));
    if (folder === undefined)
        return undefined;
    const initializers = initializer.map((tensor) => {
        const region = regions.get(tensor);
        if (region === undefined)
            return inline(tensor, model);
        return reference(tensor, { ...region, file: relative(folder, region.file).split(sep).join('/') });
    });
    return { bytes: encode(model, initializers), folder, files: [] };
}
/** The folder that all files lie below; undefined: there is none. */
function commonFolder(files) {
    const [first, ...others] = new Set(files.map((file) => dirname(file)));
    const isBelow = (folder, above) => {
        const way = relative(above, folder);
        return !isAbsolute(way) && way.split(sep)[0] !== '..';
    };
    let folder = first;
    while (folder !== undefined && !others.every((other) => isBelow(other, folder ?? ''))) {
        folder = dirname(folder) === folder ? undefined : dirname(folder);
    }
    return folder;
}
function reference({ name, dataType, dims }, { file, offset, length }) {
    const entries = { location: file, offset: `${offset}`, length: `${length}` };
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    return create(TensorProtoSchema, { name, dataType, dims, externalData, dataLocation: TensorProto_DataLocation.EXTERNAL });
}
function fromBuffers(model) {
    const files = new Map();
    const fileOf = (buffer) => {
        const file = files.get(buffer) ?? { path: `weights/${files.size}`, data: new Uint8Array(buffer) };
        files.set(buffer, file);
        return file.path;
    };
    const initializers = model.graph.initializer.map((tensor) => {
        const bytes = isExternal(tensor) ? regionBytes(externalRegion(tensor, model.directory)) : rawBytes(tensor);
        if (bytes.length < MIN_EXTERNAL_BYTES || bitsOf(tensor.dataType) === undefined)
            return inline(tensor, model);
        return reference(tensor, { file: fileOf(bytes.buffer), offset: bytes.byteOffset, length: bytes.length });
    });
    return { bytes: encode(model, initializers), files: [...files.values()] };
}
/**
 * The model with its weights as inputs of the graph: their types and shapes without their values. Small constants stay;
 * shapes and axes are among them.
 */
function withoutWeights(model) {
    const { proto, graph } = model;
    const isWeight = (tensor) => (expectedBytes(tensor) ?? 0) >= MIN_EXTERNAL_BYTES;
    const weights = graph.initializer.filter(isWeight);
    const listed = new Set(graph.input.map(({ name }) => name));
    const input = [...graph.input, ...weights.filter(({ name }) => !listed.has(name)).map(asInput)];
    const constants = graph.initializer.filter((tensor) => !isWeight(tensor)).map((tensor) => inline(tensor, model));
    const bytes = encode({ proto, graph: copyWith(graph, { input }) }, constants);
    return { bytes, weights: new Set(weights.map(({ name }) => name)) };
}
function inline(tensor, model) {
    takeIn(tensor, model);
    return unreadRegion(tensor.rawData) === undefined ? tensor : copyWith(tensor, { rawData: rawBytes(tensor) });
}
function asInput({ name, dataType: elemType, dims }) {
    const shape = { dim: dims.map((value) => ({ value: { case: 'dimValue', value } })) };
    return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType, shape } } } });
}
function encode({ proto, graph }, initializer) {
    return toBinary(ModelProtoSchema, copyWith(usedImports(proto), { graph: copyWith(liveValueInfo(graph), { initializer }) }));
}

/** Bytes of the model file and of the external data that its initializers name. */
async function modelSize(file, options = {}) {
    const path = resolve(file);
    const directory = dirname(path);
    const proto = decodeModel(await readModelBytes(path), path);
    const { size } = await stat(path);
    if (proto.graph === undefined)
        return size;
    const model = { proto, graph: proto.graph, file: path, directory };
    const regions = await externalRegions(model, options.workspace ?? directory);
    return regions.reduce((total, { length }) => total + length, size);
}

/** Long enough for a driver that has to be loaded first. */
const TIMEOUT_MS = 10_000;
/**
 * NVIDIA's GPUs in the driver's order, which is that of `runtime.device`; empty where its tool is not there. Other
 * vendors' have no tool that every driver brings.
 */
async function readGpus() {
    try {
        const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'], { timeout: TIMEOUT_MS, encoding: 'utf8' });
        return parseGpus(stdout);
    }
    catch {
        return [];
    }
}
/** Reads `NVIDIA H100 80GB HBM3, 580.65.06, 81559` lines. */
function parseGpus(text) {
    return text.split(/\r?\n/).flatMap((line) => {
        const match = /^(.+), ([^,]+), (\d+)\s*$/.exec(line.trim());
        return match === null ? [] : [{ gpu: match[1], driver: match[2], gpuMemoryMiB: Number(match[3]) }];
    });
}

/** Who makes and who reads a tensor of a graph, looking through nodes that only move data. */
class GraphLinks {
    isPlumbing;
    #producers = new Map();
    #consumers = new Map();
    #constants;
    constructor(graph, isPlumbing) {
        this.isPlumbing = isPlumbing;
        this.#constants = new Set(graph.initializer.map(({ name }) => name));
        for (const node of graph.node) {
            for (const name of node.output)
                this.#producers.set(name, node);
            for (const name of node.input) {
                const readers = this.#consumers.get(name);
                if (readers === undefined)
                    this.#consumers.set(name, [node]);
                else
                    readers.push(node);
            }
        }
    }
    /** The node behind a tensor; conversions (Q, DQ, Cast) count, data movement is looked through. */
    producer(name) {
        let node = this.#producers.get(name);
        while (node !== undefined && this.isPlumbing(node) && !isConversion(node)) {
            node = this.#producers.get(node.input[0] ?? '');
        }
        return node;
    }
    /** The nodes that read a tensor, through data movement. */
    consumers(name) {
        return (this.#consumers.get(name) ?? []).flatMap((node) => this.isPlumbing(node) && !isConversion(node) ? node.output.flatMap((output) => this.consumers(output)) : [node]);
    }
    /** Whether a tensor is a weight, possibly converted or moved. */
    isConstant(name) {
        if (this.#constants.has(name))
            return true;
        const node = this.#producers.get(name);
        return node !== undefined && this.isPlumbing(node) && this.isConstant(node.input[0] ?? '');
    }
    /** Made by a cast to float16 and one back: the rounding of an FP16 emulation. */
    isRoundedThroughFloat16(name) {
        const back = this.producer(name);
        return isCast(back, 'float32') && isCast(this.producer(back?.input[0] ?? ''), 'float16');
    }
    /** Read by such a pair of casts. */
    isRoundedOnwards(name) {
        return this.consumers(name).some((node) => isCast(node, 'float16') && this.consumers(node.output[0] ?? '').some((next) => isCast(next, 'float32')));
    }
}
function isConversion({ opType }) {
    return opType === 'QuantizeLinear' || opType === 'DequantizeLinear' || opType === 'Cast';
}
function isCast(node, to) {
    return node?.opType === 'Cast' && attributeInt(node, 'to') === dataTypeOf(to);
}

// Conversion and data movement: no layer, in whatever type it runs.
const PLUMBING = new Set(('QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast CastLike MemcpyToHost MemcpyFromHost ReorderInput ' +
    'ReorderOutput Reshape Transpose Flatten Identity Shape Size Squeeze Unsqueeze Constant ConstantOfShape Slice ' +
    'Gather GatherElements GatherND Split SplitToSequence SequenceAt Expand Tile Pad DepthToSpace SpaceToDepth ' +
    'If Loop Scan Range NonZero EyeLike').split(' '));
const QUANTIZED_TYPES = new Set(['uint8', 'int8']);
const FLOAT_TYPES = new Set(['float', 'double', 'bfloat16']);
// Quantize their float input inside the kernel and multiply in 8 bits.
const DYNAMIC_INT8 = new Set(['DynamicQuantizeMatMul', 'DynamicQuantizeLSTM']);
// Unpack low-precision weights and multiply in float.
const WEIGHT_ONLY = new Set(['MatMulNBits', 'MatMulBnb4', 'GatherBlockQuantized', 'QMoE']);
/** Operators whose second input is a weight; all others have activations only. */
const WEIGHTED = new Set('Conv FusedConv NhwcFusedConv ConvTranspose Gemm FusedGemm MatMul FusedMatMul'.split(' '));
/**
 * The precision that each layer executed in (docs/runtime.md defines it):
 * - int8: the kernel reads 8-bit integers;
 * - fp16: the kernel reads float16;
 * - simulated: a float kernel whose weights come from DequantizeLinear, or whose values (where it has no weights) come
 *   from DequantizeLinear or go to QuantizeLinear; or one whose values are rounded by a pair of casts through float16;
 * - fp32: any other float kernel.
 * Integer arithmetic on shapes and indices is no layer.
 */
function classifyLayers({ kernels, graph }) {
    const links = new GraphLinks(graph, (node) => PLUMBING.has(node.opType));
    const nodes = new NodeLookup(graph);
    return kernels.flatMap((kernel) => {
        const node = nodes.take(kernel);
        const executed = PLUMBING.has(kernel.op) ? undefined : precision(kernel, node, links);
        const { name, op, provider } = kernel;
        return executed === undefined ? [] : [{ name, op, provider, executed, outputs: node?.output ?? [] }];
    });
}
function countExecuted(layers) {
    const counts = { int8: 0, fp16: 0, fp32: 0, simulated: 0 };
    for (const { executed } of layers)
        counts[executed]++;
    return counts;
}
function precision(kernel, node, links) {
    // QLinearConcat alone begins with the scale of its output.
    const type = kernel.inputTypes[kernel.op === 'QLinearConcat' ? 1 : 0];
    if (type === undefined)
        return undefined;
    if (QUANTIZED_TYPES.has(type) || DYNAMIC_INT8.has(kernel.op))
        return 'int8';
    if (type === 'float16')
        return 'fp16';
    if (!FLOAT_TYPES.has(type))
        return undefined;
    if (WEIGHT_ONLY.has(kernel.op))
        return 'simulated';
    return node !== undefined && isSimulated(node, links) ? 'simulated' : 'fp32';
}
function isSimulated(node, links) {
    const weight = WEIGHTED.has(node.opType) ? node.input[1] : undefined;
    if (weight !== undefined && links.isConstant(weight)) {
        // The neighbours' rounding is no property of a layer that was left in FP32 on purpose: its own weights decide.
        if (links.producer(weight)?.opType === 'DequantizeLinear')
            return true;
    }
    else if (node.input.some((name) => links.producer(name)?.opType === 'DequantizeLinear') ||
        node.output.some((name) => links.consumers(name).some(({ opType }) => opType === 'QuantizeLinear'))) {
        return true;
    }
    return (node.input.some((name) => links.isRoundedThroughFloat16(name)) ||
        node.output.some((name) => links.isRoundedOnwards(name)));
}
/**
 * Finds a kernel's node. Names are unique as a rule; nodes without one are matched by operator and order, which holds
 * because the executor and the writer of the optimized model sort nodes by the same algorithm.
 */
class NodeLookup {
    #queues = new Map();
    constructor(graph) {
        for (const node of graph.node) {
            const key = node.name === '' ? `op ${node.opType}` : `name ${node.name}`;
            const queue = this.#queues.get(key);
            if (queue === undefined)
                this.#queues.set(key, [node]);
            else
                queue.push(node);
        }
    }
    take({ name, op }) {
        return (this.#queues.get(`name ${name}`) ?? this.#queues.get(`op ${op}`))?.shift();
    }
}

const EXPORT_LOWER = 'export the model again for an opset that this runtime knows, or install a newer onnxruntime-node';
/** Sentences of ONNX Runtime 1.26 to 1.30, and what they mean to somebody who owns a model. */
const KNOWN = [
    {
        pattern: /Protobuf parsing failed|ModelProto does not have a graph/,
        message: () => 'is not an ONNX model, or is cut short',
        hint: 'compare its size and checksum with the original; a partial download or an aborted export look like this'
    },
    {
        pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
        message: ([, found, known]) => `has IR version ${found}; this runtime reads up to ${known}`,
        hint: 'export the model again with an older onnx package, or install a newer onnxruntime-node'
    },
    {
        pattern: /Opset (\d+) is under development[\s\S]*domain (\S+) is till opset (\d+)/,
        message: ([, found, domain, known]) => `uses opset ${found} of ${domain}; this runtime knows up to ${known}`,
        hint: EXPORT_LOWER
    },
    {
        pattern: /No opset import for domain '([^']*)'/,
        message: ([, domain]) => `uses operators of the domain "${domain}" without importing it`,
        hint: 'the exporter wrote an invalid model: check it with onnx.checker'
    },
    {
        pattern: /Fatal error: (?:([^\s:]+):)?([^\s(]+)\(-?\d+\) is not a registered function\/op/,
        message: ([, domain, op]) => `uses the operator ${op} of the domain "${domain ?? ''}", which ONNX Runtime does not know`,
        hint: 'custom operators cannot be loaded here: export the model with standard ONNX operators'
    },
    {
        pattern: /No Op registered for (\S+) with domain_version of (\d+)/,
        message: ([, op, opset]) => `uses the operator ${op}, which opset ${opset} does not have`,
        hint: 'check the operator name and the opset that the model imports'
    },
    {
        pattern: /Could not find an implementation for (\S+?)\((\d+)\) node with name '([^']*)'/,
        message: ([, op, opset, node]) => `: this runtime has no kernel for ${op} (opset ${opset}) of node "${node}" with the element types it is given`,
        hint: 'change the element type or the operator, or run on a provider that has the kernel'
    },
    {
        pattern: /External data path does not exist: "([^"]*)"/,
        message: ([, path]) => `keeps weights in ${path}, which does not exist`,
        hint: 'put the external data file beside the model, under the name it was exported with'
    },
    {
        pattern: /External (?:data|initializer)[\s\S]*offset: (\d+) size to read: (\d+) given file_length: (\d+)/,
        message: ([, offset, size, length]) => `: its external data file is cut short (${length} bytes, a weight needs ${size} at offset ${offset})`,
        hint: 'compare the size and checksum of the data file with the original'
    },
    {
        pattern: /(External data[\s\S]*)/,
        message: ([, text]) => `: its external data cannot be read: ${oneLine(text ?? '')}`,
        hint: 'external data must lie in the folder of the model or below it, at a relative path'
    },
    {
        pattern: /Failed to allocate memory for requested buffer of size (\d+)/,
        message: ([, size]) => `: out of memory (a buffer of ${size} bytes was refused)`,
        hint: 'use a smaller batch (runtime.batch), a smaller input or a machine with more memory'
    },
    {
        pattern: /bad_alloc|out of memory|OOM/i,
        message: () => ': out of memory',
        hint: 'use a smaller batch (runtime.batch), a smaller input or a machine with more memory'
    },
    {
        pattern: /Unsupported data type: (\d+)|Non tensor type is temporarily not supported/,
        message: ([, type]) => type === undefined
            ? 'has an output that is not a tensor'
            : `has an input or output of ONNX element type ${type}${type === '16' ? ' (bfloat16)' : ''}, which cannot be read from Node`,
        hint: 'cast inputs and outputs to float32 in the model'
    },
    {
        pattern: /is not a graph input, initializer, or output of a previous node|This is an invalid model|Type Error|ShapeInferenceError/,
        message: () => 'is not a valid model',
        hint: 'check it with onnx.checker'
    },
    {
        pattern: /fallback to CPU EP has been explicitly disabled/,
        message: () => ' has nodes that the provider cannot run, and `runtime: {strict: true}` forbids the CPU to',
        hint: 'leave strict out to run them on the CPU and have them counted in the report'
    },
    {
        pattern: /Protobuf serialization failed/,
        message: () => ': its optimized copy could not be written to the folder for temporary files',
        hint: 'free some space there, or set TMPDIR to a larger disk'
    },
    {
        pattern: /No space left on device|ENOSPC/,
        message: () => ': the disk is full',
        hint: 'free some space, or set TMPDIR to a larger disk'
    }
];
/**
 * Turns what onnxruntime-node threw into an error for the user: the model's file name, what is wrong, what to do.
 * @param doing what failed, for causes that are not known: `cannot be loaded`, `cannot be run`.
 */
function runtimeFailure(error, modelFile, doing) {
    if (error instanceof GateError)
        return error;
    const text = nativeMessage(error);
    const name = basename(modelFile);
    for (const { pattern, message, hint } of KNOWN) {
        const match = pattern.exec(text);
        if (match === null)
            continue;
        const what = message(match);
        const detail = what === 'is not a valid model' ? `: ${oneLine(text)}` : '';
        return new RuntimeError(`${name}${what.startsWith(':') ? '' : ' '}${what}${detail}`, hint, { cause: error });
    }
    return new RuntimeError(`${name} ${doing}: ${oneLine(text)}`, undefined, { cause: error });
}
/** Native code makes its errors in the main context: where modules run in another one, they are no `instanceof Error`. */
function nativeMessage(error) {
    return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
/** ONNX Runtime's text on one line, without its source file names and C++ signatures. */
function oneLine(text) {
    return text
        .replace(/^Load model from .*? failed:/, '')
        .replace(/\/onnxruntime_src\/\S+:\d+ [^\n]*?\) /g, '')
        .replace(/\s+/g, ' ')
        .trim();
}

/**
 * Requires the package and its native library.
 * @throws RuntimeError naming the cause where the library does not load: no binary for the platform, an older C library
 * than it was built for, a broken installation.
 */
function loadBinding({ path }) {
    // Since 1.29 the library reports models and providers to its maker, writes a device id to the user's cache folder and
    // a log to the temporary one. What is judged here is nobody's business; who wants it can set the variable to 0.
    process.env.ORT_DISABLE_TELEMETRY ??= '1';
    try {
        const ort = createRequire(join(path, 'package.json'))(path);
        // Whatever ONNX Runtime logs as an error it also throws, and native code writes to stderr past every reporter.
        ort.env.logLevel = 'fatal';
        return ort;
    }
    catch (error) {
        const { message, hint } = whyNotLoaded(path, nativeMessage(error), `${process.platform}-${process.arch}`, glibcVersion());
        throw new RuntimeError(message, hint, { cause: error });
    }
}
/** @param glibc version of the C library of this system; undefined where it is another one (musl) or none. */
function whyNotLoaded(path, cause, platform, glibc) {
    const needed = /version `(GLIBC(?:XX)?_[\d.]+)' not found/.exec(cause)?.[1];
    if (needed !== undefined) {
        return {
            message: `onnxruntime-node in ${path} does not load: it needs ${needed}, this system has glibc ${glibc ?? 'none'}`,
            hint: 'use a newer system or container image (Ubuntu 22.04, Debian 12 and RHEL 9 or later work)'
        };
    }
    if (/version `VERS_[\d.]+' not found/.test(cause)) {
        return {
            message: `onnxruntime-node in ${path} does not load: this process has loaded another version of ONNX Runtime`,
            hint: 'use one runtime in a process (and no LD_LIBRARY_PATH that leads to another libonnxruntime.so.1)'
        };
    }
    if (!availablePlatforms(path).includes(platform)) {
        return {
            message: `onnxruntime-node in ${path} has no library for ${platform} (it has: ${availablePlatforms(path).join(', ') || 'none'})`,
            hint: platform === 'darwin-x64'
                ? INTEL_MAC
                : 'run on one of those platforms, or reinstall the package if its bin folder is incomplete'
        };
    }
    if (platform.startsWith('linux') && glibc === undefined) {
        return {
            message: `onnxruntime-node in ${path} does not load: this system has no glibc (Alpine Linux?): ${cause}`,
            hint: 'use an image with glibc, for example node:22-slim instead of node:22-alpine'
        };
    }
    return {
        message: `onnxruntime-node in ${path} does not load: ${cause}`,
        hint: 'reinstall it: npm install --ignore-scripts onnxruntime-node'
    };
}
function availablePlatforms(path) {
    const bin = join(path, 'bin');
    if (!existsSync(bin))
        return [];
    return list(bin).flatMap((napi) => list(join(bin, napi)).flatMap((platform) => list(join(bin, napi, platform))
        .filter((arch) => existsSync(join(bin, napi, platform, arch, 'onnxruntime_binding.node')))
        .map((arch) => `${platform}-${arch}`)));
}
/** Folder of the native libraries that belong to this platform. */
function libraryFolder(path) {
    const bin = join(path, 'bin');
    return list(bin)
        .map((napi) => join(bin, napi, process.platform, process.arch))
        .find((folder) => existsSync(folder));
}
function list(folder) {
    return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort();
}

// x86: MLAS chooses its INT8, FP16 and FP32 kernels by these. arm64: dot product, 8-bit matrix product, half precision.
const FLAGS_THAT_MATTER = new Set(('avx avx2 fma f16c avx_vnni avx_vnni_int8 avx512f avx512bw avx512vl avx512_vnni avx512_fp16 amx_int8 amx_fp16 ' +
    'asimddp i8mm asimdhp fphp sve sve2').split(' '));
// macOS reports the same features under Arm's names.
const SYSCTL_FLAGS = {
    'hw.optional.arm.FEAT_DotProd': 'asimddp',
    'hw.optional.arm.FEAT_I8MM': 'i8mm',
    'hw.optional.arm.FEAT_FP16': 'asimdhp'
};
/** VNNI multiplies u8 by s8 and adds to 32 bits; what came before adds in 16 bits, which saturate. */
function hasVnni(flags) {
    return flags.includes('avx512_vnni') || flags.includes('avx_vnni');
}
async function readCpuFacts() {
    const { model, physicalCores, flags } = await platformFacts();
    const limit = await cgroupCpuLimit();
    return {
        model,
        physicalCores,
        flags,
        usableCores: Math.max(1, Math.min(physicalCores, os.availableParallelism(), Math.floor(limit)))
    };
}
async function platformFacts() {
    const model = os.cpus()[0]?.model.trim() || 'unknown';
    if (process.platform === 'linux') {
        const info = parseCpuInfo(await readFile('/proc/cpuinfo', 'utf8'));
        return { model: info.model ?? model, physicalCores: info.physicalCores, flags: info.flags };
    }
    if (process.platform === 'darwin') {
        const known = await sysctl(['hw.perflevel0.physicalcpu', 'hw.physicalcpu', ...Object.keys(SYSCTL_FLAGS)]);
        // Apple silicon: the efficiency cores would hold back every parallel loop.
        const cores = Number(known.get('hw.perflevel0.physicalcpu') ?? known.get('hw.physicalcpu'));
        const flags = Object.entries(SYSCTL_FLAGS).flatMap(([key, flag]) => (known.get(key) === '1' ? [flag] : []));
        return { model, physicalCores: cores || os.cpus().length, flags };
    }
    // Windows has no documented way to ask for VNNI without native code, and none for cores that costs less than a second.
    return { model, physicalCores: os.cpus().length || 1, flags: [] };
}
/** Reads the text of /proc/cpuinfo (x86 and arm64). */
function parseCpuInfo(text) {
    const processors = text
        .split(/\n\s*\n/)
        .map((block) => new Map(block.split('\n').map((line) => splitLine(line))))
        .filter((fields) => fields.has('processor'));
    // Hyper-threads share (physical id, core id); arm64 names neither and has one thread a core.
    const cores = new Set(processors.map((fields) => fields.has('core id')
        ? `${fields.get('physical id') ?? ''}/${fields.get('core id')}`
        : `processor ${fields.get('processor')}`));
    const first = processors[0];
    const flags = (first?.get('flags') ?? first?.get('Features') ?? '').split(' ');
    return {
        model: first?.get('model name'),
        physicalCores: Math.max(1, cores.size),
        flags: flags.filter((flag) => FLAGS_THAT_MATTER.has(flag))
    };
}
function splitLine(line) {
    const colon = line.indexOf(':');
    return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
/** CPU quota of the control group (v2, then v1) in cores; Infinity where there is none. Node counts it only from 22 on. */
async function cgroupCpuLimit(root = '/') {
    const base = join(root, 'sys/fs/cgroup');
    const own = /^0::(.*)$/m.exec((await readText(join(root, 'proc/self/cgroup'))) ?? '')?.[1] ?? '/';
    const limits = await Promise.all([join(base, own), base].map(async (folder) => {
        const v2 = await readText(join(folder, 'cpu.max'));
        if (v2 !== undefined)
            return ratio(...v2.trim().split(' '));
        const quota = await readText(join(folder, 'cpu', 'cpu.cfs_quota_us'));
        const period = await readText(join(folder, 'cpu', 'cpu.cfs_period_us'));
        return ratio(quota, period);
    }));
    return Math.min(...limits);
}
function ratio(quota, period) {
    const limit = Number(quota) / Number(period);
    return limit > 0 ? limit : Infinity;
}
async function readText(path) {
    return readFile(path, 'utf8').catch(() => undefined);
}
async function sysctl(keys) {
    const values = await Promise.all(keys.map(async (key) => {
        // A key that this Mac does not know is an error exit, and means: not there.
        const output = await promisify(execFile)('sysctl', ['-n', key]).catch(() => undefined);
        return [key, output?.stdout.trim()];
    }));
    return new Map(values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/**
 * Engines as ONNX Runtime writes them: one model of an EPContext node a key, and beside it the parts of its key. Exact keys
 * only: an engine of another driver or GPU does not load, or is slower than it could be.
 */
class EngineCache {
    directory;
    constructor(directory) {
        this.directory = directory;
    }
    async find(parts) {
        const file = this.#fileOf(parts);
        const entry = await readEntry(`${file}.json`);
        if (entry !== undefined && sameParts(entry, parts) && (await isFile(file)))
            return { hit: true, file };
        return { hit: false, reason: await this.#explainMiss(parts) };
    }
    /**
     * A session from the cache, or one that fills it. An entry that does not load is removed and built anew.
     * @param open makes a session of a file.
     * @param build makes a session that writes the engine to a file, at once or when it first runs.
     * @returns the session, and what to call when it is released: it puts the engine into the cache.
     */
    async session(parts, { open, build, log }) {
        const found = await this.find(parts);
        if (found.hit) {
            try {
                const session = await open(found.file);
                log(`engine cache: hit (${found.file})`);
                return { session, keep: () => Promise.resolve() };
            }
            catch (error) {
                log(`engine cache: ${found.file} does not load and is built anew: ${messageOf(error)}`);
                await this.#remove(found.file);
            }
        }
        else {
            log(`engine cache: miss, ${found.reason}`);
        }
        await mkdir(this.directory, { recursive: true });
        // ONNX Runtime refuses a file that is there already.
        const written = join(this.directory, `.${process.pid}-${Date.now()}-${sha256(JSON.stringify(parts)).slice(0, 12)}.onnx`);
        try {
            return { session: await build(written), keep: () => this.#keep(parts, written, log) };
        }
        catch (error) {
            await rm(written, { force: true });
            throw error;
        }
    }
    /** The parts come first: an entry without them is none, and one without a model is none either. */
    async #keep(parts, written, log) {
        if (!(await isFile(written))) {
            log('engine cache: ONNX Runtime wrote no engine, so that the next run builds it again');
            return;
        }
        const file = this.#fileOf(parts);
        try {
            await writeFileAtomic(`${file}.json`, `${JSON.stringify(parts, null, 2)}\n`);
            await rename(written, file);
        }
        catch (error) {
            // A cache that is full or gone fails no run.
            await rm(written, { force: true });
            log(`engine cache: the engine is not kept: ${messageOf(error)}`);
        }
    }
    async #remove(file) {
        await rm(file, { force: true });
        await rm(`${file}.json`, { force: true });
    }
    #fileOf(parts) {
        return join(this.directory, `${engineKey(parts)}.onnx`);
    }
    async #explainMiss(parts) {
        const names = await readdir(this.directory).catch(() => []);
        const entries = await Promise.all(names.filter((name) => name.endsWith('.onnx.json')).map((name) => readEntry(join(this.directory, name))));
        const differences = entries
            .flatMap((entry) => (entry === undefined ? [] : [describeChanges(entry, parts)]))
            .filter((changes) => changes.length > 0);
        if (differences.length === 0)
            return 'no engine in the cache yet';
        return differences.reduce((a, b) => (b.length < a.length ? b : a)).join('; ');
    }
}
/** SHA-256 in hex over all parts. */
function engineKey(parts) {
    return sha256(JSON.stringify(NAMES$1.map((name) => parts[name])));
}
const NAMES$1 = ['model', 'precision', 'onnxruntime', 'tensorrt', 'driver', 'gpu'];
function describeChanges(before, after) {
    return NAMES$1.filter((name) => before[name] !== after[name]).map((name) => name === 'model' ? 'model changed' : `${name} changed (${before[name]} -> ${after[name]})`);
}
function sameParts(a, b) {
    return describeChanges(a, b).length === 0;
}
async function readEntry(file) {
    try {
        const value = JSON.parse(await readFile(file, 'utf8'));
        return NAMES$1.every((name) => typeof value[name] === 'string') ? value : undefined;
    }
    catch {
        // A damaged neighbour explains nothing, and is no entry.
        return undefined;
    }
}
async function isFile(file) {
    return stat(file).then((found) => found.isFile() && found.size > 0, () => false);
}

const FLOAT = 1;
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;
const FLOAT16 = 10;
/** One 1x1 convolution with weight 2: `y = 2 x`, shapes [1,1,2,2]. Convolution pulls in cuDNN and its like. */
function convolutionModel() {
    const shape = [1, 1, 2, 2];
    const weight = { name: 'w', type: FLOAT, dims: [1, 1, 1, 1], data: Float32Array.of(2) };
    return build([{ opType: 'Conv', input: ['x', 'w'], output: ['y'] }], [weight], { name: 'x', type: FLOAT, dims: shape }, { name: 'y', type: FLOAT, dims: shape });
}
/** `y = -x`, float32 [3]. */
function negationModel() {
    const [x, y] = ['x', 'y'].map((name) => ({ name, type: FLOAT, dims: [3] }));
    return build([{ opType: 'Neg', input: ['x'], output: ['y'] }], [], x, y);
}
/** Rows of `dotProductModel`'s weight. */
const DOT_LENGTH = 64;
/** `y[1,16] int32 = a[1,64] uint8 x w[64,16] int8`, every weight 127: the largest sums that a convolution can ask for. */
function dotProductModel() {
    const columns = 16;
    const data = new Int8Array(DOT_LENGTH * columns).fill(127);
    return build([{ opType: 'MatMulInteger', input: ['a', 'w'], output: ['y'] }], [{ name: 'w', type: INT8, dims: [DOT_LENGTH, columns], data }], { name: 'a', type: UINT8, dims: [1, DOT_LENGTH] }, { name: 'y', type: INT32, dims: [1, columns] });
}
/** `y = (half(x) + half(x)) * 0.25`, computed in float16; x and y float32 [1,4]. */
function float16Model() {
    const quarter = Uint16Array.of(0x3400);
    return build([
        { opType: 'Cast', input: ['x'], output: ['half'], integers: { to: FLOAT16 } },
        { opType: 'Add', input: ['half', 'half'], output: ['sum'] },
        { opType: 'Mul', input: ['sum', 'quarter'], output: ['product'] },
        { opType: 'Cast', input: ['product'], output: ['y'], integers: { to: FLOAT } }
    ], [{ name: 'quarter', type: FLOAT16, dims: [1], data: quarter }], { name: 'x', type: FLOAT, dims: [1, 4] }, { name: 'y', type: FLOAT, dims: [1, 4] });
}
/** Products in each sum of `float16SumModel`. */
const SUM_LENGTH = 256;
/**
 * A 1x1 convolution in float16: `y[1,16,1,1]` float32 are sums of 256 products of positive numbers that float16 has.
 * Added up in float32 and rounded once they are off by half a step at most; added up in float16, by more.
 */
function float16SumModel() {
    const channels = 16;
    const dims = [1, SUM_LENGTH, 1, 1];
    const fraction = (i) => (i * 389 + 97) % 1024;
    const data = Float32Array.from({ length: SUM_LENGTH }, (_, i) => (1024 + fraction(i)) / 2048);
    // 0x3800 is 0.5; ten bits of fraction follow.
    const weights = Uint16Array.from({ length: channels * SUM_LENGTH }, (_, i) => 0x3800 + fraction(7 * i + 3));
    const expected = Array.from({ length: channels }, (_, channel) => {
        const row = weights.subarray(channel * SUM_LENGTH, (channel + 1) * SUM_LENGTH);
        return row.reduce((sum, bits, i) => sum + ((1024 + bits - 0x3800) / 2048) * data[i], 0);
    });
    const model = build([
        { opType: 'Cast', input: ['x'], output: ['half'], integers: { to: FLOAT16 } },
        { opType: 'Conv', input: ['half', 'w'], output: ['sum'] },
        { opType: 'Cast', input: ['sum'], output: ['y'], integers: { to: FLOAT } }
    ], [{ name: 'w', type: FLOAT16, dims: [channels, SUM_LENGTH, 1, 1], data: weights }], { name: 'x', type: FLOAT, dims }, { name: 'y', type: FLOAT, dims: [1, channels, 1, 1] });
    return { model, input: { dims, data }, expected, step: 2 ** -3 };
}
const CHANNELS = 8;
const SIZE = 4;
const INPUT_SCALE = 1 / 64;
const WEIGHT_SCALE = 1 / 32;
const OUTPUT_SCALE = 1 / 4;
/**
 * A 1x1 convolution between Q/DQ pairs: uint8 activations with zero point 128, int8 weights a scale a channel. Scales are
 * powers of two, so that the exact answer is known.
 */
function quantizedModel() {
    const dims = [1, CHANNELS, SIZE, SIZE];
    const weights = Int8Array.from({ length: CHANNELS * CHANNELS }, (_, i) => ((i * 37) % 255) - 127);
    const codes = Array.from({ length: CHANNELS * SIZE * SIZE }, (_, i) => (i * 53) % 256);
    const data = Float32Array.from(codes, (code) => (code - 128) * INPUT_SCALE);
    const expected = Array.from({ length: CHANNELS * SIZE * SIZE }, (_, i) => {
        const [channel, pixel] = [Math.floor(i / (SIZE * SIZE)), i % (SIZE * SIZE)];
        let sum = 0;
        for (let c = 0; c < CHANNELS; c++)
            sum += weights[channel * CHANNELS + c] * (codes[c * SIZE * SIZE + pixel] - 128);
        const steps = (sum * INPUT_SCALE * WEIGHT_SCALE) / OUTPUT_SCALE;
        return Math.min(127, Math.max(-128, roundHalfEven(steps))) * OUTPUT_SCALE;
    });
    const scalar = (name, value) => ({
        name,
        type: FLOAT,
        dims: [],
        data: Float32Array.of(value)
    });
    const middle = { name: 'middle', type: UINT8, dims: [], data: Uint8Array.of(128) };
    const model = build([
        { opType: 'QuantizeLinear', input: ['x', 'sx', 'middle'], output: ['xq'] },
        { opType: 'DequantizeLinear', input: ['xq', 'sx', 'middle'], output: ['xd'] },
        { opType: 'DequantizeLinear', input: ['w', 'sw', 'zw'], output: ['wd'], integers: { axis: 0 } },
        { opType: 'DequantizeLinear', input: ['b', 'sb', 'zb'], output: ['bd'], integers: { axis: 0 } },
        { opType: 'Conv', input: ['xd', 'wd', 'bd'], output: ['c'] },
        { opType: 'QuantizeLinear', input: ['c', 'sy', 'middle'], output: ['yq'] },
        { opType: 'DequantizeLinear', input: ['yq', 'sy', 'middle'], output: ['y'] }
    ], [
        scalar('sx', INPUT_SCALE),
        scalar('sy', OUTPUT_SCALE),
        middle,
        { name: 'w', type: INT8, dims: [CHANNELS, CHANNELS, 1, 1], data: weights },
        { name: 'sw', type: FLOAT, dims: [CHANNELS], data: new Float32Array(CHANNELS).fill(WEIGHT_SCALE) },
        { name: 'zw', type: INT8, dims: [CHANNELS], data: new Int8Array(CHANNELS) },
        { name: 'b', type: INT32, dims: [CHANNELS], data: new Int32Array(CHANNELS) },
        { name: 'sb', type: FLOAT, dims: [CHANNELS], data: new Float32Array(CHANNELS).fill(INPUT_SCALE * WEIGHT_SCALE) },
        { name: 'zb', type: INT32, dims: [CHANNELS], data: new Int32Array(CHANNELS) }
    ], { name: 'x', type: FLOAT, dims }, { name: 'y', type: FLOAT, dims });
    return { model, input: { dims, data }, expected, scale: OUTPUT_SCALE };
}
function roundHalfEven(value) {
    const floor = Math.floor(value);
    const rest = value - floor;
    if (rest !== 0.5)
        return Math.round(value);
    return floor % 2 === 0 ? floor : floor + 1;
}
function build(nodes, constants, input, output) {
    const proto = create(ModelProtoSchema, {
        irVersion: 8n,
        opsetImport: [{ domain: '', version: 13n }],
        graph: {
            name: 'probe',
            node: nodes.map(({ opType, input, output, integers = {} }) => ({
                opType,
                input: [...input],
                output: [...output],
                name: output[0],
                attribute: Object.entries(integers).map(([name, i]) => ({ name, i: BigInt(i), type: 2 }))
            })),
            input: [valueInfo(input)],
            output: [valueInfo(output)],
            initializer: constants.map(({ name, type, dims, data }) => ({
                name,
                dataType: type,
                dims: dims.map(BigInt),
                rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
            }))
        }
    });
    return toBinary(ModelProtoSchema, proto);
}
function valueInfo({ name, type: elemType, dims }) {
    const shape = { dim: dims.map((size) => ({ value: { case: 'dimValue', value: BigInt(size) } })) };
    return { name, type: { value: { case: 'tensorType', value: { elemType, shape } } } };
}

/**
 * onnxruntime-node writes outputs into arrays that it is given, and up to 1.30 copies each of them once more to return
 * it: for all activations of a ResNet-50 that copy takes as long as half of the network. It copies in the order of the
 * outputs and refuses sequences, so an empty sequence in front of them ends the run where everything is written.
 */
const UNRETURNED = 'precision_gate__unreturned';
/** Gives the model the output that keeps `fill` from copying. */
function addUnreturned(graph) {
    graph.node.push(makeNode('SequenceEmpty', [], [UNRETURNED], { name: UNRETURNED }));
    graph.output.unshift(create(ValueInfoProtoSchema, { name: UNRETURNED }));
}
/** Runs a session whose outputs go into `fetches`, and frees what is returned besides. */
async function runInto(native, inputs, fetches) {
    if (!native.outputNames.includes(UNRETURNED)) {
        const given = new Set(Object.values(fetches).map(({ data }) => data.buffer));
        const returned = Object.values(await native.run(inputs, fetches));
        releaseMemory(returned.map(({ data }) => data).filter(({ buffer }) => !given.has(buffer)));
        return;
    }
    try {
        await native.run(inputs, { [UNRETURNED]: null, ...fetches });
    }
    catch (error) {
        if (!/Non tensor type/.test(nativeMessage(error)))
            throw error;
    }
}
/** Whether this ONNX Runtime has written all outputs when it refuses the sequence. */
async function returnsNothing(ort) {
    const model = fromBinary(ModelProtoSchema, negationModel());
    if (model.graph !== undefined)
        addUnreturned(model.graph);
    const settings = { executionProviders: ['cpu'], logSeverityLevel: 4 };
    const session = await ort.InferenceSession.create(toBinary(ModelProtoSchema, model), settings);
    try {
        const x = new ort.Tensor('float32', Float32Array.of(1, -2, 3), [3]);
        const y = new Float32Array(3);
        await runInto(session, { x }, { y: new ort.Tensor('float32', y, [3]) });
        return y.every((value, i) => value === -x.data[i]);
    }
    catch {
        return false;
    }
    finally {
        await session.release();
    }
}

/** Libraries whose version decides what a GPU provider computes, by the name of their file. */
const NAMES = {
    cudart: 'CUDA runtime',
    cublas: 'cuBLAS',
    cudnn: 'cuDNN',
    nvinfer: 'TensorRT',
    vulkan: 'Vulkan loader'
};
/**
 * Versions of the GPU libraries in this process, from the names of their files: `libcudnn.so.9.7.1`. As much of it as the
 * name has: Python packages of NVIDIA's libraries name the first number alone.
 *
 * @param maps Linux's list of the files that a process has mapped.
 * @returns by the library's usual name; empty where there is no such list (Windows, macOS) or none is loaded.
 */
async function loadedLibraries(maps = '/proc/self/maps') {
    const text = await readFile(maps, 'utf8').catch(() => '');
    const found = new Map();
    for (const [, name, version] of text.matchAll(/\/lib([a-z]+)\.so\.(\d+(?:\.\d+)*)/g)) {
        const usual = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
        if (usual !== undefined)
            found.set(usual, version);
    }
    return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Checks tensors against the model's inputs and wraps them; their memory is shared with the runtime, not copied.
 * @throws RuntimeError that names the input, what it expects and what it was given.
 */
function toFeeds(ort, feeds, inputs, model) {
    const unknown = Object.keys(feeds).find((name) => !inputs.some((input) => input.name === name));
    if (unknown !== undefined) {
        const names = inputs.map(({ name }) => `"${name}"`).join(', ');
        throw new RuntimeError(`${model} has no input "${unknown}" (it has ${names})`);
    }
    return Object.fromEntries(inputs.map((input) => {
        const tensor = feeds[input.name];
        if (tensor === undefined)
            throw new RuntimeError(`${model} needs the input "${input.name}", which was not given`);
        if (!fits(tensor, input)) {
            throw new RuntimeError(`input "${input.name}" of ${model} expects ${describe(input)}, but was given ${describe(tensor)}`, 'let the preprocessing list produce that layout, size and type');
        }
        if (tensor.data.length !== elementCount(tensor.dims)) {
            throw new RuntimeError(`input "${input.name}" of ${model}: ${tensor.data.length} values do not fill ${describe(tensor)}`);
        }
        return [input.name, new ort.Tensor(tensor.type, tensor.data, tensor.dims)];
    }));
}
function fits(tensor, input) {
    return (tensor.type === input.type &&
        tensor.dims.length === input.dims.length &&
        tensor.dims.every((size, axis) => typeof input.dims[axis] === 'string' || input.dims[axis] === size));
}
function describe({ type, dims }) {
    return `${type} [${dims.map((size) => (size === '' ? '?' : size)).join(',')}]`;
}
const READABLE = new Set([
    'float32',
    'float64',
    'float16',
    'uint8',
    'int8',
    'uint16',
    'int16',
    'uint32',
    'int32',
    'int64',
    'uint64',
    'bool'
]);
/** @throws RuntimeError for strings and 4-bit types. */
function fromOutput(name, { type, dims, data }, model) {
    if (!READABLE.has(type)) {
        throw new RuntimeError(`output "${name}" of ${model} has the type ${type}, which cannot be compared`);
    }
    const values = data;
    // Node 24 and later have a Float16Array, and the package then returns it; here half floats travel as their bits.
    const bits = type === 'float16' ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values;
    return { type: type, dims, data: bits };
}

/**
 * A native session from a file, or from bytes that stand for it.
 * @throws RuntimeError naming the file where ONNX Runtime refuses it.
 */
async function createNative(ort, modelFile, settings, bytes) {
    try {
        if (bytes !== undefined)
            return await ort.InferenceSession.create(bytes, settings);
        return await ort.InferenceSession.create(modelFile, settings);
    }
    catch (error) {
        // Our reader says more about what a file is that is no model (a Git LFS pointer, a web page, a PyTorch file).
        if (bytes === undefined && /Protobuf parsing failed|does not have a graph/.test(nativeMessage(error))) {
            await loadModel(modelFile, { workspace: dirname(modelFile) });
        }
        throw runtimeFailure(error, modelFile, 'cannot be loaded');
    }
}
/** @throws FileError where the model is missing, a folder or unreadable: ONNX Runtime calls all of them missing. */
async function assertReadable(modelFile) {
    const stats = await stat(modelFile).catch((error) => {
        throw new FileError(`the model ${modelFile} does not exist`, undefined, { cause: error });
    });
    if (!stats.isFile())
        throw new FileError(`the model ${modelFile} is not a file`);
    if (stats.size === 0)
        throw new FileError(`the model ${modelFile} is empty`);
    await access(modelFile, constants.R_OK).catch((error) => {
        throw new FileError(`the model ${modelFile} cannot be read: permission denied`, undefined, { cause: error });
    });
}
/** A session with typed tensors, checked inputs and errors that name the model. */
class OrtSession {
    ort;
    native;
    modelFile;
    inputs;
    outputs;
    #model;
    constructor(ort, native, modelFile) {
        this.ort = ort;
        this.native = native;
        this.modelFile = modelFile;
        this.inputs = native.inputMetadata.map(toValueInfo);
        this.outputs = native.outputMetadata.map(toValueInfo);
        this.#model = basename(modelFile);
    }
    async run(feeds, fetches) {
        const unknown = fetches?.find((name) => !this.native.outputNames.includes(name));
        if (unknown !== undefined)
            throw new RuntimeError(`${this.#model} has no output "${unknown}"`);
        const inputs = toFeeds(this.ort, feeds, this.inputs, this.#model);
        const results = await this.native.run(inputs, fetches ?? this.native.outputNames).catch((error) => {
            throw runtimeFailure(error, this.modelFile, 'cannot be run');
        });
        return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOutput(name, tensor, this.#model)]));
    }
    async fill(feeds, into) {
        const inputs = toFeeds(this.ort, feeds, this.inputs, this.#model);
        const fetches = Object.entries(into).map(([name, { type, data, dims }]) => {
            return [name, new this.ort.Tensor(type, data, dims)];
        });
        await runInto(this.native, inputs, Object.fromEntries(fetches)).catch((error) => {
            throw runtimeFailure(error, this.modelFile, 'cannot be run');
        });
    }
    release() {
        return this.native.release();
    }
}
/** Sequences, maps and optionals have no dimensions; their type is named `not a tensor`. */
function toValueInfo(metadata) {
    return metadata.isTensor
        ? { name: metadata.name, type: metadata.type, dims: metadata.shape }
        : { name: metadata.name, type: 'not a tensor', dims: [] };
}

function threadCount(threads, cpu) {
    return threads > 0 ? threads : cpu.usableCores;
}
/** Settings of every session of this program (docs/runtime.md has the reasons and the measurements). */
function nativeSettings({ provider, device = 0, threads, optimization = 'all', kernels = 'exact', strict = false }, { cpu, saturates }, config = {}) {
    return {
        executionProviders: [executionProvider(provider, device)],
        graphOptimizationLevel: optimization,
        executionMode: 'sequential',
        intraOpNumThreads: threadCount(threads, cpu),
        interOpNumThreads: 1,
        // Errors are thrown; the log would say them a second time, on stderr.
        logSeverityLevel: 4,
        extra: {
            'session.intra_op.allow_spinning': '0',
            ...(saturates && kernels !== 'default' ? { 'session.x64quantprecision': '1' } : {}),
            ...(kernels === 'simulated' ? { 'session.disable_quant_qdq': '1' } : {}),
            ...(strict && provider !== 'cpu' ? { 'session.disable_cpu_ep_fallback': '1' } : {}),
            ...config
        }
    };
}
function executionProvider(provider, device) {
    switch (provider) {
        case 'cpu':
            return 'cpu';
        case 'webgpu':
            // The binding refuses a device for WebGPU: Dawn takes the adapter that it rates fastest.
            if (device === 0)
                return 'webgpu';
            throw new RuntimeError(`the webgpu provider cannot be told to use device ${device}`, 'leave runtime.device at 0, or hide other GPUs from the process');
        case 'cuda':
        case 'tensorrt':
            // TF32 keeps 10 bits of a float's mantissa: an FP32 reference computed with it would be none. ONNX Runtime's own
            // switch (use_tf32) cannot be reached from Node; cuBLAS and cuDNN read this when they are loaded.
            process.env.NVIDIA_TF32_OVERRIDE = '0';
            return { name: provider, deviceId: device };
    }
}

/**
 * Element type and shape of every graph input and every output of a node, as ONNX Runtime infers them without
 * optimizing. Nodes inside If, Loop and Scan bodies are not listed.
 *
 * Types and shapes follow from those of the weights, not from their values, so ONNX Runtime gets the graph without them
 * (ResNet-50: 6 ms in place of 130). Where it wants a value (a kernel may insist on a constant), it gets the whole model.
 *
 * @param known what `loadModel` made of the file, where the caller has done that; its nodes and weights stay as they are.
 */
async function inspectModel(ort, machine, modelFile, known) {
    await assertReadable(modelFile);
    const folder = dirname(modelFile);
    const model = known ?? (await loadModel(modelFile, { workspace: folder }));
    const settings = nativeSettings({ provider: 'cpu', threads: 1, optimization: 'disabled' }, machine, {
        // Bytes have no folder of their own. External data stays where it is, and nothing is written anywhere.
        'session.model_external_initializers_file_folder_path': folder
    });
    const marks = outputMarks(innerTensors(model.graph));
    const { bytes, weights } = withoutWeights(model);
    const native = await createNative(ort, modelFile, settings, Buffer.concat([bytes, marks])).catch(async () => createNative(ort, modelFile, settings, await readWithTail(modelFile, marks)));
    try {
        const values = [...native.inputMetadata, ...native.outputMetadata].map(toValueInfo);
        return new Map(values.filter(({ name }) => !weights.has(name)).map((value) => [value.name, value]));
    }
    finally {
        await native.release();
    }
}
function innerTensors(graph) {
    const outputs = new Set(graph.output.map(({ name }) => name));
    return new Set(graph.node.flatMap(({ output }) => output).filter((name) => name !== '' && !outputs.has(name)));
}
/**
 * `ModelProto { graph { output { name } … } }` (fields 7, 12 and 1) and nothing else. Behind a model's bytes it adds
 * outputs to the graph: a parser merges a message that comes twice (protobuf.dev, "Encoding: Last One Wins"), so that
 * no weight is decoded or encoded again. A name is enough; ONNX Runtime infers type and shape.
 */
function outputMarks(names) {
    const writer = new BinaryWriter();
    writer.tag(7, WireType.LengthDelimited).fork();
    for (const name of names) {
        writer.tag(12, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name).join();
    }
    return writer.join().finish();
}
/** The file's bytes and then the tail, without a second copy of the weights. */
async function readWithTail(file, tail) {
    const handle = await open(file, 'r');
    try {
        const { size } = await handle.stat();
        const bytes = Buffer.allocUnsafe(size + tail.length);
        for (let done = 0; done < size;) {
            const { bytesRead } = await handle.read(bytes, done, Math.min(size - done, 2 ** 30), done);
            if (bytesRead === 0)
                throw new Error(`${file} became shorter while it was read`);
            done += bytesRead;
        }
        bytes.set(tail, size);
        return bytes;
    }
    finally {
        await handle.close();
    }
}

const PROVIDERS = {
    CPUExecutionProvider: 'cpu',
    WebGpuExecutionProvider: 'webgpu',
    CUDAExecutionProvider: 'cuda',
    TensorrtExecutionProvider: 'tensorrt'
};
/** Who ran each node. ONNX Runtime's own copies between providers are no nodes of the model. */
function placedNodes(kernels) {
    return kernels
        .filter(({ op }) => !op.startsWith('Memcpy'))
        .map(({ name, op, provider }) => ({ name, op, provider: PROVIDERS[provider] ?? provider }));
}
/** Whether a session was refused because of `strict`. */
function isFallbackRefused(error) {
    const cause = error instanceof GateError ? error.cause : error;
    return cause !== undefined && /fallback to CPU EP has been explicitly disabled/.test(nativeMessage(cause));
}

// A protobuf message ends at 2 GiB; ONNX Runtime refuses to write a longer one.
const EMBED_LIMIT_BYTES = 1.5 * 2 ** 30;
// At the basic level these move or remove quantization, or quantize weights by themselves.
const KEEP_QUANTIZATION = {
    'session.disable_double_qdq_remover': '1',
    'optimization.disable_specified_optimizers': 'WeightBiasQuantization;QDQPropagationTransformer;DoubleQDQPairsRemover;EnsureUniqueDQForNodeUnit'
};
/**
 * Writes the model with constants and batch normalization folded (ONNX Runtime's basic level): standard operators and
 * symbolic dimensions stay what they were. Where weights go to `<output>.data` is `saveModel`'s decision.
 * @throws RuntimeError where the result has operators of domains that the model does not use, more quantization than
 * before, or casts around float16 operators that this machine lacks; FileError where the output cannot be written.
 */
async function optimizeBasic(ort, machine, modelFile, outputFile) {
    await assertReadable(modelFile);
    const workspace = parse(resolve(modelFile)).root;
    const before = await loadModel(modelFile, { workspace });
    const large = (await modelSize(modelFile, { workspace })) > EMBED_LIMIT_BYTES;
    const folder = dirname(resolve(outputFile));
    await mkdir(folder, { recursive: true }).catch((error) => {
        throw asFileError(error, outputFile);
    });
    // Beside the output, because it is as large as the output.
    await withTemporaryFolder(async (temporary) => {
        const optimized = join(temporary, 'optimized.onnx');
        const native = await createNative(ort, modelFile, {
            ...nativeSettings({ provider: 'cpu', threads: 1, optimization: 'basic' }, machine, {
                ...KEEP_QUANTIZATION,
                ...(large ? externalInitializers('optimized.data') : {})
            }),
            optimizedModelFilePath: optimized
        });
        await native.release();
        const after = await loadModel(optimized, { workspace: temporary });
        assertSameKind(before, after);
        await saveModel(after, outputFile);
    }, dirname(resolve(outputFile)));
}
/** Lets ONNX Runtime write weights beside an optimized model instead of into it. */
function externalInitializers(dataFile) {
    return {
        'session.optimized_model_external_initializers_file_name': dataFile,
        'session.optimized_model_external_initializers_min_size_in_bytes': '1024'
    };
}
function assertSameKind(before, after) {
    const [had, has] = [[...nodesOf(before)], [...nodesOf(after)]];
    const name = basename(before.file);
    const domains = new Set(had.map(({ domain }) => domain));
    const foreign = has.find(({ domain }) => !isDefaultDomain(domain) && !domains.has(domain));
    if (foreign !== undefined) {
        throw new RuntimeError(`${name}: basic optimization put ${foreign.domain}:${foreign.opType} into the model`);
    }
    for (const [op, hint] of [
        ['QuantizeLinear', undefined],
        ['Cast', 'the reference must be an FP32 model: export it without float16 operators']
    ]) {
        const added = count(has, op) - count(had, op);
        if (added > 0)
            throw new RuntimeError(`${name}: basic optimization added ${added} ${op} nodes`, hint);
    }
}
function count(nodes, op) {
    return nodes.filter(({ opType }) => opType === op).length;
}
/** Nodes of the graph, of bodies inside it, and of local functions (which the optimizer inlines). */
function* nodesOf({ proto, graph }) {
    const pending = [...graph.node, ...proto.functions.flatMap(({ node }) => node)];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
        yield node;
        for (const body of subgraphsOf(node))
            pending.push(...body.node);
    }
}

/** ONNX Runtime's profiler in a session: its settings, and its file, which is gone in the end. */
class Profiler {
    folder;
    constructor(folder) {
        this.folder = folder;
    }
    static async create() {
        return new Profiler(await createTemporaryFolder());
    }
    get settings() {
        return { enableProfiling: true, profileFilePrefix: join(this.folder.path, 'profile') };
    }
    /** Ends the profile of a session that has these settings: what it runs from now on is not observed, and not slower. */
    async end(native, modelFile) {
        try {
            native.endProfiling();
            return await readKernels(this.folder.path, basename(modelFile));
        }
        finally {
            await this.discard();
        }
    }
    discard() {
        return this.folder.remove();
    }
}
/**
 * The graph that a session with these settings executes. It takes a session of its own: one that writes its graph
 * keeps a second copy of the weights until it is released.
 * A file as large as the model's weights is written to the system's temporary folder and removed.
 */
function executedGraph(ort, machine, modelFile, options) {
    return withTemporaryFolder(async (folder) => {
        const optimized = join(folder, 'optimized.onnx');
        const native = await createNative(ort, modelFile, {
            ...nativeSettings(options, machine, externalInitializers('optimized.data')),
            optimizedModelFilePath: optimized
        });
        await native.release();
        return (await loadModel(optimized, { workspace: folder })).graph;
    });
}
const SUFFIX = '_kernel_time';
async function readKernels(folder, model) {
    // The package drops the file name that ONNX Runtime returns: <prefix>_<date>_<time>.json.
    const file = (await readdir(folder)).find((name) => name.startsWith('profile') && name.endsWith('.json'));
    if (file === undefined)
        throw new RuntimeError(`ONNX Runtime wrote no profile of ${model}`);
    return parseProfile(await readFile(join(folder, file), 'utf8'), model);
}
/** @throws RuntimeError where the text is no profile of ONNX Runtime, or one that names no kernel. */
function parseProfile(json, model) {
    let events;
    try {
        events = JSON.parse(json);
    }
    catch (error) {
        throw new RuntimeError(`the profile of ${model} cannot be read: ${messageOf(error)}`, 'is the disk full? free some space in the folder for temporary files, or set TMPDIR to a larger disk', { cause: error });
    }
    const kernels = new Map();
    for (const { cat, name, args } of events) {
        if (cat !== 'Node' || args?.op_name === undefined || !name?.endsWith(SUFFIX))
            continue;
        const kernel = {
            name: name.slice(0, -SUFFIX.length),
            nodeIndex: args.node_index ?? '',
            op: args.op_name,
            provider: args.provider ?? '',
            inputTypes: types(args.input_type_shape),
            outputTypes: types(args.output_type_shape)
        };
        const key = JSON.stringify([kernel.name, kernel.nodeIndex]);
        if (!kernels.has(key))
            kernels.set(key, kernel);
    }
    if (kernels.size === 0)
        throw new RuntimeError(`the profile of ${model} names no kernel`);
    return [...kernels.values()];
}
function types(entries = []) {
    return entries.flatMap((entry) => Object.keys(entry));
}

/** `auto` takes the first that works. TensorRT is never taken unasked: its engines take minutes to build. */
const AUTO_ORDER = ['cuda', 'webgpu', 'cpu'];
/**
 * The provider to run on. One that is asked for by name must work; `auto` takes the first of cuda, webgpu and cpu that
 * does, and on Linux tries WebGPU only where there is a GPU device, since a software Vulkan driver (lavapipe) works too
 * and is far slower than the CPU provider.
 * @throws RuntimeError with the reason and the remedy where the provider does not work: there is no silent fallback.
 */
async function selectProvider(runtime, asked, device = 0) {
    if (asked !== 'auto') {
        const result = await runtime.probe(asked, device);
        if (result.works)
            return asked;
        throw new RuntimeError(`the ${asked} provider does not work here: ${result.reason}`, result.remedy);
    }
    for (const provider of AUTO_ORDER) {
        if (provider === 'webgpu' && (device !== 0 || !hasGpuDevice()))
            continue;
        if ((await runtime.probe(provider, device)).works)
            return provider;
    }
    throw new RuntimeError('no provider works here, not even cpu', 'reinstall onnxruntime-node');
}
/** Runs one convolution on the provider, with fallback to the CPU provider forbidden. */
async function probeProvider(ort, installation, provider, device) {
    const obstacle = knownObstacle(ort, installation, provider);
    if (obstacle !== undefined)
        return { works: false, ...obstacle };
    try {
        const session = await ort.InferenceSession.create(convolutionModel(), {
            executionProviders: [executionProvider(provider, device)],
            logSeverityLevel: 4,
            extra: provider === 'cpu' ? {} : { 'session.disable_cpu_ep_fallback': '1' }
        });
        const x = new ort.Tensor('float32', Float32Array.of(1, -2, 3, 0.5), [1, 1, 2, 2]);
        const { y } = await session.run({ x });
        await session.release();
        const right = [2, -4, 6, 1].every((expected, i) => y.data[i] === expected);
        if (right)
            return { works: true };
        return { works: false, reason: 'it computes a convolution wrongly', remedy: 'update the GPU driver' };
    }
    catch (error) {
        const missing = missingFiles(installation, provider);
        if (missing !== undefined)
            return { works: false, ...missing };
        return { works: false, ...(deviceFailure(error, device) ?? unknownFailure(error, installation, provider)) };
    }
}
const REMEDIES = {
    cpu: 'reinstall onnxruntime-node',
    webgpu: 'install a Vulkan loader and the GPU driver (Linux: libvulkan1 and the driver with its ICD file), or use the cpu provider',
    cuda: 'needs Linux x64, an NVIDIA GPU with its driver, cuDNN 9, the CUDA version that the provider libraries were built for, and ' +
        'these libraries (docs/gpu-runners.md); or use the cpu provider',
    tensorrt: 'needs Linux x64, an NVIDIA GPU with its driver, cuDNN 9, TensorRT 10, the CUDA version that the provider libraries were ' +
        'built for, and these libraries (docs/gpu-runners.md); or use the cpu provider'
};
/** What is wrong with the device that was asked for, if that is what the error says. */
function deviceFailure(error, device) {
    // Ours: WebGPU takes no device.
    if (error instanceof RuntimeError && error.hint !== undefined)
        return { reason: error.message, remedy: error.hint };
    if (!/CUDA failure 10[01]\b|invalid device ordinal/.test(nativeMessage(error)))
        return undefined;
    return {
        reason: `CUDA finds no GPU ${device}`,
        remedy: 'devices count from 0: `nvidia-smi -L` lists them, and CUDA_VISIBLE_DEVICES hides those that it does not name'
    };
}
function unknownFailure(error, installation, provider) {
    const reason = missingLibrary(installation, provider) ?? firstLine(nativeMessage(error));
    return { reason, remedy: REMEDIES[provider] };
}
function knownObstacle(ort, { version }, provider) {
    const backends = ort.listSupportedBackends().map(({ name }) => name);
    // onnxruntime-node drops a provider that it does not know with a console warning and runs on the CPU.
    if (!backends.includes(provider)) {
        return { reason: `this build of onnxruntime-node has only ${backends.join(', ')}`, remedy: REMEDIES[provider] };
    }
    if (provider === 'tensorrt' && compareVersions(version, '1.27.0') >= 0) {
        return {
            reason: `since 1.27 onnxruntime-node evaluates FP16 networks in FP32 under TensorRT ` +
                `(microsoft/onnxruntime#29779; not known to be repaired in ${version})`,
            remedy: 'install 1.26.0 for TensorRT (precision-gate setup-runtime --runtime-version 1.26.0 --cuda-libraries FOLDER) and ' +
                'point to it with --runtime-path'
        };
    }
    if (provider === 'webgpu' && process.platform === 'linux') {
        // Asked before ONNX Runtime asks, because Dawn complains about it on stderr.
        const reason = dlopenFailure('libvulkan.so.1');
        if (reason !== undefined)
            return { reason, remedy: REMEDIES.webgpu };
    }
    return undefined;
}
/** The provider libraries that are not beside the binding; no npm package has them. */
function missingFiles({ path, version }, provider) {
    if (provider !== 'cuda' && provider !== 'tensorrt')
        return undefined;
    const folder = libraryFolder(path);
    if (process.platform !== 'linux' || folder === undefined)
        return undefined;
    const needed = [PROVIDER_LIBRARIES.shared, PROVIDER_LIBRARIES[provider]];
    const missing = needed.filter((library) => !existsSync(join(folder, library)));
    if (missing.length === 0)
        return undefined;
    return {
        reason: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not in ${folder}`,
        remedy: howToGetProviderLibraries(version)
    };
}
/** ONNX Runtime says only that its provider library failed to load; the dynamic linker knows which library is missing. */
function missingLibrary({ path }, provider) {
    if (process.platform !== 'linux' || (provider !== 'cuda' && provider !== 'tensorrt'))
        return undefined;
    const folder = libraryFolder(path);
    return folder === undefined ? undefined : dlopenFailure(join(folder, PROVIDER_LIBRARIES[provider]));
}
function dlopenFailure(library) {
    try {
        process.dlopen({ exports: {} }, library);
    }
    catch (error) {
        const message = nativeMessage(error);
        // It was loaded; it only is no Node addon.
        return message.includes('did not self-register') ? undefined : firstLine(message);
    }
    return undefined;
}
function hasGpuDevice() {
    if (process.platform !== 'linux')
        return true;
    const renderNodes = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
    return renderNodes || ['/dev/nvidia0', '/dev/dxg'].some((device) => existsSync(device));
}
function firstLine(text) {
    return text
        .replace(/\/onnxruntime_src\/\S+:\d+ .*? was false\. /, '')
        .trim()
        .split('\n')[0];
}

/**
 * Whether sums of unsigned by signed 8-bit products saturate at 16 bits on this processor, found by computing one:
 * 64 products of 255 x 127. Without VNNI the x64 kernel (vpmaddubsw) returns half of the right answer, silently.
 * Measured rather than concluded from flags: Windows does not tell them, and an emulator may show its host's.
 */
async function saturatesU8S8(ort, precise = false) {
    if (process.arch !== 'x64')
        return false;
    const session = await ort.InferenceSession.create(dotProductModel(), {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        logSeverityLevel: 4,
        extra: precise ? { 'session.x64quantprecision': '1' } : {}
    });
    try {
        const a = new ort.Tensor('uint8', new Uint8Array(DOT_LENGTH).fill(255), [1, DOT_LENGTH]);
        const { y } = await session.run({ a });
        return y.data.some((sum) => sum !== DOT_LENGTH * 255 * 127);
    }
    finally {
        await session.release();
    }
}

/**
 * Version of the TensorRT library in this process, from the name of its file: `libnvinfer.so.10.14.1`.
 * @returns undefined where none is loaded, or its name does not tell.
 */
async function tensorrtVersion(maps) {
    const version = (await loadedLibraries(maps)).TensorRT;
    return version?.includes('.') === true ? version : undefined;
}
/** Makes ONNX Runtime write the engine into a model of one EPContext node. */
function writesEngine(file) {
    return { 'ep.context_enable': '1', 'ep.context_file_path': file, 'ep.context_embed_mode': '1' };
}

/** A session that has something to be done when it is released. */
class WrappedSession {
    session;
    released;
    constructor(session, released) {
        this.session = session;
        this.released = released;
    }
    get inputs() {
        return this.session.inputs;
    }
    get outputs() {
        return this.session.outputs;
    }
    run(...given) {
        return this.session.run(...given);
    }
    fill(...given) {
        return this.session.fill(...given);
    }
    async release() {
        await this.session.release();
        await this.released();
    }
}
class ObservedSession extends WrappedSession {
    endProfile;
    constructor(session, endProfile, discard) {
        super(session, discard);
        this.endProfile = endProfile;
    }
}

/**
 * Finds, loads and tries ONNX Runtime.
 * @throws RuntimeError where it is not installed, too old, or does not load or compute here.
 */
async function loadRuntime(options = {}) {
    const installation = findOnnxRuntime(options);
    const log = options.log ?? (() => undefined);
    log(`onnxruntime-node ${installation.version} from ${installation.path}`);
    const ort = loadBinding(installation);
    const cpu = await readCpuFacts();
    const saturates = await saturatesU8S8(ort).catch((error) => {
        throw new RuntimeError(`ONNX Runtime does not compute on this machine: ${nativeMessage(error)}`, undefined, {
            cause: error
        });
    });
    const engines = options.engineCache === undefined ? undefined : new EngineCache(options.engineCache);
    return new OrtRuntime(ort, installation, { cpu, saturates }, log, engines);
}
/** VNNI in fact: Windows tells no flags, and an emulator may tell its host's, so what was computed has the last word. */
function multipliesExactly({ cpu, saturates }) {
    const silent = process.arch === 'x64' && cpu.flags.length === 0;
    return !saturates && (silent || hasVnni(cpu.flags));
}
class OrtRuntime {
    ort;
    installation;
    machine;
    log;
    engines;
    #probes = new Map();
    #returnsNothing;
    /** Read when a GPU provider works, and not before: the tool takes up to a second. */
    #gpus = [];
    #libraries = {};
    constructor(ort, installation, machine, log, engines) {
        this.ort = ort;
        this.installation = installation;
        this.machine = machine;
        this.log = log;
        this.engines = engines;
    }
    get version() {
        return this.installation.version;
    }
    get path() {
        return this.installation.path;
    }
    environment = (options) => ({
        onnxruntime: this.version,
        runtimePath: this.path,
        provider: options.provider,
        node: process.versions.node,
        os: `${os.type()} ${os.release()} ${process.arch}`,
        cpu: this.machine.cpu.model,
        cpuCores: this.machine.cpu.physicalCores,
        cpuFlags: this.machine.cpu.flags,
        vnni: multipliesExactly(this.machine),
        x64QuantPrecision: this.machine.saturates,
        threads: threadCount(options.threads, this.machine.cpu),
        ...(options.provider !== 'cpu' && this.#gpus[options.device ?? 0]),
        ...(options.provider !== 'cpu' && Object.keys(this.#libraries).length > 0 && { libraries: this.#libraries })
    });
    probe(provider, device = 0) {
        const key = `${provider} ${device}`;
        const known = this.#probes.get(key);
        if (known !== undefined)
            return known;
        const probing = this.#probe(provider, device);
        this.#probes.set(key, probing);
        return probing;
    }
    async #probe(provider, device) {
        const result = await probeProvider(this.ort, this.installation, provider, device);
        if (result.works && provider !== 'cpu') {
            if (this.#gpus.length === 0)
                this.#gpus = await readGpus();
            this.#libraries = await loadedLibraries();
        }
        this.log(result.works ? `${provider} provider works` : `${provider} provider does not work: ${result.reason}`);
        return result;
    }
    async createSession(modelFile, options) {
        return (await this.#open(modelFile, options)).session;
    }
    async createProfiledSession(modelFile, options) {
        const profiler = await Profiler.create();
        try {
            const { session, native } = await this.#open(modelFile, options, profiler.settings);
            const endProfile = async () => {
                const kernels = await profiler.end(native, modelFile);
                return { layers: await this.#executed(kernels, modelFile, options), nodes: placedNodes(kernels) };
            };
            return new ObservedSession(session, endProfile, () => profiler.discard());
        }
        catch (error) {
            await profiler.discard();
            throw error;
        }
    }
    /** A TensorRT engine is one kernel of the profile, and ONNX Runtime refuses to write the graph that it is in. */
    async #executed(kernels, modelFile, options) {
        if (options.provider === 'tensorrt')
            return undefined;
        return classifyLayers({ kernels, graph: await executedGraph(this.ort, this.machine, modelFile, options) });
    }
    async #open(modelFile, options, extra = {}) {
        await assertReadable(modelFile);
        await this.#assertWorks(options);
        const create = (file, config) => createNative(this.ort, file, { ...nativeSettings(options, this.machine, config), ...extra });
        const parts = await this.#engineParts(modelFile, options);
        if (parts === undefined || this.engines === undefined) {
            const native = await create(modelFile);
            return { session: await this.#wrap(native, modelFile), native };
        }
        const { session: native, keep } = await this.engines.session(parts, {
            open: (file) => create(file),
            build: (file) => create(modelFile, writesEngine(file)),
            log: this.log
        });
        // An engine with dynamic shapes is built when it first runs: it is kept when its session is released.
        return { session: new WrappedSession(await this.#wrap(native, modelFile), keep), native };
    }
    /** undefined: nothing to keep, or one of the facts that the engine depends on is not known. */
    async #engineParts(modelFile, options) {
        if (options.provider !== 'tensorrt' || this.engines === undefined)
            return undefined;
        const tensorrt = await tensorrtVersion();
        const facts = this.#gpus[options.device ?? 0];
        if (tensorrt === undefined || facts === undefined) {
            this.log(`engine cache: not used, since the ${facts === undefined ? 'GPU' : 'version of TensorRT'} is not known`);
            return undefined;
        }
        return {
            model: await hashModel(modelFile),
            precision: 'types of the model, TF32 off',
            onnxruntime: this.version,
            tensorrt,
            driver: facts.driver,
            gpu: facts.gpu
        };
    }
    async createSessionInMemory(name, model, options) {
        await this.#assertWorks(options);
        const folder = model.folder && { 'session.model_external_initializers_file_folder_path': model.folder };
        const config = { 'session.graph_optimizations_loop_level': '0', ...folder };
        const settings = {
            ...nativeSettings(options, this.machine, config),
            // It is planned in the first run, and memory of that size taken anew for the second: nothing that a few images earn.
            ...(options.provider === 'cpu' && { enableMemPattern: false }),
            ...(model.files.length > 0 && { externalData: model.files })
        };
        return this.#wrap(await createNative(this.ort, name, settings, model.bytes), name);
    }
    async #wrap(native, model) {
        try {
            return new OrtSession(this.ort, native, model);
        }
        catch (error) {
            await native.release();
            throw error;
        }
    }
    async prepareFill(graph) {
        if (await (this.#returnsNothing ??= returnsNothing(this.ort)))
            addUnreturned(graph);
    }
    optimizeBasic(modelFile, outputFile) {
        return optimizeBasic(this.ort, this.machine, modelFile, outputFile);
    }
    inspect(modelFile, model) {
        return inspectModel(this.ort, this.machine, modelFile, model);
    }
    async executedLayers(modelFile, feeds, options) {
        const { layers } = await this.profile(modelFile, feeds, options);
        if (layers === undefined) {
            throw new RuntimeError('what runs inside a TensorRT engine cannot be observed from Node: the profile shows one kernel for all of it', 'use the cpu, cuda or webgpu provider to count executed layers');
        }
        return layers;
    }
    async profile(modelFile, feeds, options) {
        const session = await this.createProfiledSession(modelFile, options);
        try {
            await session.run(feeds);
            return await session.endProfile();
        }
        finally {
            await session.release();
        }
    }
    /** Before any session: onnxruntime-node runs a provider that it lacks on the CPU with nothing but a warning. */
    async #assertWorks({ provider, device }) {
        const result = await this.probe(provider, device);
        if (!result.works)
            throw new RuntimeError(`the ${provider} provider does not work here: ${result.reason}`, result.remedy);
    }
}

export { inMemory as a, float16SumModel as b, countExecuted as c, float16Model as f, hashModel as h, isFallbackRefused as i, loadRuntime as l, modelSize as m, quantizedModel as q, readGpus as r, selectProvider as s };
