import { everyVariant, REPORT_FILE, type Result, type Verdict } from '../result.js'
import { own, variantNames } from './rows.js'
import { visible } from './text.js'
import type { Reporter } from './types.js'

interface Case {
  readonly name: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly line?: number
}

/** One suite per variant and one case per verdict; `inconclusive` is a skipped case, `warn` passes with its message. */
export const junit: Reporter = { fileName: REPORT_FILE.junit, format: formatJUnit }

function formatJUnit(result: Result): string {
  const suites = suitesOf(result)
  const seconds = Object.values(result.timings).reduce((sum, stage) => sum + stage, 0)
  const file = result.config?.path
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="precision-gate"${totals(suites.flatMap(([, cases]) => cases))} time="${seconds.toFixed(3)}">`,
    ...suites.map(([name, cases]) => suite(name, cases, file)),
    '</testsuites>',
    ''
  ].join('\n')
}

function suitesOf(result: Result): [string, Case[]][] {
  const suites = variantNames(result).map((name): [string, Case[]] => {
    const error = own(everyVariant(result), name)?.error
    const run: Case[] = error === undefined ? [] : [{ name: `${name}.run`, outcome: 'error', message: error }]
    return [name, [...run, ...result.verdicts.filter(({ variant }) => variant === name).map(caseOf)]]
  })
  // readers take a file without a failing case for a pass
  const told = suites.some(([, cases]) => cases.some(({ outcome }) => outcome !== 'passed'))
  if (result.conclusion !== 'success' && !told) {
    const outcome = result.conclusion === 'inconclusive' ? 'skipped' : 'error'
    suites.push(['gate', [{ name: 'gate.conclusion', outcome, message: result.reasons.join('; ') }]])
  }
  return suites.filter(([, cases]) => cases.length > 0)
}

function caseOf({ id, status, message, configPosition }: Verdict): Case {
  const outcome = ({ pass: 'passed', warn: 'passed', fail: 'failure', inconclusive: 'skipped' } as const)[status]
  return { name: id, outcome, message: status === 'warn' ? `warning: ${message}` : message, line: configPosition?.line }
}

function suite(name: string, cases: readonly Case[], file: string | undefined): string {
  const lines = cases.map(({ name: id, outcome, message, line }) => {
    const place = file === undefined || line === undefined ? '' : `${attribute('file', file)} line="${line}"`
    const content =
      outcome === 'passed'
        ? `<system-out>${escapeXml(message)}</system-out>`
        : `<${outcome}${attribute('message', message)}/>`
    return `    <testcase${attribute('classname', `precision-gate.${name}`)}${attribute('name', id)}${place}>${content}</testcase>`
  })
  return [`  <testsuite${attribute('name', name)}${totals(cases)}>`, ...lines, '  </testsuite>'].join('\n')
}

function totals(cases: readonly Case[]): string {
  const of = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length
  return ` tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeXml(value)}"`
}

/** XML 1.0 has no way to write most control characters, so they are made visible first. */
function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return visible(text).replace(/[&<>"']/g, (character) => entities[character])
}
