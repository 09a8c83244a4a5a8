import { describe, expect, it } from 'vitest'
import { clockMicros, costsOf, parseProcstat, parseRusage } from './procstat.ts'

const row = (pid: number, user: string) => ({
  process_id: pid,
  command: 'nats-server',
  'user time': user,
  'system time': '1 day 00:00:00.000001',
  'voluntary context switches': 5,
  'involuntary context switches': 6,
})
const answerOf = (...rows: readonly { readonly process_id: number }[]) =>
  JSON.stringify({
    __version: '1',
    procstat: { rusage: Object.fromEntries(rows.map((each) => [each.process_id, each])) },
  })

describe('procstat', () => {
  it('tells costs to the microsecond, hours and days included', () => {
    expect(parseRusage(answerOf(row(10, '00:01:02.023815')))).toEqual(
      new Map([
        [
          10,
          {
            cpuUserMicros: 62_023_815,
            cpuSystemMicros: 86_400_000_001,
            switchesVoluntary: 5,
            switchesInvoluntary: 6,
          },
        ],
      ]),
    )
    expect(clockMicros('2 days 01:00:01.500000')).toBe(2 * 86_400e6 + 3_601_500_000)
  })

  it('is not guessed at where it gives no time', () => {
    expect(() => clockMicros('soon')).toThrow('must print times')
    expect(() => parseRusage(answerOf({ process_id: 7 }))).toThrow('must print times')
  })

  it('may hold tabs and colours in a text, which are no JSON', () => {
    const text = '{"procstat": {"environment": {"7": {"process_id": 7, "environment": ["A=\u001b[1m\tb"]}}}}'
    expect(() => JSON.parse(text) as unknown).toThrow()
    expect(parseProcstat(text, 'environment').get(7)?.['environment']).toEqual(['A= [1m b'])
  })

  it('is asked again with a new list when a process has ended in between, for it tells nothing of those after it', async () => {
    const asked: string[] = []
    const host = {
      run: (command: readonly string[]) => {
        asked.push(command.slice(4).join(' '))
        const gone = asked.length === 1
        return Promise.resolve({
          stdout: gone ? answerOf() : answerOf(row(7, '00:00:01.000000'), row(9, '00:00:02.000000')),
          stderr: '',
          status: gone ? 1 : 0,
        })
      },
    }
    const lists = [
      [{ pid: 8 }, { pid: 7 }],
      [{ pid: 7 }, { pid: 9 }],
    ]
    const found = await costsOf(host, () => Promise.resolve(lists.shift() ?? []))
    expect(asked).toEqual(['8 7', '7 9'])
    expect(found.map(({ pid, cpuUserMicros }) => [pid, cpuUserMicros])).toEqual([
      [7, 1e6],
      [9, 2e6],
    ])
  })

  it('is given up on after some looks, with what was seen in the last one', async () => {
    let looks = 0
    const host = { run: () => Promise.resolve({ stdout: answerOf(row(7, '00:00:01.000000')), stderr: '', status: 1 }) }
    const found = await costsOf(host, () => Promise.resolve((looks++, [{ pid: 7 }, { pid: 8 }])))
    expect([looks, found.map(({ pid }) => pid)]).toEqual([4, [7]])
  })
})
