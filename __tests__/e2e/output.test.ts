import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeNode } from '../../src/model/index.js'
import { precisionGate } from './command.js'
import { judge, NETWORK, Projects, SIZE, type Project } from './project.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

/** The first output ranks the classes the wrong way round, as features in front of the scores could. */
const TWO_OUTPUTS = {
  ...NETWORK,
  nodes: [...NETWORK.nodes, makeNode('Neg', ['logits'], ['features'], { name: 'neg' })],
  outputs: ['features', 'logits']
}
const NAMED = 'decode: {output: logits}\nthresholds:'

function twoOutputs(name: string): Project {
  const project = projects.copy(name)
  project.model(TWO_OUTPUTS)
  return project
}

describe('a classifier with several outputs', () => {
  it('is read at the first one', async () => {
    const { code, result } = await judge(twoOutputs('first'))
    const { variants, decoding } = result()
    expect({ code, top1: variants.fp32.metrics.top1 }).toEqual({ code: 1, top1: 0 })
    expect(decoding?.canonical).toBe('{"output":null}')
  })

  it('is read at the one that the config names', async () => {
    const project = twoOutputs('named')
    project.config('thresholds:', NAMED)
    const { code, stdout, result } = await judge(project)
    expect(stdout).toMatch(/^PASS/)
    const { variants, decoding } = result()
    expect({ code, fp32: variants.fp32.metrics.top1, int8: variants.int8.metrics.top1 }).toEqual({
      code: 0,
      fp32: 1,
      int8: 1
    })
    expect(decoding?.canonical).toBe('{"output":"logits"}')
  })

  it("is compared with FP32's own answers at that one, without labels", async () => {
    const project = twoOutputs('agreement')
    // Read at the first output, every image would have the same answer, and the run would fail.
    project.model({ ...TWO_OUTPUTS, nodes: [...NETWORK.nodes, makeNode('Sub', ['logits', 'logits'], ['features'])] })
    project.config('thresholds:', NAMED)
    project.config('dataset: {path: test}', 'metric: agreement\ndataset: {images: test}')
    project.config('{metric: top1, max_drop_points: 50}', '{metric: agreement, max_drop_points: 50}')
    const { code, result } = await judge(project)
    const { variants, decoding } = result()
    expect({ code, agreement: variants.int8.metrics.agreement }).toEqual({ code: 0, agreement: 1 })
    expect(decoding?.canonical).toBe('{"output":"logits"}')
  })

  it('is refused where it has none of that name, with the names that it has', async () => {
    const project = twoOutputs('missing')
    project.config('thresholds:', 'decode: {output: logit}\nthresholds:')
    const { code, stderr } = await precisionGate(['check'], project.places)
    expect(code).toBe(2)
    expect(stderr).toMatch(/decode\.output: the model has no output "logit"\nhint: its outputs are features, logits/)
  })

  it('fails a finished model without that output, and judges the others', async () => {
    const project = twoOutputs('ours')
    project.config('thresholds:', NAMED)
    project.config('int8: {precision: int8}', 'int8: {precision: int8}\n  ours: {model: ours.onnx}')
    const nodes = [...NETWORK.nodes.slice(0, 2), makeNode('Flatten', ['means'], ['scores'], { name: 'flatten' })]
    project.model({ ...NETWORK, nodes, outputs: ['scores'], inputs: { images: ['batch', 3, SIZE, SIZE] } }, 'ours.onnx')
    const { code, result } = await judge(project)
    const { variants, verdicts } = result()
    expect(code).toBe(3)
    expect(variants.ours.error).toMatch(/ours\.onnx has no output 'logits', which the FP32 model has; .* scores/)
    expect(verdicts.find(({ variant }) => variant === 'int8')?.status).toBe('pass')
  })
})
