import type { Dataset } from '../dataset/index.js'
import type { Diagnosis } from '../result.js'
import { firstFew, percent, plural } from './words.js'

/** A set with the content hash of every sample, in its order. */
export interface HashedSet {
  readonly dataset: Dataset
  readonly hashes: readonly string[]
}

/** Share of the calibration set above which copies and shared images are more than an accident. */
const ACCIDENT = 0.01

/** What the names and the bytes of the two sets say: is the calibration set diverse, representative, and kept apart? */
export function auditCalibrationSet(calibration: HashedSet, test: HashedSet): Diagnosis[] {
  return [
    missingClasses(calibration.dataset, test.dataset),
    duplicates(calibration),
    overlap(namedHashes(calibration), namedHashes(test))
  ]
}

/** Names of samples and the hashes of their bytes, in one order. */
export interface NamedHashes {
  readonly ids: readonly string[]
  readonly hashes: readonly string[]
}

export function namedHashes({ dataset, hashes }: HashedSet): NamedHashes {
  return { ids: dataset.samples.map(({ id }) => id), hashes }
}

export function missingClasses(calibration: Dataset, test: Dataset): Diagnosis {
  const check = 'classes in the calibration set'
  const present = classesOf(calibration)
  const wanted = classesOf(test)
  if (present.size === 0) {
    const evidence = 'the calibration images have no labels, so missing classes would not be seen'
    return { check, status: 'skipped', evidence, action: '' }
  }
  const missing = [...wanted].filter((name) => !present.has(name))
  if (missing.length === 0) {
    return { check, status: 'pass', evidence: `it holds all ${wanted.size} classes of the test set`, action: '' }
  }
  return {
    check,
    status: 'warn',
    evidence: `${missing.length} of ${plural(wanted.size, 'class', 'classes')} of the test set are missing from it: ${firstFew(missing)}`,
    action: 'Add images of these classes: ranges that were never seen are cut off.'
  }
}

/** Names where the source has them: the indices of folders shift when one is missing. */
function classesOf({ samples, classes, source }: Dataset): Set<string> {
  const offset = 'classOffset' in source ? source.classOffset : 0
  const name = (index: number): string => classes?.[index - offset] ?? String(index)
  return new Set(
    samples.flatMap(({ label, objects }) => {
      if (label !== undefined) return [name(label)]
      return objects === undefined ? [] : Array.from(objects.categories, name)
    })
  )
}

export function duplicates({ dataset, hashes }: HashedSet): Diagnosis {
  const check = 'copies in the calibration set'
  const first = new Map<string, number>()
  const copies: [number, number][] = []
  hashes.forEach((hash, index) => {
    const earlier = first.get(hash)
    if (earlier === undefined) first.set(hash, index)
    else copies.push([earlier, index])
  })
  const distinct = `${first.size} different images of ${hashes.length}`
  if (copies.length <= ACCIDENT * hashes.length) return { check, status: 'pass', evidence: distinct, action: '' }
  const named = copies.map(([a, b]) => `${dataset.samples[b].id} = ${dataset.samples[a].id}`)
  return {
    check,
    status: 'warn',
    evidence: `${distinct}: the others have the same bytes, such as ${firstFew(named)}`,
    action: 'Replace the copies by other images: they add nothing to the ranges, and the set is smaller than it looks.'
  }
}

export function overlap(calibration: NamedHashes, test: NamedHashes): Diagnosis {
  const check = 'calibration images in the test set'
  const tested = new Map(test.hashes.map((hash, index) => [hash, test.ids[index]]))
  const shared = calibration.hashes.flatMap((hash, index) => {
    const id = tested.get(hash)
    return id === undefined ? [] : [`${calibration.ids[index]} = ${id}`]
  })
  const total = calibration.hashes.length
  if (shared.length === 0) {
    const evidence = `none of ${total} is among the ${test.hashes.length} test images`
    return { check, status: 'pass', evidence, action: '' }
  }
  return {
    check,
    status: shared.length > ACCIDENT * total ? 'fail' : 'warn',
    evidence: `${shared.length} of ${total} (${percent(shared.length / total)}) are test images, byte by byte: ${firstFew(shared)}`,
    action:
      'Take calibration images from the training split: ranges that were made to fit the test images flatter the INT8 figures.'
  }
}
