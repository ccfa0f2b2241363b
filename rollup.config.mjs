import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import nodeResolve from '@rollup/plugin-node-resolve'
import typescript from '@rollup/plugin-typescript'
import { gzipSync } from 'node:zlib'

/** The command line, the two actions, and the process that talks to the Actions cache, which has to lie beside them. */
const input = {
  cli: 'src/cli.ts',
  index: 'src/action.ts',
  report: 'src/report-action.ts',
  'cache-worker': 'src/github/cache/worker.ts'
}

/** The native parts stay outside: onnxruntime-node and sharp are found at run time (src/provision). */
export default {
  input,
  output: {
    dir: 'dist',
    format: 'es',
    sourcemap: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    banner: (chunk) => (chunk.name === 'cli' ? '#!/usr/bin/env node' : '')
  },
  external: ['sharp', /^onnxruntime-/],
  plugins: [
    typescript({
      noEmit: false,
      outDir: 'dist',
      rootDir: '.',
      filterRoot: '.',
      include: ['src/**/*.ts'],
      sourceMap: false,
      noEmitOnError: true
    }),
    nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }),
    commonjs(),
    json(),
    {
      // dist/ alone, copied into an image, is a program.
      name: 'module-type',
      generateBundle() {
        this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "module" }\n' })
      }
    },
    {
      // An entry loads its chunks at once, but for those that it imports later.
      name: 'sizes',
      writeBundle(_, bundle) {
        const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk')
        const closure = ({ fileName, imports }, seen = new Set()) => {
          if (seen.has(fileName)) return seen
          seen.add(fileName)
          for (const name of imports) if (bundle[name] !== undefined) closure(bundle[name], seen)
          return seen
        }
        const report = (name, files) => {
          const code = files.map((file) => bundle[file].code).join('')
          const [size, packed] = [Buffer.byteLength(code), gzipSync(code).length].map((bytes) =>
            (bytes / 1000).toFixed(0)
          )
          console.log(`${name.padEnd(16)} ${size.padStart(6)} kB, ${packed.padStart(5)} kB gzip`)
        }
        for (const chunk of chunks.filter(({ isEntry }) => isEntry)) report(chunk.fileName, [...closure(chunk)])
        report(
          'dist/ in all',
          chunks.map(({ fileName }) => fileName)
        )
      }
    }
  ],
  onwarn(warning, warn) {
    // Not ours to mend.
    if (/node_modules/.test(`${warning.id} ${warning.message}`)) return
    warn(warning)
  }
}
