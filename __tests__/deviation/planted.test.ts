import { afterAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { sharedFixtures } from '../fixtures.js'
import { EXAMPLE, fashionMnist, fixture, Scratch } from '../acceptance/workspace.js'
import { layersOf } from './compare.js'
import { plant } from './faults.js'
import { FASHION, Network, SCENES } from './network.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

/** mulberry32: the same choices in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function listOf(name: string, folder: string): string {
  return scratch.write(`${name}.csv`, ['path', ...readdirSync(folder).sort()].join('\n'))
}

const SUSPICION_OF_THE_HEALTHY = 0.1
const IMAGES = 2

async function findPlanted(network: Network, faults: number): Promise<string[]> {
  const random = seeded(2026)
  const missed: string[] = []
  for (let i = 0; i < faults; i++) {
    const fault = plant(network, random)
    const variant = await network.quantize(fault.edits)
    const images = network.images.atMost(IMAGES)
    const layers = await layersOf({ reference: network.reference, variant, images, folder: network.folder })
    const [first] = layers.filter(({ introduced }) => introduced?.rank === 1)
    const isChannel = fault.channel === undefined || first.channels?.[0].channel === fault.channel
    if (!fault.isIt(first) || !isChannel) missed.push(`${fault.what}: ${first.name} is accused`)
  }
  return missed
}

async function healthy(network: Network): Promise<number> {
  const variant = await network.quantize()
  const images = network.images.atMost(IMAGES)
  const layers = await layersOf({ reference: network.reference, variant, images, folder: network.folder })
  return Math.max(...layers.map(({ introduced }) => introduced?.suspicion ?? Infinity))
}

describe('a fault planted into the network of example 01', () => {
  it('is the first suspect, and nothing is suspected without one', async () => {
    const folder = scratch.path('example')
    mkdirSync(folder)
    const source = { kind: 'folders', path: resolve(EXAMPLE, 'data', 'test'), classOffset: 0 } as const
    const network = await Network.open(resolve(EXAMPLE, 'model.onnx'), source, FASHION, folder)
    expect(await healthy(network)).toBeLessThan(SUSPICION_OF_THE_HEALTHY)
    expect(await findPlanted(network, 6)).toEqual([])
  }, 60_000)
})

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

onFixtures('a fault planted into a trained network', () => {
  it.each(['classify-resnet14', 'classify-mobilenetv2', 'segment-unet'])(
    'is the first suspect in at least 19 of 20 cases: %s',
    async (name) => {
      const folder = scratch.path(name)
      mkdirSync(folder)
      const scenes = name === 'segment-unet'
      const images = scenes ? fixture('own', 'data', 'scenes', 'calibration', 'images') : fashionMnist('calibration')
      const source = scenes
        ? ({ kind: 'manifest', manifest: listOf(name, images), root: images, classOffset: 0 } as const)
        : ({ kind: 'folders', path: images, classOffset: 0 } as const)
      const steps = scenes ? SCENES : FASHION
      const network = await Network.open(fixture('own', 'models', `${name}.onnx`), source, steps, folder)
      expect(await healthy(network)).toBeLessThan(SUSPICION_OF_THE_HEALTHY)
      const missed = await findPlanted(network, 20)
      expect(missed.slice(1)).toEqual([])
    },
    240_000
  )
})
