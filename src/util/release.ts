import { MessageChannel } from 'node:worker_threads'

/** What is transferred to a closed port is taken from its owner and, with nobody to receive it, freed. */
const { port1: nowhere } = new MessageChannel()
nowhere.close()

/**
 * Gives the memory of arrays back now and leaves them empty. Waiting for the garbage collector, which sees small objects
 * and not the megabytes behind them, the same program needs up to 64 MiB more, a different number in each run.
 * @param arrays that own their whole buffer, which nobody else reads.
 */
export function releaseMemory(arrays: readonly { readonly buffer: ArrayBufferLike }[]): void {
  const buffers = arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
  nowhere.postMessage(undefined, buffers)
}
