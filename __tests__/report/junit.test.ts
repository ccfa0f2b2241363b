import { describe, expect, it } from '@jest/globals'
import { reporters } from '../../src/report/index.js'
import type { Result } from '../../src/result.js'
import { passingResult } from './results.js'

const format = (result: Result) => reporters.junit.format(result, { color: false, width: 80 })

describe('JUnit', () => {
  it('has a case that errs for a variant that did not run', () => {
    const fp16 = { ...passingResult.variants.fp16, error: 'no kernel for FP16' }
    const xml = format({ ...passingResult, conclusion: 'error', variants: { ...passingResult.variants, fp16 } })
    expect(xml).toContain(
      '<testcase classname="precision-gate.fp16" name="fp16.run"><error message="no kernel for FP16"/>'
    )
    expect(xml).toMatch(/<testsuites [^>]*errors="1"/)
  })

  it('never looks like a pass where the conclusion is none', () => {
    const reasons = ['no limit is set, so nothing was judged']
    const nothing = format({ ...passingResult, verdicts: [], conclusion: 'inconclusive', reasons })
    expect(nothing).toContain('name="gate.conclusion"><skipped message="no limit is set, so nothing was judged"/>')
    const failed = format({ ...passingResult, conclusion: 'error', reasons: ['the runtime crashed'] })
    expect(failed).toContain('<error message="the runtime crashed"/>')
  })

  it('adds no case of its own where all is well', () => {
    expect(format(passingResult)).not.toContain('gate.conclusion')
  })
})
