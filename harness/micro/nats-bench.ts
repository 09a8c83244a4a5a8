/** The tool we measure ourselves against: `nats bench` of natscli, with the CPU time that its messages cost. */
import type { Child, Host } from '../host/host.ts'
import {
  listening,
  medianMicros,
  messagesPerSecond,
  startNatsBench,
  type NatsBench as Running,
} from '../lab/nats-bench.ts'
import { pause, within } from '../lab/wait.ts'
import { BenchError } from '../model/error.ts'
import { endedChildrenMicros, programMicros } from './child-cpu.ts'

export interface Server {
  readonly host: string
  readonly port: number
  readonly token: string
}

const endsWithinMs = 120_000

export class NatsBench {
  readonly #host: Host
  readonly #program: string
  readonly #server: Server

  constructor(host: Host, program: string, server: Server) {
    this.#host = host
    this.#program = program
    this.#server = server
  }

  /** Messages a second of one publisher, its flush included. */
  async publish(subject: string, bytes: number, messages: number): Promise<Told> {
    const { out, micros } = await this.#cost(() => this.#run(['pub', subject, ...sizes(bytes, messages)]))
    return { 'msg/s': messagesPerSecond(out), ...cpu(micros, messages) }
  }

  /** `nats bench js` ...: messages a second, and its median latency where `timed` says that it has one. */
  async jetStream(words: readonly string[], bytes: number, messages: number, timed = false): Promise<Told> {
    const { out, micros } = await this.#cost(() => this.#run(['js', ...words, ...sizes(bytes, messages)]))
    return { 'msg/s': messagesPerSecond(out), ...cpu(micros, messages), ...(timed ? { p50: medianMicros(out) } : {}) }
  }

  /** One publisher, one subscriber: the subscriber's messages a second. */
  async oneToOne(subject: string, bytes: number, messages: number): Promise<Told> {
    const start = await this.#startCost()
    const subscriber = await this.#start(['sub', subject, ...sizes(bytes, messages)])
    try {
      // It ends with its last message, which may be before the publisher's end.
      const spent = lastMicros(subscriber.child)
      await listening([subscriber])
      await this.#run(['pub', subject, ...sizes(bytes, messages)])
      const out = await ended(subscriber)
      return { 'msg/s': messagesPerSecond(out), ...cpu(less(await spent, start), messages) }
    } finally {
      await subscriber.child.stop(500)
    }
  }

  /** One requester with one request in flight, one responder: median round trip in microseconds. */
  async request(subject: string, bytes: number, messages: number): Promise<Told> {
    const responder = await this.#start(['service', 'serve', subject, '--size', String(bytes)])
    try {
      await listening([responder])
      const { out, micros } = await this.#cost(() =>
        this.#run(['service', 'request', subject, ...sizes(bytes, messages)]),
      )
      return { p50: medianMicros(out), ...cpu(micros, messages) }
    } finally {
      await responder.child.stop(500)
    }
  }

  /** What it costs besides its messages, start and end: that of one message. Told once. */
  #oneMessage: Promise<number | undefined> | undefined

  /** CPU time of what ends meanwhile, less that of a run of one message; undefined where it cannot be told. */
  async #cost(run: () => Promise<string>): Promise<{ readonly out: string; readonly micros: number | undefined }> {
    const start = await this.#startCost()
    const { out, micros } = await this.#spent(run)
    return { out, micros: less(micros, start) }
  }

  #startCost(): Promise<number | undefined> {
    this.#oneMessage ??= this.#spent(() => this.#run(['pub', 'versus.start', ...sizes(16, 1)])).then(
      ({ micros }) => micros,
    )
    return this.#oneMessage
  }

  async #spent(run: () => Promise<string>): Promise<{ readonly out: string; readonly micros: number | undefined }> {
    const before = await endedChildrenMicros()
    const out = await run()
    const after = await endedChildrenMicros()
    return { out, micros: before === undefined || after === undefined ? undefined : after - before }
  }

  async #run(words: readonly string[]): Promise<string> {
    const running = await this.#start(words)
    try {
      return await ended(running)
    } finally {
      await running.child.stop(500)
    }
  }

  #start(words: readonly string[]): Promise<Running> {
    const { host, port, token } = this.#server
    return startNatsBench(this.#host, this.#program, { url: `nats://${host}:${port}`, token }, words)
  }
}

function ended({ said }: Running): Promise<string> {
  const late = () => new BenchError('os', `nats bench must end within ${endsWithinMs / 1000} s`)
  return within(said, { ms: endsWithinMs, late })
}

function sizes(bytes: number, messages: number): readonly string[] {
  return ['--size', String(bytes), '--msgs', String(messages)]
}

/** By figure, as the duels name them. */
type Told = Readonly<Record<string, number>>

function cpu(micros: number | undefined, messages: number): Told {
  return micros === undefined ? {} : { 'CPU a message': micros / messages }
}

function less(micros: number | undefined, start: number | undefined): number | undefined {
  return micros === undefined || start === undefined ? undefined : Math.max(0, micros - start)
}

/** CPU time of a program as it was last seen before its end, some 20 ms at most before it. */
async function lastMicros(child: Child): Promise<number | undefined> {
  let last: number | undefined
  for (let ended = false; !ended;) {
    last = (child.pid === undefined ? undefined : await programMicros(child.pid)) ?? last
    ended = await Promise.race([child.exit.then(() => true), pause(20).then(() => false)])
  }
  return last
}
