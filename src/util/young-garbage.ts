import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'minor' }) => void

/** V8's own entry to its collector, undefined where the engine has none: contexts made after the flag have it. */
function collector(): Collect | undefined {
  setFlagsFromString('--expose-gc')
  return runInNewContext('typeof gc === "function" ? gc : undefined') as Collect | undefined
}

let collect: Collect | undefined | 'unknown' = 'unknown'

/**
 * Collects V8's young generation: objects made since the last few collections, in about half a millisecond.
 *
 * V8 itself collects it when 16 MiB of objects were made, and does not count the pixels behind them: a decoded image is a
 * small object to it. A run over many images then needs up to 32 MiB and the pixels of hundreds of images more than a
 * run over few.
 */
export function collectYoungGarbage(): void {
  if (collect === 'unknown') collect = collector()
  collect?.({ type: 'minor' })
}
