import type { Result } from '../result.js'

/** What a report may say of its surroundings beyond the result; everything is optional. */
export interface ReportLinks {
  /** Tells several reports on one pull request apart, such as one for each model. */
  readonly reportId?: string
  /** Web page of the workflow run. */
  readonly runUrl?: string
  /** The commit that was judged; by default the result's own. */
  readonly sha?: string
  /** https://github.com, or an enterprise server's address. */
  readonly serverUrl?: string
  /** An earlier result to compare with, in place of the comparison that the result itself holds. */
  readonly baseline?: Result
}

/** Addresses for a report, all of them http(s) and safe between the parentheses of a Markdown link. */
export interface Addresses {
  readonly run?: string
  readonly commit?: string
  /** Of a line in the config file. */
  readonly configLine?: (line: number) => string
}

export const DEFAULT_REPORT_ID = 'default'

const SHA = /^[0-9a-f]{7,64}$/i

/** @returns only what is known: a report without links is a report all the same. */
export function addressesOf(
  result: Pick<Result, 'run' | 'config'>,
  { runUrl, serverUrl }: ReportLinks,
  sha: string | undefined
): Addresses {
  const run = address(runUrl ?? result.run?.url)
  const repository = run === undefined ? undefined : repositoryOf(run, serverUrl)
  if (repository === undefined || sha === undefined) return { ...(run !== undefined && { run }) }
  const { config } = result
  return {
    ...(run !== undefined && { run }),
    commit: `${repository}/commit/${sha}`,
    ...(config !== undefined &&
      isPlainPath(config.path) && {
        configLine: (line: number) =>
          `${repository}/blob/${sha}/${config.path.split('/').map(encode).join('/')}#L${line}`
      })
  }
}

export function commitOf(result: Pick<Result, 'run'>, { sha }: ReportLinks): string | undefined {
  const commit = sha ?? result.run?.commit
  return commit !== undefined && SHA.test(commit) ? commit.toLowerCase() : undefined
}

/** `SERVER/OWNER/NAME` of `SERVER/OWNER/NAME/actions/runs/1`; a server may live below a path of its own. */
function repositoryOf(run: string, serverUrl: string | undefined): string | undefined {
  const match = /^(https?:\/\/[^?#]+?)\/actions\/runs\/\d+/.exec(run)
  if (match === null) return undefined
  const server = address(serverUrl)?.replace(/\/+$/, '')
  return server === undefined || match[1].startsWith(`${server}/`) ? match[1] : undefined
}

/** A result may come from a stranger: an address that is no web page is dropped, and nothing in it ends a link. */
function address(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 2000 || !URL.canParse(text)) return undefined
  const { protocol, username, password, href } = new URL(text)
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '') return undefined
  return href.replace(/[()<>[\]\\|`"'*_~@]/g, percentEncode)
}

function isPlainPath(path: string): boolean {
  return path.length < 500 && !path.startsWith('/') && path.split('/').every((part) => part !== '' && part !== '..')
}

/** A lone surrogate has no encoding. */
function encode(part: string): string {
  return encodeURIComponent(part.replace(/\p{Cs}/gu, '?')).replace(/[()'*!~_]/g, percentEncode)
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
