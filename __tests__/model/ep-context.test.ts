import { afterAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { encodeModel, loadModel, makeNode, wrapEngine, type OnnxModel } from '../../src/model/index.js'
import { loadRuntime } from '../../src/runtime/index.js'
import { makeModel, writeModel } from './helpers.js'

const folder = mkdtempSync(join(tmpdir(), 'precision-gate-engine-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ENGINE = Uint8Array.from({ length: 256 }, (_, i) => i)

async function wrapped(): Promise<string> {
  const source = join(folder, 'net.onnx')
  const parts = {
    nodes: [
      makeNode('ReduceMean', ['images'], ['logits'], { attributes: { axes: { ints: [2, 3] }, keepdims: { int: 0 } } })
    ],
    inputs: { images: ['batch', 3, 8, 8] },
    outputs: ['logits']
  }
  writeModel(source, makeModel(parts))
  const model = await loadModel(source, { workspace: folder })
  const file = join(folder, 'engine.onnx')
  writeFileSync(file, encodeModel(wrapEngine(model, ENGINE, 'models/net.onnx')))
  return file
}

describe('an engine as a model', () => {
  it('is the node that the onnx package writes, with the inputs and outputs of its model', async () => {
    const ours = await loadModel(await wrapped(), { workspace: folder })
    const reference = resolve('__fixtures__', 'model', 'ep-context.onnx')
    const theirs = await loadModel(reference, { workspace: resolve('__fixtures__') })
    expect(facts(ours)).toEqual(facts(theirs))
    expect(ours.graph.node).toHaveLength(1)
  })

  it('is refused by a provider that is not its own, before anything runs', async () => {
    const runtime = await loadRuntime()
    await expect(runtime.createSession(await wrapped(), { provider: 'cpu', threads: 1 })).rejects.toThrow(/EPContext/)
  })
})

function facts({ proto, graph }: OnnxModel) {
  const [{ domain, opType, name, input, output, attribute }] = graph.node
  return {
    opsets: proto.opsetImport.map((opset) => [opset.domain, Number(opset.version)]),
    node: { domain, opType, name, input, output },
    inputs: graph.input.map(({ name }) => name),
    outputs: graph.output.map(({ name }) => name),
    attributes: Object.fromEntries(attribute.map(({ name, type, i, s }) => [name, [type, Number(i), [...s]]]))
  }
}
