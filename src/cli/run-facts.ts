import type { RunFacts } from '../result.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What the surroundings say about a run, so that a later run that takes it for a baseline can name it. PRECISION_GATE_*
 * serves every CI system and wins over what GitHub's runner sets.
 */
export function runFactsOf(env: Environment): RunFacts {
  const commit = first(env.PRECISION_GATE_COMMIT, env.GITHUB_SHA)
  const ref = first(env.PRECISION_GATE_REF, env.GITHUB_HEAD_REF, env.GITHUB_REF_NAME)
  const url = first(env.PRECISION_GATE_RUN_URL, githubRun(env))
  return {
    ...(commit !== undefined && { commit }),
    ...(ref !== undefined && { ref }),
    ...(url !== undefined && { url })
  }
}

function githubRun({ GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID }: Environment): string | undefined {
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return undefined
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
}

/** Runners set what they do not know to the empty text. */
function first(...values: (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== '')
}
