import { FileError } from '../../errors.js'
import { downloadArtifact, type GitHubClient, type Repository, type WorkflowRun } from '../../github/index.js'
import { parseResult, type Result } from '../../result.js'
import type { Finding } from '../publish.js'

export type Measured =
  | Finding
  /** There is no artifact, or no reaching it. */
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** What is there is not what a gate writes, or is about another commit. */
  | { readonly kind: 'refused'; readonly reason: string }

/** At the root of the artifact, or in one folder. */
const RESULT = /^(?:[^/]+\/)?result\.json$/

/** What the measuring run found, from its artifact. A stranger may have written that: nothing in it is believed. */
export async function readMeasured(
  client: GitHubClient,
  { repository, run, name }: { readonly repository: Repository; readonly run: WorkflowRun; readonly name: string }
): Promise<Measured> {
  const wanted = (file: string): boolean => RESULT.test(file)
  const outcome = await downloadArtifact(client, { repository, runId: run.id, name, wanted })
  if (outcome.kind !== 'found') return outcome
  const { headSha } = outcome.artifact
  if (headSha !== undefined && headSha !== run.headSha) {
    return refused(`artifact ${name} belongs to commit ${short(headSha)}, and the run measured ${short(run.headSha)}`)
  }
  const [file, ...others] = [...outcome.files.keys()].sort((a, b) => a.split('/').length - b.split('/').length)
  if (file === undefined) {
    return { kind: 'none', reason: 'The measuring run ended without a result: its report has no result.json', log: [] }
  }
  if (file.includes('/') && others.length > 0) {
    return refused(`artifact ${name} holds several results: upload each under a name of its own`)
  }
  const result = readResult(outcome.files.get(file)!, `${file} of artifact ${name}`)
  if (typeof result === 'string') return refused(result)
  const commit = result.run?.commit
  if (commit !== undefined && !isCommit(commit, run.headSha)) {
    return refused(
      `the result names commit ${short(commit)}, and the run measured ${short(run.headSha)}; set PRECISION_GATE_COMMIT ` +
        'to the head of the pull request where the command line measures'
    )
  }
  return { kind: 'result', result }
}

function readResult(bytes: Uint8Array, name: string): Result | string {
  try {
    return parseResult(new TextDecoder('utf-8', { fatal: true }).decode(bytes), name)
  } catch (error) {
    if (error instanceof FileError) return error.message
    if (error instanceof TypeError) return `${name} is no text`
    throw error
  }
}

/** In full or, as people write it, its first digits. */
function isCommit(named: string, sha: string): boolean {
  return named.length >= 7 && sha.toLowerCase().startsWith(named.toLowerCase())
}

function short(sha: string): string {
  return sha.slice(0, 12)
}

function refused(reason: string): Measured {
  return { kind: 'refused', reason }
}
