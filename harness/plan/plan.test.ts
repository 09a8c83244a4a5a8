import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { Capability, Job, Plan } from '../model/plan.ts'
import type { Overrides } from '../model/expanded.ts'
import type { ScenarioInput } from '../model/scenario.ts'
import { expandScenario } from '../scenario/expand.ts'
import { makePlan } from './plan.ts'
import type { PlanRequest } from './plan.ts'

const base = {
  name: 'test',
  about: 'A scenario of a test.',
  topology: { hub: { role: 'server' }, send: { role: 'load', count: 2 }, recv: { role: 'load', count: 3 } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      connections: 3,
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 1000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
} satisfies ScenarioInput

const substrate = (address: (index: number) => string, capabilities: readonly Capability[] = ['usage', 'pause']) => ({
  name: 'process' as const,
  capabilities: new Set(capabilities),
  endpoint: (index: number) => ({
    address: address(index),
    ports: { client: 20_000 + index, monitor: 21_000 + index, cluster: 22_000 + index, floor: 23_000 + index },
  }),
})

interface Asked extends Partial<PlanRequest> {
  readonly overrides?: Overrides
}

function planOf(input: Partial<ScenarioInput> = {}, request: Asked = {}): Plan {
  const { overrides, ...rest } = request
  return makePlan({
    expanded: expandScenario({ ...base, ...input }, overrides),
    substrate: substrate(() => '127.0.0.1'),
    why: 'a test asked for it',
    command: 'bench run test',
    harness: '0.0.0',
    host: 'local',
    ...rest,
  })
}

function thrownBy(act: () => unknown): BenchError {
  try {
    act()
  } catch (error) {
    if (error instanceof BenchError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const only = (plan: Plan) => {
  const [variant] = plan.variants
  if (variant === undefined) throw new Error('a plan has at least one variant')
  return variant
}
const jobsOf = <K extends Job['kind']>(plan: Plan, kind: K) =>
  only(plan).assignments.flatMap(({ job }) => (job.kind === kind ? [job as Extract<Job, { kind: K }>] : []))

describe('nodes', () => {
  it('bear the name of their group, with a number where the group has several', () => {
    expect(planOf().nodes.map(({ name, index }) => [name, index])).toEqual([
      ['hub', 0],
      ['send-1', 1],
      ['send-2', 2],
      ['recv-1', 3],
      ['recv-2', 4],
      ['recv-3', 5],
    ])
  })

  it('are as many as the largest variant needs, and idle in the others', () => {
    const plan = planOf({ vary: { 'topology.recv.count': [1, 2, 4] } })
    expect(plan.nodes.filter(({ group }) => group === 'recv')).toHaveLength(4)
    expect(plan.variants.map(({ nodes }) => nodes.filter((name) => name.startsWith('recv')))).toEqual([
      ['recv-1'],
      ['recv-1', 'recv-2'],
      ['recv-1', 'recv-2', 'recv-3', 'recv-4'],
    ])
  })

  it('carry their limits as numbers', () => {
    const plan = planOf(
      {
        topology: {
          ...base.topology,
          hub: { role: 'server', cpus: [0], memory: '64MiB', server: { jetstream: true }, disk: '128MiB' },
        },
      },
      { substrate: substrate(() => '127.0.0.1', ['cpus', 'memory', 'disk']) },
    )
    expect(plan.nodes[0]).toMatchObject({ cpus: [0], memoryBytes: 67_108_864, diskBytes: 134_217_728 })
  })

  it('are built once for each network that variants ask for, and each variant uses those of its own', () => {
    const able = { ...substrate((index) => `10.0.0.${index}`, ['networks']), name: 'bastille' as const }
    const endpoint = (index: number, network?: string) => ({
      ...able.endpoint(index),
      address: `${network} ${index}`,
    })
    const topology = { hub: { role: 'server' as const }, send: { role: 'load' as const } }
    const workloads = base.workloads.slice(0, 1)
    const plan = planOf(
      { topology, workloads, vary: { network: ['shared', 'vnet'] } },
      { substrate: { ...able, endpoint } },
    )
    expect(plan.nodes.map(({ name, network, endpoint: { address } }) => ({ name, network, address }))).toEqual([
      { name: 'hub-shared', network: 'shared', address: 'shared 0' },
      { name: 'send-shared', network: 'shared', address: 'shared 1' },
      { name: 'hub-vnet', network: 'vnet', address: 'vnet 2' },
      { name: 'send-vnet', network: 'vnet', address: 'vnet 3' },
    ])
    expect(plan.variants.map(({ name, nodes }) => `${name}: ${nodes.join(' ')}`)).toEqual([
      'network=shared: hub-shared send-shared',
      'network=vnet: hub-vnet send-vnet',
    ])
    expect(plan.network).toBeUndefined()
  })

  it('are in the shared network where a variant beside asks for the other and they ask for none', () => {
    const able = { ...substrate(() => '10.0.0.1', ['networks']), name: 'bastille' as const }
    const variants = { head: { network: 'vnet' }, base: {} }
    const plan = planOf({ variants }, { substrate: able })
    expect(new Set(plan.nodes.map(({ network }) => network))).toEqual(new Set(['vnet', 'shared']))
    const base = plan.variants.find(({ name }) => name === 'base')
    expect(base?.nodes[0]).toBe('hub-shared')
  })

  it('are all in the network that the command line names, which leaves the digest as it is', () => {
    const able = { ...substrate(() => '10.0.0.1', ['networks']), name: 'bastille' as const }
    const plan = planOf({}, { substrate: able, overrides: { network: 'vnet' } })
    expect(plan.network).toBe('vnet')
    expect(plan.nodes.map(({ network }) => network)).toEqual(plan.nodes.map(() => 'vnet'))
    expect(plan.digest).toBe(planOf({}, { substrate: able }).digest)
  })

  it('are refused in two networks where the substrate has one, or the command line names one', () => {
    const vary = { network: ['shared', 'vnet'] }
    expect(thrownBy(() => planOf({ vary })).message).toMatch(/substrate must be able to do networks, got process/)
    const able = { ...substrate(() => '10.0.0.1', ['networks']), name: 'bastille' as const }
    expect(thrownBy(() => planOf({ vary }, { substrate: able, overrides: { network: 'vnet' } })).lines).toEqual([
      'network must be left to a scenario that compares networks, got "vnet"',
    ])
  })

  it('are refused when a variant would give two the same name', () => {
    const topology = { ...base.topology, recv: { role: 'load', count: 1 }, 'recv-2': { role: 'load' } } as const
    const error = thrownBy(() => planOf({ topology, vary: { 'topology.recv.count': [1, 2] } }))
    expect(error.lines[0]).toContain('topology.recv-2 must be another name, got that of a node of group "recv"')
  })
})

describe('assignments', () => {
  it('are one for each workload and node of its group, with floor and probe beside them', () => {
    expect(only(planOf()).assignments.map(({ id }) => id)).toEqual([
      'pub@send-1',
      'pub@send-2',
      'sub@recv-1',
      'sub@recv-2',
      'sub@recv-3',
      'floor-echo@recv-1',
      'floor-ping@send-1',
      'probe@send-1',
    ])
  })

  it('never put a support job on a server node, which has no Node.js', () => {
    const plan = planOf({ topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } } })
    const support = only(plan).assignments.filter(({ workload }) => ['floor', 'probe'].includes(workload))
    expect(support.map(({ node }) => node)).toEqual(['recv', 'send', 'send'])
  })

  it('measure the floor within one node where there is no other', () => {
    const plan = planOf({
      topology: { hub: { role: 'server' }, send: { role: 'load' } },
      workloads: [base.workloads[0]!],
    })
    expect(jobsOf(plan, 'ping')[0]?.to).toEqual(jobsOf(plan, 'echo')[0]?.listen)
  })

  it('share the rate of a workload evenly', () => {
    expect(jobsOf(planOf(), 'publish').map(({ arrivals }) => arrivals)).toEqual([
      { kind: 'constant', perSecond: 500 },
      { kind: 'constant', perSecond: 500 },
    ])
  })

  it('number the publishing connections of a block from 0 without a gap', () => {
    expect(jobsOf(planOf(), 'publish').map(({ publisher, connections }) => [publisher, connections])).toEqual([
      [0, 3],
      [3, 3],
    ])
    expect(jobsOf(planOf(), 'subscribe').map(({ publishers }) => publishers)).toEqual([6, 6, 6])
  })

  it('say that a subscriber of small messages can only count', () => {
    const pub = { ...base.workloads[0]!, payload: { bytes: 15 } } as ScenarioInput['workloads'][number]
    const plan = planOf({ workloads: [pub, base.workloads[1]!] })
    expect(jobsOf(plan, 'subscribe').map(({ stamped }) => stamped)).toEqual([false, false, false])
  })

  it('begin with different servers of a cluster', () => {
    const plan = planOf({ topology: { ...base.topology, hub: { role: 'server', count: 2 } } })
    expect(jobsOf(plan, 'subscribe').map(({ servers }) => servers.map(({ port }) => port))).toEqual([
      [20_000, 20_001],
      [20_001, 20_000],
      [20_000, 20_001],
    ])
  })

  it('probe every server through its monitoring port', () => {
    const plan = planOf({ topology: { ...base.topology, hub: { role: 'server', count: 2 } } })
    expect(jobsOf(plan, 'probe')[0]?.servers).toEqual([
      { node: 'hub-1', target: { host: '127.0.0.1', port: 21_000 } },
      { node: 'hub-2', target: { host: '127.0.0.1', port: 21_001 } },
    ])
  })
})

describe('flows', () => {
  it('lead from a publisher to everyone, and to one of a queue group', () => {
    const plan = planOf({
      workloads: [
        ...base.workloads,
        { kind: 'subscribe', name: 'worker', on: 'recv', to: 'hub', subject: '>', queue: 'workers' },
        { ...base.workloads[0]!, name: 'far', subject: 'elsewhere' },
        { kind: 'subscribe', name: 'other', on: 'recv', to: 'hub', subject: 'elsewhere' },
      ],
    })
    expect(only(plan).flows).toEqual([
      { from: 'pub', to: 'sub', delivery: 'all' },
      { from: 'pub', to: 'worker', delivery: 'one' },
      { from: 'far', to: 'worker', delivery: 'one' },
      { from: 'far', to: 'other', delivery: 'all' },
    ])
  })

  it('do not cross between groups of servers', () => {
    const far = base.workloads.map((workload) => ({ ...workload, name: `far-${workload.name}`, to: 'far' }))
    const plan = planOf({
      topology: { ...base.topology, far: { role: 'server' } },
      workloads: [...base.workloads, ...far],
    })
    expect(only(plan).flows).toEqual([
      { from: 'pub', to: 'sub', delivery: 'all' },
      { from: 'far-pub', to: 'far-sub', delivery: 'all' },
    ])
  })
})

describe('server configurations', () => {
  const config = (input: Partial<ScenarioInput> = {}) => only(planOf(input)).services[0]?.config ?? ''

  it('listen on the address of the node alone and ask for the token of the run', () => {
    expect(config().split('\n')).toEqual([
      'server_name: "hub"',
      'listen: "127.0.0.1:20000"',
      'http: "127.0.0.1:21000"',
      'authorization { token: "{{token}}" }',
      'max_connections: 16384',
      '',
    ])
  })

  it('carry the settings of the scenario, sizes bare and other texts quoted', () => {
    const settings = { max_payload: 4096, max_pending: '8MB', lame_duck_duration: '30s', debug: false }
    const topology = { ...base.topology, hub: { role: 'server', server: { jetstream: true, settings } } } as const
    expect(config({ topology }).split('\n').slice(5)).toEqual([
      'max_payload: 4096',
      'max_pending: 8MB',
      'lame_duck_duration: "30s"',
      'debug: false',
      'jetstream { store_dir: "{{directory}}/jetstream" }',
      '',
    ])
  })

  it('join the servers of a group to a cluster whose routes need the token too', () => {
    const text = config({ topology: { ...base.topology, hub: { role: 'server', count: 3 } } })
    expect(text).toContain('listen: "127.0.0.1:22000"')
    expect(text.match(/nats:\/\/route:\{\{token\}\}@127\.0\.0\.1:\d+/g)).toEqual([
      'nats://route:{{token}}@127.0.0.1:22001',
      'nats://route:{{token}}@127.0.0.1:22002',
    ])
  })
})

describe('the server of a plan', () => {
  const server = (input: Partial<ScenarioInput>, overrides: Overrides = {}) =>
    planOf(input, { overrides }).variants.map(({ services }) => services[0]?.server)
  const hub = (choice: { readonly version?: string; readonly path?: string }) => ({
    topology: { ...base.topology, hub: { role: 'server' as const, server: choice } },
  })

  it('is the one of the scenario, unless the command line names one', () => {
    expect(server(hub({ version: '2.10.0' }))).toEqual([{ version: '2.10.0' }])
    expect(server(hub({ version: '2.10.0' }), { server: { path: '/x' } })).toEqual([{ path: '/x' }])
    expect(server({})).toEqual([{}])
  })

  it('stays that of a variant which is there to compare servers', () => {
    const variants = { old: { 'topology.hub.server.version': '2.10.0' }, given: {} }
    expect(server({ variants }, { server: { path: '/x' } })).toEqual([{ version: '2.10.0' }, { path: '/x' }])
  })

  it('is changed by a path where the scenario has a version', () => {
    const variants = { base: {}, head: { 'topology.hub.server.path': '/x' } }
    expect(server({ ...hub({ version: '2.10.0' }), variants })).toEqual([{ version: '2.10.0' }, { path: '/x' }])
  })
})

describe('overrides', () => {
  it('replace repeats and phases', () => {
    const plan = planOf({}, { overrides: { repeats: 7, measureMs: 250, warmupMs: 0 } })
    expect(plan.blocks).toHaveLength(7)
    expect(only(plan).phases).toEqual({ warmupMs: 0, measureMs: 250, cooldownMs: 200 })
    expect(plan.scenario.repeats).toBe(7)
  })

  it('let long blocks cut their samples less often, where no fault wants to be timed', () => {
    const sampleMs = (measureMs: number, changes: Parameters<typeof planOf>[0] = {}) =>
      only(planOf(changes, { overrides: { measureMs, warmupMs: 0 } })).phases.sampleMs
    expect([sampleMs(599_000), sampleMs(3600_000)]).toEqual([undefined, 7000])
    expect(sampleMs(3600_000, { faults: [{ at: '1m', kind: 'pause', node: 'hub', lasts: '1s' }] })).toBeUndefined()
  })

  it('bring base and head to a grid', () => {
    const variants = { base: { 'topology.hub.server.path': '/a' }, head: { 'topology.hub.server.path': '/b' } }
    const plan = planOf({ vary: { 'workloads.pub.payload.bytes': [16, 64] } }, { overrides: { variants } })
    expect(plan.variants.map(({ name }) => name)).toEqual([
      'base bytes=16',
      'base bytes=64',
      'head bytes=16',
      'head bytes=64',
    ])
  })

  it('are refused where they do not fit', () => {
    const error = thrownBy(() =>
      planOf({}, { overrides: { variants: { head: { 'topology.hbu.server.path': '/b' } } } }),
    )
    expect(error.exitStatus).toBe(64)
    expect(error.lines[0]).toContain('must name one of topology: hub, send, recv')
    expect(thrownBy(() => planOf({}, { overrides: { repeats: 0 } })).exitStatus).toBe(64)
  })
})

describe('capabilities', () => {
  it('that a scenario needs and a substrate lacks refuse the plan, naming places and remedies', () => {
    const topology: ScenarioInput['topology'] = {
      ...base.topology,
      hub: { role: 'server', memory: '64MiB', cpus: [0] },
    }
    const error = thrownBy(() => planOf({ topology }))
    expect(error.exitStatus).toBe(69)
    expect(error.lines).toEqual(['topology.hub.cpus needs cpus', 'topology.hub.memory needs memory'])
    expect(error.hint).toBe('choose another: --on container or --on bastille')
  })

  it('of disks are named with the reason where a substrate has none, and with those that have', () => {
    const hub = { role: 'server' as const, server: { jetstream: true }, disk: '64MiB' }
    const workloads = base.workloads.map((workload) => ({ ...workload, reconnect: {} }))
    const faults = [{ at: '1s', kind: 'os-crash' as const, node: 'hub', lasts: '1s' }]
    const container = { ...substrate(() => '10.0.0.1', ['disk']), name: 'container' as const }
    const error = thrownBy(() =>
      planOf({ topology: { ...base.topology, hub }, workloads, faults }, { substrate: container }),
    )
    expect(error.lines).toEqual([expect.stringMatching(/^faults\.0 needs crash: the disk of a container is in memory/)])
    expect(error.hint).toBe('choose another: --on process or --on netns')
  })

  it('of this host that are missing are said with its own reason, and no others', () => {
    const lacks = new Map<Capability, string>([
      ['impair', 'the kernel must have netem, it has not'],
      ['disk', 'no loop devices'],
    ])
    const netns = { ...substrate(() => '10.0.0.1', []), name: 'netns' as const, lacks }
    const faults = [{ at: '1s', kind: 'impair' as const, node: 'hub', lasts: '1s', with: { delay: '5ms' } }]
    const error = thrownBy(() => planOf({ faults }, { substrate: netns }))
    expect(error.lines).toEqual(['faults.0 needs impair: the kernel must have netem, it has not'])
  })

  it('are needed for a pause, not for a kill', () => {
    const bare = { substrate: substrate(() => '127.0.0.1', []) }
    const pause = thrownBy(() => planOf({ faults: [{ at: '1s', kind: 'pause', node: 'hub', lasts: '1s' }] }, bare))
    expect(pause.lines).toEqual(['faults.0 needs pause'])
    const workloads = base.workloads.map((workload) => ({ ...workload, reconnect: {} }))
    expect(planOf({ workloads, faults: [{ at: '1s', kind: 'kill', node: 'hub' }] }, bare).faults).toHaveLength(1)
  })
})

describe('the digest', () => {
  const digest = (input: Partial<ScenarioInput> = {}, request: Asked = {}) => planOf(input, request).digest

  it('is the same on every substrate, host and day', () => {
    const elsewhere = {
      host: 'root@board',
      why: 'why not',
      command: 'x',
      substrate: substrate((index) => `10.0.0.${index}`),
    }
    expect(digest({}, elsewhere)).toBe(digest())
  })

  it('is the same however often it is repeated, whatever it is judged by and whichever server is handed in', () => {
    const limits = [{ workload: 'sub', metric: 'loss', atMost: 0 }]
    expect(digest({ repeats: 9, limits, about: 'Other words.' })).toBe(digest())
    expect(digest({}, { overrides: { server: { path: '/x' } } })).toBe(digest())
  })

  it('differs with everything that shapes the numbers', () => {
    const pub = base.workloads[0]!
    const digests = [
      digest(),
      digest({ phases: { measure: '6s' } }),
      digest({ seed: 2 }),
      digest({ topology: { ...base.topology, recv: { role: 'load', count: 4 } } }),
      digest({ workloads: [{ ...pub, connections: 1 }, base.workloads[1]!] }),
      digest({
        topology: { ...base.topology, hub: { role: 'server', server: { settings: { max_pending: 2_097_152 } } } },
      }),
      digest({ faults: [{ at: '1s', kind: 'pause', node: 'hub', lasts: '1s' }] }),
      digest({ vary: { 'workloads.pub.payload.bytes': [16] } }),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })

  it('does not depend on the order in which members were written', () => {
    const { name, ...rest } = base
    const turned = { ...Object.fromEntries(Object.entries(rest).toReversed()), name }
    expect(digest(turned)).toBe(digest())
  })
})

describe('any plan', () => {
  const scenarios = fc.record({
    senders: fc.integer({ min: 1, max: 6 }),
    receivers: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
    servers: fc.integer({ min: 1, max: 3 }),
    connections: fc.integer({ min: 1, max: 5 }),
    perSecond: fc.integer({ min: 1000, max: 1_000_000 }),
    repeats: fc.integer({ min: 1, max: 9 }),
  })
  const planned = ({
    senders,
    receivers,
    servers,
    connections,
    perSecond,
    repeats,
  }: typeof scenarios extends fc.Arbitrary<infer T> ? T : never) =>
    planOf({
      topology: {
        hub: { role: 'server', count: servers },
        send: { role: 'load', count: senders },
        recv: { role: 'load' },
      },
      workloads: [
        {
          ...base.workloads[0]!,
          connections,
          arrivals: { kind: 'poisson', perSecond },
        } as ScenarioInput['workloads'][number],
        base.workloads[1]!,
        {
          kind: 'request',
          name: 'req',
          on: 'recv',
          to: 'hub',
          subject: 'ask',
          connections,
          payload: { bytes: 16 },
          arrivals: { kind: 'closed', inFlight: 1 },
        },
        { kind: 'reply', name: 'rep', on: 'send', to: 'hub', subject: 'ask' },
      ],
      vary: { 'topology.recv.count': receivers },
      repeats,
    })

  it('runs every variant equally often, each repeat once through all of them', () => {
    fc.assert(
      fc.property(scenarios, (shape) => {
        const plan = planned(shape)
        const names = plan.variants.map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
        expect(plan.blocks.map(({ index }) => index)).toEqual(plan.blocks.map((_, index) => index))
        for (let repeat = 0; repeat < shape.repeats; repeat++) {
          const round = plan.blocks.filter((block) => block.repeat === repeat).map(({ variant }) => variant)
          expect(round.toSorted()).toEqual(names.toSorted())
        }
      }),
      { numRuns: 50 },
    )
  })

  it('gives all variants the same mean place in time when the number of repeats is even', () => {
    fc.assert(
      fc.property(scenarios, (shape) => {
        const plan = planned({ ...shape, repeats: shape.repeats * 2 })
        const means = plan.variants.map(({ name }) => {
          const places = plan.blocks.filter(({ variant }) => variant === name).map(({ index }) => index)
          return places.reduce((sum, index) => sum + index, 0) / places.length
        })
        expect(new Set(means).size).toBe(1)
      }),
      { numRuns: 50 },
    )
  })

  it('shares out exactly the rate that the scenario asks for', () => {
    fc.assert(
      fc.property(scenarios, (shape) => {
        for (const { assignments } of planned(shape).variants) {
          const rates = assignments.flatMap(({ job }) =>
            job.kind === 'publish' && job.arrivals.kind === 'poisson' ? [job.arrivals.perSecond] : [],
          )
          expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(shape.perSecond, 6)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('gives every sending connection of a block a number of its own, from 0 on', () => {
    fc.assert(
      fc.property(scenarios, (shape) => {
        for (const { assignments } of planned(shape).variants) {
          const numbers = assignments.flatMap(({ job }) =>
            job.kind === 'publish' || job.kind === 'request'
              ? Array.from({ length: job.connections }, (_, connection) => job.publisher + connection)
              : [],
          )
          expect(numbers).toEqual(numbers.map((_, index) => index))
          const told = assignments.flatMap(({ job }) => (job.kind === 'subscribe' ? [job.publishers] : []))
          expect(new Set(told)).toEqual(new Set([numbers.length]))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('has no two nodes or assignments of one name, and only nodes that are there', () => {
    fc.assert(
      fc.property(scenarios, (shape) => {
        const plan = planned(shape)
        const names = plan.nodes.map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
        for (const { assignments, services, nodes } of plan.variants) {
          const ids = assignments.map(({ id }) => id)
          expect(new Set(ids).size).toBe(ids.length)
          expect(names).toEqual(expect.arrayContaining([...nodes]))
          expect(nodes).toEqual(expect.arrayContaining([...assignments, ...services].map(({ node }) => node)))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('is plain JSON: written and read again it is the same', () => {
    fc.assert(
      fc.property(scenarios, (shape) => {
        const plan = planned(shape)
        expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan)
        expect(planned(shape)).toStrictEqual(plan)
      }),
      { numRuns: 50 },
    )
  })
})
