/**
 * How far a provider's FP32 is from the CPU's, with TF32 as ONNX Runtime has it and with TF32 off, as the gate has it:
 * TF32 keeps 10 bits of a mantissa. Over one batch of seeded noise; each setting is a process of its own, because NVIDIA's
 * libraries read the variable once.
 *
 *     node script/verify-tf32.mjs cuda MODEL.onnx...
 *
 * Models have one float32 input; sizes that are open are taken as 8 (the batch).
 */
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import * as ort from 'onnxruntime-node'

const [provider = 'cuda', ...models] = process.argv.slice(2)
if (process.env.PRECISION_GATE_TF32_CHILD === undefined) {
  for (const override of [undefined, '0']) {
    const env = { ...process.env, PRECISION_GATE_TF32_CHILD: '1' }
    delete env.NVIDIA_TF32_OVERRIDE
    if (override !== undefined) env.NVIDIA_TF32_OVERRIDE = override
    const { status } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
} else {
  for (const model of models) await compare(model)
}

/** @param {string} model */
async function compare(model) {
  const [reference, other] = await Promise.all(['cpu', provider].map((name) => run(model, name)))
  for (const [name, { data }] of Object.entries(reference)) {
    let [signal, noise, largest] = [0, 0, 0]
    data.forEach((value, i) => {
      const error = value - other[name].data[i]
      signal += value * value
      noise += error * error
      largest = Math.max(largest, Math.abs(error))
    })
    const db = 10 * Math.log10(signal / noise)
    const setting = process.env.NVIDIA_TF32_OVERRIDE === '0' ? 'TF32 off' : 'TF32 as it is'
    console.log(
      `${model} ${name}, ${setting}: ${provider} against cpu ${db.toFixed(1)} dB, largest difference ${largest}`
    )
  }
}

/** @param {string} model @param {string} name */
async function run(model, name) {
  // Arithmetic on shapes may stay on the CPU; a provider that the package does not know would put everything there.
  if (!ort.listSupportedBackends().some((backend) => backend.name === name)) throw new Error(`no provider ${name} here`)
  const session = await ort.InferenceSession.create(model, { executionProviders: [name], logSeverityLevel: 3 })
  const [input] = session.inputMetadata
  const dims = input.shape.map((size) => (typeof size === 'number' ? size : 8))
  const length = dims.reduce((a, b) => a * b, 1)
  let state = 12345
  const data = Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state / 2 ** 32
  })
  const result = await session.run({ [input.name]: new ort.Tensor('float32', data, dims) })
  await session.release()
  return result
}
