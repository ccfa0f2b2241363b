import { open, realpath } from 'node:fs/promises';
import { resolve, basename } from 'node:path';
import { F as FileError } from './errors.js';
import { a0 as BinaryWriter, a3 as localMessageMapper, a1 as WireType, a4 as ScalarType, a5 as protoInt64, L as fileErrorFrom, Q as TensorProtoSchema, T as TensorProto_DataLocation, G as GraphProtoSchema, M as ModelProtoSchema, Y as nestedTensors, d as isExternal, e as externalRegion, P as rawBytes, Z as bitsOf, c as create, a6 as StringStringEntryProtoSchema, r as regionBytes, a7 as definedNames, a8 as nodesOf, h as isDefaultDomain } from './release.js';
import { d as withTemporaryFile } from './files.js';

// Copyright 2021-2026 Buf Technologies, Inc.
//
// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
//      http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.
class FieldError extends Error {
    constructor(fieldOrOneof, message, name = "FieldValueInvalidError") {
        super(message);
        this.name = name;
        this.field = () => fieldOrOneof;
    }
}

// Copyright 2021-2026 Buf Technologies, Inc.
//
// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
//      http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.
// bootstrap-inject google.protobuf.FeatureSet.FieldPresence.IMPLICIT: const $name = $number;
const IMPLICIT = 2;
// bootstrap-inject google.protobuf.FeatureSet.FieldPresence.LEGACY_REQUIRED: const $name = $number;
const LEGACY_REQUIRED = 3;
// Default options for serializing binary data.
const writeDefaults = {
    writeUnknownFields: true,
};
function makeWriteOptions(options) {
    return options ? Object.assign(Object.assign({}, writeDefaults), options) : writeDefaults;
}
function toBinary(schema, message, options) {
    const writer = new BinaryWriter();
    compiledWriter(schema)(writer, makeWriteOptions(options), message);
    return writer.finish();
}
const compiledWriters = new WeakMap();
/**
 * Return the compiled encoder for a message, compiling it on first use.
 */
function compiledWriter(desc) {
    let compiled = compiledWriters.get(desc);
    if (compiled === undefined) {
        compiled = compileMessage(desc);
    }
    return compiled;
}
function compileMessage(desc) {
    const typeName = desc.typeName;
    const sortedFields = desc.fields.concat().sort((a, b) => a.number - b.number);
    // The field reported in ForeignFieldError.
    const foreignField = sortedFields[0];
    const fieldWriters = [];
    const compiled = (writer, opts, message) => {
        if (message.$typeName !== typeName && foreignField !== undefined) {
            throw new FieldError(foreignField, `cannot use ${foreignField} with message ${message.$typeName}`, "ForeignFieldError");
        }
        for (let i = 0; i < fieldWriters.length; i++) {
            fieldWriters[i](writer, opts, message);
        }
        const unknown = message.$unknown;
        if (unknown !== undefined && opts.writeUnknownFields) {
            for (let i = 0; i < unknown.length; i++) {
                const { no, wireType, data } = unknown[i];
                writer.tag(no, wireType).raw(data);
            }
        }
    };
    // Register before compiling fields, so that recursive message types
    // resolve to this instance instead of compiling endlessly.
    compiledWriters.set(desc, compiled);
    for (const field of sortedFields) {
        fieldWriters.push(compileField(field));
    }
    return compiled;
}
function compileField(field) {
    switch (field.fieldKind) {
        case "message":
        case "scalar":
        case "enum":
            return compileSingularField(field);
        case "list":
            return compileListField(field);
        case "map":
            return compileMapField(field);
    }
}
/**
 * Compile an encoder for a singular field: the presence check, and the
 * value encoder.
 */
function compileSingularField(field) {
    const writeValue = compileSingularValue(field);
    const localName = field.localName;
    if (field.oneof) {
        const oneofLocalName = field.oneof.localName;
        return (writer, opts, message) => {
            const oneof = message[oneofLocalName];
            if (oneof.case === localName) {
                writeValue(writer, opts, oneof.value);
            }
        };
    }
    if (field.presence != IMPLICIT) {
        const requiredError = field.presence == LEGACY_REQUIRED
            ? `cannot encode ${field} to binary: required field not set`
            : undefined;
        return (writer, opts, message) => {
            const value = message[localName];
            // Fields with explicit presence have properties on the prototype
            // chain for default / zero values (except for proto3).
            if (value !== undefined &&
                Object.prototype.hasOwnProperty.call(message, localName)) {
                writeValue(writer, opts, value);
            }
            else if (requiredError !== undefined) {
                throw new Error(requiredError);
            }
        };
    }
    // Implicit presence: the field is set when the value is not the zero
    // value. The check is inlined per type, see isScalarZeroValue.
    if (field.fieldKind == "enum") {
        const zero = field.enum.values[0].number;
        return (writer, opts, message) => {
            const value = message[localName];
            if (value !== zero) {
                writeValue(writer, opts, value);
            }
        };
    }
    switch (field.scalar) {
        case ScalarType.BOOL:
            return (writer, opts, message) => {
                const value = message[localName];
                if (value !== false) {
                    writeValue(writer, opts, value);
                }
            };
        case ScalarType.STRING:
            return (writer, opts, message) => {
                const value = message[localName];
                if (value !== "") {
                    writeValue(writer, opts, value);
                }
            };
        case ScalarType.BYTES:
            return (writer, opts, message) => {
                const value = message[localName];
                if (!(value instanceof Uint8Array) || value.byteLength > 0) {
                    writeValue(writer, opts, value);
                }
            };
        case ScalarType.DOUBLE:
        case ScalarType.FLOAT:
            return (writer, opts, message) => {
                const value = message[localName];
                // Object.is distinguishes -0 from 0.
                if (!Object.is(value, 0)) {
                    writeValue(writer, opts, value);
                }
            };
        default:
            return (writer, opts, message) => {
                const value = message[localName];
                // Loose comparison matches 0n, 0 and "0".
                if (value != 0) {
                    writeValue(writer, opts, value);
                }
            };
    }
}
/**
 * Compile an encoder for the value of a singular field, including the tag.
 */
function compileSingularValue(field) {
    switch (field.fieldKind) {
        case "message": {
            const { toMessage } = localMessageMapper(field);
            const writeChild = compileChildWriter(field);
            return (writer, opts, value) => {
                writeChild(writer, opts, toMessage(value));
            };
        }
        case "scalar":
        case "enum": {
            const scalarType = field.fieldKind == "enum" ? ScalarType.INT32 : field.scalar;
            const fieldNo = field.number;
            const wireType = writeTypeOfScalar(scalarType);
            const writeScalar = compileScalarValue(scalarType, field.parent.typeName, field.name);
            return (writer, opts, value) => {
                writer.tag(fieldNo, wireType);
                writeScalar(writer, value);
            };
        }
    }
}
function compileListField(field) {
    const localName = field.localName;
    const fieldNo = field.number;
    switch (field.listKind) {
        case "message": {
            const { toMessage } = localMessageMapper(field);
            const writeChild = compileChildWriter(field);
            return (writer, opts, message) => {
                const items = message[localName];
                for (let i = 0; i < items.length; i++) {
                    writeChild(writer, opts, toMessage(items[i]));
                }
            };
        }
        case "scalar":
        case "enum": {
            const scalarType = field.listKind == "enum" ? ScalarType.INT32 : field.scalar;
            const writeScalar = compileScalarValue(scalarType, field.parent.typeName, field.name);
            if (field.packed) {
                return (writer, opts, message) => {
                    const items = message[localName];
                    if (items.length == 0) {
                        return;
                    }
                    writer.tag(fieldNo, WireType.LengthDelimited).fork();
                    for (let i = 0; i < items.length; i++) {
                        writeScalar(writer, items[i]);
                    }
                    writer.join();
                };
            }
            const wireType = writeTypeOfScalar(scalarType);
            return (writer, opts, message) => {
                const items = message[localName];
                for (let i = 0; i < items.length; i++) {
                    writer.tag(fieldNo, wireType);
                    writeScalar(writer, items[i]);
                }
            };
        }
    }
}
function compileMapField(field) {
    const localName = field.localName;
    const fieldNo = field.number;
    const writeKey = compileMapKey(field);
    if (field.mapKind == "message") {
        const { toMessage } = localMessageMapper(field);
        const writeMessage = compiledWriter(field.message);
        return (writer, opts, message) => {
            const record = message[localName];
            const keys = Object.keys(record);
            for (let i = 0; i < keys.length; i++) {
                const key = keys[i];
                writer.tag(fieldNo, WireType.LengthDelimited).fork();
                writeKey(writer, key);
                // The value of a map entry is always field number 2.
                writer.tag(2, WireType.LengthDelimited).fork();
                writeMessage(writer, opts, toMessage(record[key]));
                writer.join();
                writer.join();
            }
        };
    }
    const scalarType = field.mapKind == "enum" ? ScalarType.INT32 : field.scalar;
    const valueWireType = writeTypeOfScalar(scalarType);
    const writeScalar = compileScalarValue(scalarType, field.parent.typeName, field.name);
    return (writer, opts, message) => {
        const record = message[localName];
        const keys = Object.keys(record);
        for (let i = 0; i < keys.length; i++) {
            const key = keys[i];
            writer.tag(fieldNo, WireType.LengthDelimited).fork();
            writeKey(writer, key);
            // The value of a map entry is always field number 2.
            writer.tag(2, valueWireType);
            writeScalar(writer, record[key]);
            writer.join();
        }
    };
}
/**
 * Compile an encoder for a map key. Map keys are stored as object keys and
 * are always strings locally. Convert them to their scalar type before
 * writing, like the reflect API does when iterating map entries.
 */
function compileMapKey(field) {
    const wireType = writeTypeOfScalar(field.mapKey);
    const writeScalar = compileScalarValue(field.mapKey, field.parent.typeName, field.name);
    const convertKey = compileMapKeyConverter(field.mapKey);
    return (writer, key) => {
        // The key of a map entry is always field number 1.
        writer.tag(1, wireType);
        writeScalar(writer, convertKey(key));
    };
}
/**
 * Returns a converter from an object key (always a string) to the closest
 * possible type for the map key type. Invalid keys are passed through to
 * the scalar writer, which raises an error for them.
 */
function compileMapKeyConverter(type) {
    switch (type) {
        case ScalarType.STRING:
            return (key) => key;
        case ScalarType.BOOL:
            return (key) => (key === "true" ? true : key === "false" ? false : key);
        case ScalarType.UINT64:
        case ScalarType.FIXED64:
            return (key) => {
                try {
                    return protoInt64.uParse(key);
                }
                catch (_a) {
                    return key;
                }
            };
        case ScalarType.INT64:
        case ScalarType.SFIXED64:
        case ScalarType.SINT64:
            return (key) => {
                try {
                    return protoInt64.parse(key);
                }
                catch (_a) {
                    return key;
                }
            };
        default:
            // Handles INT32, UINT32, SINT32, FIXED32, SFIXED32.
            // We do not use individual cases to save a few bytes code size.
            return (key) => {
                const n = Number.parseInt(key);
                return Number.isFinite(n) ? n : key;
            };
    }
}
/**
 * Compile an encoder for a bare scalar value (no tag), wrapping errors from
 * the writer with the message and field name.
 */
function compileScalarValue(type, messageName, fieldName) {
    const writeScalar = compileScalarWrite(type);
    return (writer, value) => {
        try {
            writeScalar(writer, value);
        }
        catch (e) {
            if (e instanceof Error) {
                throw new Error(`cannot encode field ${messageName}.${fieldName} to binary: ${e.message}`);
            }
            throw e;
        }
    };
}
function compileScalarWrite(type) {
    switch (type) {
        case ScalarType.STRING:
            return (writer, value) => writer.string(value);
        case ScalarType.BOOL:
            return (writer, value) => writer.bool(value);
        case ScalarType.DOUBLE:
            return (writer, value) => writer.double(value);
        case ScalarType.FLOAT:
            return (writer, value) => writer.float(value);
        case ScalarType.INT32:
            return (writer, value) => writer.int32(value);
        case ScalarType.INT64:
            return (writer, value) => writer.int64(value);
        case ScalarType.UINT64:
            return (writer, value) => writer.uint64(value);
        case ScalarType.FIXED64:
            return (writer, value) => writer.fixed64(value);
        case ScalarType.BYTES:
            return (writer, value) => writer.bytes(value);
        case ScalarType.FIXED32:
            return (writer, value) => writer.fixed32(value);
        case ScalarType.SFIXED32:
            return (writer, value) => writer.sfixed32(value);
        case ScalarType.SFIXED64:
            return (writer, value) => writer.sfixed64(value);
        case ScalarType.SINT64:
            return (writer, value) => writer.sint64(value);
        case ScalarType.UINT32:
            return (writer, value) => writer.uint32(value);
        case ScalarType.SINT32:
            return (writer, value) => writer.sint32(value);
    }
}
/**
 * Compile an encoder for the wire format of a message field, honoring the
 * delimited encoding of the field. The tag is written by the encoder.
 */
function compileChildWriter(field) {
    const fieldNo = field.number;
    const writeMessage = compiledWriter(field.message);
    if (field.delimitedEncoding) {
        return (writer, opts, child) => {
            writer.tag(fieldNo, WireType.StartGroup);
            writeMessage(writer, opts, child);
            writer.tag(fieldNo, WireType.EndGroup);
        };
    }
    return (writer, opts, child) => {
        writer.tag(fieldNo, WireType.LengthDelimited).fork();
        writeMessage(writer, opts, child);
        writer.join();
    };
}
function writeTypeOfScalar(type) {
    switch (type) {
        case ScalarType.BYTES:
        case ScalarType.STRING:
            return WireType.LengthDelimited;
        case ScalarType.DOUBLE:
        case ScalarType.FIXED64:
        case ScalarType.SFIXED64:
            return WireType.Bit64;
        case ScalarType.FIXED32:
        case ScalarType.SFIXED32:
        case ScalarType.FLOAT:
            return WireType.Bit32;
        default:
            return WireType.Varint;
    }
}

const STAGE = 2 ** 20;
const COPY = 4 * 2 ** 20;
function chunkLength(chunk) {
    return 'zeros' in chunk ? chunk.zeros : chunk.length;
}
/**
 * Writes files that belong together. All are complete under temporary names before the first is renamed into place;
 * they are put there in the order given. On failure or interruption no temporary file is left.
 */
async function writeFiles(files) {
    const last = files.at(-1);
    if (last === undefined)
        return;
    try {
        await withTemporaryFile(last.file, async (temporary) => {
            await writeChunks(temporary, last.chunks);
            await writeFiles(files.slice(0, -1));
        });
    }
    catch (error) {
        throw fileErrorFrom(error, 'cannot write the model', last.file);
    }
}
/** Small chunks (thousands of biases and names) are gathered, large ones go straight from where they lie. */
async function writeChunks(file, chunks) {
    const handle = await open(file, 'wx');
    const stage = Buffer.allocUnsafe(STAGE);
    let staged = 0;
    const flush = async () => {
        await writeAll(handle, stage.subarray(0, staged));
        staged = 0;
    };
    try {
        for (const chunk of chunks) {
            const length = chunkLength(chunk);
            if (staged + length > STAGE)
                await flush();
            if ('file' in chunk) {
                await flush();
                await copyRegion(chunk, handle);
            }
            else if (length > STAGE) {
                await writeAll(handle, 'zeros' in chunk ? Buffer.alloc(length) : chunk);
            }
            else {
                if ('zeros' in chunk)
                    stage.fill(0, staged, staged + length);
                else
                    stage.set(chunk, staged);
                staged += length;
            }
        }
        await flush();
    }
    finally {
        await handle.close();
    }
}
async function copyRegion({ file, offset, length }, to) {
    const from = await open(file, 'r').catch((error) => {
        throw fileErrorFrom(error, 'cannot read the external data', file);
    });
    try {
        const buffer = Buffer.allocUnsafe(Math.min(COPY, length));
        for (let done = 0; done < length;) {
            const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, length - done), offset + done);
            if (bytesRead === 0)
                throw new FileError(`${file} ends before byte ${offset + length}: it was changed meanwhile`);
            await writeAll(to, buffer.subarray(0, bytesRead));
            done += bytesRead;
        }
    }
    finally {
        await from.close();
    }
}
async function writeAll(handle, bytes) {
    for (let done = 0; done < bytes.length;) {
        done += (await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30))).bytesWritten;
    }
}

// Messages are written field by field where they hold weights, so that these never pass through an encoder: a message
// is the concatenation of its fields, in any order. Numbers as in onnx.proto.
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;
/** The bytes of a model whose initializers are written apart. */
function modelChunks(proto, graph, initializers) {
    const chunks = [toBinary(GraphProtoSchema, copyWith(graph, { initializer: [] }))];
    for (const tensor of initializers)
        chunks.push(fieldHeader(GRAPH_INITIALIZER, totalLength(tensor)), ...tensor);
    const rest = toBinary(ModelProtoSchema, copyWith(proto, {}, ['graph']));
    return [rest, fieldHeader(MODEL_GRAPH, totalLength(chunks)), ...chunks];
}
/** A tensor with its values inside; those in `bytes` replace every other form that it holds them in. */
function inlineTensor(tensor, bytes) {
    if (bytes.length === 0) {
        return [toBinary(TensorProtoSchema, copyWith(tensor, { externalData: [] }, ['dataLocation']))];
    }
    const head = copyWith(tensor, { ...NO_VALUES, externalData: [] }, ['rawData', 'dataLocation']);
    return [toBinary(TensorProtoSchema, head), fieldHeader(TENSOR_RAW_DATA, bytes.length), bytes];
}
/** A tensor whose values lie in another file. */
function externalTensor(tensor, externalData) {
    const head = copyWith(tensor, { ...NO_VALUES, externalData, dataLocation: TensorProto_DataLocation.EXTERNAL }, ['rawData']);
    return [toBinary(TensorProtoSchema, head)];
}
function totalLength(chunks) {
    return chunks.reduce((sum, chunk) => sum + chunkLength(chunk), 0);
}
/** A shallow copy with fields changed or unset. In proto2, a field is set where it is the message's own property. */
function copyWith(message, changes, unset = []) {
    const copy = Object.assign(Object.create(Object.getPrototypeOf(message)), message, changes);
    for (const field of unset)
        delete copy[field];
    return copy;
}
const NO_VALUES = {
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    uint64Data: []
};
function fieldHeader(field, length) {
    return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

/** A protobuf message ends at 2 GiB: 1.9 leave room for the graph. */
const EXTERNAL_DATA_THRESHOLD = Math.floor(1.9 * 2 ** 30);
const MAX_BYTES = 2 ** 31 - 1;
/** Shapes and axes stay inline, where shape inference looks for them: the same limit as onnx's own. */
const MIN_EXTERNAL_BYTES = 1024;
/** A memory page: external weights can be mapped. */
const ALIGNMENT = 4096;
/**
 * Writes the model, whole or not at all, without its weights passing through memory at once. They lie inside the file
 * up to the threshold, else in `<file>.data`; weights that were external are copied. Types noted for tensors that are
 * no more, and imports of operator sets that no node uses, are left out.
 * @throws FileError where the file cannot be written, or where it would replace weights that the model still reads.
 */
async function saveModel(model, file, options = {}) {
    const path = resolve(file);
    const dataPath = `${path}.data`;
    for (const tensor of nestedTensors(model.proto))
        takeIn(tensor, model);
    const weights = model.graph.initializer.map((tensor) => {
        return { tensor, bytes: isExternal(tensor) ? externalRegion(tensor, model.directory) : rawBytes(tensor) };
    });
    const total = totalLength(weights.map(({ bytes }) => bytes));
    const external = total > (options.externalDataThreshold ?? EXTERNAL_DATA_THRESHOLD);
    const data = [];
    let end = 0;
    const initializers = weights.map(({ tensor, bytes }) => {
        if (!external || bytes.length < MIN_EXTERNAL_BYTES || bitsOf(tensor.dataType) === undefined) {
            return inlineTensor(tensor, bytes);
        }
        const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
        data.push({ zeros: offset - end }, bytes);
        end = offset + bytes.length;
        const entries = Object.entries({ location: basename(dataPath), offset: `${offset}`, length: `${bytes.length}` });
        return externalTensor(tensor, entries.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })));
    });
    const chunks = modelChunks(usedImports(model.proto), liveValueInfo(model.graph), initializers);
    if (totalLength(chunks) > MAX_BYTES) {
        throw new FileError(`cannot write the model ${path}: constants inside its nodes take over 2 GiB`);
    }
    // The model last: it never refers to data that are not there.
    const files = data.length > 0 ? [{ file: dataPath, chunks: data }] : [];
    const sources = weights.flatMap(({ bytes }) => ('file' in bytes ? [bytes.file] : []));
    await refuseOverwriting(sources, [path, ...files.map(({ file }) => file)]);
    await writeFiles([...files, { file: path, chunks }]);
}
/** Constants inside nodes are small: external ones come into the model, which does not change their value. */
function takeIn(tensor, model) {
    if (!isExternal(tensor))
        return;
    tensor.rawData = regionBytes(externalRegion(tensor, model.directory));
    tensor.externalData = [];
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
}
function usedImports(proto) {
    const used = new Set([...nodesOf(proto)].map(({ domain }) => domain));
    return copyWith(proto, {
        opsetImport: proto.opsetImport.filter(({ domain }) => isDefaultDomain(domain) || used.has(domain))
    });
}
function liveValueInfo(graph) {
    const names = definedNames(graph);
    return copyWith(graph, { valueInfo: graph.valueInfo.filter(({ name }) => names.has(name)) });
}
async function refuseOverwriting(sources, targets) {
    if (sources.length === 0)
        return;
    const real = (path) => realpath(path).catch(() => path);
    const inUse = new Set(await Promise.all([...new Set(sources)].map(real)));
    for (const target of targets) {
        if (inUse.has(await real(target))) {
            throw new FileError(`cannot write ${target}: the model reads its weights from this file`, 'choose another name');
        }
    }
}

export { MIN_EXTERNAL_BYTES as M, takeIn as a, copyWith as c, liveValueInfo as l, saveModel as s, toBinary as t, usedImports as u };
