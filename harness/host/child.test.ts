import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { notAccepted, notStarted, stopChild } from './child.ts'
import type { Exit } from './host.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a busy host may take half a minute to kill a program, and a minute is an error', async () => {
  // Nine jails on an emulated FreeBSD 15.1 with a load of 9: a jexec outlived the 10 s that it had, and its scenario ended there.
  const sent: string[] = []
  const signal = (name: string) => void sent.push(name)
  const late = new Promise<Exit>((resolve) => setTimeout(() => resolve({ signal: 'SIGKILL' }), 33_000))
  const stopped = stopChild('agent', late, signal, 2000)
  await vi.advanceTimersByTimeAsync(33_000)
  expect(await stopped).toEqual({ signal: 'SIGKILL' })
  expect(sent).toEqual(['SIGTERM', 'SIGCONT', 'SIGKILL'])
  const never = stopChild('agent', new Promise(() => undefined), signal, 2000).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(62_000)
  expect(await never).toMatchObject({ message: 'agent did not end within 60000 ms of SIGKILL, got no exit' })
})

test('a program that did not start because too many files are open names the limit', () => {
  expect(notStarted('sh', 'spawn sh EMFILE').message).toBe(
    'command `sh` must start, got spawn sh EMFILE: raise the limit of open files (ulimit -n)',
  )
  expect(notStarted('sh', 'spawn sh EACCES').message).toBe('command `sh` must start, got spawn sh EACCES')
})

test('a program or a shell that got no process names the limit', () => {
  const wanted = ': raise the limit of processes (ulimit -u, or that of the container)'
  expect(notStarted('uname', 'spawn uname EAGAIN').message).toBe(
    `command \`uname\` must start, got spawn uname EAGAIN${wanted}`,
  )
  for (const said of ['sh: 1: Cannot fork', 'sh: fork: retry: Resource temporarily unavailable'])
    expect(notAccepted('`sh`', [0], 2, [said]).message).toBe(`command \`sh\` must end with status 0, got 2${wanted}`)
  expect(notAccepted('`sh`', [0, 3], 1, ['no']).message).toBe('command `sh` must end with status 0 or 3, got 1')
})
