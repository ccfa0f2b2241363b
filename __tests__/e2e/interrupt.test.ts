import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { precisionGate } from './command.js'

const CONFIG = resolve('examples', '01_fashion_mnist', 'precision-gate.yml')

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-interrupt-')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the example and sends a signal when something was said. */
async function interrupt(name: string, signal: NodeJS.Signals, when: RegExp) {
  const at = (part: string) => join(folder, name, part)
  for (const part of ['tmp', 'home']) mkdirSync(at(part), { recursive: true })
  let sent = false
  const finished = await precisionGate(['run', '-c', CONFIG, '-o', at('out')], {
    cwd: folder,
    temporary: at('tmp'),
    home: at('home'),
    onStderr: (text, kill) => {
      if (sent || !when.test(text)) return
      sent = true
      kill(signal)
    }
  })
  return { ...finished, sent, temporary: readdirSync(at('tmp')), output: readdirSync(at('out')).sort() }
}

// Windows knows no signals that a process could handle.
const onPosix = process.platform === 'win32' ? describe.skip : describe

onPosix('a run that is interrupted', () => {
  it.each([
    ['while it calibrates', 'SIGINT', 130, /cache miss/, ['model.fp16.onnx', 'tensorrt.fp16.md']],
    [
      'while it evaluates',
      'SIGINT',
      130,
      /calibrate int8 .*: 256\/256/,
      /^(model\.(fp16|int8)\.onnx|calibration\.int8\.json|tensorrt\.fp16\.md)$/
    ],
    ['by the system', 'SIGTERM', 143, /cache miss/, ['model.fp16.onnx', 'tensorrt.fp16.md']]
  ] as const)('%s ends with its code and leaves whole files alone', async (name, signal, code, when, output) => {
    const end = await interrupt(name, signal, when)
    expect(end.sent).toBe(true)
    expect(end).toMatchObject({ code, stdout: '', temporary: [] })
    expect(end.stderr).toMatch(/^(stopping; Ctrl-C again ends at once|stopping)$/m)
    expect(end.stderr).not.toMatch(/^error: |^\s+at /m)
    expect(end.output).toEqual(output instanceof RegExp ? end.output.filter((file) => output.test(file)) : output)
  })
})
