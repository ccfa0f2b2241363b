import type { ChunkPass, MeasuredChunk } from './contract.js'
import { runPass, type Pass } from './run.js'
import { openMerged, type Comparison, type MergedSession } from './sessions.js'
import type { LayerTotals } from './totals.js'
import type { ObservedLayer } from './types.js'

/** Measures layers by statistics nodes in the graph: only vectors leave the runtime, which is what a GPU needs. */
export async function measureInGraph(
  comparison: Comparison,
  chunk: readonly ObservedLayer[],
  { input, advance }: ChunkPass
): Promise<MeasuredChunk> {
  const { images, signal } = input
  const plain = await comparison.runtime.createSession(input.variant.file, comparison.session)
  const run = (merged: MergedSession, more: Partial<Pass>) =>
    runPass({ images, merged, signal, advance, ...more }).finally(() => merged.session.release())
  const network = await openMerged(comparison, chunk, 'network')
  const { totals, effect } = await run(network, { plain }).finally(() => plain.release())
  const cut = await openMerged(comparison, chunk, 'isolated')
  const isolated = await run(cut, { images: images.atMost(input.isolatedSamples) })

  const broken = totals.filter((one) => !Number.isFinite(one.whole().squaredError))
  const counted = new Map<ObservedLayer, LayerTotals>()
  if (broken.length > 0) {
    const layers = broken.map(({ layer }) => layer)
    const counts = await run(await openMerged(comparison, layers, 'nonFinite'), { advance: () => undefined })
    for (const one of counts.totals) counted.set(one.layer, one)
  }
  const layers = totals.map((inNetwork, i) => ({
    inNetwork,
    isolated: isolated.totals[i],
    nonFinite: counted.get(inNetwork.layer)
  }))
  return { layers, effect }
}
