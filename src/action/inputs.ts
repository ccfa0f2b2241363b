import { PRECISIONS, type Precision } from '../gate/precisions.js'
import { DEFAULT_REPORT_ID } from '../report/index.js'
import type { Provider } from '../runtime/index.js'
import { InputReader, unknownInputs } from './input-reader.js'
import { artifactName, INPUT, type InputName } from './names.js'
import { readPublishSettings } from './publish-inputs.js'
import { FAIL_ON, type FailOn, type PublishSettings } from './settings.js'

/** Everything that a workflow says to the action, checked. Paths are as they were given. */
export interface Inputs {
  readonly config?: string
  readonly workingDirectory: string
  readonly outputDir: string
  readonly provider?: Provider | 'auto'
  readonly precisions?: readonly Precision[]
  /** `2/4`: only this part of the test set. */
  readonly shard?: string
  /** Folder of the shards' report folders, which are judged together in place of a run. */
  readonly merge?: string
  /** 0: no limit. */
  readonly timeoutMinutes: number
  readonly failOn: FailOn
  readonly baseline: BaselineInput
  readonly baselineArtifact: string
  /** The Actions cache; the local folder is used in any case. */
  readonly cache: boolean
  readonly cacheDir?: string
  readonly cacheKeyPrefix: string
  readonly runtimePath?: string
  readonly runtimeRegistry?: string
  readonly publish: PublishSettings
  /** What is odd and harms nothing. */
  readonly warnings: readonly string[]
}

export type BaselineInput = { readonly kind: 'auto' | 'off' } | { readonly kind: 'path'; readonly path: string }

/** The defaults of action.yml: the runner fills them in, anything else that starts the action need not. */
export const INPUT_DEFAULTS = {
  [INPUT.config]: '',
  [INPUT.workingDirectory]: '.',
  [INPUT.outputDir]: 'precision-gate-report',
  [INPUT.executionProvider]: '',
  [INPUT.precisions]: '',
  [INPUT.shard]: '',
  [INPUT.merge]: '',
  [INPUT.timeoutMinutes]: '0',
  [INPUT.failOn]: 'error',
  // The workflow's own token is an expression that only the runner can fill in.
  [INPUT.githubToken]: '',
  [INPUT.comment]: 'always',
  [INPUT.reportId]: DEFAULT_REPORT_ID,
  [INPUT.annotations]: 'true',
  [INPUT.maxAnnotations]: '10',
  [INPUT.jobSummary]: 'true',
  [INPUT.checkName]: '',
  [INPUT.baseline]: 'auto',
  [INPUT.baselineArtifact]: '',
  [INPUT.cache]: 'true',
  [INPUT.cacheDir]: '',
  [INPUT.cacheKeyPrefix]: 'precision-gate',
  [INPUT.runtimePath]: '',
  [INPUT.runtimeRegistry]: '',
  [INPUT.dryRun]: 'false'
} as const satisfies Partial<Record<InputName, string>>

const PROVIDERS = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'] as const satisfies readonly (Provider | 'auto')[]

/** A timer of Node.js runs at most 2^31 ms: 24.8 days. */
const MAX_MINUTES = 35_791

/**
 * Reads the inputs of action.yml from the step's environment.
 * @throws ConfigurationError with every input that is wrong: what was given and what is allowed
 */
export function readInputs(env: NodeJS.ProcessEnv): Inputs {
  const read = new InputReader(env, INPUT_DEFAULTS)
  const config = read.optional(INPUT.config)
  const provider = read.optionalChoice(INPUT.executionProvider, PROVIDERS)
  const precisions = read.choices(INPUT.precisions, PRECISIONS)
  const cacheDir = read.optional(INPUT.cacheDir)
  const runtimePath = read.optional(INPUT.runtimePath)
  const runtimeRegistry = registry(read)
  const publish = readPublishSettings(read)
  const shard = shardOf(read)
  const merge = read.optional(INPUT.merge)
  if (shard !== undefined && merge !== undefined) read.refuse(INPUT.merge, merge, `to be given beside ${INPUT.shard}`)
  const inputs: Inputs = {
    ...(config !== undefined && { config }),
    workingDirectory: read.optional(INPUT.workingDirectory) ?? '.',
    outputDir: read.optional(INPUT.outputDir) ?? INPUT_DEFAULTS[INPUT.outputDir],
    ...(provider !== undefined && { provider }),
    ...(precisions !== undefined && { precisions }),
    ...(shard !== undefined && { shard }),
    ...(merge !== undefined && { merge }),
    timeoutMinutes: read.number(INPUT.timeoutMinutes, { min: 0, max: MAX_MINUTES, whole: false }),
    failOn: read.choice(INPUT.failOn, FAIL_ON),
    baseline: baseline(read),
    baselineArtifact: read.optional(INPUT.baselineArtifact) ?? artifactName(publish.reportId),
    cache: read.boolean(INPUT.cache),
    ...(cacheDir !== undefined && { cacheDir }),
    cacheKeyPrefix: keyPrefix(read),
    ...(runtimePath !== undefined && { runtimePath }),
    ...(runtimeRegistry !== undefined && { runtimeRegistry }),
    publish: shard === undefined ? { ...publish, annotations: read.boolean(INPUT.annotations) } : silent(publish),
    warnings: unknownInputs(env, Object.keys(INPUT_DEFAULTS))
  }
  read.finish()
  return inputs
}

/** `AUTO` and `Off` are no paths that anybody means. */
function baseline(read: InputReader): BaselineInput {
  const text = read.text(INPUT.baseline)
  const word = text.toLowerCase()
  if (word === 'auto' || word === '') return { kind: 'auto' }
  return word === 'off' || word === 'false' ? { kind: 'off' } : { kind: 'path', path: text }
}

/** The service takes no commas; this is checked here, since its own message names no input. */
function keyPrefix(read: InputReader): string {
  const text = read.text(INPUT.cacheKeyPrefix)
  const good = /^[^,\s\p{Cc}]{1,100}$/u.test(text)
  if (!good) read.refuse(INPUT.cacheKeyPrefix, text, 'a name of 1 to 100 characters without commas and spaces')
  return text
}

/** As the command line reads it. */
function shardOf(read: InputReader): string | undefined {
  const text = read.optional(INPUT.shard)
  if (text === undefined) return undefined
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []
  if (Number(index) >= 1 && Number(index) <= Number(count)) return text
  read.refuse(INPUT.shard, text, 'i/n with i from 1 to n, such as 1/4')
  return undefined
}

/** A part of a test set is nothing to report: its comment would stand where the verdict belongs. */
function silent(publish: Omit<PublishSettings, 'annotations'>): PublishSettings {
  const { token, reportId, maxAnnotations, dryRun } = publish
  return { token, reportId, maxAnnotations, dryRun, comment: 'off', jobSummary: false, annotations: false }
}

/** Its address may carry a password: it is not repeated in the message. */
function registry(read: InputReader): string | undefined {
  const text = read.optional(INPUT.runtimeRegistry)
  if (text === undefined || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))) return text
  read.refuse(INPUT.runtimeRegistry, '***', 'an http or https address, such as https://npm.example.org/repository/npm')
  return undefined
}
