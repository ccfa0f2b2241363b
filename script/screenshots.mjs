// Makes the pictures of docs/report.md: runs the gate on real models, renders the Markdown it writes as GitHub does, and
// takes a picture in Chromium. Not part of CI: it needs what neither the repository nor npm ci brings.
//
//   node script/screenshots.mjs --mermaid FILE [--cli FILE] [--fixtures FOLDER] [--only NAME] [--keep FOLDER]
//
//   cmark-gfm        GitHub's Markdown renderer (Debian: cmark-gfm), or CMARK_GFM=/path/to/it
//   chromium         or CHROMIUM=/path/to/it; a font with color emoji (Debian: fonts-noto-color-emoji)
//   --mermaid FILE   mermaid.min.js, as in: npm install --prefix /tmp/mermaid mermaid
//                    (/tmp/mermaid/node_modules/mermaid/dist/mermaid.min.js)
//   --cli FILE       the built command line; dist/cli.js
//   --fixtures       models and images of the project's fixtures; ../shared/fixtures
//   --keep FOLDER    keep the runs there, and take those that are there instead of running them again
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { page, renderMarkdown } from './screenshots/page.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: options } = parseArgs({
  options: {
    mermaid: { type: 'string' },
    cli: { type: 'string', default: join(root, 'dist/cli.js') },
    fixtures: { type: 'string', default: process.env.PRECISION_GATE_FIXTURES ?? join(root, '../shared/fixtures') },
    images: { type: 'string', default: join(root, 'docs/images') },
    only: { type: 'string' },
    keep: { type: 'string' }
  }
})

/** GitHub refuses nothing below 10 MB; the repository should stay small. */
const MOST_BYTES = 260_000

/** A made-up repository: the addresses lead nowhere, everything else in the pictures was measured. */
const REPOSITORY = 'https://github.com/octo-org/vision'
const COMMITS = {
  main: '3f1c9a0e5d7b2468ace013579bdf2468ace01357',
  head: '8d2e6b41c0f93a75e1d4286b0c9f7a5384d6e210'
}

/** `baseline` is the run of another config; `limit` evaluates a part of the test set. */
const RUNS = {
  main: { config: 'mobilenetv2.yml', ref: 'main' },
  imbalanced: { config: 'mobilenet-imbalanced.yml', ref: 'faster-depthwise', baseline: 'main' },
  overflow: { config: 'mobilenet-overflow.yml', ref: 'rescaled-blocks', baseline: 'main' },
  partial: { config: 'mobilenetv2-strict.yml', ref: 'quick-look', limit: 500 },
  'example-main': { config: 'example/precision-gate.mse.yml', ref: 'main' },
  example: { config: 'example/precision-gate.yml', ref: 'calibrate-with-percentile', baseline: 'example-main' }
}

const PICTURES = {
  comment: { run: 'imbalanced', frame: 'comment', open: false },
  'comment-open': { run: 'imbalanced', frame: 'comment', open: true },
  'comment-passed': { run: 'example', frame: 'comment', open: false },
  'comment-overflow': { run: 'overflow', frame: 'comment', open: false },
  'comment-inconclusive': { run: 'partial', frame: 'comment', open: false },
  summary: { run: 'overflow', frame: 'summary', open: false }
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--allow-file-access-from-files',
  '--virtual-time-budget=20000'
]

const work = options.keep === undefined ? mkdtempSync(join(tmpdir(), 'precision-gate-')) : resolve(options.keep)
mkdirSync(work, { recursive: true })
mkdirSync(options.images, { recursive: true })
try {
  const pictures = Object.entries(PICTURES).filter(([name]) => options.only === undefined || options.only === name)
  for (const [name, { run, frame, open }] of pictures) {
    const folder = gate(run)
    const markdown = readFileSync(join(folder, frame === 'comment' ? 'comment.md' : 'report.md'), 'utf8')
    await picture(
      join(options.images, `${name}.png`),
      page(renderMarkdown(markdown), { frame, open, mermaid: mermaid() })
    )
  }
} finally {
  if (options.keep === undefined) rmSync(work, { recursive: true, force: true })
}

/** @returns the report folder of a run */
function gate(name) {
  const folder = join(work, `run-${name}`)
  const { config, ref, limit, baseline } = RUNS[name]
  const before = baseline === undefined ? undefined : gate(baseline)
  if (!existsSync(join(folder, 'result.json'))) {
    const args = ['run', '-q', '-c', join(workspace(), config), '-o', folder, '--workspace', workspace()]
    if (limit !== undefined) args.push('--limit', String(limit))
    if (before !== undefined) args.push('--baseline', before)
    const env = {
      ...process.env,
      PRECISION_GATE_CACHE: join(work, 'cache'),
      PRECISION_GATE_COMMIT: ref === 'main' ? COMMITS.main : COMMITS.head,
      PRECISION_GATE_REF: ref,
      PRECISION_GATE_RUN_URL: `${REPOSITORY}/actions/runs/4711`
    }
    const { status } = spawnSync(process.execPath, [options.cli, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit']
    })
    if (!existsSync(join(folder, 'result.json')))
      throw new Error(`the run of ${config} ended with ${status} and no result`)
    console.log(`${name}: exit code ${status}`)
  }
  execFileSync(process.execPath, [options.cli, 'report', folder, '-r', 'comment', '-r', 'markdown'])
  return folder
}

/** The models, the images and the configs in one folder, as a repository would hold them. */
function workspace() {
  const folder = join(work, 'workspace')
  if (existsSync(folder)) return folder
  const own = join(options.fixtures, 'own')
  cpSync(join(root, 'script/screenshots/configs'), folder, { recursive: true })
  for (const model of ['mobilenetv2', 'mobilenet-imbalanced', 'mobilenet-overflow']) {
    cpSync(join(own, `models/classify-${model}.onnx`), join(folder, `models/classify-${model}.onnx`))
  }
  mkdirSync(join(folder, 'data'))
  execFileSync('tar', ['xzf', resolve(own, 'data/fashion-mnist.tar.gz'), '-C', join(folder, 'data')])
  cpSync(join(root, 'examples/01_fashion_mnist'), join(folder, 'example'), { recursive: true })
  const config = readFileSync(join(folder, 'example/precision-gate.yml'), 'utf8')
  const method = (name) =>
    config.replace(/^(calibration: \{ dataset: \{ path: [^}]+\})[^\n]*/m, `$1, method: ${name} }`)
  writeFileSync(join(folder, 'example/precision-gate.mse.yml'), method('mse'))
  writeFileSync(join(folder, 'example/precision-gate.yml'), method('percentile'))
  return folder
}

function mermaid() {
  if (options.mermaid !== undefined) return pathToFileURL(resolve(options.mermaid)).href
  console.warn('no --mermaid: charts are shown as their source')
  return undefined
}

/** @param {string} file the PNG */
async function picture(file, html) {
  const source = join(work, 'page.html')
  writeFileSync(source, html)
  const chromium = (...more) =>
    execFileSync(process.env.CHROMIUM ?? 'chromium', [...FLAGS, `--user-data-dir=${join(work, 'chromium')}`, ...more], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore']
    })
  const address = pathToFileURL(source).href
  const dom = chromium('--window-size=900,800', '--dump-dom', address)
  const height = /<title>height (\d+)/.exec(dom)?.[1]
  if (height === undefined) throw new Error(`${file}: the page was not drawn to its end`)
  const raw = join(work, 'page.png')
  // a tall picture is shown smaller, and legible at fewer pixels
  for (const scale of [1.5, 1.25, 1]) {
    chromium(`--force-device-scale-factor=${scale}`, `--window-size=900,${height}`, `--screenshot=${raw}`, address)
    await sharp(raw).png({ palette: true, colours: 128, effort: 10 }).toFile(file)
    if (statSync(file).size <= MOST_BYTES) break
  }
  const { size } = statSync(file)
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}`)
  console.log(`${file.slice(dirname(file).length + 1)}: ${size} bytes`)
}
