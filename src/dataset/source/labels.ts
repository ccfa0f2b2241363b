import { extname } from 'node:path'
import { FileError } from '../../errors.js'
import { elementReader } from '../elements.js'
import { readText } from './classes.js'
import { NpyFile } from './npy.js'
import type { Workspace } from './paths.js'
import { parseLabel, parseTable, Problems, type TableRow } from './table.js'

/**
 * Class indices in the order of the samples: an integer vector in `.npy`, or CSV. CSV with a header has a `label`
 * column and may have an `index` column (other columns are ignored); without one it is `label` or `index,label`.
 */
export function readLabels(file: string, workspace: Workspace): readonly number[] {
  return extname(file).toLowerCase() === '.npy' ? readVector(file, workspace) : readTable(file, workspace)
}

function readVector(path: string, workspace: Workspace): readonly number[] {
  const file = NpyFile.open('the labels', path, workspace)
  try {
    const [count = 0, ...rest] = file.dims
    if (rest.some((size) => size !== 1))
      throw new FileError(
        `${path} has shape ${file.dims.join(' x ')}; labels are a vector`,
        'save argmax, not one-hot rows'
      )
    const bytes = file.read(0, count)
    const read = file.type.startsWith('float') ? undefined : elementReader(file.type)
    if (read === undefined)
      throw new FileError(`${path} holds ${file.type}; labels are integers`, 'save them with dtype numpy.int64')
    return Array.from({ length: count }, (_, index) => {
      const label = read(bytes, index)
      if (label < 0) throw new FileError(`${path}: label ${label} of sample ${index} is negative`)
      return label
    })
  } finally {
    file.close()
  }
}

function readTable(file: string, workspace: Workspace): readonly number[] {
  const rows = parseTable(readText('the labels', file, workspace), file)
  const { label, index, data } = findColumns(rows, file)
  const problems = new Problems(file)
  const labels: number[] = []
  const lines: number[] = []
  data.forEach(({ line, cells }, row) => {
    const value = parseLabel(cells[label] ?? '', undefined)
    const position = index === undefined ? row : parseIndex(cells[index] ?? '', data.length)
    if (typeof value === 'string') problems.add(line, value)
    else if (typeof position === 'string') problems.add(line, position)
    else if (lines[position] !== undefined)
      problems.add(line, `sample ${position} is already on line ${lines[position]}`)
    else {
      labels[position] = value
      lines[position] = line
    }
  })
  problems.throwIfAny('write one row a sample: index,label')
  return labels
}

function findColumns(rows: readonly TableRow[], file: string) {
  const first = rows[0]
  if (first === undefined) throw new FileError(`the label file ${file} is empty`, 'write one label a line')
  const names = first.cells.map((cell) => cell.toLowerCase())
  const label = names.indexOf('label')
  if (label >= 0) {
    const index = names.indexOf('index')
    return { label, index: index < 0 ? undefined : index, data: rows.slice(1) }
  }
  if (first.cells.length > 2)
    throw new FileError(`${file}:${first.line}: no column is named 'label'`, 'add a header row, such as index,label')
  return first.cells.length === 1 ? { label: 0, index: undefined, data: rows } : { label: 1, index: 0, data: rows }
}

function parseIndex(cell: string, count: number): number | string {
  const index = cell === '' ? NaN : Number(cell)
  return Number.isInteger(index) && index >= 0 && index < count
    ? index
    : `index '${cell}' is not a sample: there are ${count} rows, 0 to ${count - 1}`
}
