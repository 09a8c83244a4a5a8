import { expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

const withMemory = (hub: string, send: string) => ({
  name: 'memory',
  about: 'What is the least memory of a node?',
  topology: { hub: { role: 'server', memory: hub }, send: { role: 'load', memory: send } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'a',
      payload: { bytes: 16 },
      arrivals: { kind: 'flood' },
    },
  ],
})

it.each([
  ['6MiB', '12MiB', []],
  [
    '1B',
    '11MiB',
    [
      'topology.hub.memory must be from 6MiB to 16TiB for nodes of role "server", got "1B"',
      'topology.send.memory must be from 12MiB to 16TiB for nodes of role "load", got "11MiB"',
    ],
  ],
  ['17000GiB', '64MiB', ['topology.hub.memory must be from 6MiB to 16TiB for nodes of role "server", got "17000GiB"']],
])('memory of a server %s, of a load node %s', (hub, send, problems) => {
  expect(problemsOf(withMemory(hub, send))).toEqual(problems)
})
