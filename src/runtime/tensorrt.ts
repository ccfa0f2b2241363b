import { loadedLibraries } from './libraries.js'
import type { SessionConfig } from './settings.js'

/**
 * Version of the TensorRT library in this process, from the name of its file: `libnvinfer.so.10.14.1`.
 * @returns undefined where none is loaded, or its name does not tell.
 */
export async function tensorrtVersion(maps?: string): Promise<string | undefined> {
  const version = (await loadedLibraries(maps)).TensorRT as string | undefined
  return version?.includes('.') === true ? version : undefined
}

/** Makes ONNX Runtime write the engine into a model of one EPContext node. */
export function writesEngine(file: string): SessionConfig {
  return { 'ep.context_enable': '1', 'ep.context_file_path': file, 'ep.context_embed_mode': '1' }
}
