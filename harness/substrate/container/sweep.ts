/** Removes what a journal names, by exact name, and only where the engine has the label of that run on it. */
import { BenchError } from '../../model/error.ts'
import type { JournalEntry } from '../../model/journal.ts'
import { ask, askMaybe, reason, type Engine } from './engine.ts'
import { kinds, labels } from './names.ts'

type Remove = (engine: Engine, name: string, run: string) => Promise<void>

/** In this order, because a network with containers in it, or an image with a container, cannot be removed. */
const removers: Readonly<Record<string, Remove>> = {
  [kinds.container]: removeContainer,
  [kinds.network]: removeNetwork,
  [kinds.image]: removeImage,
}

/** Removes what the entries name. Safe to repeat. Throws BenchError `os` naming what is left. */
export async function sweepEngine(engine: () => Promise<Engine>, entries: readonly JournalEntry[]): Promise<void> {
  const ours = entries.filter((entry) => entry.kind in removers)
  if (ours.length === 0) return
  const found = await engine()
  const problems: string[] = []
  for (const [kind, remove] of Object.entries(removers)) {
    const named = ours.filter((entry) => entry.kind === kind)
    const results = await Promise.allSettled(
      named.map((entry) => remove(found, entry.name, String(entry.detail['run'] ?? ''))),
    )
    results.forEach((result, index) => {
      if (result.status === 'rejected') problems.push(`${kind} ${named[index]?.name}: ${reason(result.reason)}`)
    })
  }
  if (problems.length === 0) return
  throw new BenchError('os', `${problems.length} things of the run must be removed from the engine, they stay`, {
    lines: problems,
    hint: 'run "pnpm bench sweep" again; "docker ps -a" and "docker network ls" show what is there',
  })
}

/** Removes it, also a paused or half made one, with its volumes that have no name. Checks that it is gone. */
export async function removeContainer(engine: Engine, name: string, run: string): Promise<void> {
  const container = engine.docker.getContainer(name)
  const look = () => askMaybe(`container ${name} must be inspected`, container.inspect())
  const found = await look()
  // The engine also finds a container whose id begins with this text; only the exact name counts.
  if (found === undefined || found.Name.replace(/^\//, '') !== name) return
  if (found.Config.Labels?.[labels.run] !== run) return
  await gone(`container ${name} must be removed`, () =>
    engine.docker.getContainer(found.Id).remove({ force: true, v: true }),
  )
  if (await look()) throw new BenchError('os', `container ${name} must be gone, it is still there`)
}

async function removeNetwork(engine: Engine, name: string, run: string): Promise<void> {
  const find = async () => {
    const filters = { name: [name], label: [`${labels.run}=${run}`] }
    const networks = await ask(`network ${name} must be looked for`, engine.docker.listNetworks({ filters }))
    // The filter also finds longer names.
    return networks.filter((network) => network.Name === name)
  }
  for (const network of await find()) {
    await gone(`network ${name} must be removed`, () => engine.docker.getNetwork(network.Id).remove())
  }
  if ((await find()).length > 0) throw new BenchError('os', `network ${name} must be gone, it is still there`)
}

async function removeImage(engine: Engine, name: string, run: string): Promise<void> {
  const image = engine.docker.getImage(name)
  const look = () => askMaybe(`image ${name} must be inspected`, image.inspect())
  const found = await look()
  if (found === undefined || found.Config.Labels?.[labels.image] !== run) return
  await gone(`image ${name} must be removed`, () => image.remove())
  if (await look()) throw new BenchError('os', `image ${name} must be gone, it is still there`)
}

/** Removes it; that it is gone already is no error. */
async function gone(what: string, remove: () => Promise<unknown>): Promise<void> {
  await askMaybe(what, remove())
}
