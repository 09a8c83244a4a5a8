/**
 * The agent's programs, each in as few files as can be: on a slow board Node.js needs 15 to 20 ms of CPU and 0.15 MiB for each
 * module that it loads, and an agent has some thirty of them.
 *
 * They are CommonJS: an ES module that imports from `node:fs` makes Node.js load all that this module offers only on demand (promises,
 * streams, watchers, readline), and the loader of ES modules itself. Measured on Linux, amd64: 2 MiB of an agent's 60.
 */
import type { Scripts } from './strip-cache.ts'
import { stripTypes } from './strip.ts'

/** The files of the agent's folder that are started as programs, without their `.ts`. None shares a file with another. */
const programs = ['main', 'ask-servers', 'disk-probe', 'net-probe', 'relay']

/** `sources` by their names, `main.ts` among them; the programs come back as `main.cjs` and so on, what they load later beside them. */
export async function bundle(sources: ReadonlyMap<string, string>): Promise<Scripts> {
  const plain = await stripTypes(sources)
  const scripts: Record<string, string> = {}
  for (const name of programs) Object.assign(scripts, await bundleOf(`./${name}.ts`, plain))
  return scripts
}

async function bundleOf(program: string, plain: Scripts): Promise<Scripts> {
  const { rollup } = await import('@rollup/wasm-node')
  const build = await rollup({
    input: program,
    // Nothing is left out as useless: rollup left out the call of a function that another one had put in place of an empty one.
    treeshake: false,
    plugins: [
      {
        name: 'the agent',
        // Siblings are here; Node.js's own modules and the packages of engine nats.js are found where the agent runs.
        resolveId: (id) => (id.startsWith('./') ? id.slice(2) : { id, external: true }),
        load: (id) => plain[id],
      },
    ],
    onwarn: (warning) => {
      throw new Error(warning.message)
    },
  })
  const { output } = await build.generate({ format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' })
  await build.close()
  return Object.fromEntries(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.code]] : [])))
}
