import { expect, it } from '@jest/globals'
import { didYouMean, nearest } from '../../src/util/suggest.js'

it.each([
  ['modle', ['model', 'mode_'], 'model'],
  ['rbg', ['rgb', 'bgr', 'gray'], 'rgb'],
  ['WARN', ['warn', 'fail'], 'warn'],
  ['warn', ['error', 'warning'], 'warning'],
  ['x', ['a', 'y'], undefined],
  ['banana', ['apple', 'cherry'], undefined],
  ['calibraton', ['calibration', 'variants'], 'calibration']
])('for %s among %j it suggests %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected)
})

it('says nothing where nothing is near', () => {
  expect(didYouMean('banana', ['apple'])).toBe('')
  expect(didYouMean('aple', ['apple'])).toBe(' (did you mean "apple"?)')
})
