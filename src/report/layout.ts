/** Text on a terminal: plain strings in, lines out. Colour is added by `paint`, after widths are known. */

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

const COMBINING = /\p{M}/u

/** Columns that a text takes; wide East Asian characters and emoji take two. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    width += code < 0x300 ? 1 : COMBINING.test(character) ? 0 : isWide(code) ? 2 : 1
  }
  return width
}

/** Lines of at most `width` columns, broken at spaces where there are any; all but the first are indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const body = text.trimStart()
  const words = body.split(' ').flatMap((word) => pieces(word, Math.max(8, width - indent.length)))
  const lines: string[] = []
  let line = text.slice(0, text.length - body.length) + words[0]
  for (const word of words.slice(1)) {
    if (widthOf(line) + 1 + widthOf(word) <= width) {
      line += ` ${word}`
    } else {
      lines.push(line.trimEnd())
      line = indent + word
    }
  }
  return [...lines, line.trimEnd()]
}

/**
 * A table with its columns two apart, or one where it is tight; undefined where it is wider than the terminal.
 * @param paint colours a padded cell, given its row and column.
 */
export function layoutTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: (cell: string, row: number, column: number) => string
): string[] | undefined {
  const widths = columns.map(({ title }, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column])), widthOf(title))
  )
  const total = widths.reduce((sum, cell) => sum + cell, 0)
  const gap = [2, 1].find((gap) => total + gap * columns.length <= width)
  if (gap === undefined) return undefined
  const space = ' '.repeat(gap)
  const line = (cells: readonly string[], row: number) =>
    cells
      .map((cell, column) => {
        const padding = ' '.repeat(widths[column] - widthOf(cell))
        return paint(columns[column].align === 'right' ? padding + cell : cell + padding, row, column)
      })
      .join(space)
      .trimEnd()
  return [columns.map(({ title }) => title), ...rows].map((cells, index) => space + line(cells, index - 1))
}

/** A word cut where it alone is wider than the terminal. */
function pieces(word: string, width: number): string[] {
  if (2 * word.length <= width) return [word]
  const parts: string[] = []
  let part = ''
  let used = 0
  for (const character of word) {
    const more = widthOf(character)
    if (used + more > width) {
      parts.push(part)
      part = ''
      used = 0
    }
    part += character
    used += more
  }
  return [...parts, part]
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}
