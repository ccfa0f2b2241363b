import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(process.env.PRECISION_GATE_FIXTURES ?? '../shared/fixtures')

/** The large fixtures, which are not part of the repository; undefined where the machine has none. */
export const sharedFixtures: string | undefined = existsSync(folder) ? folder : undefined

if (sharedFixtures === undefined && process.env.CI === 'true' && process.env.PRECISION_GATE_REQUIRE_FIXTURES === '1') {
  throw new Error(`the fixtures are required here, and ${folder} does not exist`)
}
