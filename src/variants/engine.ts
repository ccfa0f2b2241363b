import path from 'node:path'
import type { ValueInfo } from '../runtime/index.js'
import { writeFileAtomic } from '../util/files.js'
import type { GateContext } from './types.js'

/**
 * Writes tensorrt.<name>.md: the command lines that build the very engine that was judged, whose precision follows the
 * types in the model. TF32 is off, since the judged float layers are float32.
 */
export async function writeEngineCommands(
  name: string,
  precision: 'int8' | 'fp16',
  { input, config, outputDirectory }: GateContext
): Promise<void> {
  const text = engineCommands(name, precision, input, config.runtime.batch)
  await writeFileAtomic(path.join(outputDirectory, `tensorrt.${name}.md`), text)
}

export function engineCommands(name: string, precision: 'int8' | 'fp16', input: ValueInfo, batch: number): string {
  const [model, engine] = [`model.${name}.onnx`, `model.${name}.plan`]
  const files = [`--onnx=${shell(model)}`, `--saveEngine=${shell(engine)}`]
  const shapes = profile(input, batch)
  const trtexec = [
    '--noTF32',
    ...shapes.map(({ option, dims }) => `--${option}Shapes=${shell(trtexecShape(input, dims))}`)
  ]
  const polygraphy = shapes.map(
    ({ option, dims }) => `--trt-${option}-shapes ${shell(`${input.name}:[${dims.join(',')}]`)}`
  )
  const inputShape =
    shapes.length === 0 ? [] : [`--input-shapes ${shell(`${input.name}:[${shapes[1].dims.join(',')}]`)}`]
  const flags =
    precision === 'int8'
      ? 'With `--int8 --fp16` in place of `--stronglyTyped` TensorRT 10 also runs the float layers in FP16: another engine than the judged one. A calibration cache must not be given together with this model.'
      : 'With `--fp16` in place of `--stronglyTyped` TensorRT 10 chooses the precision of each layer itself: another engine than the judged one.'
  const profileNote =
    shapes.length === 0
      ? ''
      : `\nThe batch dimension is dynamic: raise the largest shape to what you serve. ${batch} is the \`runtime: {batch}\` of the judged run.\n`
  return `# TensorRT engine of variant ${name}

The engine takes its precision from the types in \`${model}\`: ${WHAT[precision]}. Run in the report folder.
${profileNote}
TensorRT 11:

${command('trtexec', [...files, ...trtexec])}

TensorRT 10 (10.0 or later):

${command('trtexec', [...files, '--stronglyTyped', ...trtexec])}

${flags}

Polygraphy, either version; it leaves TF32 off by itself:

${command('polygraphy convert', [shell(model), '--strongly-typed', `--output ${shell(engine)}`, ...polygraphy])}

Its outputs against ONNX Runtime's on the same random input:

${command('polygraphy run', [shell(model), '--trt', '--onnxrt', '--strongly-typed', ...polygraphy, ...inputShape])}

These commands are made from the model; they were not run by precision-gate.
`
}

const WHAT = {
  int8: 'INT8 between the Q/DQ pairs, FP32 elsewhere',
  fp16: 'FP16 but for the layers that are kept in FP32'
} as const

/** Smallest, best and largest shape; none where the model's shape is fixed. */
function profile({ dims }: ValueInfo, batch: number): { option: 'min' | 'opt' | 'max'; dims: readonly number[] }[] {
  if (dims.every((dim) => typeof dim === 'number')) return []
  const sized = (size: number): number[] => dims.map((dim) => (typeof dim === 'number' ? dim : size))
  return [
    { option: 'min', dims: sized(1) },
    { option: 'opt', dims: sized(batch) },
    { option: 'max', dims: sized(batch) }
  ]
}

/** trtexec ends a bare name at its first colon. */
function trtexecShape({ name }: ValueInfo, dims: readonly number[]): string {
  return `${/[:,]/.test(name) ? `'${name}'` : name}:${dims.join('x')}`
}

function command(program: string, options: readonly string[]): string {
  return `    ${[program, ...options].join(' \\\n        ')}`
}

/** One word of a POSIX shell. */
function shell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
