import { spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

/** The program that users run; PRECISION_GATE_DIST points to another build than the committed one. */
const CLI = resolve(process.env.PRECISION_GATE_DIST ?? 'dist', 'cli.js')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd: string
  /** Folder for temporary files, to see afterwards that none is left. */
  readonly temporary: string
  readonly home: string
  /** A program that starts the command, which is appended to its arguments. */
  readonly through?: readonly string[]
  readonly unprivileged?: boolean
  /** Called with all of stderr so far whenever something is added to it. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** Where a Vulkan driver lies that is not installed in the system's folders. */
const DRIVER = ['LD_LIBRARY_PATH', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES']

/** As many processes at a time as the smallest of CI's machines has processors. */
const PARALLEL = 2
const waiting: (() => void)[] = []
let running = 0

/** Runs precision-gate as a process of its own, with nothing of this one's environment that changes what it does. */
export async function precisionGate(args: readonly string[], options: CommandOptions): Promise<Finished> {
  if (running >= PARALLEL) await new Promise<void>((ready) => waiting.push(ready))
  running++
  try {
    return await start(args, options)
  } finally {
    running--
    waiting.shift()?.()
  }
}

/** Nobody's, where this process is root's. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** Why no process without privileges can run the program here; undefined where one can. */
export function unprivilegedObstacle(): string | undefined {
  if (process.platform === 'win32') return 'Windows has other permissions'
  const { status } = spawnSync(process.execPath, [CLI, '--version'], NOBODY)
  return status === 0 ? undefined : 'the program lies where only root can read it'
}

function start(args: readonly string[], options: CommandOptions): Promise<Finished> {
  const { cwd, temporary, home, through = [], unprivileged, onStderr } = options
  const driver = Object.fromEntries(DRIVER.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])))
  const [program, ...rest] = [...through, process.execPath, CLI, ...args]
  return new Promise((done, failed) => {
    const child = spawn(program, rest, {
      cwd,
      env: { PATH: process.env.PATH, HOME: home, TMPDIR: temporary, NO_COLOR: '1', ...driver },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(unprivileged === true && NOBODY)
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onStderr?.(stderr, (signal) => child.kill(signal))
    })
    child.on('error', failed)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}
