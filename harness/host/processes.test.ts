import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from './host.ts'
import { sameStart } from '../model/process-start.ts'
import { parseEnvironments, parseMembers, parseSockets, parseStarts } from './processes-freebsd.ts'
import { parsePorts, parseSamples, parseStats } from './processes-linux.ts'
import { processTable } from './processes.ts'

const stat = (pid: number, name: string, group: number, user: number, system: number, start: number): string =>
  `${pid} (${name}) S 1 ${group} ${group} 0 -1 4194560 1 2 3 4 ${user} ${system} 7 8 20 0 11 0 ${start} 9 10\n`

describe('the process table of Linux', () => {
  it('is not misled by a program that calls itself like a line of the table', () => {
    expect(parseStats(stat(7, 'a) Z 9 (b', 5, 12, 3, 4711))).toEqual([
      { pid: 7, state: 'S', group: 5, cpuUserMicros: 120_000, cpuSystemMicros: 30_000, start: '4711' },
    ])
  })

  it('sums context switches over threads, takes memory once, and counts only the groups asked for', () => {
    const thread = (pid: number, voluntary: number): string =>
      `Name:\tx\nTgid:\t${pid}\nVmRSS:\t   1000 kB\nvoluntary_ctxt_switches:\t${voluntary}\nnonvoluntary_ctxt_switches:\t1\n`
    const text =
      stat(5, 'x', 5, 1, 2, 3) + stat(6, 'y', 5, 4, 0, 3) + stat(9, 'z', 9, 9, 9, 3) + thread(5, 10) + thread(5, 20)
    expect(parseSamples(text, [5])).toEqual([
      {
        pid: 5,
        group: 5,
        cpuUserMicros: 10_000,
        cpuSystemMicros: 20_000,
        memoryBytes: 1_024_000,
        switchesVoluntary: 30,
        switchesInvoluntary: 2,
      },
      {
        pid: 6,
        group: 5,
        cpuUserMicros: 40_000,
        cpuSystemMicros: 0,
        memoryBytes: 0,
        switchesVoluntary: 0,
        switchesInvoluntary: 0,
      },
    ])
  })

  it('tells the state of each thread of the groups asked for', async () => {
    const asked: string[] = []
    const host = {
      run: (command: readonly string[]) => {
        asked.push(command[2] ?? '')
        const stopped = stat(8, 'x', 5, 1, 2, 3).replace(') S', ') T')
        return Promise.resolve({
          stdout: stat(7, 'x', 5, 1, 2, 3) + stopped + stat(9, 'y', 6, 1, 2, 3),
          stderr: '',
          status: 0,
        })
      },
    }
    expect(await processTable(host, 'Linux').states([5])).toEqual(['S', 'T'])
    expect(asked[0]).toContain('/task/')
  })

  it('counts ports of listeners and connections, of both families, but not those that only time out', () => {
    const text = `  sl  local_address rem_address   st tx_queue
   0: 0100007F:107E 00000000:0000 0A 00000000:00000000 00:00000000
   1: 0100007F:1F90 0100007F:C000 06 00000000:00000000 00:00000000
   2: 0100007F:C000 0100007F:1F90 01 00000000:00000000 00:00000000
   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000
`
    expect([...parsePorts(text)].sort((a, b) => a - b)).toEqual([22, 4222, 49152])
  })
})

describe('the process table of FreeBSD', () => {
  it('asks ps for one column at a time, for a header takes the rest of its word, in words that no locale changes', async () => {
    const asked: (readonly string[])[] = []
    const run = (command: readonly string[], options: RunOptions = {}) => {
      asked.push(command)
      expect(options.env).toEqual({ LC_ALL: 'C', TZ: 'UTC' })
      return Promise.resolve({ stdout: '', stderr: '', status: 1 })
    }
    const table = processTable({ run }, 'FreeBSD')
    await table.starts([7, 8])
    await table.sample([7])
    await table.states([7])
    expect(asked).toEqual([
      ['ps', '-o', 'pid=', '-o', 'state=', '-o', 'lstart=', '-p', '7,8'],
      ['sysctl', '-n', 'kern.boottime'],
      ['ps', '-ax', '-o', 'pid=', '-o', 'pgid=', '-o', 'rss='],
      ['ps', '-axH', '-o', 'pgid=', '-o', 'state='],
    ])
  })

  it('reads start times and leaves zombies out', () => {
    const text = ' 1234 Is   Tue Nov 24 06:15:00 2026\n  99 Z    Tue Nov 24 06:15:01 2026\n'
    expect([...parseStarts(text, '')]).toEqual([[1234, String(Date.UTC(2026, 10, 24, 6, 15) / 1000)]])
  })

  it('tells the same start of a process after the clock was set', () => {
    const before = parseStarts(
      ' 7 Is   Tue Nov 24 06:15:00 2026\n',
      '{ sec = 1795400000, usec = 900000 } Sun Nov 22 2026\n',
    )
    const after = parseStarts(
      ' 7 Is   Tue Nov 24 07:15:01 2026\n',
      '{ sec = 1795403600, usec = 100000 } Sun Nov 22 2026\n',
    )
    expect(before.get(7)).toBe('100900')
    expect(sameStart(before.get(7), after.get(7))).toBe(true)
    expect(sameStart(before.get(7), '100902')).toBe(false)
    expect(sameStart(undefined, undefined)).toBe(false)
  })

  it('knows the members of the groups asked for, with their memory', () => {
    expect(parseMembers('  10   10  2048\n  11   10   100\n  12   12   1\n', [10])).toEqual([
      { pid: 10, group: 10, memoryBytes: 2048 * 1024 },
      { pid: 11, group: 10, memoryBytes: 100 * 1024 },
    ])
  })

  it('says so when no environment can be read, not even ours, instead of finding nobody', () => {
    const text = JSON.stringify({ procstat: { environment: { 10: { process_id: 10, command: 'x' } } } })
    expect(() => parseEnvironments(text, 'BENCH_RUN=one')).toThrow('environments of processes must be readable')
  })

  it('finds a process by a variable that is exactly the one asked for', () => {
    const text = JSON.stringify({
      procstat: {
        environment: {
          10: { process_id: 10, command: 'x', environment: ['A=1', 'BENCH_RUN=one'] },
          11: { process_id: 11, command: 'y', environment: ['BENCH_RUN=one-more', 'X=BENCH_RUN=one'] },
        },
      },
    })
    expect([...parseEnvironments(text, 'BENCH_RUN=one').keys()]).toEqual([10])
  })

  it('reads the local ports of sockstat, as FreeBSD 15.1 prints them', () => {
    const url = new URL('../../fixtures/transcripts/freebsd-15.1/sockstat-connected.txt', import.meta.url)
    expect([...parseSockets(readFileSync(url, 'utf8'))]).toEqual([4222])
  })
})

describe('the process table of another system', () => {
  it('is refused with what to do', () => {
    expect(() => processTable({ run: () => Promise.reject(new Error('not asked')) }, 'Darwin')).toThrow(
      'operating system must be Linux or FreeBSD, got Darwin',
    )
  })
})
