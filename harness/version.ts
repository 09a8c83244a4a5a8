import manifest from '../package.json' with { type: 'json' }

/** Of the harness, from package.json. */
export const version: string = manifest.version
