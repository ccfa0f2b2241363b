import { readFile } from 'node:fs/promises'
import type { SessionConfig } from './settings.js'

/**
 * Version of the TensorRT library in this process, from the name of its file: `libnvinfer.so.10.14.1`.
 * @returns undefined where none is loaded, or its name does not tell.
 */
export async function tensorrtVersion(maps = '/proc/self/maps'): Promise<string | undefined> {
  const text = await readFile(maps, 'utf8').catch(() => '')
  return /\/libnvinfer\.so\.(\d+\.\d+(?:\.\d+)*)/.exec(text)?.[1]
}

/** Makes ONNX Runtime write the engine into a model of one EPContext node. */
export function writesEngine(file: string): SessionConfig {
  return { 'ep.context_enable': '1', 'ep.context_file_path': file, 'ep.context_embed_mode': '1' }
}
