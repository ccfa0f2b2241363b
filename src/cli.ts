import { reportFailure } from './cli/failure.js'
import { handleInterrupts } from './cli/interrupt.js'
import { main } from './cli/main.js'
import { describeOutput, type Terminal } from './cli/terminal.js'

const interruption = handleInterrupts((message) => process.stderr.write(`\n${message}\n`))
const terminal: Terminal = {
  program: process.argv[1],
  out: describeOutput(process.stdout, process.env),
  err: describeOutput(process.stderr, process.env),
  signal: interruption.signal
}

// Node.js would end with 1 here, which means "a limit is broken".
process.on('uncaughtException', (error) => {
  process.exit(interruption.exitCode() ?? reportFailure(error, terminal, process.argv.includes('--debug')))
})
// `precision-gate run | head` closes the pipe: the verdict is in the exit code all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const exitCode = await main(process.argv.slice(2), {
  terminal,
  loadGate: () => import('./gate.js'),
  loadRuntimeModule: () => import('./runtime/index.js')
})
process.exitCode = interruption.exitCode() ?? exitCode
