import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../errors.js'
import { writeFileAtomic } from '../util/files.js'
import { sha256 } from '../util/hash.js'

/** All that a TensorRT engine depends on. */
export interface EngineParts {
  /** SHA-256 of the model and its external data; its types are the engine's precision. */
  readonly model: string
  readonly precision: string
  readonly onnxruntime: string
  readonly tensorrt: string
  readonly driver: string
  readonly gpu: string
}

export type EngineLookup =
  | { readonly hit: true; readonly file: string }
  /** `reason` says which part changed against the nearest entry. */
  | { readonly hit: false; readonly reason: string }

/**
 * Engines as ONNX Runtime writes them: one model of an EPContext node a key, and beside it the parts of its key. Exact keys
 * only: an engine of another driver or GPU does not load, or is slower than it could be.
 */
export class EngineCache {
  constructor(readonly directory: string) {}

  async find(parts: EngineParts): Promise<EngineLookup> {
    const file = this.#fileOf(parts)
    const entry = await readEntry(`${file}.json`)
    if (entry !== undefined && sameParts(entry, parts) && (await isFile(file))) return { hit: true, file }
    return { hit: false, reason: await this.#explainMiss(parts) }
  }

  /**
   * A session from the cache, or one that fills it. An entry that does not load is removed and built anew.
   * @param open makes a session of a file.
   * @param build makes a session that writes the engine to a file, at once or when it first runs.
   * @returns the session, and what to call when it is released: it puts the engine into the cache.
   */
  async session<Session>(
    parts: EngineParts,
    {
      open,
      build,
      log
    }: {
      readonly open: (file: string) => Promise<Session>
      readonly build: (file: string) => Promise<Session>
      readonly log: (message: string) => void
    }
  ): Promise<{ readonly session: Session; readonly keep: () => Promise<void> }> {
    const found = await this.find(parts)
    if (found.hit) {
      try {
        const session = await open(found.file)
        log(`engine cache: hit (${found.file})`)
        return { session, keep: () => Promise.resolve() }
      } catch (error) {
        log(`engine cache: ${found.file} does not load and is built anew: ${messageOf(error)}`)
        await this.#remove(found.file)
      }
    } else {
      log(`engine cache: miss, ${found.reason}`)
    }
    await mkdir(this.directory, { recursive: true })
    // ONNX Runtime refuses a file that is there already.
    const written = join(
      this.directory,
      `.${process.pid}-${Date.now()}-${sha256(JSON.stringify(parts)).slice(0, 12)}.onnx`
    )
    try {
      return { session: await build(written), keep: () => this.#keep(parts, written, log) }
    } catch (error) {
      await rm(written, { force: true })
      throw error
    }
  }

  /** The parts come first: an entry without them is none, and one without a model is none either. */
  async #keep(parts: EngineParts, written: string, log: (message: string) => void): Promise<void> {
    if (!(await isFile(written))) {
      log('engine cache: ONNX Runtime wrote no engine, so that the next run builds it again')
      return
    }
    const file = this.#fileOf(parts)
    try {
      await writeFileAtomic(`${file}.json`, `${JSON.stringify(parts, null, 2)}\n`)
      await rename(written, file)
    } catch (error) {
      // A cache that is full or gone fails no run.
      await rm(written, { force: true })
      log(`engine cache: the engine is not kept: ${messageOf(error)}`)
    }
  }

  async #remove(file: string): Promise<void> {
    await rm(file, { force: true })
    await rm(`${file}.json`, { force: true })
  }

  #fileOf(parts: EngineParts): string {
    return join(this.directory, `${engineKey(parts)}.onnx`)
  }

  async #explainMiss(parts: EngineParts): Promise<string> {
    const names = await readdir(this.directory).catch(() => [])
    const entries = await Promise.all(
      names.filter((name) => name.endsWith('.onnx.json')).map((name) => readEntry(join(this.directory, name)))
    )
    const differences = entries
      .flatMap((entry) => (entry === undefined ? [] : [describeChanges(entry, parts)]))
      .filter((changes) => changes.length > 0)
    if (differences.length === 0) return 'no engine in the cache yet'
    return differences.reduce((a, b) => (b.length < a.length ? b : a)).join('; ')
  }
}

/** SHA-256 in hex over all parts. */
export function engineKey(parts: EngineParts): string {
  return sha256(JSON.stringify(NAMES.map((name) => parts[name])))
}

const NAMES = ['model', 'precision', 'onnxruntime', 'tensorrt', 'driver', 'gpu'] as const

function describeChanges(before: EngineParts, after: EngineParts): string[] {
  return NAMES.filter((name) => before[name] !== after[name]).map((name) =>
    name === 'model' ? 'model changed' : `${name} changed (${before[name]} -> ${after[name]})`
  )
}

function sameParts(a: EngineParts, b: EngineParts): boolean {
  return describeChanges(a, b).length === 0
}

async function readEntry(file: string): Promise<EngineParts | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<Record<string, unknown>>
    return NAMES.every((name) => typeof value[name] === 'string') ? (value as unknown as EngineParts) : undefined
  } catch {
    // A damaged neighbour explains nothing, and is no entry.
    return undefined
  }
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile() && found.size > 0,
    () => false
  )
}
