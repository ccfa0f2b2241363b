import { readNumbers, type Size } from '../../dataset/index.js'
import { ConfigurationError, type Position } from '../../errors.js'
import type { Priors } from './types.js'

/** What a config says about a file of priors. */
export interface PriorsFile {
  /** Absolute path of a `.npy` file [P, 4]. */
  readonly file: string
  /** The path as it was written. */
  readonly given: string
  readonly boxFormat: 'cxcywh' | 'xyxy'
  readonly units: 'normalized' | 'pixels'
  readonly variances: readonly [number, number]
  readonly position: Position
}

export interface Places {
  readonly workspace: string
  /** The config, for messages. */
  readonly file: string
}

/** A few times what the largest detectors have (RetinaNet at 1333 x 800: 200,000). */
const MOST_PRIORS = 1_000_000
/** Priors reach over the edges of the input by up to their size; pixels read as shares are further out by far. */
const FARTHEST = 4

/**
 * @param input of the network, which pixels are shares of.
 * @param boxes that the network gives for an image, where its output says so.
 * @throws ConfigurationError at the key in the config, where the file does not hold one prior a box.
 */
export function readPriors(
  priors: PriorsFile,
  { workspace, file }: Places,
  input: Size | undefined,
  boxes: number | undefined
): Priors {
  const { given, boxFormat, units, variances, position } = priors
  const refuse = (problem: string, hint: string): never => {
    throw new ConfigurationError([{ file, position, message: `decode.priors ${given} ${problem}` }], hint)
  }
  const found = readNumbers('the priors', priors.file, { workspace, most: 4 * MOST_PRIORS })
  if (typeof found === 'string') return refuse(found, 'save priors as float32 [priors, 4]')
  const { dims, data } = found
  // Exporters keep a batch dimension of one.
  const [count, width] = dims.length === 3 && dims[0] === 1 ? dims.slice(1) : dims.length === 2 ? dims : []
  if (width !== 4 || count === 0)
    return refuse(`has shape [${dims.join(', ')}]; expected [priors, 4]`, 'one row a prior, in the order of the boxes')
  if (boxes !== undefined && boxes !== count)
    return refuse(
      `holds ${count} priors, and the network gives ${boxes} boxes`,
      'take those of the exported input size'
    )
  const size = units === 'normalized' ? { width: 1, height: 1 } : input
  if (size === undefined) return refuse('holds pixels, and the size of the input is not known', 'save them as shares')
  const out = new Float32Array(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const [a, b, c, d] = [
      data[at] / size.width,
      data[at + 1] / size.height,
      data[at + 2] / size.width,
      data[at + 3] / size.height
    ]
    const row = boxFormat === 'cxcywh' ? [a, b, c, d] : [(a + c) / 2, (b + d) / 2, c - a, d - b]
    const shown = `[${Array.from(data.subarray(at, at + 4), (value) => Number(value.toPrecision(6))).join(', ')}]`
    if (!row.every((value) => Math.abs(value) <= FARTHEST))
      return refuse(
        `has ${shown} in row ${at / 4}, which is no share of the input`,
        'say `priors: {file: …, units: pixels}` where they are pixels'
      )
    if (row[2] <= 0 || row[3] <= 0)
      return refuse(
        `has ${shown} in row ${at / 4}, which is no ${boxFormat} of a size above 0`,
        `say how they are written: \`priors: {file: …, box_format: ${boxFormat === 'cxcywh' ? 'xyxy' : 'cxcywh'}}\``
      )
    out.set(row, at)
  }
  return { boxes: out, variances }
}
