/** The streams job: makes the streams of the block, says how their server has them, reads them at the end, removes them. */
import type { Job } from '../model/plan.ts'
import type { ConsumerFacts, StreamFacts } from '../model/streams.ts'
import type { Link } from './engine.ts'
import { Failure } from './failure.ts'
import { httpGet } from './http.ts'
import type { JobContext, Work } from './job.ts'
import { ApiError, fields, fieldsOf, JsApi, numberOf, textOf, type Fields } from './js-api.ts'
import { closeAll, openLinks } from './links.ts'
import { watchConsumers } from './consumer-watch.ts'
import { fillObjects } from './objects.ts'
import { fillStream } from './filling.ts'
import { baseOf, holdersOf, readReplicas, replicasTold } from './replicas.ts'
import { makeReadingConsumer, StreamReader, type Contents } from './stream-reader.ts'

type StreamJob = Extract<Job, { kind: 'streams' }>['streams'][number]

/** A cluster needs some seconds until it has a leader who makes streams. */
const readyMs = 15_000
const retryMs = 100
/** JSStreamNotFoundErr of nats-server. */
const notFound = 10_059
/** JSClusterNoPeersErr: not all servers of the cluster have come yet. */
const noPeers = 10_005

export interface Made {
  readonly stream: StreamJob
  readonly api: JsApi
  /** A second connection, for messages. */
  readonly reading: Link
}

export async function prepareStreams(job: Extract<Job, { kind: 'streams' }>, context: JobContext): Promise<Work> {
  const links: Link[] = []
  const made: Made[] = []
  for (const stream of job.streams) {
    // The server it is made with may be ended by a fault: another of its cluster is asked then.
    const servers = [stream.server, ...(stream.others ?? [])]
    const opened = await openLinks(
      { engine: 'wire', servers, connections: 2, reconnectMs: retryMs, beside: true },
      context,
    )
    links.push(...opened)
    const [asking, reading] = opened as [Link, Link]
    const api = new JsApi(asking)
    await make(api, stream)
    made.push({ stream, api, reading })
    context.emit({ t: 'stream', stream: await factsOf(api, stream) })
    if (stream.objects !== undefined) await fillObjects(reading, stream.name, stream.objects)
    if (stream.fill !== undefined) await fillStream(reading, api, { stream: stream.name, ...stream.fill })
    for (const consumer of stream.consumers)
      context.emit({ t: 'consumer', consumer: await makeConsumer(api, stream.name, consumer) })
  }
  const { recorder } = context
  return {
    async run(clock) {
      const watched = watchConsumers(made, clock, context)
      recorder.onCut = () => watched.look()
      watched.look()
      await context.finished
      recorder.onCut = () => undefined
      await watched.settled()
      for (const each of made) await prove(each, context)
    },
    perPublisher: () => ({}),
    close: () => closeAll(links),
  }
}

/** Anew: what an earlier block may have left is removed first. */
async function make(api: JsApi, { name, config }: StreamJob): Promise<void> {
  await patiently(() => remove(api, name))
  await patiently(() => api.ask(`STREAM.CREATE.${name}`, config))
}

async function makeConsumer(
  api: JsApi,
  stream: string,
  { name, config }: StreamJob['consumers'][number],
): Promise<ConsumerFacts> {
  const info = await patiently(() => api.ask(`CONSUMER.CREATE.${stream}.${name}`, { stream_name: stream, config }))
  const made = fields(info['config'])
  const leader = textOf(fields(info['cluster'])['leader'])
  const filter = textOf(made['filter_subject'])
  return {
    name,
    stream,
    kind: textOf(made['deliver_subject']) === '' ? 'pull' : 'push',
    ack: textOf(made['ack_policy']),
    maxAckPending: numberOf(made['max_ack_pending']),
    ackWaitMs: numberOf(made['ack_wait']) / 1e6,
    deliver: textOf(made['deliver_policy']),
    ...(filter === '' ? {} : { filter }),
    replicas: numberOf(made['num_replicas']),
    ...(leader === '' ? {} : { leader }),
  }
}

/** Undefined where the server has no such stream any more: a crash may lose one whole. */
async function there(api: JsApi, name: string): Promise<Fields | undefined> {
  try {
    return await api.ask(`STREAM.INFO.${name}`)
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === notFound) return undefined
    throw error
  }
}

async function remove(api: JsApi, name: string): Promise<void> {
  try {
    await api.ask(`STREAM.DELETE.${name}`)
  } catch (error) {
    if (!(error instanceof ApiError) || error.errorCode !== notFound) throw error
  }
}

/** Asks again while the servers are not ready: no answer yet, or a status of 503. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + readyMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const early =
        error instanceof ApiError
          ? error.status === 503 || error.errorCode === noPeers
          : error instanceof Failure && error.code === 'timeout'
      if (!early || performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

async function factsOf(api: JsApi, { name, monitors, bucket }: StreamJob): Promise<StreamFacts> {
  const info = await api.ask(`STREAM.INFO.${name}`)
  const config = fields(info['config'])
  const leader = textOf(fields(info['cluster'])['leader'])
  const monitor = monitors.find(({ node }) => node === leader) ?? monitors[0]
  if (monitor === undefined) throw new Failure('protocol', 'a stream must have a server to ask, got none')
  const read = async (path: string): Promise<Fields> => fieldsOf(await httpGet(monitor.target, path, readyMs))
  const server = fields((await read('/jsz?config=1'))['config'])
  const { version } = await read('/varz')
  const { sync_interval: interval, sync_always: always } = server
  return {
    name,
    version: textOf(version),
    storage: textOf(config['storage']),
    replicas: numberOf(config['num_replicas']),
    ...(leader === '' ? {} : { leader }),
    retention: textOf(config['retention']),
    discard: textOf(config['discard']),
    maxBytes: numberOf(config['max_bytes']),
    maxMessages: numberOf(config['max_msgs']),
    ...(bucket === true && numberOf(config['max_msgs_per_subject']) > 0
      ? { perSubject: numberOf(config['max_msgs_per_subject']) }
      : {}),
    ...(numberOf(config['max_age']) > 0 ? { maxAgeMs: numberOf(config['max_age']) / 1e6 } : {}),
    dedupWindowMs: numberOf(config['duplicate_window']) / 1e6,
    ...(typeof interval === 'number' ? { syncIntervalMs: interval / 1e6 } : {}),
    syncAlways: always === true,
    storeDir: textOf(server['store_dir']),
  }
}

/** Holds what is stored on record, then removes the stream. */
async function prove(made: Made, { emit }: JobContext): Promise<void> {
  const { name, config, bucket } = made.stream
  const info = await patiently(() => there(made.api, name))
  if (info === undefined)
    return emit({ t: 'stored', stream: name, messages: 0, bytes: 0, removed: 0, publishers: {}, strangers: 0 })
  const state = fields(info['state'])
  const [messages, first, last] = [state['messages'], state['first_seq'], state['last_seq']].map(numberOf) as [
    number,
    number,
    number,
  ]
  const bytes = numberOf(state['bytes'])
  // Other retentions remove what was consumed: what is gone there is not lost.
  const whole = config['retention'] === 'limits'
  const read = whole ? await readAll(made, holdersOf(info), { messages, bytes, last }) : undefined
  emit({
    t: 'stored',
    stream: name,
    messages,
    bytes,
    removed: last === 0 ? 0 : Math.max(0, first - 1) + numberOf(state['num_deleted']),
    ...read,
    strangers: read?.strangers ?? 0,
    ...(bucket === true ? { bucket } : {}),
  })
  await remove(made.api, name)
}

/** Out of every replica where there are several; a bucket on one server is read by those who put into it. */
async function readAll({ stream: { name, bucket }, api, reading }: Made, holders: readonly string[], wanted: Contents) {
  if (holders.length > 1) {
    const readings = await readReplicas(reading, api, { stream: name, holders, stamped: bucket !== true }, wanted)
    const replicas = replicasTold(holders, readings)
    if (bucket === true) return { replicas, strangers: 0 }
    const base = baseOf(holders, readings)
    if (base === undefined) throw unread(name, wanted.messages, readings.get(holders[0]!)?.read ?? 0)
    return { replicas, publishers: base.told(), strangers: base.strangers }
  }
  if (bucket === true) return { strangers: 0 }
  const reader = new StreamReader(reading)
  const consumer = await makeReadingConsumer(api, name)
  await reader.all(name, consumer.name, wanted)
  if (!reader.whole) throw unread(name, wanted.messages, reader.read)
  return { publishers: reader.told(), strangers: reader.strangers }
}

function unread(stream: string, wanted: number, got: number): Failure {
  return new Failure(
    'timeout',
    `stream ${stream} must give its ${wanted} messages, got ${got}, then nothing for 10 s, or one of them was lost on its way`,
  )
}
