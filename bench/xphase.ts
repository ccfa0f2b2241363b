import { openDataset, sampleStream } from '../src/dataset/index.js'
import { compareLayers, describeLayers } from '../src/deviation/index.js'
import { loadRuntime } from '../src/runtime/index.js'
import { silentProgress } from '../src/util/progress.js'
const folder = '/tmp/layers'
const dims = [3, 224, 224]
const stream = sampleStream(await openDataset({ kind: 'npy', inputs: folder + '/images.npy', classOffset: 0 }, { workspace: folder }), [], { type: 'float32', dims: ['n', ...dims] })
const a = process.cpuUsage()
const d = await compareLayers({
  reference: { file: folder + '/fp32.onnx', workspace: folder }, variant: { file: folder + '/int8.onnx', workspace: folder },
  name: 'int8', images: stream, isolatedSamples: 4, memoryBytes: 2 ** 30, rule: { threshold: 0.1, floor: 0.1 },
  runtime: await loadRuntime(), session: { provider: 'cpu', threads: 1 }, signal: new AbortController().signal, progress: silentProgress,
  ...(process.argv[2] === 'graph' ? { statistics: 'graph' as const } : {})
})
describeLayers(d, [])
const u = process.cpuUsage(a)
console.error('total', (u.user + u.system) / 1000)
import('node:fs').then(f => f.writeFileSync(`/tmp/layers/desc-${process.argv[2]}.json`, JSON.stringify(describeLayers(d, []))))
