import { Writable } from 'node:stream'
import { main } from '../../src/cli/main.js'
import type { CommandContext, GateModule } from '../../src/cli/context.js'
import type { Output } from '../../src/cli/terminal.js'

export class Recording extends Writable {
  text = ''

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

export function recordingOutput(fields: Partial<Output> = {}): Output & { readonly stream: Recording } {
  return { isTerminal: false, color: false, width: 100, ...fields, stream: new Recording() }
}

/** Runs the command line in this process, with recorded streams and the given gate. */
export async function runCli(
  args: readonly string[],
  gate: Partial<GateModule> = {},
  signal = new AbortController().signal
): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [recordingOutput(), recordingOutput()]
  const context: CommandContext = {
    terminal: { program: 'dist/cli.js', out, err, signal },
    loadGate: () => Promise.resolve(gate as GateModule),
    loadRuntimeModule: () => import('../../src/runtime/index.js')
  }
  const code = await main(args, context)
  return { code, out: out.stream.text, err: err.stream.text }
}
