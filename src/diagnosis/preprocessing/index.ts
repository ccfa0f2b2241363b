import { decodeImage, type ImageInput, type PreprocessStep, type ReferenceDump } from '../../dataset/index.js'
import type { Diagnosis } from '../../result.js'
import { explain, plainDifference, type Difference, type Subject } from './search.js'

const CHECK = 'preprocessing against your dumps'
/** Dumps that are compared; more say nothing new. */
const MAX_DUMPS = 64
/** Dumps on which explanations are tried. */
const MAX_TRIED = 8
/** Grey levels, largest difference: float arithmetic in another order. */
const EQUAL = 0.1
/** Grey levels, mean difference: another decoder or another rounding of the same resize. */
const CLOSE = 0.5

interface Compared {
  readonly dump: ReferenceDump
  readonly subject: Subject
  readonly difference: Difference
}

/**
 * Is what the config's steps make of an image what the user's own pipeline feeds the network? Compares every dump and tries
 * the classic mistakes on those that differ.
 */
export async function comparePreprocessing(
  dumps: readonly ReferenceDump[],
  steps: readonly PreprocessStep[],
  input: ImageInput
): Promise<Diagnosis[]> {
  if (dumps.length === 0) return []
  const foreign = dumps.find(({ dims }) => channelsFirst(dims, input) === undefined)
  if (foreign !== undefined) return [otherSize(foreign, input)]
  const compared: Compared[] = []
  for (const dump of evenly(dumps, MAX_DUMPS)) {
    const subject = {
      pixels: await decodeImage(await dump.image(), dump.sample),
      values: dump.values(),
      channelsFirst: channelsFirst(dump.dims, input) ?? true
    }
    compared.push({ dump, subject, difference: plainDifference(subject, steps, input) })
  }
  const different = compared.filter(({ difference }) => !(difference.maxLevels <= EQUAL))
  const axes = compared.find(({ subject }) => input.channels > 1 && subject.channelsFirst !== (input.layout === 'nchw'))
  if (different.length === 0) return [axes === undefined ? equal(compared) : otherAxes(compared, input)]
  return [explained(compared, different, steps, input)]
}

function equal(compared: readonly Compared[]): Diagnosis {
  const verb = compared.length === 1 ? 'equals' : 'equal'
  const evidence = `${dumpsOf(compared.length)} ${verb} what the steps give: ${figures(compared)}${greyRemark(compared)}`
  return { check: CHECK, status: 'pass', evidence, action: '' }
}

function otherAxes(compared: readonly Compared[], { layout }: ImageInput): Diagnosis {
  const [theirs, ours] = layout === 'nchw' ? ['NHWC', 'NCHW'] : ['NCHW', 'NHWC']
  return {
    check: CHECK,
    status: 'warn',
    evidence:
      `NCHW/NHWC: ${dumpsOf(compared.length)} hold the right values with their axes in ${theirs} order, ` +
      `and this network takes ${ours}: ${figures(compared)} once the axes are exchanged`,
    action: `Exchange the axes before the values go into this network, or save the dump behind that step.`
  }
}

function explained(
  compared: readonly Compared[],
  different: readonly Compared[],
  steps: readonly PreprocessStep[],
  input: ImageInput
): Diagnosis {
  const tried = evenly(different, MAX_TRIED)
  const { changes, remaining } = explain(
    tried.map(({ subject }) => subject),
    steps,
    input
  )
  const differ = `${different.length} of ${dumpsOf(compared.length)} differ from what the steps give: ${figures(different)}`
  const agreeing = remaining.filter(({ levels }) => levels <= CLOSE).length
  if (changes.length === 0 && agreeing === tried.length) {
    const evidence = `${differ}: rounding, or another image decoder`
    return { check: CHECK, status: 'pass', evidence, action: '' }
  }
  const [first] = different
  const example = `for example ${first.dump.name} of image ${first.dump.sample}`
  const left = `${format(average(remaining, 'mean'))} (${format(average(remaining, 'levels'))} grey levels)`
  if (agreeing <= tried.length / 2) {
    const helps =
      changes.length > 0 &&
      average(remaining, 'mean') <
        average(
          tried.map(({ difference }) => difference),
          'mean'
        ) /
          2
    const nearest = !helps ? '' : `; nearest is ${changes.join(' + ')}, which leaves a mean difference of ${left}`
    return {
      check: CHECK,
      status: 'fail',
      evidence: `${differ}, ${example}. No classic mistake explains it${nearest}`,
      action:
        'Compare the two pipelines step by step: save the dump behind each step of yours and cut the list of steps at the same place.'
    }
  }
  const agree = agreeing === tried.length ? 'all' : `${agreeing} of ${tried.length}`
  return {
    check: CHECK,
    status: 'fail',
    evidence:
      `${differ}. Your pipeline against these steps: ${changes.join(' + ')}. ` +
      `With that, ${agree} of the dumps tried agree and a mean difference of ${left} remains`,
    action:
      'Calibration and evaluation here follow the config. If your pipeline is the deployed one, write its steps into `preprocess`; ' +
      'if the config is right, repair the pipeline: FP32 accuracy (`expect`) tells which.'
  }
}

function otherSize({ name, dims }: ReferenceDump, { channels, height, width, layout }: ImageInput): Diagnosis {
  const ours = layout === 'nchw' ? [channels, height, width] : [height, width, channels]
  return {
    check: CHECK,
    status: 'fail',
    evidence: `another input size: dump ${name} is ${dims.join(' x ')}, and the network is fed ${ours.join(' x ')}`,
    action: 'Save what goes into the network itself, or bring both to the same size.'
  }
}

/** Whether a shape puts the channels first; undefined where it is not the network's in either order. */
function channelsFirst(dims: readonly number[], { channels, height, width, layout }: ImageInput): boolean | undefined {
  const is = (...shape: number[]) => shape.every((size, axis) => size === dims[axis])
  const [first, last] = [is(channels, height, width), is(height, width, channels)]
  if (first && last) return layout === 'nchw'
  return first ? true : last ? false : undefined
}

function figures(compared: readonly Compared[]): string {
  const differences = compared.map(({ difference }) => difference)
  const max = Math.max(...differences.map((difference) => difference.max))
  return (
    `largest difference ${format(max)}, mean ${format(average(differences, 'mean'))} ` +
    `(${format(average(differences, 'levels'))} grey levels)`
  )
}

/** Nobody should read more into an agreement than it can show. */
function greyRemark(compared: readonly Compared[]): string {
  const grey = compared.every(({ subject: { pixels } }) => {
    if (pixels.channels === 1) return true
    for (let i = 0; i < pixels.data.length; i += 3) if (pixels.data[i] !== pixels.data[i + 2]) return false
    return true
  })
  return grey ? ' (the images are grey: exchanged colours would not show)' : ''
}

function average(differences: readonly Difference[], key: 'mean' | 'levels'): number {
  return differences.reduce((sum, difference) => sum + difference[key], 0) / differences.length
}

function dumpsOf(count: number): string {
  return count === 1 ? '1 dump' : `${count} dumps`
}

function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)])
}

function format(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not finite'
}
