/**
 * The one folder in the archive of each kind of entry. Its name is part of the entry's version: a cache saved under
 * another is not found.
 */
const ENTRY_FOLDERS = { tables: 'precision-gate-tables', baseline: 'precision-gate-baseline' };

export { ENTRY_FOLDERS as E };
