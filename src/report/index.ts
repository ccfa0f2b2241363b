import { json } from './json.js'
import { junit } from './junit.js'
import { comment, markdown } from './markdown/index.js'
import { terminal } from './terminal.js'
import { github } from './workflow-commands.js'
import type { Reporter } from './types.js'

export { annotationsOf, type Annotation, type AnnotationOptions } from './annotations.js'
export { comparisonLines } from './comparison.js'
export { layerReport } from './layer-report.js'
export { worstFirst } from './layers.js'
export { DEFAULT_REPORT_ID, type ReportLinks } from './links.js'
export {
  commentMarker,
  parseMarker,
  renderComment,
  renderSummary,
  renderUnjudged,
  type CommentOptions,
  type SummaryOptions,
  type Unjudged
} from './markdown/index.js'
export type { Reporter, ReportOptions } from './types.js'
export { workflowCommand } from './workflow-commands.js'

export type ReporterName = 'terminal' | 'json' | 'markdown' | 'comment' | 'github' | 'junit'

export const reporters: Readonly<Record<ReporterName, Reporter>> = { terminal, json, markdown, comment, github, junit }
