/** What surrounds every run: the host's lock, the run folder, the journal, the index of what may be left behind. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { hostOf, processStart } from './host/machine.ts'
import { sweepRun } from './lab/sweep.ts'
import { asBenchError, type BenchError } from './model/error.ts'
import type { SubstrateName } from './model/plan.ts'
import { sameStart } from './model/process-start.ts'
import type { World } from './model/world.ts'
import { addActive, listActive, removeActive, type ActiveRun } from './store/active.ts'
import { takeHostLock, type Holder, type HostLock } from './store/host-lock.ts'
import { openJournal } from './store/journal.ts'
import { createRunFolder, fileNames } from './store/run-folder.ts'
import { stateFolder } from './store/state-folder.ts'
import { makeSubstrate } from './substrate/choose.ts'
import type { SubstrateContext } from './substrate/substrate.ts'

export interface SessionRequest {
  readonly context: SubstrateContext
  readonly substrate: SubstrateName
  /** Folder of run folders. */
  readonly out: string
  /** `ssh://user@host[:port]`; this machine where absent. */
  readonly host?: string
  /** Measuring needs the host alone; a test's topology does not. */
  readonly exclusive: boolean
}

export interface OpenRun {
  /** The credential of the run: its servers ask for it; in no report and no log. */
  readonly token: string
  readonly folder: Awaited<ReturnType<typeof createRunFolder>>
  readonly journal: Awaited<ReturnType<typeof openJournal>>
  /** Aborted by the world or by `fail`. */
  readonly signal: AbortSignal
  readonly fail: (error: unknown) => void
}

/** Lock, run folder, journal and entry in the index around `body`; the entry stays when something was left behind. Closes the host. */
export async function withRun<T>(
  world: World,
  request: SessionRequest,
  body: (run: OpenRun) => Promise<T>,
): Promise<T> {
  const { context } = request
  const state = stateFolder(world.env)
  const start = (await processStart(world.pid)) ?? ''
  const holder = { run: context.run, pid: world.pid, start, folder: join(request.out, context.run) }
  let lock: HostLock | undefined
  try {
    if (request.exclusive) {
      lock = await takeHostLock({ ...holder, state, host: context.host.name, startOf: processStart })
    }
    await sweepBefore(world, request)
    return await inFolder(world, request, { ...holder, state }, body)
  } finally {
    await lock?.release()
    await context.host.close()
  }
}

async function inFolder<T>(
  world: World,
  { context, substrate, out, host }: SessionRequest,
  { state, ...holder }: Holder & { readonly state: string },
  body: (run: OpenRun) => Promise<T>,
): Promise<T> {
  const folder = await createRunFolder(out, context.run)
  const { settings, directory } = context
  await addActive(state, { ...holder, substrate, host: host ?? 'local', directory, settings })
  const journal = await openJournal(join(folder.path, fileNames.journal), context.run)
  const broken = new AbortController()
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    broken.abort()
  }
  try {
    const token = `t${randomBytes(18).toString('hex')}`
    const result = await body({ token, folder, journal, signal: AbortSignal.any([world.signal, broken.signal]), fail })
    await folder.close()
    if (failure !== undefined) throw asBenchError(failure)
    return result
  } catch (error) {
    // What broke the run is the error to tell; a folder that cannot be closed after it adds nothing.
    await Promise.allSettled([folder.close()])
    throw error
  } finally {
    if (journal.open().length === 0) await removeActive(state, context.run)
    await journal.close()
  }
}

/** Another host that is away must not keep this one from running; what was left there waits for it. */
async function sweepBefore(world: World, { context, host = 'local' }: SessionRequest): Promise<void> {
  const { failed } = await sweepDead(world, context.say)
  for (const { active, error } of failed) {
    if (active.host === host || error.code !== 'unavailable') throw error
    context.say(`run ${active.run} left something on ${active.host} that cannot be swept now: ${error.message}`)
  }
}

export interface Swept {
  /** Ids of the runs whose leftovers are gone. */
  readonly swept: readonly string[]
  readonly failed: readonly { readonly active: ActiveRun; readonly error: BenchError }[]
}

/** Removes what runs left behind whose runner is dead; one that cannot be swept does not stop the others. */
export async function sweepDead(world: World, say: (line: string) => void): Promise<Swept> {
  const state = stateFolder(world.env)
  const swept: string[] = []
  const failed: Swept['failed'][number][] = []
  for (const active of await listActive(state)) {
    if (sameStart(await processStart(active.pid), active.start)) continue
    say(`sweeping what run ${active.run} left behind`)
    try {
      await sweepOne(world, active, say)
      await removeActive(state, active.run)
      swept.push(active.run)
    } catch (error) {
      failed.push({ active, error: asBenchError(error) })
    }
  }
  return { swept, failed }
}

async function sweepOne(world: World, active: ActiveRun, say: (line: string) => void): Promise<void> {
  const host = hostOf(active.host === 'local' ? undefined : active.host, world.env)
  const { run, directory, settings } = active
  try {
    const facts = await host.facts()
    const context = { host, facts, run, tag: run.slice(-4), directory, settings, env: world.env, say }
    const substrate = await makeSubstrate(active.substrate as SubstrateName, context)
    const journal = await openJournal(join(active.folder, fileNames.journal), run)
    await sweepRun(journal, substrate).finally(() => journal.close())
  } finally {
    await host.close()
  }
}
