import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

describe('require_executed', () => {
  const variants =
    '{int8: {precision: int8, ranges: data/test.csv}, half: {precision: fp16}, ours: {model: models/qat.onnx}, ' +
    'mine: {model: models/qat.onnx, require_executed: fp16}, free: {precision: fp16, require_executed: none}}'

  it('asks each variant for its own precision; its own key comes first', async () => {
    const loaded = await project.load(config({ variants, runtime: '{require_executed: [int8, fp16]}' }))
    const asked = Object.fromEntries(
      [...loaded.variants].map(([name, { requireExecuted }]) => [name, requireExecuted?.precision])
    )
    expect(asked).toEqual({ int8: 'int8', half: 'fp16', ours: undefined, mine: 'fp16', free: undefined })
    expect(loaded.variants.get('int8')?.requireExecuted?.position).toEqual({ line: 5, column: 11 })
    expect(loaded.variants.get('mine')?.requireExecuted?.position).toMatchObject({ line: 4 })
    expect(loaded.variants.get('ours')).toMatchObject({
      requireWhereUsed: [{ precision: 'int8' }, { precision: 'fp16' }]
    })
  })

  it('asks nothing of variants of another precision', async () => {
    const loaded = await project.load(config({ variants, runtime: '{require_executed: int8}' }))
    expect(loaded.variants.get('half')).not.toHaveProperty('requireExecuted')
  })

  it.each([
    [{ runtime: '{require_executed: fp32}' }, '5:29: runtime.require_executed is "fp32"'],
    [{ runtime: '{require_executed: []}' }, '5:29: runtime.require_executed'],
    [
      { variants: '{a: {precision: fp16, require_executed: int8}}' },
      '4:51: variants.a.require_executed is "int8": expected "none" or "fp16"'
    ]
  ])('refuses %j', async (changes, message) => {
    const [error, ...more] = await project.errors(config(changes))
    expect(error).toContain(`precision-gate.yml:${message}`)
    expect(more).toEqual([])
  })
})
