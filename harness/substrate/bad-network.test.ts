import { describe, expect, it } from 'vitest'
import type { Finished, Host } from '../host/host.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import { badNetwork, netemWords, whyNoNetem } from './bad-network.ts'

const fine: Finished = { stdout: '', stderr: '', status: 0 }

/** A host that answers as the test says and records its commands, and a journal that records what is open. */
function made(answer: (command: string) => Partial<Finished> = () => ({})) {
  const asked: string[] = []
  const open: string[] = []
  let id = 0
  const host = {
    name: 'here',
    run: (command: readonly string[]) => {
      asked.push(command.join(' '))
      return Promise.resolve({ ...fine, ...answer(command.join(' ')) })
    },
  } as unknown as Host
  const journal = {
    will: (kind: string, name: string): Promise<JournalEntry> => {
      open.push(kind)
      return Promise.resolve({ id: ++id, kind, name, detail: {} })
    },
    gone: ({ kind }: JournalEntry) => {
      open.splice(open.indexOf(kind), 1)
      return Promise.resolve()
    },
  } as unknown as Journal
  const network = badNetwork({
    host,
    node: 'hub',
    run: 'r',
    journal,
    device: () => Promise.resolve('nv1'),
    inside: () => Promise.resolve(['enter']),
  })
  return { host, asked, open, network }
}

describe('an impairment', () => {
  it('is told to netem in its own words', () => {
    expect(netemWords({ delay: '20ms', jitter: '500us', loss: 0.01, reorder: 0.25, rate: '10mbit' }).join(' ')).toBe(
      'delay 20000us 500us loss random 1% reorder 25% rate 10mbit',
    )
  })

  it('is journalled before it is there, taken back, and looked at', async () => {
    const { network, asked, open } = made()
    await network.impair({ delay: '20ms' })
    expect(open).toEqual(['qdisc'])
    expect(asked).toEqual(['tc qdisc replace dev nv1 root netem limit 100000 delay 20000us'])
    await network.whole()
    expect(open).toEqual([])
    expect(asked.slice(1)).toEqual(['tc qdisc delete dev nv1 root', 'tc qdisc show dev nv1'])
    await network.whole()
    expect(asked).toHaveLength(3)
  })

  it('that stays is named, and stays in the journal', async () => {
    const { network, open } = made((command) => (command.includes('show') ? { stdout: 'qdisc netem 8001:' } : {}))
    await network.impair({ delay: '20ms' })
    await expect(network.whole()).rejects.toThrow('network of node hub must be whole again')
    expect(open).toEqual(['qdisc'])
    await network.left()
    expect(open).toEqual([])
  })

  it('needs a kernel with netem', async () => {
    const without = made(() => ({ status: 2, stderr: 'Error: Specified qdisc kind is unknown.' }))
    await expect(without.network.impair({ loss: 0.1 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('sch_netem') as string,
    })
    expect(without.open).toEqual([])
    expect(await whyNoNetem(without.host)).toContain('must have netem')
    expect(await whyNoNetem(made().host)).toBeUndefined()
  })
})

describe('a cut', () => {
  it('sends packets to a hardware address of nobody, and is taken back', async () => {
    const { network, asked, open } = made()
    await network.cut(['10.0.0.2'])
    await network.cut(['10.0.0.3'])
    expect(open).toEqual(['neighbours'])
    expect(asked[0]).toBe('enter ip neigh replace 10.0.0.2 lladdr 02:6e:61:74:73:00 nud permanent dev eth0')
    await network.join()
    expect(asked.filter((command) => command.includes('delete'))).toHaveLength(2)
    expect(open).toEqual([])
  })

  it('that stays is named', async () => {
    const { network } = made((command) =>
      command.includes('show') ? { stdout: '10.0.0.2 lladdr 02:6e:61:74:73:00 PERMANENT' } : {},
    )
    await network.cut(['10.0.0.2'])
    await expect(network.join()).rejects.toThrow('must be whole again')
  })
})
