/**
 * The probe job: reads each server's counters from its monitoring port (`/varz`): before it says that it is ready, so before
 * any load, at every cut of the samples, and once more when all senders are done.
 */
import type { Job, Target } from '../model/plan.ts'
import { httpGet } from './http.ts'
import type { JobContext, Work } from './job.ts'

type ProbeJob = Extract<Job, { kind: 'probe' }>

/** Fields of /varz that are kept (docs.nats.io, "Monitoring"). `cpu` is per cent of one core, `mem` bytes. */
const fields = [
  'in_msgs',
  'out_msgs',
  'in_bytes',
  'out_bytes',
  'slow_consumers',
  'connections',
  'total_connections',
  'subscriptions',
  'routes',
  'leafnodes',
  'mem',
  'cpu',
  'cores',
  'gomaxprocs',
] as const

export async function prepareProbe({ servers }: ProbeJob, { recorder, emit, finished }: JobContext): Promise<Work> {
  const first = await Promise.all(servers.map(({ target }) => readCounters(target)))
  return {
    async run(clock) {
      servers.forEach(({ node }, i) => emit({ t: 'server', at: 0, node, counters: first[i] ?? {} }))
      const pending = new Set<Promise<void>>()
      const pollAll = (): void => {
        for (const { node, target } of servers) {
          const before = clock.now()
          const poll = readCounters(target).then((counters) => {
            // The server read its counters somewhere between question and answer.
            emit({ t: 'server', at: Math.round((before + clock.now()) / 2), node, counters })
            pending.delete(poll)
          })
          pending.add(poll)
        }
      }
      recorder.onCut = pollAll
      await finished
      recorder.onCut = () => undefined
      pollAll()
      await Promise.all(pending)
    },
    perPublisher: () => ({}),
    close: () => undefined,
  }
}

/** Never rejects: a server that does not answer, perhaps killed on purpose, reads as `{ unreachable: 1 }`. */
async function readCounters(target: Target): Promise<Readonly<Record<string, number>>> {
  try {
    return counters(JSON.parse(await httpGet(target, '/varz')))
  } catch {
    return { unreachable: 1 }
  }
}

function counters(varz: unknown): Readonly<Record<string, number>> {
  const found: Record<string, number> = {}
  const source = (typeof varz === 'object' && varz !== null ? varz : {}) as Readonly<Record<string, unknown>>
  for (const field of fields) {
    const value = source[field]
    if (typeof value === 'number') found[field] = value
  }
  return found
}
