/** Allows one run at a time on a host, because two would disturb each other's measurements. */
import { link, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../model/error.ts'
import { parseAs } from '../model/json.ts'
import { sameStart } from '../model/process-start.ts'
import { keptText } from './plain-file.ts'
import { asking, hasCode, makePrivateFolder, writePrivateFile } from './private-file.ts'

const betweenRoundsMs = 5

const holderSchema = z.object({
  run: z.string(),
  pid: z.number(),
  /** Start time of the process (see `sameStart`), so that a later process with the same pid is not taken for the holder. */
  start: z.string(),
  /** Its run folder, for the sweep. */
  folder: z.string(),
  /** What it does now, where it no longer measures, such as `taking down after it was told to stop`. */
  doing: z.string().exactOptional(),
})
export type Holder = z.output<typeof holderSchema>

export interface LockRequest extends Holder {
  /** See `stateFolder`. */
  readonly state: string
  /** `local`, or the remote host: each host has its own lock. */
  readonly host: string
  /** Start time of the process that has this pid now; undefined when there is none. Passed in, because only host/ may run programs. */
  readonly startOf: (pid: number) => Promise<string | undefined>
}

export interface HostLock {
  /** The dead run whose lock was taken over: it must be swept first. */
  readonly stale?: Holder
  /** Gives the lock to another run of the same process. */
  passTo(run: Holder): Promise<void>
  release(): Promise<void>
}

/** Throws `busy`, naming run and pid, when a living run holds it. */
export async function takeHostLock(request: LockRequest): Promise<HostLock> {
  await makePrivateFolder(request.state, 'XDG_STATE_HOME')
  const path = join(request.state, `lock-${request.host.replaceAll(/[^\w.@-]/g, '_')}.json`)
  const mine = textFor(request)
  const own = `${path}.${request.pid}.${request.run}`
  await writePrivateFile(own, mine, 'XDG_STATE_HOME')
  let stale: Holder | undefined
  try {
    // Each round takes the lock, finds a living holder, or waits while another process replaces a dead one.
    for (let round = 0; round < 10; round += 1) {
      if (await linked(own, path)) return heldLock(path, mine, stale)
      const text = await textOf(path)
      if (text === undefined) continue
      const holder = parseHolder(text)
      if (holder !== undefined && sameStart(await request.startOf(holder.pid), holder.start))
        throw busy(holder, request.host)
      stale = holder
      if (await takenOver(path, own, text, request)) return heldLock(path, mine, stale)
      await new Promise((resolve) => setTimeout(resolve, betweenRoundsMs))
    }
  } finally {
    await rm(own, { force: true })
  }
  throw new BenchError('busy', `lock ${path} must be free, got many takers at once`, { hint: 'try again' })
}

/** The holder of the lock, whether it is alive or not. */
export async function readHostLock(state: string, host: string): Promise<Holder | undefined> {
  const text = await textOf(join(state, `lock-${host.replaceAll(/[^\w.@-]/g, '_')}.json`))
  return text === undefined ? undefined : parseHolder(text)
}

function busy(holder: Holder, host: string): BenchError {
  const { run, pid, doing } = holder
  const what = doing === undefined ? `active as pid ${pid}` : `${doing} as pid ${pid}`
  return new BenchError('busy', `host ${host} must be free, got run ${run} ${what}`, {
    hint:
      doing === undefined
        ? 'wait for it to end, stop it with Ctrl-C in its terminal, or end a kept topology with "pnpm bench down"'
        : 'it ends by itself: wait, for instance with --wait 2m',
  })
}

function textFor({ run, pid, start, folder, doing }: Holder): string {
  return JSON.stringify({ run, pid, start, folder, ...(doing === undefined ? {} : { doing }) } satisfies Holder)
}

function heldLock(path: string, text: string, stale: Holder | undefined): HostLock {
  let mine = text
  let turn: Promise<unknown> = Promise.resolve()
  const pass = async (run: Holder) => {
    if ((await textOf(path)) !== mine) throw new BenchError('bug', `lock ${path} must be ours, it is another's`)
    mine = textFor(run)
    await writePrivateFile(path, mine, 'XDG_STATE_HOME')
  }
  return {
    ...(stale === undefined ? {} : { stale }),
    passTo(run) {
      const done = turn.then(() => pass(run))
      turn = done.catch(() => undefined) // the caller gets the error
      return done
    },
    async release() {
      await turn
      if ((await textOf(path)) === mine) await rm(path, { force: true })
    },
  }
}

/** Makes a hard link, in one step; false where `to` exists, which is never replaced. */
async function linked(from: string, to: string): Promise<boolean> {
  return asking('cannot-create', `lock ${to} must be creatable`, async () => {
    try {
      await link(from, to)
      return true
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false
      throw error
    }
  })
}

/**
 * Replaces the lock of a dead holder by ours in one step. Only the process that holds a second file beside it, the gate, may do so.
 * A gate whose holder has died is removed. Two processes could go wrong here only after two crashes within milliseconds.
 */
async function takenOver(path: string, own: string, judged: string, request: LockRequest): Promise<boolean> {
  const gate = `${path}.gate`
  if (!(await linked(own, gate))) {
    const holder = parseHolder((await textOf(gate)) ?? '')
    if (holder !== undefined && !sameStart(await request.startOf(holder.pid), holder.start))
      await rm(gate, { force: true })
    return false
  }
  try {
    if ((await textOf(path)) !== judged) return false
    await rename(own, path)
    return true
  } finally {
    await rm(gate, { force: true })
  }
}

function textOf(path: string): Promise<string | undefined> {
  return keptText(path, `lock ${path}`, 'remove it once no other run is active on that host')
}

/** Undefined for a file that is not a whole lock, such as one cut off by a full disk. No living run has left it so. */
function parseHolder(text: string): Holder | undefined {
  return parseAs(holderSchema, text)
}
