import { visible } from '../text.js'

/**
 * A name in monospace. Written as HTML with numeric entities, because no backslash rule covers a table cell: GitHub
 * splits cells before it reads code spans, and `\\|` ends the cell. Mentions and issue references stay dead in <code>.
 */
export function code(name: string): string {
  const text = visible(name)
    .replace(/[^\p{L}\p{N} -]/gu, entity)
    // addresses of mail are looked for after entities are read, and in <code> too
    .replaceAll(AT, `${AT}${BREAK}`)
  return `<code>${text}</code>`
}

/**
 * A sentence that may quote names: nothing in it becomes markup, a mention, an issue reference, a link, an emoji or a
 * formula. Entities alone do not stop what GitHub looks for after rendering; a zero-width space does, and for formulas
 * the <span> that its documentation recommends.
 */
export function prose(sentence: string): string {
  return visible(sentence)
    .replace(/[&<>|`*_~[\]{}\\!^]/g, entity)
    .replace(/\$/g, '<span>&#36;</span>')
    .replace(/:(?! |$)/g, `&#58;${BREAK}`)
    .replaceAll('@', `${AT}${BREAK}`)
    .replace(/(?<!&)#/g, `&#35;${BREAK}`)
    .replace(/(www|\bgh)([.-])/gi, `$1${BREAK}$2`)
    .replace(/^(?=\s*([-+=]|\d+[.)](\s|$)))/, BREAK)
    .replace(/^ /, '&#32;')
}

const AT = '&#64;'
/** A zero-width space. */
const BREAK = '&#8203;'

function entity(character: string): string {
  return `&#${character.codePointAt(0)!};`
}
