import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { renderComment, renderSummary, reporters } from '../../src/report/index.js'
import type { Result } from '../../src/result.js'
import { code, prose } from '../../src/report/markdown/escape.js'
import { visible } from '../../src/report/text.js'
import { failingResult, resultNamed, resultWithEverything } from './results.js'

const HOSTILE = [
  'a|b',
  'a\\|b',
  '`x`',
  '<script>alert(1)</script>',
  '<!-- --> ',
  '-->',
  '</details>',
  '@someone',
  'fixes #1',
  'owner/repo#2',
  'GH-3',
  '[click](https://example.com)',
  'https://example.com',
  'www.example.com',
  '![x](y)',
  '**bold** _it_ ~~no~~',
  '$x$',
  ':+1:',
  '&lt;b&gt;',
  '\n| a | b |\n',
  '\r\n# title',
  '---',
  '1. one',
  '- item',
  '\u202egnp.exe',
  '\u0000\u0007\u001b[31mred',
  ']]>',
  '"\'&<>',
  '\ud800',
  '\ufffe',
  '\u200b',
  '\n::set-output name=x::y',
  '::error::x',
  '##[error]x',
  '__proto__',
  'constructor',
  'valueOf',
  ' ',
  '',
  '名前',
  '😀'
]
const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...HOSTILE, ' ', '|', '\n', ':'), { maxLength: 4 }).map((parts) => parts.join(''))
)
const options = { color: false, width: 80 }

/** A well-formedness check by the grammar of XML 1.0: nesting, attributes, legal characters, five entities. */
function expectWellFormed(xml: string): void {
  // eslint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u)
  const open: string[] = []
  const token =
    /<\?xml[^?]*\?>|<\/([a-z-]+)>|<([a-z-]+)((?: [a-z]+="(?:[^"<&]|&(?:amp|lt|gt|quot|apos);)*")*)(\/?)>|(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+/gy
  let end = 0
  for (let match = token.exec(xml); match !== null; match = token.exec(xml)) {
    end = token.lastIndex
    const [, closing, opening, , selfClosing] = match
    if (closing !== undefined) expect(open.pop()).toBe(closing)
    else if (opening !== undefined && selfClosing === '') open.push(opening)
  }
  expect(end).toBe(xml.length)
  expect(open).toEqual([])
}

describe('names in Markdown', () => {
  const links = { reportId: 'x', runUrl: 'https://github.com/o/r/actions/runs/1', sha: '0123456789abcdef' }
  const layouts = {
    summary: (result: Result) => renderSummary(result, links),
    comment: (result: Result) => renderComment(result, links)
  }
  const layers = (text: string) => ({ ...resultNamed(text), ...resultWithEverything(text) })

  describe.each(Object.keys(layouts) as (keyof typeof layouts)[])('in a %s', (layout) => {
    const render = (text: string) => layouts[layout](layers(text))

    it('leave the number of lines and of cells in each row as they are', () => {
      const shape = (text: string) =>
        render(text)
          .split('\n')
          .map((line) => (line.startsWith('|') ? line.split('|').length : 0))
      const expected = shape('name')
      fc.assert(
        fc.property(anyText, (text) => expect(shape(text)).toEqual(expected)),
        { numRuns: 100 }
      )
    })

    it('add no tag, comment, link, emphasis, fence or mention', () => {
      const ours = /<\/?(?:code|details|summary|sub)>|<br>|<!-- precision-gate:x -->/g
      const link = /\[[^\]]*\]\(https:\/\/github\.com\/o\/r\/[^()[\]<>\s`|\\*_~]*\)/g
      const lines = (text: string) =>
        render(text)
          .replace(/\[(?:95[ \u00a0]%(?: interval)?|[−.\d]+,\u00a0[−.\d]+)\]/g, '')
          .replace(link, '')
          .replaceAll('<span>&#36;</span>', '')
          .replace(/```(?:mermaid|text)\n[^`]*\n```/g, '')
      fc.assert(
        fc.property(
          anyText.filter((text) => text !== ''),
          (text) => {
            const written = lines(text)
            expect(written.replace(ours, '')).not.toMatch(/[<>@`[\\]|:\/\/|www\.|~~/)
            expect(written.match(ours)).toEqual(lines('name').match(ours))
          }
        ),
        { numRuns: 100 }
      )
    })
  })

  it('still read as they were written', () => {
    const decode = (text: string) =>
      text.replace(/<\/?span>/g, '').replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decode(code(text)).replaceAll('\u200b', '')).toBe(`<code>${visible(text)}</code>`)
        expect(decode(prose(text)).replaceAll('\u200b', '')).toBe(visible(text))
      })
    )
  })
})

describe('names in JUnit', () => {
  it('leave the XML well-formed', () => {
    expectWellFormed(reporters.junit.format(failingResult, options))
    fc.assert(
      fc.property(anyText, (text) => expectWellFormed(reporters.junit.format(resultNamed(text), options))),
      { numRuns: 150 }
    )
  })
})

describe('names on the terminal', () => {
  it('cannot move the cursor, start a line or give a command to the runner', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 24, max: 200 }), (text, width) => {
        const written = reporters.terminal.format(resultNamed(text), { color: false, width })
        // eslint-disable-next-line no-control-regex
        expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
        for (const line of written.split('\n')) {
          expect(line.trimStart().startsWith('::')).toBe(false)
          expect(line).not.toContain('##[')
        }
      }),
      { numRuns: 150 }
    )
  })

  it.each([24, 44, 80, 120])('keep every line within %i columns', (width) => {
    fc.assert(
      fc.property(fc.constantFrom('x'.repeat(300), 'a '.repeat(100), ...HOSTILE), (text) => {
        for (const line of reporters.terminal.format(resultNamed(text), { color: false, width }).split('\n')) {
          expect(line.length).toBeLessThanOrEqual(width + 2)
        }
      })
    )
  })

  it('have no escape codes without colour', () => {
    expect(reporters.terminal.format(failingResult, options)).not.toContain('\u001b')
  })
})
