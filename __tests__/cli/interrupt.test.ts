import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interrupt-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts the worker, sends the signals one after the other, and waits for its end. */
async function interrupt(mode: string, signals: readonly NodeJS.Signals[]) {
  const child = spawn(process.execPath, ['__tests__/cli/interrupted.mjs', folder, mode])
  const lines: string[] = []
  let during: string[] = []
  let sent = 0
  const next = (): void => {
    const signal = signals[sent++]
    if (signal !== undefined) child.kill(signal)
  }
  child.stdout.on('data', () => {
    during = readdirSync(folder)
    next()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    lines.push(...chunk.toString().trim().split('\n'))
    next()
  })
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('exit', (...end) => resolve(end))
  )
  return { code, signal, lines, during, after: readdirSync(folder) }
}

// Windows knows no signals that a process could handle.
const onPosix = process.platform === 'win32' ? describe.skip : describe

onPosix('an interrupted process', () => {
  it.each([
    ['SIGINT', 130, 'stopping; Ctrl-C again ends at once'],
    ['SIGTERM', 143, 'stopping']
  ] as const)('ends with the code of %s and leaves nothing half written', async (signal, code, message) => {
    const end = await interrupt('polite', [signal])
    expect(end.during).toHaveLength(2)
    expect(end).toMatchObject({ code, signal: null, lines: [message], after: [] })
  })

  it('ends by itself where the work does not notice', async () => {
    expect(await interrupt('stuck', ['SIGINT'])).toMatchObject({ code: 130, after: [] })
  })

  it('is killed at once by a second Ctrl-C', async () => {
    const end = await interrupt('stuck', ['SIGINT', 'SIGINT'])
    expect(end).toMatchObject({ code: null, signal: 'SIGINT', after: [] })
  })
})
