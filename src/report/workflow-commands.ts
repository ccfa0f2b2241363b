import { annotationsOf, type Annotation } from './annotations.js'
import type { Reporter } from './types.js'

/** Annotations as commands to the runner of a workflow, one a line, on the standard output. */
export const github: Reporter = {
  format: (result) =>
    annotationsOf(result)
      .map((annotation) => `${workflowCommand(annotation)}\n`)
      .join('')
}

/** `::error file=F,line=L,col=C,title=T::MESSAGE` */
export function workflowCommand({ level, title, message, file, line, column }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    `title=${escapeProperty(title)}`
  ]
  return `::${level} ${properties.join(',')}::${escapeData(message)}`
}

/** As the runner unescapes it (ActionCommand.cs). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
