/** Where the pipeline says how far it is; it never writes to a terminal itself. */
export interface ProgressReporter {
  /** @param total number of units (images, layers) that make the task complete. */
  start(label: string, total: number): ProgressTask
}

export interface ProgressTask {
  /** @param done units finished so far, out of the total. */
  update(done: number): void
  /** Ends the task, also where it stopped early. */
  finish(): void
}

export interface Logger {
  info(message: string): void
  warn(message: string): void
  debug(message: string): void
}

export const silentProgress: ProgressReporter = {
  start: () => ({ update: () => undefined, finish: () => undefined })
}

export const silentLogger: Logger = { info: () => undefined, warn: () => undefined, debug: () => undefined }

/**
 * `320/1000 (32 %), 41.2/s, 17 s left`. The rate is the mean since the start, which jumps less than a recent one where
 * images come in batches.
 */
export function progressText(done: number, total: number, elapsedMs: number): string {
  const share = total > 0 ? Math.floor((100 * done) / total) : 100
  const place = `${done}/${total} (${share} %)`
  if (done === 0 || elapsedMs <= 0) return place
  const rate = (1000 * done) / elapsedMs
  const left =
    done < total ? `, ${formatDuration((total - done) / rate)} left` : `, ${formatDuration(elapsedMs / 1000)}`
  return `${place}, ${formatRate(rate)}/s${left}`
}

function formatRate(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3)
}

/** `0.4 s`, `17 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}
