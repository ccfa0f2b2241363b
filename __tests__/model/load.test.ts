import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileError } from '../../src/errors.js'
import { loadModel, makeNode, makeTensor, tensorData, type OnnxModel } from '../../src/model/index.js'
import { ModelProtoSchema, TensorProto_DataType as DataType, TensorProtoSchema } from '../../src/model/proto/onnx_pb.js'
import { floats, makeModel, temporaryFolder, writeModel } from './helpers.js'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const file = join(folder.path, 'model.onnx')

function load(path = file): Promise<OnnxModel> {
  return loadModel(path, { workspace: folder.path })
}

function simple(): OnnxModel {
  return makeModel({
    nodes: [makeNode('Add', ['x', 'w'], ['y'])],
    inputs: { x: [4] },
    initializers: [makeTensor('w', floats(1, 2, 3, 4))]
  })
}

describe('a loaded model', () => {
  it('holds its weights as views on one buffer, the file', async () => {
    const model = makeModel({
      nodes: [makeNode('Sum', ['a', 'b'], ['y'])],
      initializers: [
        makeTensor('a', { type: 'float32', dims: [50000], data: new Float32Array(50000).fill(1) }),
        makeTensor('b', { type: 'float32', dims: [50000], data: new Float32Array(50000).fill(2) })
      ]
    })
    writeModel(file, model)
    const { graph } = await load()
    const [a, b] = graph.initializer
    expect(a.rawData.buffer).toBe(b.rawData.buffer)
    expect(a.rawData.buffer.byteLength).toBeLessThan(401000)
  })

  it.each([
    ['float_data', { dataType: DataType.FLOAT, floatData: [1.5, -2] }, [1.5, -2]],
    ['double_data', { dataType: DataType.DOUBLE, doubleData: [0.1, -2] }, [0.1, -2]],
    ['int64_data', { dataType: DataType.INT64, int64Data: [-1n, 2n ** 62n] }, [-1n, 2n ** 62n]],
    ['uint64_data', { dataType: DataType.UINT64, uint64Data: [1n, 2n ** 64n - 1n] }, [1n, 2n ** 64n - 1n]],
    ['uint64_data as uint32', { dataType: DataType.UINT32, uint64Data: [1n, 2n ** 32n - 1n] }, [1, 2 ** 32 - 1]],
    ['int32_data', { dataType: DataType.INT32, int32Data: [-1, 7] }, [-1, 7]],
    ['int32_data as int8', { dataType: DataType.INT8, int32Data: [-128, 127] }, [-128, 127]],
    ['int32_data as uint8', { dataType: DataType.UINT8, int32Data: [0, 255] }, [0, 255]],
    ['int32_data as int16', { dataType: DataType.INT16, int32Data: [-300, 300] }, [-300, 300]],
    ['int32_data as float16 bits', { dataType: DataType.FLOAT16, int32Data: [0x3c00, 0x8000] }, [0x3c00, 0x8000]],
    ['int32_data as bool', { dataType: DataType.BOOL, int32Data: [1, 0] }, [1, 0]]
  ])('has the values of %s as raw bytes', async (_, values, expected) => {
    const tensor = create(TensorProtoSchema, { name: 'w', dims: [2n], ...values })
    writeModel(file, makeModel({ nodes: [makeNode('Identity', ['w'], ['y'])], initializers: [tensor] }))
    const model = await load()
    const [loaded] = model.graph.initializer
    expect(loaded).toMatchObject({ floatData: [], doubleData: [], int64Data: [], uint64Data: [], int32Data: [] })
    expect([...tensorData(model, loaded).data]).toEqual(expected)
  })

  it('gives the same values wherever in the file they start', async () => {
    for (let length = 1; length <= 8; length++) {
      const model = simple()
      model.proto.producerName = 'x'.repeat(length)
      writeModel(file, model)
      const loaded = await load()
      expect([...tensorData(loaded, loaded.graph.initializer[0]).data]).toEqual([1, 2, 3, 4])
    }
  })
})

describe('what is not an ONNX model', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)
  const pointer =
    'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n'

  it.each([
    ['empty', '', 'is empty'],
    ['a PNG image', png, 'is not an ONNX model: it is a PNG image'],
    ['text', 'hello, this is not a model\n', 'it is a text file'],
    ['an error page', '<!DOCTYPE html><html><body>404</body></html>', 'it is an HTML or XML page'],
    ['a ZIP archive', 'PK\x03\x04\x14\0\0\0archive/data.pkl', 'it is a ZIP archive (a PyTorch or Keras file is one)'],
    ['TensorFlow Lite', '\x1c\0\0\0TFL3\0\0', 'it is a TensorFlow Lite model'],
    ['zeros', new Uint8Array(64), 'it is cut short, damaged, or of another kind'],
    ['another protobuf file', Uint8Array.of(0xf2, 0x06, 3, 1, 2, 3), 'is not an ONNX model']
  ])('is refused by name: %s', async (_, content, message) => {
    writeFileSync(file, content, 'latin1')
    await expect(load()).rejects.toMatchObject({
      name: 'FileError',
      exitCode: 3,
      message: expect.stringContaining(message)
    })
    await expect(load()).rejects.toThrow(file)
  })

  it('is refused with the remedy when Git LFS was not asked for the file', async () => {
    writeFileSync(file, pointer)
    await expect(load()).rejects.toMatchObject({
      message: `${file} is not an ONNX model: it is a Git LFS pointer, not the model itself`,
      hint: expect.stringContaining('git lfs pull')
    })
  })

  it('is refused wherever a model was cut off', async () => {
    const model = simple()
    const bytes = toBinary(ModelProtoSchema, model.proto)
    for (let length = 1; length < bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length))
      await expect(load()).rejects.toMatchObject({ name: 'FileError' })
    }
  })

  it('is refused when it is missing, or a folder', async () => {
    await expect(load(join(folder.path, 'none.onnx'))).rejects.toThrow(/none\.onnx: no such file or folder/)
    await expect(load(folder.path)).rejects.toThrow('is a folder, not an ONNX model')
    await expect(load(join(file, 'inside.onnx'))).rejects.toThrow('a part of the path is not a folder')
  })

  it('is refused when nobody may read it', async () => {
    const closed = join(folder.path, 'closed')
    mkdirSync(closed)
    writeModel(join(closed, 'model.onnx'), simple())
    chmodSync(closed, 0)
    const root = process.geteuid?.() === 0
    // Permissions do not bind the superuser.
    if (root) process.seteuid?.(65534)
    try {
      await expect(load(join(closed, 'model.onnx'))).rejects.toThrow('permission denied')
    } finally {
      if (root) process.seteuid?.(0)
      chmodSync(closed, 0o700)
    }
  })
})

describe('a damaged model', () => {
  it('is loaded or refused, whichever bytes are wrong, and never breaks the program', async () => {
    const bytes = toBinary(ModelProtoSchema, simple().proto)
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const damaged = Uint8Array.from(bytes)
        for (const [position, value] of changes) damaged[position] = value
        writeFileSync(file, damaged)
        const error: unknown = await load().then(
          () => undefined,
          (reason: unknown) => reason
        )
        expect(error === undefined || error instanceof FileError).toBe(true)
      }),
      { numRuns: 500 }
    )
  })

  it('without a graph is refused', async () => {
    writeFileSync(file, toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n })))
    await expect(load()).rejects.toThrow('the ONNX model has no graph')
  })

  it('without an operator set is refused', async () => {
    const model = simple()
    model.proto.opsetImport = []
    writeModel(file, model)
    await expect(load()).rejects.toThrow('imports no operator set')
  })

  it('with a weight of the wrong size is refused by the name of the weight', async () => {
    const model = simple()
    model.graph.initializer[0].dims = [5n]
    writeModel(file, model)
    await expect(load()).rejects.toThrow('initializer w of shape [5] needs 20 bytes and holds 16')
  })

  it('with a negative dimension is refused', async () => {
    const model = simple()
    model.graph.initializer[0].dims = [-4n]
    writeModel(file, model)
    await expect(load()).rejects.toThrow('impossible shape [-4]')
  })
})

describe('external data', () => {
  function external(entries: Record<string, string>): OnnxModel {
    const tensor = create(TensorProtoSchema, {
      name: 'w',
      dims: [4n],
      dataType: DataType.FLOAT,
      dataLocation: 1,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value }))
    })
    return makeModel({ nodes: [makeNode('Identity', ['w'], ['y'])], initializers: [tensor] })
  }

  async function loadWith(entries: Record<string, string>): Promise<OnnxModel> {
    writeModel(file, external(entries))
    return load()
  }

  const values = new Uint8Array(Float32Array.of(9, 1, 2, 3, 4).buffer)
  writeFileSync(join(folder.path, 'weights.bin'), values)

  it('is read when it is asked for, at its offset', async () => {
    const model = await loadWith({ location: 'weights.bin', offset: '4', length: '16' })
    expect(model.graph.initializer[0].rawData).toHaveLength(0)
    expect([...tensorData(model, model.graph.initializer[0]).data]).toEqual([1, 2, 3, 4])
  })

  it('needs neither offset nor length', async () => {
    const model = await loadWith({ location: 'weights.bin' })
    expect([...tensorData(model, model.graph.initializer[0]).data]).toEqual([9, 1, 2, 3])
  })

  it.each([
    ['a missing file', { location: 'none.bin' }, 'none.bin: no such file'],
    ['a folder', { location: '.' }, 'is not a file'],
    [
      'a file too short',
      { location: 'weights.bin', offset: '8' },
      'weights.bin is too short: tensor w needs bytes 8 to 24 of 20'
    ],
    ['a wrong length', { location: 'weights.bin', length: '8' }, 'needs 16 bytes, length says 8'],
    ['an offset that is no number', { location: 'weights.bin', offset: '-4' }, 'offset "-4" is not a whole number'],
    ['no location', { offset: '0' }, 'no location is given'],
    ['an absolute path', { location: '/etc/passwd' }, 'leaves the folder of the model'],
    ['a path upwards', { location: 'a/../../weights.bin' }, 'leaves the folder of the model'],
    ['a Windows path upwards', { location: '..\\weights.bin' }, 'leaves the folder of the model'],
    ['a Windows drive', { location: 'C:\\weights.bin' }, 'leaves the folder of the model']
  ])('is refused: %s', async (_, entries, message) => {
    await expect(loadWith(entries as Record<string, string>)).rejects.toMatchObject({
      name: 'FileError',
      message: expect.stringContaining(message)
    })
  })

  it('is refused where a link leads out of the workspace, and allowed within', async () => {
    const outside = temporaryFolder()
    writeFileSync(join(outside.path, 'secret.bin'), values)
    symlinkSync(join(outside.path, 'secret.bin'), join(folder.path, 'out.bin'))
    symlinkSync(outside.path, join(folder.path, 'out'))
    symlinkSync(join(folder.path, 'weights.bin'), join(folder.path, 'in.bin'))
    await expect(loadWith({ location: 'out.bin' })).rejects.toThrow('leads out of the workspace')
    await expect(loadWith({ location: 'out/secret.bin' })).rejects.toThrow('leads out of the workspace')
    await expect(loadWith({ location: 'in.bin' })).resolves.toBeDefined()
    outside.remove()
  })
})
