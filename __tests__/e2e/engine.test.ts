import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { parseResult } from '../../src/result.js'
import { precisionGate } from './command.js'
import { Projects } from './project.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

it('a TensorRT engine does not run on another provider: its variant fails with the reason, the others are judged', async () => {
  const project = projects.copy('engine')
  project.write('built.engine', new Uint8Array([1, 2, 3]))
  project.config('variants:', 'variants:\n  trt: {model: model.onnx, engine: built.engine}')
  const { code } = await precisionGate(['run', '-q', '--no-cache', '--provider', 'cpu'], project.places)
  const { variants } = parseResult(project.read('precision-gate-report/result.json').toString())
  expect(code).toBe(3)
  expect(variants.trt.error).toMatch(
    /runs on the tensorrt provider only, and this run uses cpu; run it with --provider/
  )
  expect(variants.int8.metrics.top1).toBe(1)
})

it('an engine that does not exist is a mistake in the config, at its place', async () => {
  const project = projects.copy('no-engine')
  project.config('variants:', 'variants:\n  trt: {model: model.onnx, engine: built.engine}')
  const { code, stderr } = await precisionGate(['run', '-q'], project.places)
  expect(code).toBe(2)
  expect(stderr).toMatch(/precision-gate\.yml:8:36: .*built\.engine/)
})
