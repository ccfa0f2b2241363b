/**
 * GitHub's limits, each with its source, and the bounds we set ourselves. Nothing outside this file repeats one.
 * "REST" is docs.github.com/rest, "runner" is the source of actions/runner.
 */
export const limits = {
  comment: {
    /** 422 `body is too long (maximum is 65536 characters)`; REST, issues/comments. */
    maxCharacters: 65_536,
    /** What a report should aim at: the marker line and GitHub's own counting of line ends need room. */
    targetCharacters: 60_000,
    /** Comments read while the sticky one is looked for: 100 pages. */
    maxPages: 100
  },
  check: {
    /** `summary` and `text` of a check run, counted in bytes as the strictest reading; REST, checks/runs. */
    maxSummaryBytes: 65_535,
    maxTextBytes: 65_535,
    /** A create or update with more is rejected or loses them; REST, checks/runs. */
    annotationsPerCall: 50,
    /** 64 KB; REST, checks/runs. */
    maxAnnotationMessageBytes: 65_535,
    /** REST, checks/runs. */
    maxAnnotationTitleCharacters: 255
  },
  annotation: {
    /** The eleventh of a type in one step is dropped without a word; runner, ExecutionContext `_maxCountPerIssueType`. */
    maxPerKind: 10,
    /** Longer messages are cut; runner, ExecutionContext. */
    maxMessageCharacters: 4_096
  },
  summary: {
    /** Per step; a larger file is dropped as a whole; runner, FileCommandManager. */
    maxBytes: 1_048_576
  },
  output: {
    /** All outputs of one job; GitHub documentation, workflow syntax. */
    maxBytesPerJob: 1_048_576
  },
  request: {
    /** GitHub's largest page; REST, pagination. */
    pageSize: 100,
    timeoutMs: 20_000,
    attempts: 4,
    /** First pause; doubled each time. */
    baseDelayMs: 1_000,
    /** After a secondary limit without Retry-After: "at least one minute"; REST, best practices. */
    limitDelayMs: 60_000,
    /** All that one call may spend on pauses, those that GitHub asks for included. */
    maxWaitMs: 60_000,
    /** A larger answer of the API is no answer we asked for. */
    maxAnswerBytes: 16 * 1_048_576
  },
  cache: {
    /** @actions/cache `checkKey`. */
    maxKeyCharacters: 512,
    /** Around each call: the library itself may wait for 10 minutes. */
    timeoutMs: 60_000,
    maxTables: 256,
    /** A table of 10,000 tensors is about 2 MB. */
    maxTableBytes: 16 * 1_048_576
  },
  baseline: {
    maxResultBytes: 32 * 1_048_576,
    /** More than a million samples. */
    maxSamplesBytes: 128 * 1_048_576
  },
  artifact: {
    /** result.json and the rest of a report folder without its models. */
    maxZipBytes: 32 * 1_048_576,
    maxEntries: 1_000,
    maxFileBytes: 64 * 1_048_576,
    maxTotalBytes: 128 * 1_048_576,
    /** Artifacts looked through for a baseline: 3 pages. */
    maxPages: 3
  }
} as const
