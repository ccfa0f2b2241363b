type Properties = Readonly<Record<string, string | number | undefined>>

/** One line for a runner of GitHub Actions, its end included: `::name key=value,key=value::message`. Empty values are left out. */
export function formatCommand(name: string, message: string, properties: Properties = {}): string {
  const list = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
    .join(',')
  return `::${name}${list === '' ? '' : ` ${list}`}::${escapeData(message)}\n`
}

/** As the runner unescapes it (ActionCommand.cs). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
