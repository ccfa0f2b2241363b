import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '../../src/result.js'
import { precisionGate, type Finished } from './command.js'

/** What it computes is a processor with AVX2 and without VNNI, whatever the machine has. */
const EMULATOR = ['qemu-x86_64', '-cpu', 'max']
const obstacle = whyNot()

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it emulates programs of x64 Linux'
  const { status, stdout } = spawnSync(EMULATOR[0], ['--version'], { encoding: 'utf8' })
  const version = Number(/version (\d+\.\d+)/.exec(status === 0 ? stdout : '')?.[1])
  return version >= 7.2 ? undefined : 'qemu-x86_64 7.2 or later (package qemu-user), which emulates AVX2, is not there'
}

const emulated = obstacle === undefined ? describe : describe.skip

emulated(`a processor without VNNI${obstacle === undefined ? '' : `: ${obstacle}`}`, () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'precision-gate-vnni-'))
    for (const name of ['home', 'tmp']) mkdirSync(join(folder, name))
    cpSync('examples/01_fashion_mnist', join(folder, 'project'), {
      recursive: true,
      filter: (path) => !path.includes('precision-gate-report') && !path.includes('.precision-gate')
    })
    const config = join(folder, 'project', 'precision-gate.yml')
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^ *fp16: .*$/m, '')) // emulation takes its time
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = (args: readonly string[], through: readonly string[] = []): Promise<Finished> =>
    precisionGate(args, {
      cwd: join(folder, 'project'),
      temporary: join(folder, 'tmp'),
      home: join(folder, 'home'),
      through
    })

  const resultOf = (output: string) =>
    JSON.parse(readFileSync(join(folder, 'project', output, 'result.json'), 'utf8')) as Result

  it('is found by computing, not by the flags that the emulator passes on', async () => {
    const { code, stdout } = await run(['doctor'], EMULATOR)
    expect(code).toBe(0)
    expect(stdout).toContain('INT8 sums saturate: exact kernels are switched on')
    expect(stdout).toMatch(/INT8 +integer kernels; .* at most 0 steps/)
  })

  it('judges INT8 with exact kernels, and says what the default ones would give', async () => {
    const args = (output: string) => ['run', '-q', '--no-cache', '--limit', '32', '-o', output]
    await run(args('here'))
    const { stderr } = await run(args('emulated'), EMULATOR)
    expect(stderr).not.toContain('error')

    const result = resultOf('emulated')
    expect(result.environment).toMatchObject({ vnni: false, x64QuantPrecision: true })
    expect(result.variants.int8.metrics).toEqual(resultOf('here').variants.int8.metrics)
    expect(result.diagnosis).toContainEqual(
      expect.objectContaining({ check: 'integer kernels against simulation', status: 'pass' })
    )
    const saturation = result.diagnosis.find(({ check }) => check.startsWith('saturation without'))
    expect(saturation).toMatchObject({ status: 'warn', variant: 'int8' })
    expect(saturation?.evidence).toContain('this processor has no VNNI')
  }, 300_000)
})
