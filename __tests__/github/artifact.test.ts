import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { unzip } from '../../src/github/artifact/unzip.js'
import { downloadArtifact, downloadBaseline, limits, type BaselineRequest } from '../../src/github/index.js'
import { clientOf, REPOSITORY } from './helpers.js'
import { startGitHub, type FakeArtifact, type FakeGitHub, type Fault } from './server.js'
import { zip, type ZipEntry } from './zip.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const RESULT = '{"schemaVersion":1}'
const wanted = (name: string) => name === 'result.json'

function artifact(id: number, other: Partial<FakeArtifact> = {}, run: Partial<FakeArtifact['workflow_run']> = {}) {
  const content = zip([{ name: 'result.json', content: RESULT }])
  const made: FakeArtifact = {
    id,
    name: 'precision-gate',
    zip: content,
    expired: false,
    created_at: '2026-11-20T12:00:00Z',
    digest: `sha256:${createHash('sha256')
      .update(other.zip ?? content)
      .digest('hex')}`,
    workflow_run: {
      id: 88,
      repository_id: 1,
      head_repository_id: 1,
      head_branch: 'main',
      head_sha: `sha-${id}`,
      ...run
    },
    ...other
  }
  server.state.artifacts.push(made)
  return made
}

const download = () =>
  downloadArtifact(clientOf(server), {
    repository: REPOSITORY,
    runId: 88,
    name: 'precision-gate',
    wanted
  })

describe('the result of another run', () => {
  it('is read from the newest artifact of its name', async () => {
    artifact(1, { zip: zip([{ name: 'result.json', content: 'old' }]) })
    artifact(3)
    artifact(4, { name: 'precision-gate-logs' })
    artifact(5, { expired: true })
    artifact(6, {}, { id: 99 })
    const outcome = await download()
    expect(outcome).toMatchObject({ kind: 'found', artifact: { id: 3, runId: 88, headSha: 'sha-3' } })
    const files = outcome.kind === 'found' ? outcome.files : undefined
    expect(Buffer.from(files!.get('result.json')!).toString()).toBe(RESULT)
  })

  it('is fetched from the storage without the token', async () => {
    artifact(1)
    expect((await download()).kind).toBe('found')
    const [api] = server.calls(/zip$/)
    expect(api.headers.authorization).toContain(server.token)
    const [blob] = server.requests.filter(({ host }) => host === 'blob')
    expect(blob.headers.authorization).toBeUndefined()
  })

  it('is missing where there is none, or only an expired one', async () => {
    expect(await download()).toEqual({ kind: 'missing', reason: expect.stringMatching(/has no artifact/) })
    artifact(1, { expired: true })
    expect(await download()).toEqual({ kind: 'missing', reason: expect.stringMatching(/expired/) })
  })

  it('is refused where it is larger than a report, whether it says so or not', async () => {
    artifact(1, { size_in_bytes: limits.artifact.maxZipBytes + 1 })
    expect((await download()).kind).toBe('refused')
    expect(server.calls(/zip$/)).toHaveLength(0)
    server.state.artifacts = []
    artifact(2, { zip: Buffer.alloc(limits.artifact.maxZipBytes + 1), size_in_bytes: 100 })
    expect(await download()).toEqual({ kind: 'refused', reason: expect.stringMatching(/larger than/) })
  })

  it('is refused where it is not what was uploaded, or no archive', async () => {
    artifact(1, { digest: `sha256:${'0'.repeat(64)}` })
    expect(await download()).toEqual({ kind: 'refused', reason: expect.stringMatching(/SHA-256/) })
    server.state.artifacts = []
    artifact(2, { zip: Buffer.from('not a zip') })
    expect(await download()).toEqual({ kind: 'refused', reason: expect.stringMatching(/no report/) })
  })

  const passing: Fault[] = [{ kind: 'half' }, { kind: 'reset' }, { kind: 'status', status: 503 }]
  it.each(passing)('is downloaded again after a passing failure: %j', async (fault) => {
    artifact(1)
    for (const call of [/GET .*artifacts$/, /zip$/, /GET \/artifacts\//]) server.fail(call, fault)
    expect((await download()).kind).toBe('found')
  })

  const lasting: Fault[] = [403, 404, 410, 429, 500].map((status) => ({ kind: 'status', status }))
  it.each(lasting)('is a failure, not an exception: %j', async (fault) => {
    artifact(1)
    for (const call of [/GET .*artifacts$/, /zip$/, /GET \/artifacts\//]) {
      server.heal()
      server.fail(call, fault, Infinity)
      expect(await download()).toEqual({ kind: 'failed', reason: expect.stringMatching(/^could not /) })
    }
  })
})

describe('the last result of the target branch', () => {
  const baseline = (other: Partial<BaselineRequest> = {}) =>
    downloadBaseline(clientOf(server), {
      repository: REPOSITORY,
      branch: 'main',
      name: 'precision-gate',
      wanted,
      ...other
    })

  it('is the newest of that branch, made by this repository', async () => {
    artifact(1)
    artifact(2)
    artifact(3, {}, { head_branch: 'feature' })
    artifact(4, {}, { head_repository_id: 666 })
    artifact(5, { expired: true })
    expect(await baseline()).toMatchObject({ kind: 'found', artifact: { id: 2 } })
  })

  it('is that of the commit compared with, where it has one', async () => {
    for (let id = 1; id <= 150; id++) artifact(id)
    expect(await baseline({ baseSha: 'sha-20' })).toMatchObject({ kind: 'found', artifact: { id: 20 } })
    expect(await baseline({ baseSha: 'elsewhere' })).toMatchObject({ kind: 'found', artifact: { id: 150 } })
  })

  it('may not be there yet', async () => {
    expect(await baseline()).toEqual({ kind: 'missing', reason: 'branch main has no artifact precision-gate yet' })
  })
})

describe('an archive that nobody vouches for', () => {
  const bounds = { maxEntries: 3, maxFileBytes: 1_000, maxTotalBytes: 1_500 }
  const read = (entries: readonly ZipEntry[]) => unzip(zip(entries), () => true, bounds)
  const result = { name: 'result.json', content: RESULT }

  it('is read where it is honest, directories left out', async () => {
    const unzipped = await read([{ name: 'a/', content: '' }, { name: 'a/b.txt', content: 'ä' }, result])
    expect(unzipped.ok && [...unzipped.files.keys()]).toEqual(['a/b.txt', 'result.json'])
  })

  const bad: [why: RegExp, entries: ZipEntry[]][] = [
    [/invalid relative path/, [result, { name: '../../.bashrc', content: 'x' }]],
    [/absolute path/, [result, { name: '/etc/passwd', content: 'x' }]],
    [/absolute path|invalid/, [result, { name: 'C:\\windows\\x', content: 'x' }]],
    [/invalid characters/, [result, { name: 'a\\..\\b', content: 'x' }]],
    [/no name of a file/, [result, { name: 'result.json\0.png', content: 'x' }]],
    [/in it twice/, [result, { name: 'result.json', content: '{"conclusion":"success"}' }]],
    [/is a link/, [result, { name: 'link', content: '/etc/passwd', mode: 0o120777 }]],
    [/is encrypted/, [{ ...result, encrypted: true }]],
    [/larger than 1000/, [{ name: 'large', content: 'x'.repeat(1_001) }]],
    [/files are larger/, [1, 2].map((i) => ({ name: `${i}`, content: 'x'.repeat(800) }))],
    [/holds 4 files/, [1, 2, 3, 4].map((i) => ({ name: `${i}`, content: 'x' }))],
    // A bomb: inflates to more than it says.
    [/too many bytes/, [{ name: 'bomb', content: 'x'.repeat(1_000_000), size: 10 }]],
    [/not enough bytes/, [{ name: 'short', content: 'x', size: 10 }]],
    [/checksum/, [{ ...result, crc: 1 }]]
  ]
  it.each(bad)('is refused as a whole: %s', async (why, entries) => {
    expect(await read(entries)).toEqual({ ok: false, reason: expect.stringMatching(why) })
  })

  it('is refused or read in full wherever it is cut or damaged, and never throws', async () => {
    const archive = zip([result, { name: 'samples.json', content: '[]'.repeat(100) }])
    const damage = fc.tuple(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean())
    await fc.assert(
      fc.asyncProperty(damage, async ([position, flip, cut]) => {
        const damaged = Buffer.from(cut ? archive.subarray(0, position) : archive)
        if (!cut) damaged[position] ^= flip
        const unzipped = await unzip(damaged, wanted, bounds)
        const text = unzipped.ok ? unzipped.files.get('result.json') : undefined
        if (text !== undefined) expect(Buffer.from(text).toString()).toBe(RESULT)
      }),
      { numRuns: 500 }
    )
  })
})
