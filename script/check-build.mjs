/**
 * Builds dist/, schema/ and the tables in docs/config.md and README.md in place and fails when the committed files
 * differ: what users run and read is what src/ and action.yml say.
 *
 *     npm run check-build
 */
import { spawnSync } from 'node:child_process'
import process from 'node:process'

const GENERATED = ['dist', 'schema', 'docs/config.md', 'README.md']

const build = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' })
if (build.status !== 0) fail(`npm run build failed with exit code ${build.status}`)

const status = spawnSync('git', ['status', '--porcelain', '--untracked-files=all', '--', ...GENERATED], {
  encoding: 'utf8'
})
if (status.status !== 0) fail(`git status failed: ${status.error?.message ?? status.stderr.trim()}`)

const changed = status.stdout.split('\n').filter((line) => line !== '')
if (changed.length > 0) {
  const files = changed.map((line) => `  ${describe(line.slice(0, 2))} ${line.slice(3)}`)
  fail(`built files differ from the committed ones. Commit the output of npm run build:\n${files.join('\n')}`)
}
console.log(`check-build: ${GENERATED.join(', ')} match their sources`)

/** @param {string} code the two letters of `git status --porcelain` */
function describe(code) {
  if (code === '??') return 'not committed:'
  return code.includes('D') ? 'deleted:      ' : 'changed:      '
}

/** @param {string} message */
function fail(message) {
  console.error(`check-build: ${message}`)
  process.exit(1)
}
