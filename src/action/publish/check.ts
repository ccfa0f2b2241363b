import { annotate, createCheck, type CheckRun } from '../../github/index.js'
import type { Annotation } from '../../report/index.js'
import type { Publication } from '../publish.js'
import type { Content } from './content.js'

export interface SentCheck {
  readonly url: string
  /** Annotations that it shows: they are not shown a second time. */
  readonly shown: ReadonlySet<Annotation>
}

/** @returns undefined where no check run was asked for, or GitHub did not take it. */
export async function sendCheck(publication: Publication): Promise<SentCheck | undefined> {
  const { content, settings, context, destination, client, log } = publication
  const { checkName: name, reportId } = settings
  if (name === undefined) return undefined
  if (settings.token === '') {
    log.info('no check run: there is no github-token (the job needs `checks: write`)')
    return undefined
  }
  // A check run shows an annotation at a line of a file, or not at all.
  const placed = settings.annotations
    ? content.annotations.filter(({ file, line }) => file !== undefined && line !== undefined)
    : []
  const outcome = await createCheck(client, {
    repository: destination.repository,
    name,
    headSha: destination.headSha,
    conclusion: conclusionOf(content),
    title: content.title,
    summary: content.check,
    annotations: placed,
    ...(context.runId > 0 && { detailsUrl: context.runUrl }),
    externalId: `${context.runId}/${context.runAttempt}/${reportId}`
  })
  if (outcome.kind !== 'created') {
    log[outcome.kind === 'denied' && context.pullRequest?.isFork === true ? 'info' : 'warning'](
      `no check run: ${outcome.reason}`
    )
    return undefined
  }
  if (outcome.warning !== undefined) log.warning(`the check run lacks annotations: ${outcome.warning}`)
  log.info(`check run ${name}: ${outcome.url}`)
  return { url: outcome.url, shown: new Set(placed.slice(0, outcome.annotations)) }
}

/** Annotations that no check run shows, as commands to the runner. */
export function printAnnotations({ content, settings, write }: Publication, shown: ReadonlySet<Annotation>): void {
  if (!settings.annotations || settings.annotationCommands === false) return
  annotate(
    content.annotations.filter((annotation) => !shown.has(annotation)),
    { max: settings.maxAnnotations, write }
  )
}

function conclusionOf({ conclusion, strict }: Content): CheckRun['conclusion'] {
  switch (conclusion) {
    case 'success':
      return 'success'
    case 'inconclusive':
      return strict === true ? 'failure' : 'neutral'
    case 'failure':
    case 'error':
      return 'failure'
  }
}
