/** Where a client of a stream connects to in a cluster: the server that leads it, another that holds it, or one at random. */
import type { Job, Seat, Target } from '../model/plan.ts'
import { asFailure, Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { fields, textOf, JsApi } from './js-api.ts'
import { closeAll, openLinks } from './links.ts'
import { holdersOf } from './replicas.ts'
import type { Link } from './engine.ts'

/** Streams are made while their clients get ready, and a cluster takes some seconds for the first one. */
const readyMs = 20_000
const retryMs = 50

type Clients = Extract<Job, { readonly seat?: Seat }>

/** The job with its place in it, and its work, which tells the place when the load begins. */
export async function takeSeat(
  job: Clients & { readonly seat?: Seat },
  seat: Seat,
  context: JobContext,
): Promise<{ readonly job: Job; readonly watch: (work: Work) => Work }> {
  const { servers, connections } = job
  const links = await openLinks({ engine: 'wire', servers, connections: 1 }, context)
  const api = new JsApi((links as [Link])[0])
  const first = seat.via === undefined ? undefined : firstOf(seat, await led(api, seat), connections)
  const sits = first ?? servers
  const watch = (work: Work): Work => ({
    ...work,
    run: async (clock) => {
      const places = Array.from({ length: connections }, (_, i) => sits[i % sits.length]!)
      const told = tell(api, seat, places, context).finally(() => closeAll(links))
      await Promise.all([work.run(clock), told])
    },
  })
  return { job: first === undefined ? job : { ...job, seat: { ...seat, first } }, watch }
}

/** Who holds it, its leader first, once it is there and led. */
async function led(api: JsApi, seat: Seat): Promise<readonly string[]> {
  const deadline = performance.now() + readyMs
  for (;;) {
    try {
      const holders = await holdersNow(api, seat)
      if (holders.leader !== '') return holders.all
    } catch (error) {
      if (!(error instanceof Failure) || performance.now() > deadline) throw error
    }
    if (performance.now() > deadline)
      throw new Failure('timeout', `stream ${seat.stream} must have a leader within ${readyMs} ms, got none`)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function holdersNow(api: JsApi, { stream, consumer }: Seat) {
  const info = await api.ask(consumer === undefined ? `STREAM.INFO.${stream}` : `CONSUMER.INFO.${stream}.${consumer}`)
  return { leader: textOf(fields(info['cluster'])['leader']), all: holdersOf(info) }
}

/** Servers for the connections, in turn. Throws where nobody follows. */
export function firstOf(
  { via, stream, servers }: Seat,
  [leader = '', ...followers]: readonly string[],
  connections: number,
) {
  const of = (names: readonly string[]) =>
    servers.filter(({ node }) => names.includes(node)).map(({ target }) => target)
  const all = servers.map(({ target }) => target)
  const atRandom = () => Array.from({ length: connections }, () => all[Math.floor(Math.random() * all.length)]!)
  const chosen = via === 'leader' ? of([leader]) : via === 'follower' ? of(followers) : atRandom()
  if (chosen.length === 0)
    throw new Failure(
      'protocol',
      `stream ${stream} must have a ${String(via)} among its servers, got ${[leader, ...followers].join(', ')}`,
    )
  return chosen
}

/** A cluster that cannot say who leads leaves the line out. */
async function tell(api: JsApi, seat: Seat, sits: readonly Target[], { emit }: JobContext): Promise<void> {
  try {
    const { leader, all } = await holdersNow(api, seat)
    const names = sits.map(
      ({ host, port }) => seat.servers.find(({ target }) => target.host === host && target.port === port)?.node,
    )
    const { stream, consumer, via } = seat
    const [leading, holding] = [
      names.filter((name) => name === leader).length,
      names.filter((name) => all.includes(name ?? '')).length,
    ]
    emit({
      t: 'seat',
      stream,
      ...(consumer === undefined ? {} : { consumer }),
      ...(via === undefined ? {} : { via }),
      leader: leading,
      follower: holding - leading,
      other: names.length - holding,
    })
  } catch (error) {
    if (asFailure(error).code === 'bug') throw error
  }
}
