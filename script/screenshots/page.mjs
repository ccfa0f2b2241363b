// A page that shows Markdown as GitHub does: cmark-gfm with GitHub's extensions, its sanitizer's effect on our own tags
// left out (we use none that it removes), a stylesheet of our own after its looks, and Mermaid where it is at hand.
import { execFileSync } from 'node:child_process'

const EXTENSIONS = ['table', 'strikethrough', 'autolink', 'tagfilter', 'tasklist']

/** @param {string} markdown @returns {string} HTML */
export function renderMarkdown(markdown, command = process.env.CMARK_GFM ?? 'cmark-gfm') {
  const args = ['--unsafe', '--github-pre-lang', ...EXTENSIONS.flatMap((name) => ['-e', name])]
  return execFileSync(command, args, { input: markdown, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

/**
 * @param {string} html of the body
 * @param {object} options
 * @param {'comment' | 'summary'} options.frame
 * @param {boolean} options.open every fold is open
 * @param {string | undefined} options.mermaid file:// address of mermaid.min.js
 */
export function page(html, { frame, open, mermaid }) {
  let body = html.replace(/<pre lang="mermaid"><code>([\s\S]*?)<\/code><\/pre>/g, (whole, code) =>
    mermaid === undefined ? whole : `<div class="mermaid">${code}</div>`
  )
  if (open) body = body.replaceAll('<details>', '<details open>')
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
<body><div class="frame ${frame}">${HEADERS[frame]}<div class="markdown">${body}</div></div>
${mermaid === undefined ? '' : `<script src="${mermaid}"></script>`}
<script>
  const done = () => { document.title = 'height ' + Math.ceil(document.querySelector('.frame').getBoundingClientRect().bottom + 16) }
  const folds = [...document.querySelectorAll('details')].map((fold) => [fold, fold.open])
  ${
    mermaid === undefined
      ? 'done()'
      : `// Mermaid measures what it draws, which it cannot in a closed fold
  for (const [fold] of folds) fold.open = true
  mermaid.initialize({ startOnLoad: false, theme: 'default' })
  mermaid.run().catch((error) => document.body.prepend(String(error))).finally(() => { for (const [fold, was] of folds) fold.open = was; done() })`
  }
</script>`
}

const HEADERS = {
  comment:
    '<div class="head"><span class="avatar">⚙</span><b>github-actions</b> <span class="bot">bot</span> commented 2 minutes ago</div>',
  summary: '<div class="head"><b>precision-gate summary</b></div>'
}

const STYLE = `
* { box-sizing: border-box }
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 "Noto Sans", "Liberation Sans", Helvetica, Arial, "Noto Color Emoji", sans-serif }
.frame { border: 1px solid #d1d9e0; border-radius: 6px; background: #fff }
.head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e }
.head b { color: #1f2328 }
.avatar { display: inline-block; width: 22px; height: 22px; margin-right: 8px; border-radius: 50%; background: #1f2328; color: #fff; text-align: center; line-height: 21px; font-size: 14px }
.bot { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px }
.markdown { padding: 16px; overflow-wrap: break-word }
.markdown > *:first-child { margin-top: 0 !important }
.markdown > *:last-child { margin-bottom: 0 !important }
h1, h2, h3, h4 { margin: 24px 0 16px; font-weight: 600; line-height: 1.25 }
h2 { font-size: 1.5em; padding-bottom: .3em; border-bottom: 1px solid #d1d9e0b3 }
h3 { font-size: 1.25em } h4 { font-size: 1em }
p, ul, ol, table, pre, details, blockquote { margin: 0 0 16px }
ul, ol { padding-left: 2em } li + li { margin-top: .25em }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; border-spacing: 0 }
th { font-weight: 600 }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0 }
tr { background: #fff; border-top: 1px solid #d1d9e0b3 }
tbody tr:nth-child(2n) { background: #f6f8fa }
code, pre { font-family: "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 85% }
code { padding: .2em .4em; background: #818b981f; border-radius: 6px; white-space: break-spaces }
h3 code { font-size: 100%; padding: 0 .2em; font-family: inherit }
pre { padding: 16px; background: #f6f8fa; border-radius: 6px; overflow: auto; line-height: 1.45 }
pre code { padding: 0; background: none; font-size: 100%; white-space: pre }
a { color: #0969da; text-decoration: underline; text-underline-offset: .2rem }
summary { cursor: default }
sub { font-size: 75%; line-height: 0; position: relative; bottom: -.25em; vertical-align: baseline }
.mermaid { text-align: center; margin: 0 0 16px; border: 1px solid #d1d9e0; border-radius: 6px; padding: 8px }
.mermaid svg { max-height: 420px }
`
