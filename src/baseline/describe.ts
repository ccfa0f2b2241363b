import type { RunFacts } from '../result.js'

/** Which run a result is of: `commit 1a2b3c4d of main, 2026-11-23`, or its file where the run did not say. Unescaped. */
export function describeRun(run: RunFacts | undefined, path: string): string {
  const commit = run?.commit === undefined ? undefined : `commit ${run.commit.slice(0, 8)}`
  const place = [commit, run?.ref].filter((part) => part !== undefined).join(' of ')
  const parts = [place === '' ? path : place, run?.finishedAt?.slice(0, 10)]
  return parts.filter((part) => part !== undefined).join(', ')
}
