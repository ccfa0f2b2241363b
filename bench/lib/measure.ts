import os from 'node:os'

export interface Sample {
  readonly wallSeconds: number
  /** User and system time of all threads of this process. */
  readonly cpuSeconds: number
}

export async function measure(work: () => Promise<void>): Promise<Sample> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { wallSeconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 }
}

/**
 * Runs the contenders in turn, A B C A B C, so that whatever else the machine does meanwhile meets all of them.
 * The first round warms up and is not counted.
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, () => Promise<void>>>,
  rounds: number
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const sample = await measure(contenders[name])
      if (round > 0) samples[name].push(sample)
      const which = round === 0 ? 'warm-up' : `round ${round}`
      console.log(`  ${which} ${name}: ${sample.wallSeconds.toFixed(3)} s, CPU ${sample.cpuSeconds.toFixed(3)} s`)
    }
  }
  return samples
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Ratio of medians, and of the fastest runs, which other work on the machine disturbs least. */
export function ratio(of: readonly Sample[], to: readonly Sample[], key: keyof Sample): string {
  const values = (samples: readonly Sample[]) => samples.map((sample) => sample[key])
  const medians = median(values(of)) / median(values(to))
  const fastest = Math.min(...values(of)) / Math.min(...values(to))
  return `${medians.toFixed(3)} (fastest runs: ${fastest.toFixed(3)})`
}

/** What ran and where; no figure means anything without it. */
export function heading(command: string): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor'
  const load = os.loadavg()[0].toFixed(1)
  const date = new Date().toISOString().slice(0, 10)
  return `${command}\n${date}, Node ${process.versions.node}, ${cpu}, ${os.availableParallelism()} cores, load ${load}\n`
}

/** `--name value` of the command line. */
export function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}
