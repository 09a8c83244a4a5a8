/**
 * Objects of a megabyte, put and got by the official clients' own protocol: in chunks of 128 KiB, with a digest that is checked. The
 * digest costs the client a part of its time, so read the CPU of the clients beside the rate.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'objects',
  about:
    'Objects of 64 KiB and of 1 MiB: how long until one is put, how long until one is got, and how many bytes a second?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  objects: { files: { on: 'hub', filled: { objects: 10, bytes: 65536 } } },
  workloads: [
    {
      kind: 'object-put',
      name: 'put',
      on: 'send',
      to: 'hub',
      store: 'files',
      bytes: 65536,
      arrivals: { kind: 'closed', inFlight: 1 },
    },
    {
      kind: 'object-get',
      name: 'get',
      on: 'recv',
      to: 'hub',
      store: 'files',
      arrivals: { kind: 'closed', inFlight: 1 },
    },
  ],
  variants: {
    '64KiB': {},
    '1MiB': { 'objects.files.filled.bytes': 1048576, 'workloads.put.bytes': 1048576 },
  },
  phases: { warmup: '300ms', measure: '2s', cooldown: '100ms' },
  repeats: 2,
  limits: [
    { workload: 'put', metric: 'lostAcked', atMost: 0 },
    { workload: 'get', metric: 'refused', atMost: 0 },
  ],
})
