import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import nodeResolve from '@rollup/plugin-node-resolve'
import { existsSync } from 'node:fs'
import typescript from '@rollup/plugin-typescript'

/** The command line, the two actions, and the process that talks to the Actions cache, which has to lie beside them. */
const input = {
  cli: 'src/cli.ts',
  index: 'src/action.ts',
  ...(existsSync('src/report-action.ts') && { report: 'src/report-action.ts' }),
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
    }
  ],
  onwarn(warning, warn) {
    // Not ours to mend.
    if (/node_modules/.test(`${warning.id} ${warning.message}`)) return
    warn(warning)
  }
}
