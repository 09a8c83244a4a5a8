import { describe, expect, it } from 'vitest'
import { runLocally } from './local.ts'
import type { Host } from './host.ts'
import { together } from './together.ts'

/** This machine, and how often it was called. */
function counted(): { readonly host: Pick<Host, 'run'>; readonly calls: () => number } {
  let calls = 0
  const run: Host['run'] = (command, options) => {
    calls += 1
    return runLocally(command, options)
  }
  return { host: together({ run }), calls: () => calls }
}

describe('questions asked in one turn', () => {
  it('are one call, and each has its own answer', async () => {
    const { host, calls } = counted()
    const said = (words: readonly string[]) => host.run(words).then(({ stdout }) => stdout)
    const odd = ['', 'a b\'"$HOME', '*', 'two\nlines\n', '-n', '%s']
    const answers = await Promise.all([
      said(['echo', 'one']),
      said(['printf', '%s|', ...odd]),
      said(['true']),
      said(['sh', '-c', 'echo "$1"; echo no >&2', 'sh', 'last']),
    ])
    expect(answers).toEqual(['one\n', odd.map((each) => `${each}|`).join(''), '', 'last\n'])
    expect(calls()).toBe(1)
    expect(await said(['echo', 'later'])).toBe('later\n')
    expect(calls()).toBe(2)
  })

  it('fail on their own', async () => {
    const { host } = counted()
    const [bad, missing, any, good] = await Promise.allSettled([
      host.run(['sh', '-c', 'exit 3']),
      host.run(['no-such-program-anywhere']),
      host.run(['sh', '-c', 'echo said; exit 4'], { accept: 'any' }),
      host.run(['echo', 'good']),
    ])
    expect(bad).toMatchObject({
      reason: { code: 'os', message: expect.stringContaining('must end with status 0, got 3') as string },
    })
    expect(missing).toMatchObject({ reason: { code: 'os', message: expect.stringContaining('got 127') as string } })
    expect(any).toMatchObject({ value: { stdout: 'said\n', status: 4 } })
    expect(good).toMatchObject({ value: { stdout: 'good\n', status: 0 } })
  })

  it('all fail where the host cannot be asked, and those of a call cut short have no answer', async () => {
    const gone = together({ run: () => Promise.reject(new Error('gone')) })
    const failed = await Promise.allSettled([gone.run(['echo']), gone.run(['echo'])])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const cut = together({ run: () => Promise.resolve({ stdout: 'half', stderr: '', status: 0 }) })
    await expect(cut.run(['echo'], { accept: 'any' })).rejects.toMatchObject({ code: 'os' })
  })
})
