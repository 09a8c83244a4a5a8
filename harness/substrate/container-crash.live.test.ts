/** The runner is killed at each step of its journal; a sweep in another process then removes what it left. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { localHost } from '../host/local.ts'
import { readJournal } from '../store/journal.ts'
import { containerSubstrate } from './container.ts'
import { findEngine, type Engine } from './container/engine.ts'
import { labels } from './container/names.ts'

const engine = await findEngine(process.env).catch((error: unknown) => String(error))
const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)

/**
 * Builds a node, runs a program in it, destroys it, and kills itself at one moment: before or after the n-th line of its
 * journal is on disk. Between two lines the work itself is done. Ends with status 0 when that moment never came.
 */
const runner = `
import { containerSubstrate } from ${here('./container.ts')}
import { localHost } from ${here('../host/local.ts')}
import { openJournal } from ${here('../store/journal.ts')}
const [folder, tag, moment, step] = process.argv.slice(1)
const host = localHost()
const journal = await openJournal(folder + '/journal.ndjson', 'run-' + tag)
let lines = 0
const die = () => process.kill(process.pid, 'SIGKILL')
const dying = (write) => async (...words) => {
  lines += 1
  if (moment === 'before' && lines === Number(step)) die()
  const result = await write(...words)
  if (moment === 'after' && lines === Number(step)) die()
  return result
}
const deadly = { ...journal, will: dying(journal.will), did: dying(journal.did), gone: dying(journal.gone) }
const context = { host, facts: await host.facts(), run: 'run-' + tag, tag, directory: folder, settings: { image: 'thin' }, env: {}, say() {} }
const substrate = await containerSubstrate(context)
const signal = new AbortController().signal
const plan = { name: 'hub', group: 'hub', role: 'load', index: 0, endpoint: substrate.endpoint(0) }
const node = await substrate.create(plan, deadly, signal)
await node.spawn(['sleep', '1000'])
await node.destroy()
process.exit(0)
`

/** image: will; network: will, did; container: will, did, gone; network and image: gone. */
const journalLines = 8

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'container-crash-'))
})
afterAll(() => rm(directory, { recursive: true }))
beforeEach((context) => {
  if (typeof engine !== 'string') return
  // Where DOCKER_HOST names an engine, the test must not be skipped.
  if (process.env['DOCKER_HOST'] !== undefined) throw new Error(engine)
  context.skip(engine)
})

async function crash(
  moment: string,
  step: number,
): Promise<{ readonly tag: string; readonly folder: string; readonly signal: string | null }> {
  const tag = `c${moment.charAt(0)}${step.toString(36).padStart(2, '0')}`
  const folder = await mkdtemp(join(directory, `${tag}-`))
  const child = spawn(process.execPath, ['--input-type=module', '-e', runner, folder, tag, moment, String(step)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const signal = await new Promise<string | null>((resolve) => child.once('close', (_status, name) => resolve(name)))
  return { tag, folder, signal }
}

/** All things of the engine with their names and labels, so that those of a run are found by its tag. */
async function everything(docker: Engine['docker']): Promise<string[]> {
  const [containers, networks, images, volumes] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listImages({ all: true }),
    docker.listVolumes(),
  ])
  return [
    ...containers.map((one) => `container ${one.Names.join()} ${JSON.stringify(one.Labels)}`),
    ...networks.map((one) => `network ${one.Name} ${JSON.stringify(one.Labels)}`),
    ...images.map((one) => `image ${(one.RepoTags ?? []).join()} ${JSON.stringify(one.Labels)}`),
    ...volumes.Volumes.map((one) => `volume ${one.Name} ${JSON.stringify(one.Labels)}`),
  ].sort()
}

describe('a runner that is killed', () => {
  const moments = ['before', 'after'].flatMap((moment) =>
    Array.from({ length: journalLines }, (_, index) => ({ moment, step: index + 1 })),
  )

  it.concurrent.each(moments)(
    '$moment line $step of its journal leaves nothing that a sweep does not find',
    async ({ moment, step }) => {
      const { docker } = engine as Engine
      const { tag, folder, signal } = await crash(moment, step)
      expect(signal).toBe('SIGKILL')
      const host = localHost()
      const facts = await host.facts()
      const context = { host, facts, run: 'sweep', tag: 'swp1', directory: folder, settings: {}, env: {} }
      const sweeper = await containerSubstrate({ ...context, say: () => undefined })
      const { open } = await readJournal(join(folder, 'journal.ndjson'))
      await sweeper.sweep(open)
      expect((await everything(docker)).filter((thing) => thing.includes(tag))).toEqual([])
      await sweeper.sweep(open)
      expect(open.every((entry) => entry.detail['run'] === `run-${tag}`)).toBe(true)
    },
  )

  it('has no further line in its journal to be killed at', async () => {
    const { signal } = await crash('before', journalLines + 1)
    expect(signal).toBeNull()
  })
})

describe('a sweep', () => {
  it('touches no container, network or image of the right name that is not of the run', async () => {
    const { docker } = engine as Engine
    const network = await docker.createNetwork({
      Name: 'bench-crsh',
      Internal: true,
      Labels: { [labels.run]: 'another run' },
    })
    try {
      const before = await everything(docker)
      const host = localHost()
      const context = { host, facts: await host.facts(), run: 'sweep', tag: 'swp2', directory, settings: {}, env: {} }
      const sweeper = await containerSubstrate({ ...context, say: () => undefined })
      await sweeper.sweep([
        { id: 1, kind: 'network', name: 'bench-crsh', detail: { run: 'run-crsh' } },
        { id: 2, kind: 'network', name: 'bench', detail: { run: 'another run' } },
        { id: 3, kind: 'container', name: 'bench-crsh-hub', detail: { run: 'run-crsh' } },
        { id: 4, kind: 'image', name: 'nats-jail-harness-thin:crsh', detail: { run: 'run-crsh' } },
      ])
      expect(await everything(docker)).toEqual(before)
    } finally {
      await network.remove()
    }
  })
})
