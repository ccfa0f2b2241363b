import { join } from 'node:path'
import { reporters, type ReportLinks } from '../report/index.js'
import type { Result } from '../result.js'
import { writeFileAtomic } from '../util/files.js'
import type { ReportRequest } from './reporter-option.js'
import type { Output } from './terminal.js'

export const PLAIN = { color: false, width: 120 }

/**
 * Renders a result and puts it where it was asked for.
 * @param folder where a reporter's own file goes.
 */
export async function writeReport(
  { name, file }: ReportRequest,
  result: Result,
  { folder, out, links }: { readonly folder: string; readonly out: Output; readonly links?: ReportLinks }
): Promise<void> {
  const { format, fileName } = reporters[name]
  const target = file ?? (fileName === undefined ? '-' : join(folder, fileName))
  const more = links === undefined ? {} : { links }
  if (target !== '-') return writeFileAtomic(target, format(result, { ...PLAIN, ...more }))
  out.stream.write(format(result, { color: out.color, width: out.width, ...more }))
}
