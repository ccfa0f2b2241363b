import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { messageOf } from '../errors.js'
import { baselineKey, baselinePrefix, downloadBaseline, restoreBaseline, saveBaseline } from '../github/index.js'
import { REPORT_FILE, parseResult, type Result } from '../result.js'
import { writeFileAtomic } from '../util/files.js'
import { clientFor } from './client.js'
import { INPUT } from './names.js'
import { existing } from './places.js'
import type { Step } from './step.js'

/** The branch whose last result a run is compared with: where the change goes to, or where it was pushed. */
type Branch = string

/**
 * Finds the earlier result that the input `baseline` means, and puts it into a folder.
 * @param folder empty; for what is fetched
 * @returns what `run --baseline` takes; undefined where there is none, which the log has said
 * @throws ConfigurationError where a path leads out of the workspace
 */
export async function findBaseline(step: Step, folder: string): Promise<string | undefined> {
  const { baseline } = step.inputs
  switch (baseline.kind) {
    case 'off':
      return undefined
    case 'path':
      return existing(INPUT.baseline, resolve(step.places.workingDirectory, baseline.path), step.places.workspace)
    case 'auto': {
      const branch = step.context.baseRef
      if (branch === undefined) {
        step.log.info('baseline: this run belongs to no branch; there is none')
        return undefined
      }
      await mkdir(folder, { recursive: true })
      if (await fromCache(step, branch, folder)) return folder
      if (await fromArtifact(step, branch, folder)) return folder
      step.log.info(`baseline: ${branch} has no result yet; its next push leaves the first one`)
      return undefined
    }
  }
}

/** Keeps this run's result as the last one of its branch. */
export async function saveAsBaseline(step: Step, result: Result): Promise<void> {
  const { context, inputs, env, log, places } = step
  const branch = context.baseRef
  // A run without a verdict is nothing to compare with.
  if (!step.savesCaches || branch === undefined || result.conclusion === 'error') return
  const folder = places.outputDirectory
  const outcome = await saveBaseline({
    ...identityOf(step, branch),
    key: baselineKey(keyOf(step, branch), runOf(step)),
    env,
    log,
    result: join(folder, REPORT_FILE.result),
    ...(result.samples === REPORT_FILE.samples && { samples: join(folder, REPORT_FILE.samples) })
  })
  if (outcome.kind === 'saved')
    log.info(`baseline: this result is now the last one of ${branch} (${inputs.publish.reportId})`)
}

async function fromCache(step: Step, branch: Branch, directory: string): Promise<boolean> {
  if (!step.inputs.cache) return false
  const { env, log } = step
  const key = keyOf(step, branch)
  const outcome = await restoreBaseline({
    ...identityOf(step, branch),
    key: baselineKey(key, runOf(step)),
    prefix: baselinePrefix(key),
    env,
    log,
    directory
  })
  if (outcome.kind === 'hit')
    log.info(`baseline: the last result of ${branch}, from the Actions cache (${outcome.key})`)
  return outcome.kind === 'hit'
}

async function fromArtifact(step: Step, branch: Branch, directory: string): Promise<boolean> {
  const { context, inputs, log } = step
  const { token } = inputs.publish
  if (token === '' || context.repository.owner === '') return false
  const { baseSha } = context
  const outcome = await downloadBaseline(clientFor({ token, context, log }), {
    repository: context.repository,
    branch,
    ...(baseSha !== undefined && { baseSha }),
    name: inputs.baselineArtifact,
    wanted: (name) => basename(name) === REPORT_FILE.result || basename(name) === REPORT_FILE.samples
  })
  if (outcome.kind !== 'found') {
    // Most workflows keep no artifact or do not let it be read: that is a choice and no fault.
    log.info(`baseline: no artifact: ${outcome.reason}`)
    return false
  }
  try {
    await writeReport(outcome.files, directory)
  } catch (error) {
    log.info(`baseline: artifact ${outcome.artifact.name} is not taken: ${messageOf(error)}`)
    return false
  }
  log.info(`baseline: the last result of ${branch}, from artifact ${outcome.artifact.name}`)
  return true
}

/** Of the results in an artifact the uppermost one, with its samples. */
async function writeReport(files: ReadonlyMap<string, Uint8Array>, directory: string): Promise<void> {
  const depth = (name: string) => name.split('/').length
  const [name] = [...files.keys()]
    .filter((file) => basename(file) === REPORT_FILE.result)
    .sort((a, b) => depth(a) - depth(b))
  if (name === undefined) throw new Error(`it holds no ${REPORT_FILE.result}`)
  const text = Buffer.from(files.get(name)!).toString()
  parseResult(text)
  const samples = files.get(dirname(name) === '.' ? REPORT_FILE.samples : `${dirname(name)}/${REPORT_FILE.samples}`)
  await writeFileAtomic(join(directory, REPORT_FILE.result), text)
  if (samples !== undefined) await writeFileAtomic(join(directory, REPORT_FILE.samples), samples)
}

function identityOf({ inputs }: Step, branch: Branch) {
  return { reportId: inputs.publish.reportId, branch }
}

function keyOf(step: Step, branch: Branch) {
  return { prefix: step.inputs.cacheKeyPrefix, ...identityOf(step, branch) }
}

function runOf({ context }: Step) {
  return { id: context.runId, attempt: context.runAttempt }
}
