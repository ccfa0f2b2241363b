import { json } from './json.js'
import { junit } from './junit.js'
import { markdown } from './markdown.js'
import { terminal } from './terminal.js'
import type { Reporter } from './types.js'

export type { Reporter, ReportOptions } from './types.js'

export type ReporterName = 'terminal' | 'json' | 'markdown' | 'junit'

export const reporters: Readonly<Record<ReporterName, Reporter>> = { terminal, json, markdown, junit }
