import { describe, expect, it } from '@jest/globals'
import { booleanInput, choiceInput, inputOf, integerInput } from '../../src/action/input-values.js'

const env = (value: string): NodeJS.ProcessEnv => ({ 'INPUT_MAX-ANNOTATIONS': value, 'INPUT_DRY-RUN': value })

describe('an input', () => {
  it('is what the runner sets, hyphens kept and spaces around it dropped', () => {
    expect(inputOf(env(' 5 \n'), 'max-annotations')).toBe('5')
    expect(inputOf({}, 'max-annotations')).toBe('')
  })

  it.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false]
  ])('may be %s', (value, expected) => {
    expect(booleanInput(env(value), 'dry-run', !expected)).toBe(expected)
  })

  it('has a default', () => {
    expect(booleanInput({}, 'dry-run', true)).toBe(true)
    expect(integerInput({}, 'max-annotations', { min: 0, max: 50, fallback: 10 })).toBe(10)
    expect(choiceInput({}, 'comment', ['always', 'off'], 'off')).toBe('off')
  })

  it.each(['1.5', '-1', '1e3', '0x10', '51', '٣', ' 1 2'])(
    'that is no whole number within bounds is named: %j',
    (value) => {
      expect(() => integerInput(env(value), 'max-annotations', { min: 0, max: 50, fallback: 10 })).toThrow(
        /^input max-annotations: ".*" is not valid: give a whole number, 0 to 50$/
      )
    }
  )

  it.each(['yes', '1', 'tRue'])('that is no boolean is named: %j', (value) => {
    expect(() => booleanInput(env(value), 'dry-run', false)).toThrow(/^input dry-run: .*give true or false$/)
  })

  it('that is no choice is named, its text cut', () => {
    const choose = () => choiceInput({ INPUT_COMMENT: 'x'.repeat(10_000) }, 'comment', ['always', 'off'], 'off')
    expect(choose).toThrow(/^input comment: "x{100}…" is not valid: choose one of always, off$/)
  })
})
