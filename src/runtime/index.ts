export { countExecuted } from './layers.js'
export { loadRuntime, type LoadOptions } from './load.js'
export { selectProvider } from './providers.js'
export type * from './types.js'
