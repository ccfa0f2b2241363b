import { formatCommand } from '../util/workflow-command.js'
import { annotationsOf, type Annotation } from './annotations.js'
import type { Reporter } from './types.js'

/** Annotations as commands to the runner of a workflow, one a line, on the standard output. */
export const github: Reporter = {
  format: (result) => annotationsOf(result).map(workflowCommand).join('')
}

/** `::error file=F,line=L,col=C,title=T::MESSAGE`, with its line end */
export function workflowCommand({ level, title, message, file, line, column: col }: Annotation): string {
  return formatCommand(level, message, { file, line, col, title })
}
