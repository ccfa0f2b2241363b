/**
 * Groups of consecutive items whose sizes stay within the limit together; an item larger than the limit has a group of
 * its own.
 */
export function groupBySize<Item>(items: readonly Item[], limit: number, sizeOf: (item: Item) => number): Item[][] {
  const groups: Item[][] = []
  let filled = Infinity
  for (const item of items) {
    const size = sizeOf(item)
    if (filled + size > limit) {
      groups.push([])
      filled = 0
    }
    groups[groups.length - 1].push(item)
    filled += size
  }
  return groups
}

/** Values of a tensor for one image: dimensions that are not known count as 1. */
export function valuesOf(dims: readonly (number | string)[]): number {
  return dims.reduce<number>((product, dim) => product * (typeof dim === 'number' && dim > 0 ? dim : 1), 1)
}
