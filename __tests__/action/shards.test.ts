import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseResult } from '../../src/result.js'
import { startGitHub, type FakeGitHub } from '../github/server.js'
import { pullRequest, push, Runner } from './job.js'

let github: FakeGitHub
let runner: Runner
beforeAll(async () => {
  github = await startGitHub()
  runner = new Runner(github)
})
afterAll(async () => {
  runner.remove()
  await github.stop()
})

const result = () => parseResult(runner.report('result.json'))
/** As upload-artifact and download-artifact do. */
function hand(shard: number): void {
  const report = join(runner.workspace, 'precision-gate-report')
  cpSync(report, join(runner.workspace, 'shards', `precision-gate-shard-${shard}`), { recursive: true })
  rmSync(report, { recursive: true })
}

/** In the order of a workflow; each test goes on where the one before has ended. */
describe('the action on shards', () => {
  it('evaluates a part and says nothing on GitHub: no verdict, and not passed', async () => {
    for (const shard of [1, 2]) {
      const { code, outputs, summary, commands } = await runner.step({
        event: pullRequest(),
        inputs: { shard: `${shard}/2`, 'fail-on': 'warning', 'check-name': 'gate' }
      })
      expect({ code, errors: commands.filter(({ name }) => name === 'error') }).toEqual({ code: 0, errors: [] })
      expect(outputs).toMatchObject({ conclusion: 'inconclusive', passed: 'false' })
      expect(summary).toBe('')
      expect(result().shard).toEqual({ index: shard, count: 2 })
      hand(shard)
    }
    expect(github.state.comments).toEqual([])
    expect(github.state.checks).toEqual([])
  })

  it('merges them: verdict, comment and summary are those of one run', async () => {
    const { code, outputs, summary } = await runner.step({ event: pullRequest(), inputs: { merge: 'shards' } })
    expect(code).toBe(0)
    expect(outputs).toMatchObject({ conclusion: 'success', passed: 'true', 'accuracy-fp32': '0.96' })
    expect(summary).toMatch(/passed/)
    expect(github.state.comments).toEqual([expect.objectContaining({ number: 7 })])
    expect(result()).toMatchObject({ dataset: { samples: 100 }, run: { commit: 'b'.repeat(40), ref: 'quantize' } })
    const merged = result()
    await runner.step({ event: pullRequest() })
    expect(merged.variants.int8.metrics).toEqual(result().variants.int8.metrics)
    expect(merged.dataset).toEqual(result().dataset)
  })

  it('leaves the baseline of the branch with the merged result alone', async () => {
    const baselines = () => github.cache.entries.filter(({ key }) => key.includes('baseline'))
    await runner.step({ event: push(), inputs: { shard: '1/2' } })
    expect(baselines()).toEqual([])
    await runner.step({ event: push(), inputs: { merge: 'shards' } })
    expect(baselines()).toHaveLength(1)
  })

  it('has no verdict where a shard is missing, and the step fails', async () => {
    rmSync(join(runner.workspace, 'shards', 'precision-gate-shard-2'), { recursive: true })
    const { code, commands } = await runner.step({ event: pullRequest(), inputs: { merge: 'shards' } })
    expect(code).toBe(3)
    expect(commands.find(({ name }) => name === 'error')?.data).toMatch(/shard 2 of 2 is missing/)
    expect(readdirSync(join(runner.workspace, 'precision-gate-report'))).not.toContain('result.json')
  })

  it('refuses a folder outside the workspace, an empty one, and both inputs at once', async () => {
    const says = async (inputs: Record<string, string>) => {
      const { code, commands } = await runner.step({ event: pullRequest(), inputs })
      expect(code).toBe(2)
      return commands.find(({ name }) => name === 'error')?.data
    }
    mkdirSync(join(runner.workspace, 'nothing'))
    expect(await says({ merge: '../..' })).toMatch(/lies outside the workspace/)
    expect(await says({ merge: 'nothing' })).toMatch(/nothing holds no folder/)
    expect(await says({ merge: 'shards', shard: '1/2' })).toMatch(
      /input merge: "shards" is not to be given beside shard/
    )
    expect(await says({ shard: '3/2' })).toMatch(/input shard: "3\/2" is not i\/n with i from 1 to n/)
  })
})
