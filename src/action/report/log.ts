import { formatCommand, safeLog, type Logger, type Write } from '../../github/index.js'

/** The log of a step. Whatever a message quotes, it is no command to the runner. */
export function stepLog(write: Write): Logger {
  return {
    debug: (message) => write(formatCommand('debug', message)),
    info: (message) => write(`${safeLog(message)}\n`),
    warning: (message) => write(formatCommand('warning', message))
  }
}
