// node bench/run.mjs NAME [ARGUMENTS]: bundles bench/NAME.ts with the sources of today and runs it in a process of its own.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundleTypeScript, root } from '../script/load-typescript.mjs'

const [name, ...args] = process.argv.slice(2)
if (name === undefined || !existsSync(join(root, 'bench', `${name}.ts`))) {
  const benches = readdirSync(join(root, 'bench')).flatMap((file) => /^(.+)\.ts$/.exec(file)?.[1] ?? [])
  console.error(`usage: node bench/run.mjs ${benches.join(' | ')} [ARGUMENTS]`)
  process.exit(2)
}
const bundle = await bundleTypeScript(`bench/${name}.ts`)
// Flags such as --cpu-prof go to the bench: NODE_FLAGS="--cpu-prof" node bench/run.mjs evaluate
const flags = (process.env.NODE_FLAGS ?? '').split(' ').filter(Boolean)
const child = spawn(process.execPath, [...flags, bundle, ...args], { cwd: root, stdio: 'inherit' })
child.on('exit', (code, signal) => {
  rmSync(bundle, { force: true })
  process.exitCode = signal === null ? (code ?? 1) : 1
})
