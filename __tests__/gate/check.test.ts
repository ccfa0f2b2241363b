import { expect, it } from '@jest/globals'
import { mkdirSync } from 'node:fs'
import { SmallProject } from '../small/project.js'

it.each([
  ['segmentation', /warning: 30 test images are few: the interval of miou .* too narrow below 100/],
  ['detection', /warning: \d+ test images are few: the interval of map /]
] as const)('check says that the test set of %s is too small for its interval', async (task, warning) => {
  const project = await SmallProject.create(task)
  try {
    for (const folder of ['tmp', 'home']) mkdirSync(project.path(folder))
    const { code, out, err } = await project.command('check', '-c', project.config('', 'int8: {precision: int8}'))
    expect(code).toBe(0)
    expect(out + err).toMatch(warning)
  } finally {
    project.remove()
  }
})
