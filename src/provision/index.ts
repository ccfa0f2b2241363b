export {
  findOnnxRuntime,
  findSharp,
  type Found,
  type Installation,
  type Source,
  type Sources,
  setSources
} from './find.js'
export { ONNXRUNTIME_VERSION } from './pins.js'
export { glibcVersion, INTEL_MAC } from './platform.js'
export { howToGetProviderLibraries, PROVIDER_LIBRARIES } from './provider-libraries.js'
export { type NativeParts, provideRuntime, type SetUp, type SetUpOptions, setUpRuntime } from './set-up.js'
export { defaultToolCache } from './tool-cache.js'
export { compareVersions } from './versions.js'
