// Imports a TypeScript module of src/ from a script: bundled without a type check, packages left outside.
import json from '@rollup/plugin-json'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rollup } from 'rollup'
import ts from 'typescript'

export const root = fileURLToPath(new URL('..', import.meta.url))

const typescript = {
  name: 'transpile-typescript',
  resolveId(source, importer) {
    if (importer === undefined || !source.startsWith('.')) return null
    const file = resolve(dirname(importer), source.replace(/\.js$/, '.ts'))
    return existsSync(file) ? file : null
  },
  transform(code, id) {
    if (!id.endsWith('.ts')) return null
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
    return { code: ts.transpileModule(code, { compilerOptions: options, fileName: id }).outputText, map: null }
  }
}

/**
 * @param {string} file relative to the repository's root
 * @returns {Promise<string>} the bundle, below node_modules so that it finds the packages it imports
 */
export async function bundleTypeScript(file) {
  const bundle = await rollup({
    input: join(root, file),
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id),
    plugins: [typescript, json()]
  })
  const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true })
  await bundle.close()
  const folder = join(root, 'node_modules/.cache/precision-gate')
  const path = join(folder, `${process.pid}-${file.replaceAll('/', '-')}.mjs`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, output[0].code)
  return path
}

/** @param {string} file relative to the repository's root */
export async function loadTypeScript(file) {
  const bundle = await bundleTypeScript(file)
  try {
    return await import(pathToFileURL(bundle).href)
  } finally {
    rmSync(bundle, { force: true })
  }
}
