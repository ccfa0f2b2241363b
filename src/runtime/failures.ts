import { basename } from 'node:path'
import { GateError, RuntimeError } from '../errors.js'

interface Known {
  readonly pattern: RegExp
  readonly message: (match: RegExpExecArray) => string
  readonly hint: string
}

const EXPORT_LOWER = 'export the model again for an opset that this runtime knows, or install a newer onnxruntime-node'

/** Sentences of ONNX Runtime 1.26 to 1.30, and what they mean to somebody who owns a model. */
const KNOWN: readonly Known[] = [
  {
    pattern: /Protobuf parsing failed|ModelProto does not have a graph/,
    message: () => 'is not an ONNX model, or is cut short',
    hint: 'compare its size and checksum with the original; a partial download or an aborted export look like this'
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    message: ([, found, known]) => `has IR version ${found}; this runtime reads up to ${known}`,
    hint: 'export the model again with an older onnx package, or install a newer onnxruntime-node'
  },
  {
    pattern: /Opset (\d+) is under development[\s\S]*domain (\S+) is till opset (\d+)/,
    message: ([, found, domain, known]) => `uses opset ${found} of ${domain}; this runtime knows up to ${known}`,
    hint: EXPORT_LOWER
  },
  {
    pattern: /No opset import for domain '([^']*)'/,
    message: ([, domain]) => `uses operators of the domain "${domain}" without importing it`,
    hint: 'the exporter wrote an invalid model: check it with onnx.checker'
  },
  {
    pattern: /Fatal error: (?:([^\s:]+):)?([^\s(]+)\(-?\d+\) is not a registered function\/op/,
    message: ([, domain, op]) =>
      `uses the operator ${op} of the domain "${domain ?? ''}", which ONNX Runtime does not know`,
    hint: 'custom operators cannot be loaded here: export the model with standard ONNX operators'
  },
  {
    pattern: /No Op registered for (\S+) with domain_version of (\d+)/,
    message: ([, op, opset]) => `uses the operator ${op}, which opset ${opset} does not have`,
    hint: 'check the operator name and the opset that the model imports'
  },
  {
    pattern: /Could not find an implementation for (\S+?)\((\d+)\) node with name '([^']*)'/,
    message: ([, op, opset, node]) =>
      `: this runtime has no kernel for ${op} (opset ${opset}) of node "${node}" with the element types it is given`,
    hint: 'change the element type or the operator, or run on a provider that has the kernel'
  },
  {
    pattern: /External data path does not exist: "([^"]*)"/,
    message: ([, path]) => `keeps weights in ${path}, which does not exist`,
    hint: 'put the external data file beside the model, under the name it was exported with'
  },
  {
    pattern: /External (?:data|initializer)[\s\S]*offset: (\d+) size to read: (\d+) given file_length: (\d+)/,
    message: ([, offset, size, length]) =>
      `: its external data file is cut short (${length} bytes, a weight needs ${size} at offset ${offset})`,
    hint: 'compare the size and checksum of the data file with the original'
  },
  {
    pattern: /(External data[\s\S]*)/,
    message: ([, text]) => `: its external data cannot be read: ${oneLine(text ?? '')}`,
    hint: 'external data must lie in the folder of the model or below it, at a relative path'
  },
  {
    pattern: /Failed to allocate memory for requested buffer of size (\d+)/,
    message: ([, size]) => `: out of memory (a buffer of ${size} bytes was refused)`,
    hint: 'use a smaller batch (runtime.batch), a smaller input or a machine with more memory'
  },
  {
    pattern: /bad_alloc|out of memory|OOM/i,
    message: () => ': out of memory',
    hint: 'use a smaller batch (runtime.batch), a smaller input or a machine with more memory'
  },
  {
    pattern: /Unsupported data type: (\d+)|Non tensor type is temporarily not supported/,
    message: ([, type]) =>
      type === undefined
        ? 'has an output that is not a tensor'
        : `has an input or output of ONNX element type ${type}${type === '16' ? ' (bfloat16)' : ''}, which cannot be read from Node`,
    hint: 'cast inputs and outputs to float32 in the model'
  },
  {
    pattern:
      /is not a graph input, initializer, or output of a previous node|This is an invalid model|Type Error|ShapeInferenceError/,
    message: () => 'is not a valid model',
    hint: 'check it with onnx.checker'
  },
  {
    pattern: /fallback to CPU EP has been explicitly disabled/,
    message: () => ' has nodes that the provider cannot run, and `runtime: {strict: true}` forbids the CPU to',
    hint: 'leave strict out to run them on the CPU and have them counted in the report'
  },
  {
    pattern: /Protobuf serialization failed/,
    message: () => ': its optimized copy could not be written to the folder for temporary files',
    hint: 'free some space there, or set TMPDIR to a larger disk'
  },
  {
    pattern: /No space left on device|ENOSPC/,
    message: () => ': the disk is full',
    hint: 'free some space, or set TMPDIR to a larger disk'
  }
]

/**
 * Turns what onnxruntime-node threw into an error for the user: the model's file name, what is wrong, what to do.
 * @param doing what failed, for causes that are not known: `cannot be loaded`, `cannot be run`.
 */
export function runtimeFailure(error: unknown, modelFile: string, doing: string): GateError {
  if (error instanceof GateError) return error
  const text = nativeMessage(error)
  const name = basename(modelFile)
  for (const { pattern, message, hint } of KNOWN) {
    const match = pattern.exec(text)
    if (match === null) continue
    const what = message(match)
    const detail = what === 'is not a valid model' ? `: ${oneLine(text)}` : ''
    return new RuntimeError(`${name}${what.startsWith(':') ? '' : ' '}${what}${detail}`, hint, { cause: error })
  }
  return new RuntimeError(`${name} ${doing}: ${oneLine(text)}`, undefined, { cause: error })
}

/** Native code makes its errors in the main context: where modules run in another one, they are no `instanceof Error`. */
export function nativeMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

/** ONNX Runtime's text on one line, without its source file names and C++ signatures. */
function oneLine(text: string): string {
  return text
    .replace(/^Load model from .*? failed:/, '')
    .replace(/\/onnxruntime_src\/\S+:\d+ [^\n]*?\) /g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
