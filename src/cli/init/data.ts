import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ConfigurationError } from '../../errors.js'

/** Nothing says what is right, so that only FP32 is left to compare with. */
export function isUnlabelled({ kind, labels }: DataGuess): boolean {
  return kind === 'images' || (kind === 'npy' && labels === undefined)
}

/** Where the data seem to be. Paths as the caller gave them, or below that. */
export interface DataGuess {
  readonly kind: 'folders' | 'manifest' | 'npy' | 'annotated' | 'images'
  readonly test: string
  /** undefined: none was found, and INT8 has to wait. */
  readonly calibration?: string
  /** Class folders in the test set. */
  readonly classes?: number
  /** Beside an .npy file; undefined: none was found. */
  readonly labels?: string
  /** Beside a folder of images: COCO's annotations, a folder of masks. */
  readonly coco?: string
  readonly masks?: string
}

const TEST_NAMES = ['test', 'val', 'validation']
const CALIBRATION_NAMES = ['calibration', 'calib', 'train']
const LABEL_NAMES = ['labels.csv', 'labels.npy']

/**
 * Finds test set and calibration images: in the folder itself, or in folders with the usual names in it.
 * @throws ConfigurationError where there is nothing at that path.
 */
export async function guessData(path: string): Promise<DataGuess> {
  const found = await stat(path).catch((error: unknown) => {
    throw new ConfigurationError([{ message: `--data ${path} does not exist` }], undefined, { cause: error })
  })
  if (found.isFile()) return guessFile(path)
  const entries = await folderNames(path)
  const pick = (names: readonly string[]) => names.find((name) => entries.includes(name))
  const test = pick(TEST_NAMES)
  const calibration = pick(CALIBRATION_NAMES)
  // A folder per class may well have a class called "train".
  const split = test !== undefined && entries.every((name) => [...TEST_NAMES, ...CALIBRATION_NAMES].includes(name))
  const annotated = await guessAnnotated(split ? join(path, test) : path)
  if (annotated !== undefined) {
    return {
      ...annotated,
      ...(split && calibration !== undefined && (await calibrationImages(join(path, calibration))))
    }
  }
  if (!split) return { ...(await guessFolder(path)), test: path }
  return {
    ...(await guessFolder(join(path, test))),
    test: join(path, test),
    ...(calibration !== undefined && { calibration: join(path, calibration) })
  }
}

/** Without class folders, nothing says what an image shows. */
async function guessFolder(path: string): Promise<Pick<DataGuess, 'kind' | 'classes'>> {
  const classes = (await folderNames(path)).length
  return classes === 0 ? { kind: 'images' } : { kind: 'folders', classes }
}

/** Images beside their masks or boxes. */
async function guessAnnotated(path: string): Promise<DataGuess | undefined> {
  const entries = await readdir(path)
  if (!entries.includes('images')) return undefined
  const coco = entries.find((name) => extname(name).toLowerCase() === '.json')
  const masks = entries.find((name) => name === 'masks')
  if (coco === undefined && masks === undefined) return undefined
  return {
    kind: 'annotated',
    test: join(path, 'images'),
    ...(coco !== undefined && { coco: join(path, coco) }),
    ...(masks !== undefined && { masks: join(path, masks) })
  }
}

async function calibrationImages(path: string): Promise<{ readonly calibration: string }> {
  const nested = (await folderNames(path)).includes('images')
  return { calibration: nested ? join(path, 'images') : path }
}

async function guessFile(path: string): Promise<DataGuess> {
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return { kind: 'manifest', test: path }
    case '.npy': {
      const files = await readdir(join(path, '..'))
      const labels = LABEL_NAMES.find((name) => files.includes(name))
      return { kind: 'npy', test: path, ...(labels !== undefined && { labels: join(path, '..', labels) }) }
    }
    default:
      throw new ConfigurationError([
        { message: `--data ${path} is of no known kind: expected a folder, a .csv manifest or a .npy file` }
      ])
  }
}

async function folderNames(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
}
