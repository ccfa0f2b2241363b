import manifest from '../package.json' with { type: 'json' }

export const TOOL = { name: 'precision-gate', version: manifest.version } as const
