import { expect, it } from '@jest/globals'
import { environmentFact } from '../../src/report/facts.js'
import { passingResult } from './results.js'

it('the environment names the GPU, its driver and the versions of its libraries', () => {
  const libraries = { 'CUDA runtime': '12.8.90', cuDNN: '9' }
  const environment = { ...passingResult.environment, provider: 'cuda' as const, gpu: 'H100', driver: '580', libraries }
  expect(environmentFact(environment)).toContain('; H100, driver 580; CUDA runtime 12.8.90, cuDNN 9; Node ')
  expect(environmentFact(passingResult.environment)).not.toContain('cuDNN')
})
