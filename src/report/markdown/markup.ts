/** Pieces of GitHub's Markdown. What goes in is already escaped. */

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right' | 'center'
}

const RULE = { left: '---', right: '---:', center: ':---:' }

/** Empty where there is no row. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => RULE[align ?? 'left'])),
    ...rows.map(line)
  ].join('\n')
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** Blank lines inside the block: without them GitHub shows the Markdown as it is written. */
export function details(summary: string, content: string): string {
  return content === '' ? '' : `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`
}

/** Nothing in a fence can be escaped, so it is longer than any row of backticks in it. */
export function fence(language: string, lines: readonly string[]): string {
  const longest = Math.max(0, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((ticks) => ticks.length))
  const mark = '`'.repeat(Math.max(3, longest + 1))
  return [mark + language, ...lines, mark].join('\n')
}

export function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n')
}

/** A figure that is not broken at its spaces, with a true minus sign. */
export function figure(text: string): string {
  return text.replaceAll(' ', '\u00a0').replace(/-(?=\d)/g, '\u2212')
}

/** At most `length` characters of a text, counted as people count them, with an ellipsis where some are missing. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text
  const characters = Array.from(text)
  return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join('')}…`
}

/**
 * The whole lines at the start of a text that fit, with what they open closed again: a fence or a `<details>` left open
 * would swallow the rest of the page.
 *
 * @param fits whether a text is short enough.
 * @returns empty where not even one line fits.
 */
export function cutToLines(text: string, fits: (text: string) => boolean): string {
  const lines = text.split('\n')
  let [low, high] = [0, lines.length]
  const cut = (count: number): string => closed(lines.slice(0, count))
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(cut(middle))) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : cut(low)
}

function closed(lines: readonly string[]): string {
  const fences = lines.filter((line) => line.startsWith('```')).length
  const count = (tag: string): number => lines.filter((line) => line.startsWith(tag)).length
  const open = count('<details') - count('</details>')
  return [
    ...lines,
    ...(fences % 2 === 1 ? ['```'] : []),
    ...Array<string>(Math.max(0, open)).fill('\n</details>')
  ].join('\n')
}
