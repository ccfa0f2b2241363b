import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom'
import { FileError, messageOf } from '../../errors.js'

export type { Element } from '@xmldom/xmldom'

/** The root element of a document. External entities are never fetched. */
export function parseXml(text: string, file: string): Element {
  try {
    const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml').documentElement
    if (root !== null) return root
  } catch (error) {
    throw new FileError(`${file} is not valid XML: ${messageOf(error).split('\n')[0]}`, 'export the file again', {
      cause: error
    })
  }
  throw new FileError(`${file} is not valid XML: it has no element`, 'export the file again')
}

/** Direct children of that name. */
export function elements(parent: Element, name: string): Element[] {
  return Array.from(parent.childNodes).filter((node): node is Element => node.nodeName === name)
}

/** @throws FileError (without the file's name) where there is no such child. */
export function textOf(parent: Element, name: string): string {
  const child = elements(parent, name).at(0)
  if (child === undefined) throw new FileError(`<${parent.nodeName}> has no <${name}>`)
  return (child.textContent ?? '').trim()
}

/** @throws FileError (without the file's name) where the child is missing or no finite number. */
export function numberOf(parent: Element, name: string): number {
  const text = textOf(parent, name)
  const value = text === '' ? NaN : Number(text)
  if (!Number.isFinite(value)) throw new FileError(`<${name}> holds '${text}', which is not a number`)
  return value
}
