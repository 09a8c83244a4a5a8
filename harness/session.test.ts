import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Choices } from './choices.ts'
import { surveyHost } from './host/facts.ts'
import type { Host } from './host/host.ts'
import { interruptible } from './host/interruptible.ts'
import { localHost } from './host/local.ts'
import { BenchError } from './model/error.ts'
import type { World } from './model/world.ts'
import { checkScenario } from './scenario/check.ts'
import { prepare } from './run.ts'
import { groundFolder } from './ground.ts'
import { onHost, sweepDead } from './session.ts'
import { addActive, listActive } from './store/active.ts'
import { openJournal } from './store/journal.ts'
import { makePrivateFolder } from './store/private-file.ts'
import { stateFolder } from './store/state-folder.ts'
import { testWorld } from './testing/setup.ts'

async function setting(): Promise<{ readonly world: World; readonly choices: Choices }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-session-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const world = { ...testWorld(), env: { XDG_STATE_HOME: folder, HOME: folder } }
  const choices: Choices = { on: 'process', out: join(folder, 'reports'), settings: {}, overrides: {}, command: 'test' }
  return { world, choices }
}

/** This machine, and how often it was opened and closed. */
function counted() {
  const count = { opened: 0, closed: 0 }
  const open = () => {
    count.opened += 1
    const close = () => Promise.resolve(void (count.closed += 1))
    return { ...localHost(), close }
  }
  return { count, open }
}

function scenario() {
  const checked = checkScenario({
    name: 'tiny',
    about: 'One server, one sender.',
    topology: { hub: { role: 'server' }, send: { role: 'load' } },
    workloads: [
      {
        kind: 'publish',
        name: 'pub',
        on: 'send',
        to: 'hub',
        subject: 'a',
        payload: { bytes: 16 },
        arrivals: { kind: 'constant', perSecond: 1 },
      },
    ],
  })
  if (!checked.ok) throw new Error('the scenario of this test must be valid')
  return checked.expanded
}

const silent = { say: () => undefined, exclusive: true }

test('a host is closed once, whether the command only looks, measures, or fails', async () => {
  const { world, choices } = await setting()
  const { count, open } = counted()
  const look = { ...silent, exclusive: false }
  const { plan } = await onHost(world, choices, look, (session) => prepare(session, scenario()), open)
  expect(plan.scenario.name).toBe('tiny')
  expect(count).toEqual({ opened: 1, closed: 1 })
  const broken = onHost(world, choices, silent, () => Promise.reject(new Error('a missing baseline')), open)
  await expect(broken).rejects.toThrow('a missing baseline')
  expect(count).toEqual({ opened: 2, closed: 2 })
  const bad = { ...choices, on: 'process', settings: { brigde: 'b0' } } as const
  await expect(onHost(world, bad, silent, (session) => prepare(session, scenario()), open)).rejects.toMatchObject({
    code: 'usage',
  })
  expect(count).toEqual({ opened: 3, closed: 3 })
})

test('the host stays held between two runs of one session, by the name of the run that goes on', async () => {
  const { world, choices } = await setting()
  const taken = () => onHost(world, choices, silent, (session) => session.hold('other'))
  await onHost(world, choices, silent, async (session) => {
    await session.hold('first')
    await expect(taken()).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('run first') as string,
    })
    await session.hold('second')
    await expect(taken()).rejects.toMatchObject({ message: expect.stringContaining('run second') as string })
  })
  await taken()
})

test('a session that may wait says who has the host, and takes it as soon as it is free', async () => {
  const { world, choices } = await setting()
  const said: string[] = []
  const waiting = Promise.withResolvers<void>()
  const say = (line: string) => {
    said.push(line)
    waiting.resolve()
  }
  let ended = false
  const second = await onHost(world, choices, silent, async (session) => {
    await session.hold('first')
    const patient = onHost(world, { ...choices, waitMs: 600_000 }, { ...silent, say }, async (other) => {
      await other.hold('second')
      return ended
    })
    await waiting.promise
    ended = true
    return { patient }
  })
  expect(await second.patient).toBe(true)
  expect(said[0]).toMatch(/^waiting at most \d+ s more: host local must be free, got run first active as pid \d+$/)
})

test('an interrupt ends the wait for the host', async () => {
  const { world, choices } = await setting()
  const interrupt = new AbortController()
  await onHost(world, choices, silent, async (session) => {
    await session.hold('first')
    const say = () => interrupt.abort()
    const patient = { ...choices, waitMs: 600_000 }
    const waits = onHost({ ...world, signal: interrupt.signal }, patient, { ...silent, say }, (other) =>
      other.hold('b'),
    )
    await expect(waits).rejects.toMatchObject({ code: 'interrupted' })
  })
})

test.for(['survey', 'choice'])('an interrupt ends the look at a host that does not answer: %s', async (slow) => {
  const { world, choices } = await setting()
  const interrupt = new AbortController()
  const local = localHost()
  const host: Host = {
    ...local,
    facts: (signal) => (slow === 'choice' ? local.facts() : surveyHost(interruptible(host, signal))),
    run: (_, { signal } = {}) => {
      interrupt.abort()
      const cut = new BenchError('interrupted', 'cut short')
      return signal === undefined ? new Promise(() => undefined) : Promise.reject(cut)
    },
  }
  const told = { ...world, signal: interrupt.signal }
  const look = onHost(
    told,
    choices,
    silent,
    (session) => prepare(session, scenario()),
    () => host,
  )
  await expect(look).rejects.toMatchObject({ code: 'interrupted' })
})

test('what follows the look, such as taking down, is not cut short', async () => {
  const { world, choices } = await setting()
  const interrupt = new AbortController()
  const { context } = await onHost({ ...world, signal: interrupt.signal }, choices, silent, (session) =>
    prepare(session, scenario()),
  )
  interrupt.abort()
  expect(await context.host.run(['echo', 'gone'])).toMatchObject({ stdout: 'gone\n' })
})

test('a session that was told to stop says so to whoever finds its host taken', async () => {
  const { world, choices } = await setting()
  const interrupt = new AbortController()
  await onHost({ ...world, signal: interrupt.signal }, choices, silent, async (session) => {
    await session.hold('first')
    interrupt.abort()
    const taken = () => onHost(world, choices, silent, (other) => other.hold('second'))
    await vi.waitFor(
      () =>
        expect(taken()).rejects.toMatchObject({
          code: 'busy',
          message: expect.stringMatching(/run first taking down, after it was told to stop, as pid \d+$/) as string,
          hint: expect.stringContaining('it ends by itself') as string,
        }),
      { timeout: 100_000 },
    )
  })
  await onHost(world, choices, silent, (session) => session.hold('third'))
})

test('who was told to stop begins no sweep: nine jails of a dead run on FreeBSD 15.1 held an interrupted command for seven minutes', async () => {
  const { world } = await setting()
  const state = stateFolder(world.env)
  const run = '20261127-061500-one-to-one-k3f9'
  const dead = { run, folder: state, pid: world.pid, start: 'long ago', directory: state, settings: {} }
  await addActive(state, { ...dead, substrate: 'process', host: 'local' })
  const stopped = { ...world, signal: AbortSignal.abort() }
  await expect(sweepDead(stopped, () => undefined)).rejects.toMatchObject({ code: 'interrupted' })
  expect((await listActive(state)).runs.map((active) => active.run)).toEqual([run])
})

test('a sweep goes past what it cannot read, and says what is to be done by hand', async () => {
  const { world } = await setting()
  const state = stateFolder(world.env)
  const lost = '20261127-061500-no-folder-k3f9'
  const empty = '20261127-061501-no-journal-k3f9'
  const dead = { pid: world.pid, start: 'long ago', settings: {}, substrate: 'process', host: 'local' } as const
  await addActive(state, { ...dead, run: lost, folder: join(state, 'gone'), directory: '/var/tmp/lost' })
  await addActive(state, { ...dead, run: empty, folder: state, directory: '/var/tmp/empty' })
  const entry = (run: string) => join(state, 'active', `${run}.json`)
  await writeFile(entry('20261127-061502-cut-off-k3f9'), '{"run":')
  execFileSync('mkfifo', [entry('20261127-061503-a-pipe-k3f9')])
  const { swept, failed } = await sweepDead(world, () => undefined)
  expect(swept).toEqual([empty])
  expect(failed.map(({ error }) => error.message)).toEqual([
    `${entry('20261127-061502-cut-off-k3f9')} must be an entry of the index of runs, got something else`,
    `entry ${entry('20261127-061503-a-pipe-k3f9')} of the index of runs must be a file that can be read, got a pipe`,
    `journal ${join(state, 'gone', 'journal.ndjson')} must be writable, got ENOENT`,
  ])
  expect(failed[2]?.error.hint).toBe(
    `what the run left cannot be known: end what still works in /var/tmp/lost of this machine, then remove ${entry(lost)}`,
  )
})

test('a sweep after a kill takes the journal of shared nodes with them', async () => {
  const { world } = await setting()
  const run = '20261127-061500-shared-nodes-k3f9'
  const state = stateFolder(world.env)
  const folder = groundFolder(state, run)
  await makePrivateFolder(folder)
  const journal = await openJournal(join(folder, 'journal.ndjson'), run)
  await journal.will('directory', join(folder, 'never-made'), { run })
  await journal.close()
  const dead = { run, folder, pid: world.pid, start: 'long ago', directory: folder, settings: {} }
  await addActive(state, { ...dead, substrate: 'process', host: 'local' })
  expect(await sweepDead(world, () => undefined)).toMatchObject({ swept: [run], failed: [] })
  expect(existsSync(folder)).toBe(false)
  expect((await listActive(state)).runs).toEqual([])
})

test('what a dead run left on another host is left to the next run there', async () => {
  const { world } = await setting()
  const state = stateFolder(world.env)
  const [here, there] = ['20261127-061500-here-k3f9', '20261127-061501-there-k3f9']
  const dead = { pid: world.pid, start: 'long ago', settings: {}, folder: state, directory: state } as const
  await addActive(state, { ...dead, run: here, substrate: 'process', host: 'local' })
  await addActive(state, { ...dead, run: there, substrate: 'bastille', host: 'ssh://root@127.0.0.1:1' })
  expect(await sweepDead(world, () => undefined, 'local')).toMatchObject({
    swept: [here],
    failed: [],
    elsewhere: [{ run: there }],
  })
  expect((await listActive(state)).runs.map(({ run }) => run)).toEqual([there])
})
