import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rollup, type Plugin } from 'rollup'

type LanguageService = Pick<typeof import('@actions/languageservice'), 'validate'>

const json: Plugin = {
  name: 'json',
  transform: (code, id) => (id.endsWith('.json') ? { code: `export default ${code}`, map: null } : null)
}

/**
 * GitHub's own checks of workflow files, those of its editor extension. The package imports JSON without the attribute
 * that Node asks for, since it is made for bundlers; so it is bundled.
 */
export async function loadLanguageService(): Promise<LanguageService> {
  const bundle = await rollup({
    input: resolve('node_modules/@actions/languageservice/dist/index.js'),
    plugins: [nodeResolve({ resolveOnly: [/^@actions\//] }), json],
    onwarn: () => undefined // not ours to mend
  })
  const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true })
  await bundle.close()
  const folder = resolve('node_modules/.cache/precision-gate')
  const file = join(folder, `${process.pid}-language-service.mjs`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, output[0].code)
  try {
    return (await import(pathToFileURL(file).href)) as LanguageService
  } finally {
    rmSync(file)
  }
}
