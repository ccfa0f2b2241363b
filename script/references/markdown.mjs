// Renders reports full of hostile names with GitHub's own Markdown renderer and compares the structure of the HTML with
// that of a report full of harmless ones: no name may add a tag, a link, a cell, a mention or a reference.
//
//   CMARK_GFM=/path/to/cmark-gfm node script/references/markdown.mjs [NUMBER OF RANDOM NAMES]
//
// cmark-gfm is Debian's package of that name (0.29.0.gfm.6 was used); its extensions are GitHub's. What github.com does
// besides, on the rendered HTML (docs/report.md): it removes tags and attributes by a list, links mentions, references to
// issues and commits and bare addresses, and replaces emoji codes. These act on text outside <code>, <pre> and <a>, which
// is searched for anything they would take.
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { loadTypeScript } from '../load-typescript.mjs'

const { renderComment, renderSummary } = await loadTypeScript('src/report/index.ts')
const { resultNamed, resultWithEverything } = await loadTypeScript('__tests__/report/results.ts')

const HOSTILE = [
  'a|b',
  'a\\|b',
  '`x`',
  '``',
  '```\nx\n```',
  '~~~',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- precision-gate:other -->',
  '-->',
  '</details>',
  '</code></td></table>',
  '<https://example.com>',
  '@someone',
  '@org/team',
  'a@someone',
  'me@example.com',
  'mailto:me@example.com',
  'xmpp:me@example.com/x',
  'fixes #1',
  '#1',
  'owner/repo#2',
  'owner/repo@0123456789abcdef0123456789abcdef01234567',
  '0123456789abcdef0123456789abcdef01234567',
  'GH-3',
  'gh-3',
  '[click](https://example.com)',
  '[x][y]',
  '[x]: https://example.com',
  '[^1]',
  '[^1]: note',
  '- [ ] task',
  '![x](https://example.com/x.png)',
  'https://example.com',
  'http://example.com/a?b=c&d',
  'ftp://example.com',
  'www.example.com',
  'https://github.com/o/r/issues/1',
  '**bold** _it_ ~~no~~ __b__ ~s~',
  '$x$',
  '$$x$$',
  '$`x`$',
  ':+1:',
  ':smile: :tada:',
  '&lt;b&gt; &#60; &amp;',
  '\n| a | b |\n| --- | --- |\n',
  '\r\n# title\n',
  '# title',
  'title\n===',
  '---',
  '> quote',
  '> [!NOTE]\n> x',
  '1. one',
  '1) one',
  '- item',
  '* item',
  '+ item',
  '    indented',
  '\tindented',
  'trailing  ',
  'trailing\\',
  '\u202egnp.exe',
  '\u0000\u0007\u001b[31mred',
  '\u200b',
  '\u00a0',
  '\ufeff',
  '"\'&<>',
  '\ud800',
  '::error::x',
  '%0A::error::x',
  '__proto__',
  '名前',
  '😀',
  '%%{init: {}}%%',
  '"] end; click x href "https://example.com"'
]

const EXTENSIONS = ['footnotes', 'table', 'strikethrough', 'autolink', 'tagfilter', 'tasklist']
const args = ['--unsafe', '--github-pre-lang', ...EXTENSIONS.flatMap((name) => ['-e', name])]
const html = (input) => execFileSync(process.env.CMARK_GFM ?? 'cmark-gfm', args, { input, encoding: 'utf8' })

/** Tags with their attributes, in order; <span> is what GitHub recommends around a dollar sign that is none of a formula. */
const structure = (text) =>
  html(text)
    .replace(/<\/?span>/g, '')
    .match(/<[^>]*>/g)
    .join('\n')

/** Text outside <code>, <pre> and <a>, as it is read. */
const prose = (text) =>
  html(text)
    .replace(/<(code|pre|a)\b[\s\S]*?<\/\1>/g, '\u0001')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)))
    .replace(/&(lt|gt|amp|quot);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&', quot: '"' })[name])

const TAKEN = [
  [/(?:^|[^\w/])@[a-z0-9]/i, 'a mention'],
  [/(?:^|[^\w])(?:#|gh-)\d/i, 'a reference to an issue'],
  [/\w\/\w+[#@]\w/, 'a reference to another repository'],
  [/:[a-z0-9_+-]+:/i, 'an emoji code'],
  [/(?:https?|ftp):\/\/|(?:mailto|xmpp):\w|www\.\w/i, 'an address'],
  [/\$\S[^\n]*\$/, 'a formula']
]

const layouts = [(result) => renderComment(result, { reportId: 'x' }), (result) => renderSummary(result, {})]
// an address that is one is a link, and wanted
const report = (text) => ({ ...resultNamed(text), ...resultWithEverything(text), run: { ref: text } })

const random = fc
  .sample(
    fc.oneof(
      fc
        .array(fc.constantFrom(...HOSTILE, ' ', '|', '\n', ':', '@', '#1'), { maxLength: 4 })
        .map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'|`<>@#[]()!*_~\\&:/.-+=$^{} \n1aw'), maxLength: 30 })
    ),
    { numRuns: Number(process.argv[2] ?? 300), seed: 1 }
  )
  .filter((text) => text !== '')
let wrong = 0
for (const render of layouts) {
  const expected = structure(render(report('name')))
  for (const text of [...HOSTILE, ...random]) {
    const markdown = render(report(text))
    const found = TAKEN.filter(([pattern]) => pattern.test(prose(markdown))).map(([, what]) => what)
    if (structure(markdown) !== expected) found.push('another structure')
    if (found.length === 0) continue
    wrong++
    console.error(`${JSON.stringify(text)}: ${found.join(', ')}`)
  }
}
console.log(
  `${layouts.length * (HOSTILE.length + random.length)} reports, ${wrong} with something that a name put there`
)
process.exitCode = wrong === 0 ? 0 : 1
