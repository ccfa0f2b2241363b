import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Whether the tar that @actions/cache chooses on this platform is GNU's (its `getTarPath`). */
export async function hasGnuTar(): Promise<boolean> {
  const gitTar = join(process.env.PROGRAMFILES ?? '', 'Git', 'usr', 'bin', 'tar.exe')
  if (process.platform === 'win32' && existsSync(gitTar)) return true
  const tar = process.platform === 'darwin' ? 'gtar' : 'tar'
  const { stdout } = await promisify(execFile)(tar, ['--version']).catch(() => ({ stdout: '' }))
  return stdout.includes('GNU tar')
}
