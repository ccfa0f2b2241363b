import { TestEnvironment } from 'jest-environment-node'

// jest runs tests in a VM context with its own typed-array classes; the native ONNX Runtime binding and sharp check
// for the host's. Sharing the host's classes makes `instanceof` agree on both sides.
const SHARED = [
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

export default class HostTypedArrays extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const name of SHARED) this.global[name] = globalThis[name]
  }
}
