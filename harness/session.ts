/**
 * What surrounds every command that uses a host: the host itself, its lock; and for each run of it the run folder, the journal
 * and the index of what may be left behind.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Choices } from './choices.ts'
import { groundFolder, openGround, type Ground } from './ground.ts'
import type { Host } from './host/host.ts'
import { hostOf, processStart } from './host/machine.ts'
import { patiently } from './host/patience.ts'
import { sweepRun } from './lab/sweep.ts'
import { pause } from './lab/wait.ts'
import type { Take } from './lab/site.ts'
import { asBenchError, BenchError } from './model/error.ts'
import type { SubstrateName } from './model/plan.ts'
import { sameStart } from './model/process-start.ts'
import type { World } from './model/world.ts'
import { addActive, byHand, listActive, removeActive, type ActiveRun } from './store/active.ts'
import { takeHostLock, type Holder, type HostLock, type LockRequest } from './store/host-lock.ts'
import { openJournal } from './store/journal.ts'
import { createRunFolder, fileNames } from './store/run-folder.ts'
import { stateFolder } from './store/state-folder.ts'
import { makeSubstrate } from './substrate/choose.ts'
import type { SubstrateContext } from './substrate/substrate.ts'

/** One command's time on a host. */
export interface Session {
  readonly world: World
  readonly choices: Choices
  readonly host: Host
  /** Talk: one line for people. */
  readonly say: (line: string) => void
  /** Names the run that has the host from now on; takes the lock the first time, where the session has the host alone. */
  hold(run: string): Promise<void>
  /** Where nodes are kept between the runs. */
  readonly ground?: Ground
}

export interface SessionOptions {
  readonly say: (line: string) => void
  /** Measuring needs the host alone until the session ends; a test's topology and a mere look do not. */
  readonly exclusive: boolean
  /** Nodes that are dear to make are shared by the runs of this session. */
  readonly keep?: boolean
}

/** Opens the chosen host for `body`; closes it and gives up its lock whatever happens. `open` is for tests. */
export async function onHost<T>(
  world: World,
  choices: Choices,
  { say, exclusive, keep = false }: SessionOptions,
  body: (session: Session) => Promise<T>,
  open = hostOf,
): Promise<T> {
  const host = open(choices.host, world.env)
  let lock: HostLock | undefined
  let holder: Holder | undefined
  const hold = async (run: string) => {
    if (!exclusive) return
    const start = (await processStart(world.pid)) ?? ''
    holder = { run, pid: world.pid, start, folder: join(choices.out, run) }
    if (lock !== undefined) return lock.passTo(holder)
    const wanted = { ...holder, state: stateFolder(world.env), host: host.name, startOf: processStart }
    lock = await lockWithin(wanted, choices.waitMs ?? 0, say, world.signal)
  }
  // Others that wait for the host see that it will be free soon.
  let stopping: Promise<unknown> | undefined
  const onStop = () => {
    if (lock === undefined || holder === undefined) return
    stopping = Promise.allSettled([lock.passTo({ ...holder, doing: 'taking down, after it was told to stop,' })])
  }
  world.signal.addEventListener('abort', onStop, { once: true })
  const ground = keep ? openGround(world, choices.host ?? 'local', say) : undefined
  try {
    return await body({ world, choices, host, say, hold, ...(ground === undefined ? {} : { ground }) })
  } finally {
    try {
      await ground?.close()
    } finally {
      world.signal.removeEventListener('abort', onStop)
      await stopping
      await lock?.release()
      await host.close()
    }
  }
}

const askEveryMs = 1000
const talkEveryMs = 8000

/** Takes the lock as soon as it is free; throws `busy` when it is not within the time. */
async function lockWithin(
  wanted: LockRequest,
  waitMs: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<HostLock> {
  const until = performance.now() + waitMs
  for (let talked = -Infinity; ;) {
    try {
      return await takeHostLock(wanted)
    } catch (error) {
      const now = performance.now()
      if (!(error instanceof BenchError) || error.code !== 'busy' || now >= until) throw error
      if (now - talked >= talkEveryMs) {
        talked = now
        say(`waiting at most ${Math.ceil((until - now) / 1000)} s more: ${error.message}`)
      }
      await pause(Math.min(askEveryMs, until - now), signal)
    }
  }
}

export interface OpenRun {
  /** The credential of the run: its servers ask for it; in no report and no log. */
  readonly token: string
  readonly folder: Awaited<ReturnType<typeof createRunFolder>>
  readonly journal: Awaited<ReturnType<typeof openJournal>>
  /** Into log.ndjson of the folder. */
  readonly log: Take['log']
  /** Aborted by the world or by `fail`. */
  readonly signal: AbortSignal
  readonly fail: (error: unknown) => void
}

/** One run of a session: what dead runs left is swept, then run folder, journal and entry in the index around `body`. The entry stays when something was left behind. */
export async function withRun<T>(
  { world, choices }: Session,
  context: SubstrateContext,
  substrate: SubstrateName,
  body: (run: OpenRun) => Promise<T>,
): Promise<T> {
  const { run, settings, directory } = context
  const host = choices.host ?? 'local'
  await sweepBefore(world, context, host)
  const state = stateFolder(world.env)
  const start = (await processStart(world.pid)) ?? ''
  const folder = await createRunFolder(choices.out, run)
  const holder = { run, pid: world.pid, start, folder: folder.path }
  await addActive(state, { ...holder, substrate, host, directory, settings })
  const journal = await openJournal(join(folder.path, fileNames.journal), run)
  const broken = new AbortController()
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    broken.abort()
  }
  try {
    const token = `t${randomBytes(18).toString('hex')}`
    const log: Take['log'] = (from, lines) => {
      if (lines.length > 0) folder.log({ from, lines }).catch(fail)
    }
    const signal = AbortSignal.any([world.signal, broken.signal])
    const result = await body({ token, folder, journal, log, signal, fail })
    await folder.close()
    if (failure !== undefined) throw asBenchError(failure)
    return result
  } catch (error) {
    // What broke the run is the error to tell; a folder that cannot be closed after it adds nothing.
    await Promise.allSettled([folder.close()])
    throw error
  } finally {
    if (journal.open().length === 0) await removeActive(state, run)
    await journal.close()
  }
}

/** What is left on another host is in nobody's way here: to sweep it can take minutes, or be impossible now. */
async function sweepBefore(world: World, { say }: SubstrateContext, host: string): Promise<void> {
  const { failed, elsewhere } = await sweepDead(world, say, host)
  const [first] = failed
  if (first !== undefined) throw first.error
  for (const active of elsewhere)
    say(`run ${active.run} left something on ${active.host}: "pnpm bench sweep", or the next run there, removes it`)
}

export interface Swept {
  /** Ids of the runs whose leftovers are gone. */
  readonly swept: readonly string[]
  /** `active`: absent where the entry of the index cannot be read. */
  readonly failed: readonly { readonly active?: ActiveRun; readonly error: BenchError }[]
  /** Dead too, but on other hosts than the one that was named. */
  readonly elsewhere: readonly ActiveRun[]
}

/** Removes what runs left behind whose runner is dead, on this host or on all; one that cannot be swept does not stop the others. */
export async function sweepDead(world: World, say: (line: string) => void, host?: string): Promise<Swept> {
  const state = stateFolder(world.env)
  const swept: string[] = []
  const { runs, broken } = await listActive(state)
  const failed: Swept['failed'][number][] = broken.map((error) => ({ error }))
  const elsewhere: ActiveRun[] = []
  for (const active of runs) {
    if (sameStart(await processStart(active.pid), active.start)) continue
    if (host !== undefined && active.host !== host) {
      elsewhere.push(active)
      continue
    }
    // A user who interrupts this command does not have to wait until the jails of another run are gone.
    if (world.signal.aborted) throw new BenchError('interrupted', 'the sweep was interrupted')
    say(`sweeping what run ${active.run} left behind`)
    try {
      await patiently(say, `sweeping run ${active.run}`, (talk) => sweepOne(world, active, talk))
      await removeActive(state, active.run)
      await rm(groundFolder(state, active.run), { recursive: true, force: true })
      swept.push(active.run)
    } catch (error) {
      failed.push({ active, error: asBenchError(error) })
    }
  }
  return { swept, failed, elsewhere }
}

async function sweepOne(world: World, active: ActiveRun, say: (line: string) => void): Promise<void> {
  const host = hostOf(active.host === 'local' ? undefined : active.host, world.env)
  const { run, directory, settings } = active
  try {
    const facts = await host.facts()
    const context = {
      host,
      facts,
      run,
      tag: run.slice(-4),
      directory,
      settings,
      env: world.env,
      signal: world.signal,
      say,
    }
    const substrate = await makeSubstrate(active.substrate, context)
    const journal = await openJournal(join(active.folder, fileNames.journal), run).catch((thrown: unknown) => {
      const { code, message, lines } = asBenchError(thrown)
      throw new BenchError(code, message, { lines, hint: byHand(stateFolder(world.env), active), cause: thrown })
    })
    await sweepRun(journal, substrate, world.signal).finally(() => journal.close())
  } finally {
    await host.close()
  }
}
