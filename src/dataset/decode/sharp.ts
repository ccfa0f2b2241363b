import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { default as Sharp } from 'sharp'
import { messageOf, RuntimeError } from '../../errors.js'
import { findSharp } from '../../provision/index.js'

type SharpModule = typeof Sharp

let loaded: SharpModule | undefined

/**
 * The decoder, found and loaded with the first image: its native part lies outside the bundle.
 * @throws RuntimeError where it is not installed, or does not load here.
 */
export function loadSharp(): SharpModule {
  loaded ??= requireSharp()
  return loaded
}

function requireSharp(): SharpModule {
  const { path, version } = findSharp()
  try {
    const sharp = createRequire(join(path, 'package.json'))(path) as SharpModule
    // One image a thread, several images at once: faster for many small images than several threads an image, and a
    // result cache would only cost memory, since an image is decoded once.
    sharp.cache(false)
    sharp.concurrency(1)
    return sharp
  } catch (error) {
    // Behind the first lines come hints for people who install with npm.
    const reason = messageOf(error).split('\nPossible solutions:')[0].replaceAll('\n', ': ')
    throw new RuntimeError(
      `sharp ${version} in ${path} does not load: ${reason}`,
      'install it anew for this system and processor: npm install --ignore-scripts sharp, or precision-gate setup-runtime',
      { cause: error }
    )
  }
}
