// Writes the tables that ONNX Runtime's own readers are asked about: node script/write-tables.mjs, then
// python script/references/table_formats.py read
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTypeScript, root } from './load-typescript.mjs'

const { writeRanges } = await loadTypeScript('src/quantization/formats/index.ts')
const folder = join(root, '__fixtures__/quantization/tables')
const ranges = new Map(
  Object.entries(JSON.parse(readFileSync(join(folder, 'onnxruntime/ranges.json'), 'utf8'))).map(
    ([tensor, [min, max]]) => [tensor, { min, max }]
  )
)
for (const [name, format] of [
  ['ours.flatbuffers', 'onnxruntime-flatbuffers'],
  ['ours.cache-path.json', 'onnxruntime-json'],
  ['ours.cache', 'tensorrt']
]) {
  writeFileSync(join(folder, name), writeRanges({ ranges }, name, format))
}
