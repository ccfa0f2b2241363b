import { createProgram } from './program.js'
import type { CommandContext } from './context.js'
import { reportFailure } from './failure.js'
import { debugRequested } from './options.js'

/**
 * Parses the arguments, runs the command and maps whatever happens to an exit code.
 * @param args without the program's own name.
 */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = 0
  try {
    await createProgram(context, (code) => (exitCode = code)).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    const debug = args.includes('--debug') || debugRequested()
    return reportFailure(error, context.terminal, debug)
  }
}
