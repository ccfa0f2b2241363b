/**
 * Text from models, files and configs, safe for a terminal and a CI log: control characters are written out, and a line that
 * a CI system would take for a command (`::set-output`, `##[...]`) is indented.
 */
export function printable(text: string): string {
  return text
    .replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
    .replace(/^(?=::|##\[)/gm, ' ')
}
