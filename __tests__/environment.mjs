import { TestEnvironment } from 'jest-environment-node'

// jest runs tests in a VM context with classes of its own; the native ONNX Runtime binding and sharp check for the
// host's typed arrays, and errors of node:fs are the host's. Sharing them makes `instanceof` agree on both sides.
const SHARED = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array'
]

// As src/runtime/binding.ts does, whose process.env is jest's copy here and does not reach native code.
process.env.ORT_DISABLE_TELEMETRY ??= '1'

export default class HostTypedArrays extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const name of SHARED) this.global[name] = globalThis[name]
  }
}
