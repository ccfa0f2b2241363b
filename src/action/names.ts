/** Names of the inputs of action.yml and report/action.yml; a test holds the files to them. */
export const INPUT = {
  config: 'config',
  workingDirectory: 'working-directory',
  outputDir: 'output-dir',
  executionProvider: 'execution-provider',
  precisions: 'precisions',
  shard: 'shard',
  merge: 'merge',
  timeoutMinutes: 'timeout-minutes',
  failOn: 'fail-on',
  githubToken: 'github-token',
  comment: 'comment',
  reportId: 'report-id',
  annotations: 'annotations',
  maxAnnotations: 'max-annotations',
  jobSummary: 'job-summary',
  checkName: 'check-name',
  baseline: 'baseline',
  baselineArtifact: 'baseline-artifact',
  cache: 'cache',
  cacheDir: 'cache-dir',
  cacheKeyPrefix: 'cache-key-prefix',
  runtimePath: 'runtime-path',
  runtimeRegistry: 'runtime-registry',
  dryRun: 'dry-run',
  artifact: 'artifact',
  prNumber: 'pr-number'
} as const

/** The artifact that holds a gate's report, where no input names it. */
export function artifactName(reportId: string): string {
  return `precision-gate-${reportId}`
}

export type InputName = (typeof INPUT)[keyof typeof INPUT]

/** Names of the outputs of both actions. */
export const OUTPUT = {
  conclusion: 'conclusion',
  passed: 'passed',
  accuracyFp32: 'accuracy-fp32',
  accuracyFp16: 'accuracy-fp16',
  accuracyInt8: 'accuracy-int8',
  accuracyDrop: 'accuracy-drop',
  worstLayer: 'worst-layer',
  reportPath: 'report-path',
  summaryFile: 'summary-file',
  cacheHit: 'cache-hit',
  cacheKey: 'cache-key',
  commentId: 'comment-id',
  checkUrl: 'check-url',
  runtimeVersion: 'runtime-version'
} as const

export type OutputName = (typeof OUTPUT)[keyof typeof OUTPUT]
