import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runAction } from './action/main.js'
import { publish } from './action/publish.js'

const cancelled = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => cancelled.abort(signal))

const exitCode = await runAction({
  env: process.env,
  write: (text) => process.stdout.write(text),
  program: dirname(fileURLToPath(import.meta.url)),
  signal: cancelled.signal,
  publish
})
// Connections that are kept alive would keep Node.js alive too; what was logged has to be out first.
process.stdout.write('', () => process.exit(exitCode))
