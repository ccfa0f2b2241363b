import { endGroup, formatCommand, group, safeLog, type Logger, type Write } from '../github/index.js'

/** The log of a step: plain lines, annotations for warnings, and folded groups. */
export interface ActionLog extends Logger {
  /** Folds what `work` logs. */
  grouped<Value>(title: string, work: () => Promise<Value>): Promise<Value>
}

/** No line is a workflow command but those that are meant to be. */
export function createLog(write: Write): ActionLog {
  return {
    debug: (message) => write(formatCommand('debug', message)),
    info: (message) => write(`${safeLog(message)}\n`),
    warning: (message) => write(formatCommand('warning', message)),
    async grouped(title, work) {
      group(title, write)
      try {
        return await work()
      } finally {
        endGroup(write)
      }
    }
  }
}

/** Remembers whether an error was shown: a step needs one, and not the same one twice. */
export function watchErrors(write: Write): { readonly write: Write; readonly shown: () => boolean } {
  let shown = false
  return {
    write: (text) => {
      if (/^::error[ :]/m.test(text)) shown = true
      return write(text)
    },
    shown: () => shown
  }
}
