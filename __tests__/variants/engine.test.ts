import { describe, expect, it } from '@jest/globals'
import { engineCommands } from '../../src/variants/engine.js'

const input = (name: string, dims: readonly (number | string)[]) => ({ name, type: 'float32', dims })

/** The commands of a file, one a line. */
function commands(text: string): string[] {
  return text
    .replaceAll(/ \\\n\s+/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim())
}

describe('the commands that build the judged engine', () => {
  const dynamic = commands(engineCommands('int8', 'int8', input('images', ['batch', 3, 32, 32]), 8))

  it('are strongly typed for TensorRT 10, and without removed options for 11', () => {
    const [eleven, ten] = dynamic
    expect(eleven).toMatch(/^trtexec --onnx=model.int8.onnx --saveEngine=model.int8.plan --noTF32 /)
    expect(ten).toBe(eleven.replace('--noTF32', '--stronglyTyped --noTF32'))
    for (const command of dynamic) expect(command).not.toMatch(/--(?:int8|fp16|calib)/)
  })

  it('give a dynamic batch its profile', () => {
    const [trtexec, , convert, run] = dynamic
    expect(trtexec).toContain('--minShapes=images:1x3x32x32 --optShapes=images:8x3x32x32 --maxShapes=images:8x3x32x32')
    for (const command of [convert, run]) {
      expect(command).toContain("--trt-min-shapes 'images:[1,3,32,32]' --trt-opt-shapes 'images:[8,3,32,32]'")
    }
    expect(run).toContain("--input-shapes 'images:[8,3,32,32]'")
  })

  it('name no shape where the model has but one', () => {
    for (const command of commands(engineCommands('a', 'fp16', input('images', [1, 3, 32, 32]), 8))) {
      expect(command).not.toMatch(/shapes/i)
    }
  })

  it('quote a name for the shell, and one with a colon for trtexec', () => {
    const [trtexec] = commands(engineCommands('a', 'int8', input('in put:0', ['', 3]), 8))
    expect(trtexec).toContain(String.raw`--minShapes=''\''in put:0'\'':1x3'`)
  })
})
