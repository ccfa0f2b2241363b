// Writes src/model/proto/onnx_pb.ts from onnx.proto beside it: `npm run proto`. Needs no network; the result is committed.
// onnx.proto is the file of the onnx 1.23 package, unchanged (Apache-2.0).
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const proto = join(root, 'src/model/proto')
const template = {
  version: 'v2',
  plugins: [
    {
      local: ['node', join(root, 'node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es')],
      out: proto,
      opt: ['target=ts', 'import_extension=js']
    }
  ]
}

const buf = join(root, 'node_modules/@bufbuild/buf/bin/buf')
execFileSync(process.execPath, [buf, 'generate', proto, '--template', JSON.stringify(template)], { stdio: 'inherit' })
