import { readFile } from 'node:fs/promises'

/** Libraries whose version decides what a GPU provider computes, by the name of their file. */
const NAMES: Readonly<Record<string, string>> = {
  cudart: 'CUDA runtime',
  cublas: 'cuBLAS',
  cudnn: 'cuDNN',
  nvinfer: 'TensorRT',
  vulkan: 'Vulkan loader'
}

/**
 * Versions of the GPU libraries in this process, from the names of their files: `libcudnn.so.9.7.1`. As much of it as the
 * name has: Python packages of NVIDIA's libraries name the first number alone.
 *
 * @param maps Linux's list of the files that a process has mapped.
 * @returns by the library's usual name; empty where there is no such list (Windows, macOS) or none is loaded.
 */
export async function loadedLibraries(maps = '/proc/self/maps'): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(maps, 'utf8').catch(() => '')
  const found = new Map<string, string>()
  for (const [, name, version] of text.matchAll(/\/lib([a-z]+)\.so\.(\d+(?:\.\d+)*)/g)) {
    const usual = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
    if (usual !== undefined) found.set(usual, version)
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}
