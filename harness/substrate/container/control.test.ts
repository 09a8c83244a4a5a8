import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { controlScript, growing, parseReading } from './control.ts'

const reading = { memoryBytes: 1, outOfMemoryKills: 0, clockOffset: '0.0' }

describe('parseReading', () => {
  it('reads a cgroup of version 2', () => {
    const line = 'usage user_usec=700 system_usec=300 anon=4096 file_mapped=8192 oom_kill=1 clock=0.0'
    expect(parseReading(line, 'hub')).toEqual({
      cpuUserMicros: 700,
      cpuSystemMicros: 300,
      memoryBytes: 12_288,
      outOfMemoryKills: 1,
      clockOffset: '0.0',
    })
  })

  it('reads a cgroup of version 1, where only the total is exact', () => {
    const line = 'usage total_ns=147637123 user_ns=76000000 rss=331776 mapped_file=0 oom_kill=0 clock='
    expect(parseReading(line, 'hub')).toMatchObject({ cpuUserMicros: 76_000, cpuSystemMicros: 71_637, clockOffset: '' })
  })

  it('never lets user time of version 1 exceed the total', () => {
    const line = 'usage total_ns=3000000 user_ns=4000000 rss=0 clock='
    expect(parseReading(line, 'hub')).toMatchObject({ cpuUserMicros: 3000, cpuSystemMicros: 0 })
  })

  it('refuses an answer without CPU times', () => {
    expect(() => parseReading('usage anon=1 clock=', 'hub')).toThrow('node hub must see its cgroup')
    expect(() => parseReading('sent', 'hub')).toThrow('node hub must see its cgroup')
  })
})

describe('growing', () => {
  it('keeps both parts from falling and the total as it is', () => {
    const earlier = { ...reading, cpuUserMicros: 4000, cpuSystemMicros: 3000 }
    const later = { ...reading, cpuUserMicros: 8000, cpuSystemMicros: 500 }
    expect(growing(earlier, later)).toMatchObject({ cpuUserMicros: 5500, cpuSystemMicros: 3000 })
  })

  it('changes nothing where both have grown', () => {
    const earlier = { ...reading, cpuUserMicros: 10, cpuSystemMicros: 10 }
    const later = { ...reading, cpuUserMicros: 20, cpuSystemMicros: 15 }
    expect(growing(earlier, later)).toEqual(later)
  })
})

/** Files of a cgroup as a node sees them: version 2 with a current engine, version 1 with Debian's docker.io. */
const cgroups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  2: {
    'cpu.stat': 'usage_usec 1000\nuser_usec 700\nsystem_usec 300\nnr_periods 0\nnr_throttled 0\n',
    'memory.stat': 'anon 4096\nfile 99999\nkernel 88888\nshmem 0\nfile_mapped 8192\nfile_dirty 7\n',
    'memory.events': 'low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n',
  },
  1: {
    'cpuacct/cpuacct.usage': '1000000\n',
    'cpuacct/cpuacct.usage_user': '700000\n',
    'memory/memory.stat': 'cache 5\nrss 4096\nrss_huge 0\nshmem 0\nmapped_file 8192\ndirty 0\n',
    'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  },
}

describe.skipIf(!existsSync('/proc/self/stat'))('the control shell (needs /proc)', () => {
  const ask = (input: string, env: Readonly<Record<string, string>> = {}): string[] =>
    spawnSync('/bin/sh', ['-c', controlScript], { input, encoding: 'utf8', env: { ...process.env, ...env } })
      .stdout.trim()
      .split('\n')

  it.each(Object.keys(cgroups))('reads a cgroup of version %s', (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'control-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const [name, text] of Object.entries(cgroups[version] ?? {})) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const [hello, usage] = ask('usage\n', { BENCH_CGROUP: folder })
    expect(hello).toBe('hello')
    expect(parseReading(usage ?? '', 'hub')).toMatchObject({
      cpuUserMicros: 700,
      cpuSystemMicros: 300,
      memoryBytes: 12_288,
      outOfMemoryKills: 2,
    })
  })

  it('signals a program only while its start time is the one that was noted', async () => {
    const child = spawn('sleep', ['60'], { detached: true })
    const exit = new Promise<string | null>((resolve) => child.once('exit', (_status, signal) => resolve(signal)))
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    expect(ask(`signal TERM ${child.pid} ${Number(started) + 1}\n`)).toEqual(['hello', 'gone'])
    expect(ask(`signal TERM ${child.pid} ${started}\n`)).toEqual(['hello', 'sent'])
    expect(await exit).toBe('SIGTERM')
    expect(ask(`signal TERM ${child.pid} ${started}\n`)).toEqual(['hello', 'gone'])
  })
})
