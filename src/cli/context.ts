import type { Terminal } from './terminal.js'

/** The gate is loaded where a command needs it: --help and a wrong config must not wait for native libraries. */
export type GateModule = typeof import('../gate.js')
export type RuntimeModule = typeof import('../runtime/index.js')

export interface CommandContext {
  readonly terminal: Terminal
  readonly loadGate: () => Promise<GateModule>
  readonly loadRuntimeModule: () => Promise<RuntimeModule>
}
