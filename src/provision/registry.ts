import process from 'node:process'
import { ConfigurationError } from '../errors.js'
import type { Pin } from './pins.js'

/** npm's own; any other is the user's choice. */
const PUBLIC_REGISTRY = 'https://registry.npmjs.org'

/**
 * The registry to download from: the given one, npm's environment variable, the public one.
 * @throws ConfigurationError where it is no http or https address.
 */
export function resolveRegistry(asked?: string, env: NodeJS.ProcessEnv = process.env): URL {
  const text = asked || env.npm_config_registry || env.NPM_CONFIG_REGISTRY || PUBLIC_REGISTRY
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ConfigurationError(
      [{ message: `the registry ${JSON.stringify(text)} is no http or https address` }],
      'give it in full, for example https://npm.example.org/repository/npm'
    )
  }
  return url
}

/** Where every npm registry and mirror has a package's tarball. */
export function tarballUrl(registry: URL, { name, version }: Pin): URL {
  const url = new URL(registry)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`
  return url
}

/** The name that `npm pack` gives a tarball: `img-sharp-linux-x64-0.35.5.tgz`. */
export function packedName({ name, version }: Pin): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
}

/** Without the password that a private registry's address may carry. */
export function printableUrl(url: URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  // Signed addresses, to which registries redirect, are passwords too.
  shown.search = url.search === '' ? '' : '?...'
  return shown.href
}
