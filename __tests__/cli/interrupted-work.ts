/** Runs in a process of its own (interrupt.test.ts): writes forever, until it is told to stop. */
export { handleInterrupts } from '../../src/cli/interrupt.js'
export { withTemporaryFile, withTemporaryFolder } from '../../src/util/files.js'
