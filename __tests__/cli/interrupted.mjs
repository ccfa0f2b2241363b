// node interrupted.mjs FOLDER MODE: holds a half-written file and a temporary folder, and waits for a signal.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clearInterval, setInterval } from 'node:timers'
import { loadTypeScript } from '../../script/load-typescript.mjs'

const [folder, mode] = process.argv.slice(2)
const { handleInterrupts, withTemporaryFile, withTemporaryFolder } = await loadTypeScript(
  '__tests__/cli/interrupted-work.ts'
)
const interruption = handleInterrupts((message) => console.error(message))

await withTemporaryFolder(async (temporary) => {
  await writeFile(join(temporary, 'model.onnx'), 'half')
  await withTemporaryFile(join(folder, 'result.json'), async (file) => {
    await writeFile(file, 'half')
    console.log('ready')
    // "stuck" never notices that it was interrupted.
    const stop = (resolve, reject) => interruption.signal.addEventListener('abort', () => reject(new Error('aborted')))
    const alive = setInterval(() => undefined, 1000)
    await new Promise(mode === 'stuck' ? () => undefined : stop).finally(() => clearInterval(alive))
  })
}, folder).catch(() => undefined)
process.exitCode = interruption.exitCode()
