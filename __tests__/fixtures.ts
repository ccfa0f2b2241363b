import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const named = process.env.PRECISION_GATE_FIXTURES ?? ''

/**
 * The large fixtures, which are not part of the repository: the folder that PRECISION_GATE_FIXTURES names, as
 * `npm run test:fixtures` does. Undefined in a plain `npm test`, which reads nothing outside the checkout.
 */
export const sharedFixtures: string | undefined = named === '' ? undefined : resolve(named)

if (sharedFixtures !== undefined && !existsSync(sharedFixtures)) {
  throw new Error(`PRECISION_GATE_FIXTURES names ${sharedFixtures}, which does not exist`)
}
