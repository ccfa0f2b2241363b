import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeNode } from '../../src/model/index.js'
import { parseResult } from '../../src/result.js'
import { precisionGate } from './command.js'
import { NETWORK, Projects, SIZE, type Project } from './project.js'

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

async function run(project: Project) {
  const finished = await precisionGate(['run', '-q', '--no-cache'], project.places)
  const read = () => parseResult(project.read('precision-gate-report/result.json').toString())
  return { ...finished, read }
}

describe('a classifier with several outputs', () => {
  it('is read at the first one', async () => {
    const { code, read } = await run(twoOutputs('first'))
    const { variants, decoding } = read()
    expect({ code, top1: variants.fp32.metrics.top1 }).toEqual({ code: 1, top1: 0 })
    expect(decoding?.canonical).toBe('{"output":null}')
  })

  it('is read at the one that the config names', async () => {
    const project = twoOutputs('named')
    project.config('thresholds:', NAMED)
    const { code, stdout, read } = await run(project)
    expect(stdout).toMatch(/^PASS/)
    const { variants, decoding } = read()
    expect({ code, fp32: variants.fp32.metrics.top1, int8: variants.int8.metrics.top1 }).toEqual({
      code: 0,
      fp32: 1,
      int8: 1
    })
    expect(decoding?.canonical).toBe('{"output":"logits"}')
  })

  it("is compared with FP32's own answers at that one, without labels", async () => {
    const project = twoOutputs('agreement')
    project.config('thresholds:', NAMED)
    project.config('dataset: {path: test}', 'metric: agreement\ndataset: {images: test}')
    project.config('{metric: top1, max_drop_points: 50}', '{metric: agreement, max_drop_points: 50}')
    const { code, read } = await run(project)
    const { variants, decoding } = read()
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
    const { code, read } = await run(project)
    const { variants, verdicts } = read()
    expect(code).toBe(3)
    expect(variants.ours.error).toMatch(/ours\.onnx has no output 'logits', which the FP32 model has; .* scores/)
    expect(verdicts.find(({ variant }) => variant === 'int8')?.status).toBe('pass')
  })
})
