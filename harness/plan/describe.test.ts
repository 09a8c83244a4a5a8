import { describe as suite, expect, it } from 'vitest'
import type { Capability } from '../model/plan.ts'
import type { ScenarioInput } from '../model/scenario.ts'
import { describe } from './describe.ts'
import { expandScenario } from '../scenario/expand.ts'
import { makePlan } from './plan.ts'

type Workload = ScenarioInput['workloads'][number]

function text(input: Partial<ScenarioInput>): readonly string[] {
  const plan = makePlan({
    expanded: expandScenario({
      name: 'test',
      about: 'A scenario of a test.',
      topology: {
        hub: { role: 'server', memory: '64MiB', cpus: [0, 1] },
        send: { role: 'load' },
        recv: { role: 'load' },
      },
      workloads: [
        {
          kind: 'publish',
          name: 'pub',
          on: 'send',
          to: 'hub',
          subject: 'road',
          subjects: 4,
          payload: { bytes: 8 },
          arrivals: { kind: 'burst', perSecond: 1000, size: 10 },
        },
        { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road.*', queue: 'workers', connections: 2 },
      ],
      phases: { warmup: '500ms', measure: '2s', cooldown: '0s' },
      ...input,
    }),
    substrate: {
      name: 'bastille',
      capabilities: new Set<Capability>(['cpus', 'memory', 'pause', 'usage']),
      endpoint: (index) => ({
        address: `10.0.0.${index + 1}`,
        ports: { client: 4222, monitor: 8222, cluster: 6222, floor: 7000 },
      }),
    },
    why: 'a test asked for it',
    command: 'bench run test',
    harness: '0.0.0',
    host: 'root@board',
  })
  return describe(plan).replace(plan.digest.slice(0, 12), 'DIGEST').split('\n')
}

suite('a described plan', () => {
  it('says who is where, what runs, in which order and how long', () => {
    expect(text({})).toEqual([
      'test: A scenario of a test.',
      '',
      'on bastille (a test asked for it), host root@board, digest DIGEST',
      '',
      'nodes',
      '  hub   server  10.0.0.1  client 4222, monitor 8222  CPUs 0,1  64 MiB',
      '  send  load    10.0.0.2  floor 7000',
      '  recv  load    10.0.0.3  floor 7000',
      '',
      'variant default: warm-up 0.5 s, measure 2 s, cool-down 0 s',
      '  hub   nats-server  2.15.2',
      '  send  pub          publish    road.0 to .3, 8 B, 1000 msg/s in bursts of 10, 1 connection, wire',
      '  recv  sub          subscribe  road.* in queue workers, 2 connections, wire, counts only (payloads below 16 B)',
      '  recv  floor        echo       at 10.0.0.3:7000',
      '  send  floor        ping       to 10.0.0.3:7000, 16 B for 0.4 s',
      '  send  probe        probe      hub',
      '  pub → sub, every message to one connection of queue group workers',
      '',
      'rehearsal: 3 s, not counted, to warm up the agents',
      'blocks: 3 (default, default, default)',
      'expected time: 17.2 s, building and taking down aside',
    ])
  })

  it('names all workloads of a queue group', () => {
    const publish: Workload = {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'a.b',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 1000 },
    }
    const subscribe = (name: string, subject: string, queue?: string): Workload => ({
      kind: 'subscribe',
      name,
      on: 'recv',
      to: 'hub',
      subject,
      ...(queue === undefined ? {} : { queue }),
    })
    const workloads = [
      publish,
      { ...publish, name: 'far', subject: 'a.c' },
      subscribe('narrow', 'a.b', 'q'),
      subscribe('wide', 'a.*', 'q'),
      subscribe('other', '>', 'r'),
      subscribe('plain', 'a.b'),
    ]
    expect(text({ workloads }).filter((line) => line.includes('→'))).toEqual([
      '  pub → narrow + wide, every message to one connection of queue group q',
      '  far → wide, every message to one connection of queue group q',
      '  pub → other, every message to one connection of queue group r',
      '  far → other, every message to one connection of queue group r',
      '  pub → plain, every message to each connection',
    ])
  })

  it('names the changes of each variant, idle nodes and faults', () => {
    const lines = text({
      variants: { a: {}, b: { 'topology.recv.count': 2, 'topology.hub.server.path': '/opt/nats-server' } },
      faults: [{ at: '1s', kind: 'pause', node: 'hub', lasts: '200ms' }],
      repeats: 20,
    })
    expect(lines).toContain('  idle recv-2')
    expect(lines).toContain('  changes topology.recv.count = 2; topology.hub.server.path = /opt/nats-server')
    expect(lines.join('\n')).toContain('nats-server  /opt/nats-server')
    expect(lines).toContain('  at 1s: pause hub for 200ms')
    expect(lines).toContain('blocks: 40 (a, b, b, a, a, b, b, a, a, b, b, a, 28 more)')
  })

  it('warns where the floor is measured within one node', () => {
    const topology: ScenarioInput['topology'] = { hub: { role: 'server' }, all: { role: 'load' } }
    const workload = { on: 'all', to: 'hub', subject: 'road' } as const
    const lines = text({
      topology,
      workloads: [
        { kind: 'publish', name: 'pub', ...workload, payload: { bytes: 16 }, arrivals: { kind: 'flood' } },
        { kind: 'subscribe', name: 'sub', ...workload },
      ],
    })
    expect(lines).toContain('  the floor is measured within one node: there is no second load node')
  })
})
