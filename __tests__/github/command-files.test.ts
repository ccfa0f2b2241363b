import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { characters, limits, truncateMarkdown, writeOutputs, writeSummary } from '../../src/github/index.js'
import { outputsIn } from './runner.js'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precision-gate-files-'))
  file = join(folder, 'file')
  await writeFile(file, '')
})

afterEach(() => rm(folder, { recursive: true }))

describe('the job summary', () => {
  it('is added to what the step has written before', async () => {
    await writeFile(file, 'before\n')
    expect(await writeSummary({ GITHUB_STEP_SUMMARY: file }, '# Result\n')).toEqual({
      kind: 'written',
      truncated: false
    })
    expect(await readFile(file, 'utf8')).toBe('before\n# Result\n')
  })

  it('stays under the limit of the step, counted in bytes with what is there already', async () => {
    await writeFile(file, 'é'.repeat(300_000))
    const outcome = await writeSummary({ GITHUB_STEP_SUMMARY: file }, '| ä | ö |\n'.repeat(100_000))
    expect(outcome).toEqual({ kind: 'written', truncated: true })
    const { size } = await stat(file)
    expect(size).toBeLessThanOrEqual(limits.summary.maxBytes)
    expect(size).toBeGreaterThan(limits.summary.maxBytes - 200)
    expect(await readFile(file, 'utf8')).toMatch(/\| ä \| ö \|\n\n_Shortened.*_\n$/)
  })

  it('is skipped with a reason where there is no room, no file, or no permission', async () => {
    await writeFile(file, Buffer.alloc(limits.summary.maxBytes))
    expect(await writeSummary({ GITHUB_STEP_SUMMARY: file }, 'text')).toMatchObject({ kind: 'skipped' })
    expect((await stat(file)).size).toBe(limits.summary.maxBytes)
    expect(await writeSummary({}, 'text')).toMatchObject({ kind: 'skipped' })
    expect(await writeSummary({ GITHUB_STEP_SUMMARY: folder }, 'text')).toMatchObject({ kind: 'skipped' })
  })
})

describe('outputs', () => {
  it('are read by the runner as they were, whatever the text', async () => {
    const value = fc.array(
      fc.oneof(fc.constantFrom('\n', '\r\n', 'ghadelimiter_', '<<', 'EOF', 'name=value', '='), fc.string())
    )
    await fc.assert(
      fc.asyncProperty(value, value, async (a, b) => {
        await writeFile(file, '')
        const texts = { 'worst-layer': a.join(''), conclusion: b.join('') }
        const record = { ...texts, passed: true, drop: 0.5, missing: undefined }
        expect(await writeOutputs({ GITHUB_OUTPUT: file }, record)).toMatchObject({ kind: 'written' })
        const written = { ...texts, passed: 'true', drop: '0.5' }
        expect(outputsIn(await readFile(file, 'utf8'))).toEqual(written)
      }),
      { numRuns: 200 }
    )
  })

  it('cannot be ended from inside: the delimiter is another one each time', async () => {
    await writeOutputs({ GITHUB_OUTPUT: file }, { a: '1' })
    const [delimiter] = /ghadelimiter_\S+/.exec(await readFile(file, 'utf8'))!
    await writeFile(file, '')
    await writeOutputs({ GITHUB_OUTPUT: file }, { a: `1\n${delimiter}\nstolen=yes` })
    expect(outputsIn(await readFile(file, 'utf8'))).toEqual({ a: `1\n${delimiter}\nstolen=yes` })
  })

  it('are skipped with a reason outside Actions and beyond the limit', async () => {
    expect(await writeOutputs({}, { a: 1 })).toMatchObject({ kind: 'skipped' })
    const large = { a: 'x'.repeat(limits.output.maxBytesPerJob) }
    expect(await writeOutputs({ GITHUB_OUTPUT: file }, large)).toMatchObject({ kind: 'skipped' })
    expect((await stat(file)).size).toBe(0)
  })
})

describe('Markdown that is cut', () => {
  const cut = (text: string, max: number) => truncateMarkdown(text, { max, measure: characters, note: '(cut)' })

  it('closes what is open and never exceeds the limit', () => {
    const line = fc.constantFrom(
      'text',
      '```',
      '````js',
      '~~~',
      '<details>',
      '</details>',
      '<details><summary>x</summary>',
      ''
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 0, max: 500 }), (lines, max) => {
        const text = lines.join('\n')
        const result = cut(text, max)
        expect(result.length).toBeLessThanOrEqual(max)
        if (text.length <= max) expect(result).toBe(text)
        else if (result !== '') expect(result).toMatch(/\(cut\)$/)
      }),
      { numRuns: 2_000 }
    )
  })

  it('keeps whole lines, in a fence and in details', () => {
    const text = `<details>\n\n\`\`\`\n${'0123456789\n'.repeat(50)}\`\`\`\n</details>`
    expect(cut(text, 120)).toMatch(/^<details>\n\n```\n(0123456789\n)+```\n<\/details>\n\n\(cut\)$/)
  })
})
