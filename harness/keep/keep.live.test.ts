/** A topology kept up to play with, as a user does: up, exec, down. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { socketOf } from './protocol.ts'
import { test, until, type Bench, type Ended } from '../testing/command.ts'

/** A program in node `send`, with this on its stdin. */
async function exec(cli: Bench, input: string, ...command: readonly string[]): Promise<Ended> {
  const running = await cli.start('exec', 'send', '--', ...command)
  if (input !== '') running.child.write(input)
  running.child.closeInput()
  return running.ended
}

describe('a kept topology', () => {
  test('does not wait for a log that is a pipe, and names a folder in the place of its socket', async ({
    cli,
    expect,
  }) => {
    const state = join(cli.folder, 'state', 'nats-jail-harness')
    await mkdir(state, { recursive: true })
    const log = join(state, 'keep.log')
    execFileSync('mkfifo', [log])
    const piped = await cli.run('up', 'one-to-one', '--on', 'process', '--out', cli.out)
    expect(piped).toMatchObject({ status: 74, stdout: '' })
    expect(piped.stderr).toContain(`log ${log} must be a file that can be read, got a pipe`)
    await rm(log)
    await mkdir(socketOf(state))
    const barred = await cli.run('up', 'one-to-one', '--on', 'process', '--out', cli.out)
    expect(barred.stderr).toContain(`socket ${socketOf(state)} must be free to make, got a folder`)
    expect(barred.stderr).not.toContain('bug')
    await rm(socketOf(state), { recursive: true })
  })

  test('runs programs with their stdin, stdout, stderr and status, each once', async ({ cli, expect }) => {
    const up = await cli.run('up', 'one-to-one', '--on', 'process', '--out', cli.out)
    expect(up.stdout, up.stderr).toMatch(/one-to-one is up on process/)
    expect(up.stdout.match(/is up on/g)).toHaveLength(1)

    const said = await exec(cli, '', 'sh', '-c', 'echo out; echo err >&2; exit 3')
    expect(said).toEqual({ status: 3, stdout: 'out\n', stderr: 'err' })
    expect(await exec(cli, 'a\nb\n', 'cat')).toMatchObject({ status: 0, stdout: 'a\nb\n' })
    expect(await exec(cli, '', 'cat')).toMatchObject({ status: 0, stdout: '' })

    const absent = await exec(cli, '', 'no-such-program')
    expect(absent).toMatchObject({ status: 127, stdout: '' })
    expect(absent.stderr).toContain('no-such-program')

    const sign = join(cli.folder, 'sleeping')
    const sleeping = await cli.start('exec', 'send', '--', 'sh', '-c', `: >'${sign}'; exec sleep 60`)
    await until('program', () => Promise.resolve(existsSync(sign) || undefined))
    sleeping.child.signal('SIGINT')
    expect((await sleeping.ended).status).toBe(130)

    const refused = await cli.run('run', 'one-to-one', '--on', 'process')
    expect(refused.status).toBe(75)
    expect(refused.stderr).toContain('pnpm bench down')

    expect(await cli.run('down')).toMatchObject({ status: 0, stdout: 'down\n' })

    // What the keeper says is said while one waits: of a server that cannot be had, why.
    const failed = await cli.run('up', 'one-to-one', '--on', 'process', '--out', cli.out, '--server', '/bin/true')
    expect(failed.stdout).toBe('')
    expect(failed.stderr).toMatch(/\/bin\/true[^]*the topology must come up/)
    const [files] = await cli.runs()
    expect(files === undefined ? ['no run folder'] : await cli.leftovers(files)).toEqual([])
    expect(await cli.active()).toEqual([])
  })

  test('is none after an interrupted up, and one where two were asked for at once', async ({ cli, expect }) => {
    const up = ['up', 'one-to-one', '--on', 'process', '--out', cli.out]
    const interrupted = await cli.start(...up)
    await interrupted.folder()
    interrupted.child.signal('SIGINT')
    expect(await interrupted.ended).toMatchObject({ status: 130, stdout: '' })
    expect(await cli.run('down')).toMatchObject({ status: 66 })
    const [files] = await cli.runs()
    expect(files === undefined ? ['no run folder'] : await cli.leftovers(files)).toEqual([])

    const both = await Promise.all([cli.run(...up), cli.run(...up)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([0, 71])
    expect(both.find(({ status }) => status === 71)?.stderr).toMatch(/host local must be free/)

    const sign = join(cli.folder, 'talking')
    const talking = await cli.start('exec', 'send', '--', 'sh', '-c', `: >'${sign}'; exec yes`)
    await until('program', () => Promise.resolve(existsSync(sign) || undefined))
    talking.child.signal('SIGKILL')
    await talking.ended
    expect(await cli.run('down')).toMatchObject({ status: 0 })
    expect(await cli.active()).toEqual([])
  })
})
