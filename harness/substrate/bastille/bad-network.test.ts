import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dummynetWords, jailNetwork, passFirewall, whyNoDummynet } from './bad-network.ts'
import { recordedHost } from './transcript-under-test.ts'
import type { Finished, Host } from '../../host/host.ts'

const recorded = readFileSync(
  new URL('../../../fixtures/transcripts/freebsd-15.1/dummynet.txt', import.meta.url),
  'utf8',
)
/** What a command said under one of the headings. */
const said = (heading: string, command: string) =>
  recorded
    .split(`# ${heading}`)[1]
    ?.split(`$ ${command}\n`)[1]
    ?.split(/^[$#] /m)[0] ?? ''
const impaired = said('in a VNET jail whose network is impaired', 'ipfw list')
const bare = said('the same, healed', 'ipfw list')
const neighbours = said('healed', 'arp -an')

/** A host with both modules. It keeps the commands that it was given, without their `jexec -l -U root njabcd00`. */
function made(answers: Readonly<Record<string, Partial<Finished>>> = {}) {
  const told: string[] = []
  const inner = recordedHost((command) => {
    const inside = command.replace(/^jexec -l -U root njabcd00 /, '')
    if (inside !== command) told.push(inside)
    if (command.startsWith('sh -c for m in ipfw')) return answers['modules'] ?? { stdout: 'ipfw\ndummynet\n1\n' }
    return answers[inside] ?? { stdout: inside === 'ipfw list' ? bare : inside === 'arp -an' ? neighbours : '' }
  })
  const host: Host = inner
  return { host, told, network: jailNetwork(host, { node: 'hub', jail: 'njabcd00', hz: 1000 }) }
}

describe('an impairment of a VNET jail', () => {
  it('is told to dummynet in its own words', () => {
    expect(dummynetWords({ delay: '20ms', loss: 0.01, rate: '10mbit' }, 1000)).toEqual(
      'delay 20 plr 0.01 bw 10Mbit/s'.split(' '),
    )
    expect(dummynetWords({ rate: '512kbit' }, 100)).toEqual(['bw', '512Kbit/s'])
  })

  it('is refused where dummynet would make something else of it', () => {
    // 100 ticks a second, as in guests: a delay of 15 ms would be one of 10 ms, and one of 5 ms none at all.
    expect(dummynetWords({ delay: '20ms' }, 100)).toEqual(['delay', '20'])
    for (const delay of ['15ms', '5ms'])
      expect(() => dummynetWords({ delay }, 100)).toThrow(
        `delay must be a multiple of 10 ms on this host, got ${delay}`,
      )
    expect(() => dummynetWords({ delay: '500us' }, 1000)).toThrow('multiple of 1 ms')
    expect(() => dummynetWords({ delay: '20ms', jitter: '5ms' }, 1000)).toThrow('must be left out for jails')
    expect(() => dummynetWords({ delay: '20ms', reorder: 0.1 }, 1000)).toThrow('must be left out for jails')
  })

  it('is a pipe for what comes in from the bridge, taken back and looked at', async () => {
    const { network, told } = made()
    await network.whole()
    expect(told).toEqual([])
    await network.impair({ delay: '20ms', loss: 0.01 })
    expect(told).toEqual([
      'dnctl pipe 1 config queue 1024K delay 20 plr 0.01',
      'ipfw -q delete 100',
      'ipfw -q add 100 pipe 1 ip4 from any to any in recv vnet0',
      'sysctl net.inet.ip.fw.enable=1 net.inet6.ip6.fw.enable=1',
    ])
    told.length = 0
    await network.whole()
    expect(told).toEqual([
      'sysctl net.inet.ip.fw.enable=0 net.inet6.ip6.fw.enable=0',
      'ipfw -q delete 100',
      'dnctl pipe 1 delete',
      'ipfw list',
    ])
  })

  it('that stays is named', async () => {
    const { network } = made({ 'ipfw list': { stdout: impaired } })
    await network.impair({ loss: 0.5 })
    await expect(network.whole()).rejects.toThrow('network of node hub must be whole again')
  })

  it('needs both modules, and a firewall that accepts', async () => {
    const without = made({ modules: {} })
    await expect(without.network.impair({ loss: 0.1 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ipfw and dummynet are not loaded') as string,
    })
    expect(without.told).toEqual([])
    expect(await whyNoDummynet(made({ modules: { stdout: 'ipfw\n0\n' } }).host)).toContain('default_to_accept=1')
    expect(await whyNoDummynet(made().host)).toBeUndefined()
  })

  it('costs the others nothing: a jail that starts passes no firewall, and one without it starts all the same', async () => {
    const { host, told } = made({
      'sysctl net.inet.ip.fw.enable=0 net.inet6.ip6.fw.enable=0': { status: 1, stderr: 'sysctl: unknown oid' },
    })
    await passFirewall(host, 'njabcd00')
    expect(told).toEqual(['sysctl net.inet.ip.fw.enable=0 net.inet6.ip6.fw.enable=0'])
  })
})

describe('a cut of a VNET jail', () => {
  it('sends packets to a hardware address of nobody, and is taken back', async () => {
    const { network, told } = made()
    await network.join()
    await network.cut(['10.60.0.2', '10.60.0.3'])
    await network.join()
    expect(told).toEqual([
      'arp -S 10.60.0.2 02:6e:61:74:73:00',
      'arp -S 10.60.0.3 02:6e:61:74:73:00',
      'arp -d 10.60.0.2',
      'arp -d 10.60.0.3',
      'arp -an',
    ])
  })

  it('that stays is named', async () => {
    const { network } = made({
      'arp -an': { stdout: said('cut off from 10.60.0.2', 'arp -an') },
    })
    await network.cut(['10.60.0.2'])
    await expect(network.join()).rejects.toThrow('must be whole again')
  })
})
