import { ExitCode } from '../errors.js'
import { provideRuntime, type SetUp, setUpRuntime } from '../provision/index.js'
import { createConsole } from './console.js'
import type { CommandContext } from './context.js'
import { debugRequested } from './options.js'
import { printable } from './printable.js'
import type { Terminal } from './terminal.js'

export interface SetUpRuntimeOptions {
  readonly toolCache?: string
  readonly registry?: string
  readonly runtimeVersion?: string
  readonly cudaLibraries?: string
  readonly offline?: string
  readonly quiet?: boolean
  readonly debug?: boolean
}

/**
 * `precision-gate setup-runtime`: installs ONNX Runtime and the image decoder into the tool cache, without npm.
 * @returns the exit code.
 */
export async function setupRuntime(options: SetUpRuntimeOptions, { terminal }: CommandContext): Promise<number> {
  const setUp = await setUpRuntime({ ...options, ...consoleOf(options, terminal), signal: terminal.signal })
  terminal.out.stream.write(`${describe(setUp).map(printable).join('\n')}\n`)
  return ExitCode.pass
}

/** Options of every command that needs native parts. */
export interface NativeOptions {
  readonly runtimePath?: string
  readonly toolCache?: string
  readonly download?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
}

/** What `--download` asks for: fetches the native parts that a command would not find. */
export async function provideNativeParts(options: NativeOptions, terminal: Terminal): Promise<void> {
  if (options.download !== true) return
  await provideRuntime({ ...options, ...consoleOf(options, terminal), signal: terminal.signal })
}

function consoleOf({ quiet, debug }: NativeOptions, terminal: Terminal) {
  return createConsole(terminal.err, { quiet, debug: debug ?? debugRequested(), signal: terminal.signal })
}

function describe({ toolCache, onnxruntime, sharp, libraries }: SetUp): string[] {
  const parts = [onnxruntime, sharp].map(
    ({ name, version, folder, installed, bytes }) =>
      `${name} ${version}, ${(bytes / 1e6).toFixed(1)} MB, ${installed ? 'installed' : 'was there'}: ${folder}`
  )
  const added = libraries.map(
    ({ name, sha256, verified }) =>
      `${name}, sha256 ${sha256}${verified ? '' : ' (not verified: no SHA256SUMS file beside it)'}`
  )
  return [
    ...parts,
    ...added,
    '',
    'To use it, one of:',
    `  PRECISION_GATE_TOOL_CACHE=${toolCache}  (or RUNNER_TOOL_CACHE) in the environment`,
    `  precision-gate run --tool-cache ${toolCache}`,
    `  precision-gate run --runtime-path ${onnxruntime.folder}  for this version of ONNX Runtime and no other`
  ]
}
