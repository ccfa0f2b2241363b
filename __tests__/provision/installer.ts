import process from 'node:process'
import { handleInterrupts } from '../../src/cli/interrupt.js'
import { installPart } from '../../src/provision/install.js'
import { fakePart, QUIET } from './packages.js'

/** Runs in processes of its own (install.test.ts): installs the fake part from a registry into a tool cache. */
export async function main(toolCache: string, registry: string): Promise<void> {
  const interruption = handleInterrupts(() => undefined)
  const { part } = await fakePart()
  const options = { ...QUIET, toolCache, source: { registry: new URL(registry) }, signal: interruption.signal }
  try {
    const { installed } = await installPart(part, options)
    console.log(installed ? 'installed' : 'was there')
  } catch (error) {
    console.log(String(error))
  }
  process.exitCode = interruption.exitCode() ?? 0
}
