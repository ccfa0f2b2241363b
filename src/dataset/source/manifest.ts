import { isAbsolute, relative, resolve, sep } from 'node:path'
import { statSync } from 'node:fs'
import { FileError, messageOf } from '../../errors.js'
import type { Dataset, DatasetSource } from '../types.js'
import { readClasses, readText } from './classes.js'
import { ImageDataset, type ImageEntry } from './images.js'
import type { Workspace } from './paths.js'
import { parseLabel, parseTable, Problems, type TableRow } from './table.js'

type ManifestSource = Extract<DatasetSource, { kind: 'manifest' }>

const PATH_COLUMNS = ['path', 'file', 'filename', 'image']
const LABEL_COLUMNS = ['label', 'class', 'target']

interface Columns {
  readonly path: number
  readonly label: number | undefined
  readonly rows: readonly TableRow[]
}

/**
 * A CSV list of images. With a header row the columns are found by name (`path`, `file`, `filename` or `image`;
 * `label`, `class` or `target`; others are ignored); without one they are path, label. A manifest without a label
 * column serves calibration. A row that repeats an earlier one is dropped with a warning (a sample counted twice would
 * make paired statistics too sure); one that contradicts it is an error.
 */
export function openManifest(source: ManifestSource, workspace: Workspace): Dataset {
  const { manifest } = source
  const root = workspace.confine('the root of the manifest', source.root)
  const classes = source.classes === undefined ? undefined : readClasses(source.classes, workspace)
  const index = classes === undefined ? undefined : new Map(classes.map((name, position) => [name, position]))
  const columns = findColumns(parseTable(readText('the manifest', manifest, workspace), manifest), manifest)

  const problems = new Problems(manifest)
  const seen = new Map<string, { line: number; label: number | undefined }>()
  const entries: ImageEntry[] = []
  const warnings: string[] = []
  for (const { line, cells } of columns.rows) {
    const label = columns.label === undefined ? undefined : parseLabel(cells[columns.label] ?? '', index)
    if (typeof label === 'string') {
      problems.add(line, label)
      continue
    }
    const cell = cells[columns.path] ?? ''
    if (cell === '') {
      problems.add(line, 'the path is missing')
      continue
    }
    let file: string
    try {
      file = imageFile(root, cell, workspace)
    } catch (error) {
      problems.add(line, messageOf(error))
      continue
    }
    const earlier = seen.get(file)
    if (earlier !== undefined) {
      if (earlier.label !== label)
        problems.add(
          line,
          `'${cell}' has label ${label ?? '-'} here and ${earlier.label ?? '-'} on line ${earlier.line}`
        )
      else warnings.push(`${manifest}:${line}: '${cell}' is already on line ${earlier.line}; the row is left out`)
      continue
    }
    seen.set(file, { line, label })
    const sample = { id: idOf(root, cell), ...(label === undefined ? {} : { label: label + source.classOffset }) }
    entries.push({ sample, file })
  }
  problems.throwIfAny(`correct the lines of ${manifest}; image paths are relative to ${source.root}`)
  return new ImageDataset(source, entries, classes, warnings)
}

function findColumns(rows: readonly TableRow[], manifest: string): Columns {
  const first = rows[0]
  if (first === undefined) throw new FileError(`the manifest ${manifest} is empty`, 'list one image a line: path,label')
  const names = first.cells.map((cell) => cell.toLowerCase())
  const separator = [';', '\t'].find((mark) => first.cells.length === 1 && names[0].includes(mark))
  if (separator !== undefined)
    throw new FileError(
      `${manifest}:${first.line}: ${JSON.stringify(first.cells[0])} is one cell: columns are separated by commas, not by ${separator === ';' ? 'semicolons' : 'tabs'}`,
      'save the manifest with commas'
    )
  const path = names.findIndex((name) => PATH_COLUMNS.includes(name))
  const label = names.findIndex((name) => LABEL_COLUMNS.includes(name))
  const isHeader = path >= 0
  if (!isHeader && label >= 0)
    throw new FileError(
      `${manifest}:${first.line}: the header names no path column (columns: ${first.cells.join(', ')})`,
      `name it ${PATH_COLUMNS.join(', ')}`
    )
  const columns = isHeader
    ? { path, label: label < 0 ? undefined : label, rows: rows.slice(1) }
    : { path: 0, label: first.cells.length > 1 ? 1 : undefined, rows }
  if (columns.rows.length === 0)
    throw new FileError(`the manifest ${manifest} has a header and no rows`, 'list one image a line: path,label')
  return columns
}

function imageFile(root: string, cell: string, workspace: Workspace): string {
  if (sep === '/' && cell.includes('\\'))
    throw new FileError(`'${cell}' holds "\\": write paths with "/", which works on every system`)
  const path = resolve(root, cell)
  const file = workspace.confine('image', path)
  if (!statSync(file).isFile()) throw new FileError(`image ${path} is not a file`)
  return file
}

function idOf(root: string, cell: string): string {
  const path = isAbsolute(cell) ? cell : resolve(root, cell)
  return relative(root, path).split(sep).join('/')
}
