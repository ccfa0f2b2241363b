import { serializeResult } from '../result.js'
import type { Reporter } from './types.js'

/** result.json itself. */
export const json: Reporter = { fileName: 'result.json', format: serializeResult }
