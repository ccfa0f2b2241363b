import { ConfigurationError, RuntimeError } from '../../errors.js'
import type { DetectionOptions } from './types.js'

/** How a config says which class of the data set a class of the network is. */
export type ClassMapOption =
  /** The same, in the same order. */
  | 'index'
  /** The network gives the category ids of the data set. */
  | 'ids'
  /** One entry for each class of the network: a name or category id of the data set; null: none. */
  | readonly (string | number | null)[]

interface Categories {
  readonly classes: readonly string[]
  readonly categoryIds?: readonly number[]
}

/**
 * @returns class of the data set for each class of the network, -1 for none. Detections of classes that the data set does
 *   not have are left out.
 * @throws ConfigurationError for a name or an id that the data set does not have.
 */
export function resolveClassMap(option: ClassMapOption, { classes, categoryIds }: Categories): readonly number[] {
  if (option === 'index') return classes.map((_, index) => index)
  const ids = categoryIds ?? classes.map((_, index) => index)
  if (option === 'ids') {
    const map = new Array<number>(Math.max(-1, ...ids) + 1).fill(-1)
    ids.forEach((id, index) => (map[id] = index))
    return map
  }
  return option.map((entry, position) => {
    if (entry === null) return -1
    const index = typeof entry === 'number' ? ids.indexOf(entry) : classes.indexOf(entry)
    if (index < 0)
      throw new ConfigurationError(
        [
          {
            message: `decode: class ${position} of the network is ${JSON.stringify(entry)}, which the data set does not have`
          }
        ],
        `its classes are ${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}; null stands for none`
      )
    return index
  })
}

/**
 * The class of each score channel, background left out.
 * @throws RuntimeError where the network has another number of classes than the map.
 */
export function channelMap(
  channels: number,
  { background, classMap, layout }: Pick<DetectionOptions, 'background' | 'layout'> & { classMap: readonly number[] }
): readonly number[] {
  const classes = channels - (background === 'none' ? 0 : 1)
  if (classes !== classMap.length)
    throw new RuntimeError(
      `the network scores ${classes} classes (${layout}, background ${background}), ${classMap.length} are expected`,
      'say which class of the data set each one is: `decode: {classes: [...]}`, or `classes: ids`'
    )
  if (background === 'first') return [-1, ...classMap]
  return background === 'last' ? [...classMap, -1] : classMap
}
