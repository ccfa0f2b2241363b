import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Outcome } from '../../src/metrics/index.js'
import { serializeResult, serializeSamples, type Result, type Samples } from '../../src/result.js'
import { passingResult } from '../report/results.js'

const SAMPLES = 1000
export const DATASET = 'd'.repeat(64)

/** Outcomes of 1,000 samples of which the first `wrong` and none else are wrong, from `start` on. */
export function outcomesOf(wrong: number, start = 0): string {
  const right = String(Outcome.top1 | Outcome.top5)
  return Array.from({ length: SAMPLES }, (_, index) => (index >= start && index < start + wrong ? '0' : right)).join('')
}

/** A run of 1,000 samples: FP32 with 50 wrong, int8 with `wrong` of which the first is sample `start`. */
export function runOf(wrong: number, start = 0, change: Partial<Result> = {}): { result: Result; samples: Samples } {
  const { fp32, fp16 } = passingResult.variants
  const [reference, value] = [(SAMPLES - 50) / SAMPLES, (SAMPLES - wrong) / SAMPLES]
  const metrics = (share: number) => ({ top1: share, top5: share })
  const drop = { points: (wrong - 50) / 10, relative: (wrong - 50) / 950, ci95: [-1, 1] as const, pValue: 1 }
  return {
    result: {
      ...passingResult,
      dataset: { path: 'data/test', sha256: DATASET, samples: SAMPLES },
      run: { commit: '1a2b3c4d5e6f', ref: 'main', finishedAt: '2026-11-23T10:00:00.000Z' },
      variants: {
        fp32: { ...fp32, metrics: metrics(reference) },
        int8: { ...fp16, precision: 'int8', metrics: metrics(value), drop: { top1: drop, top5: drop } }
      },
      verdicts: [],
      ...change
    },
    samples: {
      schemaVersion: 2,
      dataset: DATASET,
      classes: 10,
      ids: Array.from({ length: SAMPLES }, (_, index) => `${index}.png`),
      labels: Array.from({ length: SAMPLES }, (_, index) => index % 10),
      outcomes: { fp32: outcomesOf(50), int8: outcomesOf(wrong, start) }
    }
  }
}

/** Temporary folders with report folders in them. */
export class Runs {
  readonly root = mkdtempSync(join(tmpdir(), 'baseline-'))

  /** @returns the report folder. */
  write(name: string, { result, samples }: { result: Result; samples?: Samples }): string {
    const folder = join(this.root, name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'result.json'), serializeResult(result))
    if (samples !== undefined) writeFileSync(join(folder, 'samples.json'), serializeSamples(samples))
    return folder
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
