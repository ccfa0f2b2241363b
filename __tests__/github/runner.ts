/**
 * What the runner makes of a step's log and command files: the rules of ActionCommand.cs, ActionCommandManager.cs and
 * FileCommandManager.cs in actions/runner, written down again for tests.
 */

const REGISTERED = new Set(
  'error warning notice debug group endgroup add-mask add-path set-env set-output save-state echo stop-commands add-matcher remove-matcher internal-set-repo-path'.split(
    ' '
  )
)

export interface ParsedCommand {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** The lines of a step's output as the runner reads them. */
export function linesOf(output: string): string[] {
  const lines = output.split(/\r\n|\r|\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** The command that a line is, in the syntax of today or the older one; undefined for text. */
export function parseCommand(line: string): ParsedCommand | undefined {
  return parseNew(line) ?? parseOld(line)
}

export function commandsIn(output: string): ParsedCommand[] {
  return linesOf(output).flatMap((line) => parseCommand(line) ?? [])
}

function parseNew(line: string): ParsedCommand | undefined {
  // .NET's TrimStart: White_Space of Unicode.
  const message = line.replace(/^\p{White_Space}+/u, '')
  if (!message.startsWith('::')) return undefined
  const end = message.indexOf('::', 2)
  if (end === -1) return undefined
  const [name, rest] = cut(message.slice(2, end), ' ')
  if (!REGISTERED.has(name)) return undefined
  const unescape = (text: string) => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','), '%25')
  return {
    name,
    properties: propertiesOf(rest.trim(), ',', unescape),
    data: unescapeData(message.slice(end + 2), '%25')
  }
}

function parseOld(line: string): ParsedCommand | undefined {
  const start = line.indexOf('##[')
  const end = start === -1 ? -1 : line.indexOf(']', start)
  if (end === -1) return undefined
  const [name, rest] = cut(line.slice(start + 3, end), ' ')
  if (!REGISTERED.has(name)) return undefined
  return { name, properties: propertiesOf(rest, ';', (text) => text), data: line.slice(end + 1) }
}

function propertiesOf(list: string, separator: string, unescape: (text: string) => string): Record<string, string> {
  const pairs = list.split(separator).map((pair) => cut(pair, '='))
  return Object.fromEntries(pairs.filter(([, value]) => value !== '').map(([key, value]) => [key, unescape(value)]))
}

function unescapeData(text: string, percent: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll(percent, '%')
}

function cut(text: string, at: string): [before: string, after: string] {
  const index = text.indexOf(at)
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

/** The values in a GITHUB_OUTPUT file. */
export function outputsIn(file: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  const lines = file.split('\n')
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === '') continue
    const equals = lines[i].indexOf('=')
    const heredoc = lines[i].indexOf('<<')
    if (equals !== -1 && (heredoc === -1 || equals < heredoc)) {
      const [name, value] = cut(lines[i], '=')
      outputs[name] = value
    } else {
      const [name, delimiter] = [lines[i].slice(0, heredoc), lines[i].slice(heredoc + 2)]
      const end = lines.indexOf(delimiter, i + 1)
      if (heredoc < 1 || end === -1) throw new Error(`invalid format: ${lines[i]}`)
      outputs[name] = lines.slice(i + 1, end).join('\n')
      i = end
    }
  }
  return outputs
}
