import type { QuantizationTarget } from '../config/index.js'
import type { Diagnosis } from '../result.js'
import type { ImportedRanges } from '../variants/index.js'
import { auditNames } from './table.js'
import { firstFew, plural } from './words.js'

/** Does a table of the user's belong to this network? What it lacks was calibrated, or the variant could not be made. */
export function auditImported(variant: string, { table, needed, sources, known }: ImportedRanges): Diagnosis {
  return auditNames(variant, table, [...sources.values()], known, needed.length - sources.size)
}

/** Where imported ranges come from. Nothing in such a file says which weights or preprocessing it was made with. */
export function auditImportedOrigin(
  variant: string,
  { file, format, table, sources }: ImportedRanges,
  target: QuantizationTarget
): Diagnosis {
  const renamed = [...sources].filter(([tensor, source]) => tensor !== source)
  const neighbours =
    renamed.length === 0
      ? ''
      : `; ${plural(renamed.length, 'range')} taken from a neighbour: ${firstFew(renamed.map(([tensor, source]) => `${tensor} from ${source}`))}`
  return {
    check: 'calibration table',
    status: 'pass',
    variant,
    evidence:
      `imported from ${file} (${format}): ${sources.size} of its ${plural(table.size, 'range')} are used, target ${target}${neighbours}. ` +
      'The file does not say which weights and which preprocessing it was made with',
    action: ''
  }
}
