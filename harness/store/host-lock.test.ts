import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { addActive, listActive, removeActive } from './active.ts'
import { readHostLock, takeHostLock } from './host-lock.ts'
import type { LockRequest } from './host-lock.ts'
import { findRun, listRuns } from './runs.ts'
import { createRunFolder } from './run-folder.ts'
import { stateFolder } from './state-folder.ts'

let state = ''
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'bench-state-'))
  onTestFinished(() => rm(state, { recursive: true }))
})

/** A request on a pretend machine. `living`: its processes, pid → start time. */
function request(run: string, pid: number, living: Readonly<Record<number, string>>): LockRequest {
  return {
    state,
    host: 'local',
    run,
    pid,
    start: living[pid] ?? '',
    folder: `/reports/${run}`,
    startOf: (asked) => Promise.resolve(living[asked]),
  }
}

describe('the lock of a host', () => {
  it('refuses a second run and names the first with its pid', async () => {
    const living = { 1: 'a', 2: 'b' }
    const lock = await takeHostLock(request('first', 1, living))
    await expect(takeHostLock(request('second', 2, living))).rejects.toMatchObject({
      code: 'busy',
      exitStatus: 75,
      message: 'host local must be free, got run first active as pid 1',
    })
    await lock.release()
    const next = await takeHostLock(request('second', 2, living))
    expect(next.stale).toBeUndefined()
    await next.release()
    expect(await readdir(state)).toEqual([])
  })

  it('takes over from a run that is dead, and tells which', async () => {
    await takeHostLock(request('dead', 1, { 1: 'a' }))
    const lock = await takeHostLock(request('new', 2, { 2: 'b' }))
    expect(lock.stale).toMatchObject({ run: 'dead', folder: '/reports/dead' })
    expect(await readHostLock(state, 'local')).toMatchObject({ run: 'new', pid: 2 })
  })

  it('is not held by a stranger who got the pid of a dead run', async () => {
    await takeHostLock(request('dead', 1, { 1: 'a' }))
    const lock = await takeHostLock(request('new', 2, { 1: 'later', 2: 'b' }))
    expect(lock.stale?.run).toBe('dead')
  })

  it('is taken by exactly one of many at once, also when it is stale', async () => {
    for (const stale of [false, true]) {
      const living = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n + 10, `start ${n}`]))
      if (stale) await takeHostLock(request('dead', 1, { 1: 'a' }))
      const takers = Object.keys(living).map((pid) => takeHostLock(request(`run-${pid}`, Number(pid), living)))
      const results = await Promise.allSettled(takers)
      const winners = results.filter((result) => result.status === 'fulfilled')
      expect(winners).toHaveLength(1)
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'busy' })
      await winners[0]?.value.release()
      expect(await readdir(state)).toEqual([])
    }
  })

  it('is not barred by a file that is torn', async () => {
    await writeFile(join(state, 'lock-local.json'), '{"run":"x","pi')
    await (await takeHostLock(request('new', 2, { 2: 'b' }))).release()
    expect(await readdir(state)).toEqual([])
  })

  it('that is a pipe is refused in place of waited for', async () => {
    execFileSync('mkfifo', [join(state, 'lock-local.json')])
    await expect(takeHostLock(request('new', 2, { 2: 'b' }))).rejects.toMatchObject({
      code: 'io',
      message: `lock ${join(state, 'lock-local.json')} must be a file that can be read, got a pipe`,
      hint: 'remove it once no other run is active on that host',
    })
  })

  it('that is a link that leads nowhere is refused too', async () => {
    const path = join(state, 'lock-local.json')
    await symlink(join(state, 'gone'), path)
    await expect(takeHostLock(request('new', 2, { 2: 'b' }))).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining(`lock ${path} must be a file that can be read, got ENOENT`) as string,
    })
  })

  it('in a folder that cannot be made names the variable that chooses it, not --out', async () => {
    await writeFile(join(state, 'file'), '')
    const wanted = { ...request('new', 2, { 2: 'b' }), state: join(state, 'file', 'state') }
    await expect(takeHostLock(wanted)).rejects.toMatchObject({
      hint: 'a part of the path is a file; choose another folder with XDG_STATE_HOME',
    })
  })

  it('of a dead run does not fall when the dead run lets go late', async () => {
    const late = await takeHostLock(request('dead', 1, { 1: 'a' }))
    await takeHostLock(request('new', 2, { 2: 'b' }))
    await late.release()
    expect(await readHostLock(state, 'local')).toMatchObject({ run: 'new' })
  })

  it('is one for each host', async () => {
    const living = { 1: 'a', 2: 'b' }
    await takeHostLock(request('here', 1, living))
    await takeHostLock({ ...request('there', 2, living), host: 'root@rock64:2222' })
    expect(await readHostLock(state, 'root@rock64:2222')).toMatchObject({ run: 'there' })
  })
})

describe('the index of active runs', () => {
  const active = {
    run: '20261124-061500-fan-out-k3f9',
    folder: '/reports/x',
    substrate: 'process' as const,
    host: 'local',
    directory: '/var/tmp/x',
    settings: {},
    pid: 1,
    start: 'a',
  }

  it('lists what was added until it is removed', async () => {
    expect((await listActive(state)).runs).toEqual([])
    const second = { ...active, run: '20261124-061501-fan-in-aaaa' }
    await addActive(state, second)
    await addActive(state, active)
    expect((await listActive(state)).runs).toEqual([active, second])
    await removeActive(state, active.run)
    await removeActive(state, active.run)
    expect((await listActive(state)).runs).toEqual([second])
  })

  it('takes no name that leaves its folder', async () => {
    await expect(addActive(state, { ...active, run: '../x' })).rejects.toThrow('run id must be')
  })
})

describe('finding a stored run', () => {
  const ids = ['20261123-080000-fan-in-aaaa', '20261124-061500-fan-out-k3f9', '20261124-061501-fan-out-b2c3']
  beforeEach(async () => {
    for (const id of ids) {
      const folder = await createRunFolder(state, id)
      await folder.append({ t: 'end', outcome: 'complete' })
      await folder.close()
    }
    // A run that was refused before it began: it must not be found.
    await (await createRunFolder(state, '20261125-000000-never-zzzz')).close()
  })

  it.each([
    ['latest', ids[2]],
    ['20261123', ids[0]],
    ['k3f9', ids[1]],
    ['20261124-061500-fan-out-k3f9', ids[1]],
  ])('takes %j for %j', async (ref, run) => {
    expect(await findRun(ref, state)).toEqual({ run, path: join(state, run ?? '') })
  })

  it('takes a folder', async () => {
    expect(await findRun(join(state, ids[0] ?? ''), '/nowhere')).toMatchObject({ run: ids[0] })
  })

  it('lists what matches when it is not one, and what there is when it is none', async () => {
    await expect(findRun('20261124', state)).rejects.toMatchObject({ code: 'not-found', lines: ids.slice(1) })
    await expect(findRun('', state)).rejects.toMatchObject({ code: 'not-found', lines: ids })
    await expect(findRun('latest', join(state, 'none'))).rejects.toMatchObject({
      hint: 'no run is stored there yet; `pnpm bench` makes one',
    })
    expect(await listRuns(join(state, 'none'))).toEqual([])
    await writeFile(join(state, 'file'), '')
    await expect(listRuns(join(state, 'file'))).rejects.toMatchObject({
      code: 'io',
      message: `folder ${join(state, 'file')} must be readable, got ENOTDIR`,
    })
  })
})

describe('the state folder', () => {
  it('follows XDG, and ignores a relative path as XDG says', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/nats-jail-harness')
    expect(stateFolder({ XDG_STATE_HOME: 's', HOME: '/h' })).toBe('/h/.local/state/nats-jail-harness')
    for (const HOME of ['', 'here'])
      expect(stateFolder({ HOME }, () => '/root')).toBe('/root/.local/state/nats-jail-harness')
  })

  it('is never one that others could have made: a sweep ends what the list of runs there leads to', () => {
    for (const home of ['', undefined])
      expect(() => stateFolder({}, () => home)).toThrow('HOME or XDG_STATE_HOME must name a folder')
    expect(stateFolder({})).not.toMatch(/^\/tmp/)
  })
})
