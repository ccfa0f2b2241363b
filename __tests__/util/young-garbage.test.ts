import { describe, expect, it } from '@jest/globals'
import { setTimeout } from 'node:timers/promises'
import { collectYoungGarbage } from '../../src/util/young-garbage.js'

describe('collectYoungGarbage', () => {
  it('frees what was made and dropped since, without waiting for more', async () => {
    collectYoungGarbage()
    const before = process.memoryUsage().arrayBuffers
    const held = () => process.memoryUsage().arrayBuffers - before
    for (let i = 0; i < 10; i++) new Uint8Array(1 << 20).fill(i)
    expect(held()).toBeGreaterThanOrEqual(10 << 20)
    collectYoungGarbage()
    // a thread of V8's own gives the buffers back, which may come to run a little later on a busy machine
    for (let waited = 0; waited < 200 && held() >= 2 << 20; waited++) await setTimeout(10)
    expect(held()).toBeLessThan(2 << 20)
  })
})
