// Runs the tests that need the large fixtures (PRECISION_GATE_FIXTURES, or ../shared/fixtures). Where there are none it
// says so and succeeds, unless PRECISION_GATE_REQUIRE_FIXTURES=1.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(process.env.PRECISION_GATE_FIXTURES || '../shared/fixtures')
if (!existsSync(folder)) {
  const required = process.env.PRECISION_GATE_REQUIRE_FIXTURES === '1'
  console.error(`${required ? 'error' : 'skipped'}: the fixtures in ${folder} are not there`)
  process.exit(required ? 1 : 0)
}

const tests = readdirSync('__tests__', { recursive: true })
  .map((name) => join('__tests__', name))
  .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('sharedFixtures'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort()

const jest = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
const { status } = spawnSync(process.execPath, [...jest, '--runTestsByPath', ...tests, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PRECISION_GATE_FIXTURES: folder }
})
process.exit(status ?? 1)
