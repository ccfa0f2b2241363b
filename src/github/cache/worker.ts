/**
 * Entry point of the process that talks to the Actions cache. @actions/cache prints annotations of its own, can hang
 * for minutes, leaks upload errors, and keeps Node alive; here it may do all of that, and is killed when it takes too
 * long (see process.ts).
 */
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache'
import { messageOf } from '../../errors.js'
import { hasGnuTar } from './gnu-tar.js'
import { ENTRY_FOLDERS, type CacheReply, type CacheRequest } from './protocol.js'

async function serve({ operation, kind, key, prefix }: CacheRequest): Promise<CacheReply> {
  const folder = ENTRY_FOLDERS[kind]
  if (!isFeatureAvailable()) return { kind: 'unavailable', reason: 'this runner has no Actions cache' }
  if (operation === 'save') return (await saveCache([folder], key)) === -1 ? { kind: 'nothing' } : { kind: 'saved' }

  // The library unpacks with `tar -P`, which writes to absolute paths and through `..`. GNU tar can be told to put
  // every entry into our folder, whatever it is called; other tars cannot.
  if (!(await hasGnuTar())) {
    return { kind: 'unavailable', reason: 'GNU tar is missing, and other tars would unpack outside of our folder' }
  }
  process.env.TAR_OPTIONS = `--transform=s,^.*/,${folder}/,;s,^[.]*$,${folder}, --no-same-permissions`
  const restored = await restoreCache([folder], key, prefix === undefined ? undefined : [prefix])
  return restored === undefined ? { kind: 'nothing' } : { kind: 'restored', key: restored }
}

function reply(message: CacheReply): void {
  process.send?.(message, undefined, undefined, () => process.exit(0))
}

process.on('uncaughtException', (error) => reply({ kind: 'error', reason: messageOf(error) }))
process.once('message', (request: CacheRequest) => {
  serve(request).then(reply, (error: unknown) => reply({ kind: 'error', reason: messageOf(error) }))
})
