import { readdir } from 'node:fs/promises'
import picomatch from 'picomatch'

/**
 * Files below a folder whose relative path matches a glob, sorted, with `/`. `*` stops at `/` and `**` does not. Folders
 * whose name starts with a dot, and node_modules, are left out, and none is entered deeper than the glob reaches.
 */
export async function findFiles(folder: string, glob: string): Promise<string[]> {
  const matches = picomatch(glob)
  const depth = glob.includes('**') ? Infinity : glob.split('/').length
  const found: string[] = []
  const walk = async (prefix: string, level: number): Promise<void> => {
    const entries = await readdir(`${folder}/${prefix}`, { withFileTypes: true })
    for (const entry of entries) {
      const name = `${prefix}${entry.name}`
      if (entry.isDirectory()) {
        const skipped = entry.name.startsWith('.') || entry.name === 'node_modules'
        if (!skipped && level < depth) await walk(`${name}/`, level + 1)
      } else if (matches(name)) found.push(name)
    }
  }
  await walk('', 1)
  return found.sort()
}
