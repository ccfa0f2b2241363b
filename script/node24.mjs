/**
 * Prints the path of a Node.js of the major version that the runner has (`using: node24`), for tests of the built action:
 * this one where it is; else one from npm, which packages Node.js for each platform, pinned and kept in .work/.
 * Without one (no network, another platform) it says so on the standard error and prints nothing.
 *
 *     export PRECISION_GATE_NODE24=$(node script/node24.mjs)
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const VERSION = '24.21.0'
const PACKAGES = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64']

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const platform = `${process.platform}-${process.arch}`
const folder = join(root, '.work', `node-${VERSION}`)
const binary = join(folder, 'node_modules', `node-${platform}`, 'bin', 'node')

if (process.versions.node.startsWith('24.')) print(process.execPath)
else if (existsSync(binary)) print(binary)
else if (!PACKAGES.includes(platform)) missing(`npm has no Node.js for ${platform}`)
else {
  const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `node-${platform}@${VERSION}`]
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' })
  if (status === 0 && existsSync(binary)) print(binary)
  else missing(stderr.trim().split('\n')[0])
}

/** @param {string} path */
function print(path) {
  console.log(path)
}

/** @param {string} why */
function missing(why) {
  console.error(`node24: the built action is tested under ${process.version}: ${why}`)
}
