import { describe, expect, it } from 'vitest'
import { growing, parseReading } from './control.ts'

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
