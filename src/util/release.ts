import { MessageChannel } from 'node:worker_threads'

/** What is transferred to a closed port is taken from its owner and, with nobody to receive it, freed. */
const { port1: nowhere } = new MessageChannel()
nowhere.close()

/**
 * Gives the memory of arrays back now and leaves them empty. Waiting for the garbage collector, which sees small objects
 * and not the megabytes behind them, the same program needs up to 64 MiB more, a different number in each run.
 * @param arrays that nobody else reads. Those that are a part of their buffer, as small Buffers are, are left alone.
 */
export function releaseMemory(arrays: readonly ArrayBufferView[]): void {
  const buffers: ArrayBuffer[] = []
  for (const { buffer, byteLength } of arrays)
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffers.push(buffer)
  if (buffers.length > 0) nowhere.postMessage(undefined, buffers)
}
