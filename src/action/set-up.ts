import { Writable } from 'node:stream'
import { resolve } from 'node:path'
import { createConsole } from '../cli/console.js'
import { safeLog, type Write } from '../github/index.js'
import { provideRuntime } from '../provision/index.js'
import type { Inputs } from './inputs.js'
import type { ActionLog } from './log.js'
import type { Places } from './places.js'

export interface NativeSetUp {
  readonly inputs: Inputs
  readonly places: Places
  readonly write: Write
  readonly log: ActionLog
  readonly debug: boolean
  readonly signal: AbortSignal
}

/**
 * Makes ONNX Runtime and the image decoder available, from the tool cache or the registry. Done here and not by the gate,
 * so that the process that loads the model needs neither the network nor a registry's password; nothing native is loaded.
 * @throws GateError where a part cannot be had
 */
export async function setUpNativeParts({ inputs, places, write, log, debug, signal }: NativeSetUp): Promise<void> {
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      write(safeLog(chunk.toString()))
      done()
    }
  })
  const { onnxruntime, sharp } = await provideRuntime({
    ...createConsole({ stream, isTerminal: false, color: false, width: 120 }, { debug, signal }),
    from: places.workingDirectory,
    signal,
    ...(inputs.runtimePath !== undefined && { runtimePath: runtimePath(inputs.runtimePath, places) }),
    ...(inputs.runtimeRegistry !== undefined && { registry: inputs.runtimeRegistry })
  })
  for (const [name, { version, path, source }] of Object.entries({ onnxruntime, sharp })) {
    log.info(`${name} ${version}, ${WHERE[source]}: ${path}`)
  }
}

/** A relative one is meant from the working directory, as all paths of the inputs. */
export function runtimePath(path: string, { workingDirectory }: Places): string {
  return resolve(workingDirectory, path)
}

const WHERE = {
  'runtime-path': 'from runtime-path',
  project: "from the project's node_modules",
  program: 'from the action',
  'tool-cache': 'from the tool cache'
} as const
