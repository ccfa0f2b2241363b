/** Names in the report folder; the models lie beside them. */
export const REPORT_FILE = {
  result: 'result.json',
  samples: 'samples.json',
  /** What a part of the test set adds, for `merge`. */
  shard: 'shard.json',
  markdown: 'report.md',
  comment: 'comment.md',
  junit: 'junit.xml'
} as const
