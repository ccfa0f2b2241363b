import { visible } from '../text.js'

/**
 * A name in monospace. Written as HTML with numeric entities, because no backslash rule covers a table cell: GitHub
 * splits cells before it reads code spans, and `\\|` ends the cell. Mentions and issue references stay dead in <code>.
 */
export function code(name: string): string {
  const text = visible(name).replace(/[^\p{L}\p{N} -]/gu, entity)
  return `<code>${text}</code>`
}

/**
 * A sentence that may quote names: nothing in it becomes markup, a mention, an issue reference or a link. Entities
 * alone do not stop mentions and references, which GitHub looks for after rendering; a zero-width space does.
 */
export function prose(sentence: string): string {
  return visible(sentence)
    .replace(/[&<>|`*_~[\]{}\\!$^]|:(?! )/g, entity)
    .replace(/@/g, '&#64;&#8203;')
    .replace(/(?<!&)#/g, '&#35;&#8203;')
    .replace(/(www|\bgh)([.-])/gi, (_, word: string, mark: string) => `${word}&#8203;${mark}`)
    .replace(/^(?=\s*([-+=]|\d+[.)](\s|$)))/, '&#8203;')
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)!};`
}
