import { REPORT_FILE, serializeResult } from '../result.js'
import type { Reporter } from './types.js'

/** result.json itself. */
export const json: Reporter = { fileName: REPORT_FILE.result, format: serializeResult }
