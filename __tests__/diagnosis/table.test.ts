import { describe, expect, it } from '@jest/globals'
import { auditNames } from '../../src/diagnosis/table.js'

const range = { min: -1, max: 1 }
const table = (...names: string[]) => new Map(names.map((name) => [name, range]))
const known = new Set(['images', 'conv1', 'conv2', 'fc'])

describe('a table from elsewhere', () => {
  it('with a range for every quantized tensor passes', () => {
    expect(auditNames('ours', table('images', 'conv1', 'fc'), ['images', 'conv1'], known).status).toBe('pass')
  })

  it('without a range for one is told which', () => {
    const { status, evidence } = auditNames('ours', table('images', 'conv1'), ['images', 'conv1', 'conv2'], known)
    expect(status).toBe('fail')
    expect(evidence).toBe('1 of 3 quantized tensors have no range: conv2')
  })

  it('with a few names too many is only warned', () => {
    const { status, evidence } = auditNames('ours', table('images', 'conv1', 'old'), ['images', 'conv1'], known)
    expect(status).toBe('warn')
    expect(evidence).toBe('1 of 3 names are no tensor of this network: old')
  })

  it('of another network is told so', () => {
    const { status, action } = auditNames('ours', table('x', 'y', 'images'), ['images'], known)
    expect(status).toBe('fail')
    expect(action).toContain('another network')
  })
})
