import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import nodeResolve from '@rollup/plugin-node-resolve'
import typescript from '@rollup/plugin-typescript'

/** The native parts stay outside: onnxruntime-node is found at run time (src/runtime/provision.ts), sharp is a dependency. */
export default {
  input: { cli: 'src/cli.ts' },
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
    json()
  ],
  onwarn(warning, warn) {
    // Not ours to mend.
    if (/node_modules/.test(`${warning.id} ${warning.message}`)) return
    warn(warning)
  }
}
