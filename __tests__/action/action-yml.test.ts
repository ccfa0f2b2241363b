import { describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { INPUT, OUTPUT } from '../../src/action/names.js'
import { readAction } from '../examples/workflow-files.js'

const gate = readAction('action.yml')
const report = readAction('report/action.yml')

describe('action.yml and report/action.yml', () => {
  it('have the inputs and outputs that the program names, and no others', () => {
    const inputs = new Set([gate, report].flatMap((action) => Object.keys(action.inputs)))
    const outputs = new Set([gate, report].flatMap((action) => Object.keys(action.outputs)))
    expect([...inputs].sort()).toEqual(Object.values(INPUT).sort())
    expect([...outputs].sort()).toEqual(Object.values(OUTPUT).sort())
  })

  it.each([gate, report])('$name: says what each input is, and its default as GitHub passes it on', (action) => {
    for (const input of Object.values(action.inputs)) {
      expect(input.description).toMatch(/.{8,}/)
      expect(typeof input.default).toBe('string')
    }
    for (const { description } of Object.values(action.outputs)) expect(description).toMatch(/.{8,}/)
  })

  it('run on the Node of the runner', () => {
    expect([gate.runs, report.runs]).toEqual([
      { using: 'node24', main: 'dist/index.js' },
      { using: 'node24', main: '../dist/report.js' }
    ])
  })
})

it('the tables in the README are up to date', () => {
  const { stderr, status } = spawnSync(process.execPath, ['script/generate-action-docs.mjs', '--check'], {
    encoding: 'utf8'
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})
