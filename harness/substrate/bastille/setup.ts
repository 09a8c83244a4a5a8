/**
 * Sets up a bare FreeBSD host so that it passes the doctor: runs the doctor's own fixes one after the other, and asks the doctor again
 * after each. Before a fix is run, the commands that take it back are written into a file on the host.
 */
import { z } from 'zod'
import type { Host } from '../../host/host.ts'
import { patiently } from '../../host/patience.ts'
import { asBenchError, BenchError } from '../../model/error.ts'
import { list, parseAs } from '../../model/json.ts'
import { examineJails } from './doctor.ts'
import type { Examined } from './doctor.ts'
import { commandText } from './remedy.ts'
import type { Command, Remedy } from './remedy.ts'
import { byNumber, count } from '../../model/count.ts'

export interface Step {
  readonly about: string
  readonly because: string
  readonly remedy: Remedy
}

/** The file on the host that lists what can be taken back, oldest first. */
const folder = '/var/db/natsbench'
const name = 'setup.json'
const command = z.object({
  run: z.array(z.string()).min(1).readonly(),
  input: z.string().exactOptional(),
  when: list(z.string()).exactOptional(),
})
const doneSchema = list(z.object({ about: z.string(), undo: list(command) }))
type Done = z.output<typeof doneSchema>

/** The order in which things must be made. */
const order = [
  'bastille',
  'sysrc',
  'bastille.conf',
  'interface for jails',
  'loopback clone at boot',
  'release',
] as const

/**
 * The steps that are still to be done, in order. `impair`: also what bad networks of VNET jails need. Throws `unavailable` where
 * commands cannot do it: no FreeBSD, no root, or inside a jail.
 */
export async function stepsOf(host: Host, { impair = false } = {}): Promise<readonly Step[]> {
  return stepsFrom(host, await examineJails(host, { network: 'vnet', impair }))
}

function stepsFrom(host: Host, lines: readonly Examined[]): readonly Step[] {
  const wall = lines.find(
    ({ about, state }) => state === 'fail' && ['operating system', 'root', 'not inside a jail'].includes(about),
  )
  if (wall !== undefined)
    throw new BenchError('unavailable', `${host.name} must be a FreeBSD host and we its root: ${wall.because}`)
  const rank = ({ about }: Step) => (order as readonly string[]).indexOf(about) + 1 || order.length + 1
  return lines
    .flatMap(({ about, because, fix }) =>
      fix === undefined || typeof fix === 'string' ? [] : [{ about, because, remedy: fix }],
    )
    .sort((a, b) => rank(a) - rank(b))
}

/**
 * Runs the next step, then asks the doctor again, until there is no new step. One look, a minute or more on a slow board, tells both
 * whether the step has helped and what is next. Throws with the last lines of the step that failed.
 */
export async function applySteps(
  host: Host,
  say: (line: string) => void,
  { impair = false } = {},
): Promise<readonly Step[]> {
  const done: Step[] = []
  for (;;) {
    const lines = await patiently(say, `looking at ${host.name}`, () => examineJails(host, { network: 'vnet', impair }))
    const last = done.at(-1)
    if (last !== undefined && last.remedy.reboot !== true) refuseUnmended(lines, last.about)
    const step = stepsFrom(host, lines).find(({ about }) => !done.some((before) => before.about === about))
    if (step === undefined) return done
    const { about, remedy } = step
    const own = { about, undo: [...remedy.undo] }
    const before = await remembered(host)
    if (!before.some((each) => JSON.stringify(each) === JSON.stringify(own))) await remember(host, [...before, own])
    for (const each of remedy.commands) await perform(host, each, say)
    done.push(step)
  }
}

function refuseUnmended(lines: readonly Examined[], about: string): void {
  const still = lines.find((line) => line.about === about)
  if (still === undefined || still.state === 'ok') return
  throw new BenchError('os', `${about} must be right after its commands, it is not: ${still.because}`, {
    hint: 'look at it on the host; "pnpm bench setup --undo" takes back what was done',
  })
}

/** What `undoSteps` would run, newest first. */
export async function undoable(host: Host): Promise<Done> {
  return (await remembered(host)).toReversed()
}

/** Takes back what was ours, newest first; goes on after a failure, keeps what failed, and then throws. */
export async function undoSteps(host: Host, say: (line: string) => void): Promise<void> {
  const stays: Done[number][] = []
  const lines: string[] = []
  for (const done of await undoable(host)) {
    try {
      for (const each of done.undo) await perform(host, each, say)
    } catch (thrown) {
      const error = asBenchError(thrown)
      stays.unshift(done)
      lines.push(`${done.about}: ${error.message}`, ...error.lines)
    }
  }
  if (stays.length === 0) {
    await host.run(['rm', '-rf', folder])
    return
  }
  await remember(host, stays)
  throw new BenchError(
    'os',
    `${count(stays.length, 'step')} of the set-up must be taken back, ${byNumber(stays.length, 'it was', 'they were')} not`,
    {
      lines,
      hint: 'run "pnpm bench setup --undo" again when nothing uses them any more',
    },
  )
}

async function perform(host: Host, { run, input, when }: Command, say: (line: string) => void): Promise<void> {
  if (when !== undefined && (await host.run(when, { accept: 'any' })).status !== 0) return
  const text = commandText({ run, ...(input === undefined ? {} : { input }) })
  say(text)
  const work = () => host.run(run, { input: input ?? '', timeoutMs: 3_600_000, env: { NO_COLOR: '1' } })
  await patiently(say, text, work)
}

async function remembered(host: Host): Promise<Done> {
  const path = `${folder}/${name}`
  const { status, stdout, stderr } = await host.run(['cat', path], { accept: 'any' })
  if (status !== 0 && (await host.run(['test', '-e', path], { accept: 'any' })).status !== 0) return []
  const done = status === 0 ? parseAs(doneSchema, stdout) : undefined
  if (done !== undefined) return done
  const got = status === 0 ? 'something else' : `an error when it was read: ${stderr.trim()}`
  throw new BenchError('io', `${path} must be what bench setup wrote, got ${got}`, {
    hint: 'look at it: it is the list of commands that take the set-up back; without it "pnpm bench setup --undo" does nothing',
  })
}

async function remember(host: Host, done: Done): Promise<void> {
  await host.put({ [name]: `${JSON.stringify(done)}\n` }, folder)
}
