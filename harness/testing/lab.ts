/** A lab as a test sees it: nodes, servers, connections, measurements. */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { KV, KvOptions } from '@nats-io/kv'
import type { NatsConnection } from 'nats'
import type { Child } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { processStart } from '../host/machine.ts'
import type { Lab as OpenLab } from '../lab/lab.ts'
import { BenchError } from '../model/error.ts'
import type { SubstrateName } from '../model/plan.ts'
import type { Report } from '../model/report.ts'
import type { ScenarioInput } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { overridesOf, prepare, withLab, type Prepared } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import { onHost } from '../session.ts'
import { connectFrom, type ConnectOptions } from './connect.ts'
import { bucketOf, jetStreamOf, type FromOptions } from './jetstream.ts'
import { evidence } from './evidence.ts'
import { measureIn, type MeasureOptions } from './measure.ts'
import { nodeOf, type LabNode } from './node.ts'
import { serverOf, type LabServer } from './server.ts'
import { choicesOfTest, scenarioOfTest, testWorld } from './setup.ts'
import { told } from './told.ts'

/** A whole scenario, or a topology alone. `on`: the substrate, if not the one of BENCH_ON or the best of the host. */
export type LabSetup = (ScenarioInput | Pick<ScenarioInput, 'topology' | 'network'>) & {
  readonly on?: SubstrateName
}

export interface Lab {
  readonly substrate: SubstrateName
  /** Run folder: journal, log, measurements. Removed with the lab, unless a test failed. */
  readonly folder: string
  /** By the names of the plan: `hub`, or `recv-1` ... where a group has several nodes. */
  node(name: string): LabNode
  /** The first server of the topology where no name is given. */
  server(name?: string): LabServer
  /**
   * A connection of the `nats` package that is made from inside load node `from`, on every substrate: its bytes travel
   * through a relay program in the node, so the test itself need not reach the node's network. It reconnects by itself after
   * a restart of the server, and is closed with the lab.
   */
  connect(from: string, options?: ConnectOptions): Promise<NatsConnection>
  /**
   * A client of JetStream (package `@nats-io/jetstream`) over a connection of its own, made like that of `connect`. Its server must
   * have JetStream: `server: { jetstream: true }`. The client's `jetstreamManager()` makes streams and consumers.
   */
  jetstream(server?: string, options?: FromOptions): Promise<JetStreamClient>
  /** A bucket (package `@nats-io/kv`) on the first server; made with these settings where it does not exist. */
  kv(bucket: string, options?: KvLabOptions): Promise<KV>
  /**
   * Measures workloads on the running lab, one measurement at a time, and reports as `bench run` does. By default it is short:
   * 200 ms warm-up, 1 s measured, one block. Throws the error that ended it early.
   */
  run(workloads: ScenarioInput['workloads'], options?: MeasureOptions): Promise<Report>
  /** Removes everything that was built. The fixture calls it by itself. */
  close(): Promise<void>
  /** Evidence after a failure: the servers' last log lines, the state of each node, and the run folder, which is then kept. */
  explain(): Promise<string>
}

/** Settings of the bucket, and its place: a server, and the load node of the connection, where they are not the first ones. */
export interface KvLabOptions extends Partial<KvOptions>, FromOptions {
  readonly server?: string
}

export interface Unavailable {
  readonly unavailable: string
}

/** Builds the lab, or says why this host cannot build it. Throws when building fails. */
export function openTestLab(setup: LabSetup): Promise<Lab | Unavailable> {
  return told(() => open(setup))
}

async function open(setup: LabSetup): Promise<Lab | Unavailable> {
  const world = testWorld()
  const choices = choicesOfTest(world, setup.on)
  const scenario = expandScenario(scenarioOfTest(setup), overridesOf(choices))
  const silent = { say: () => undefined, exclusive: false }
  const opened = Promise.withResolvers<Lab | Unavailable>()
  const life = onHost(world, choices, silent, async (session) => {
    const prepared = await prepare(session, scenario).catch((error: unknown) => {
      if (!(error instanceof BenchError) || error.code !== 'unavailable') throw error
      opened.resolve({ unavailable: error.message })
    })
    if (prepared !== undefined)
      await guarded(world, () =>
        live(
          prepared,
          (lab) => opened.resolve(lab),
          () => life,
        ),
      )
  })
  life.catch((error: unknown) => opened.reject(error))
  return opened.promise
}

/** Builds the lab; resolves once it is closed or interrupted. `whole` resolves when the session around it has ended too. */
function live(prepared: Prepared, ready: (lab: Lab) => void, whole: () => Promise<void>): Promise<void> {
  return withLab(
    prepared,
    () => undefined,
    async (lab, { folder, signal }) => {
      const closing = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => closing.resolve(), { once: true })
      if (signal.aborted) closing.resolve()
      const end = async () => {
        closing.resolve()
        await whole()
      }
      ready(labOf(lab, prepared, folder.path, end))
      await closing.promise
    },
  )
}

async function guarded(world: World, body: () => Promise<void>): Promise<void> {
  const guard = await startGuard(world)
  await body().finally(async () => {
    guard.write('done\n')
    await guard.stop(500)
  })
}

/** Starts a process that cleans up if this process dies. */
async function startGuard({ node, pid }: World): Promise<Child> {
  const guard = fileURLToPath(new URL('guard.ts', import.meta.url))
  return localHost().spawn([node, guard, String(pid), (await processStart(pid)) ?? ''])
}

function labOf(lab: OpenLab, prepared: Prepared, folder: string, end: () => Promise<void>): Lab {
  const connections: { close(): Promise<void> }[] = []
  let keep = false
  let closed: Promise<void> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  return {
    substrate: prepared.substrate.name,
    folder,
    node: (name) => nodeOf(lab, name),
    server: (name = [...lab.servers.keys()][0] ?? '') => serverOf(lab, name),
    connect: (from, options = {}) =>
      told(async () => {
        const made = await connectFrom(lab, from, options)
        connections.push(made)
        return made.connection
      }),
    jetstream: (server, options = {}) =>
      told(async () => {
        const made = await jetStreamOf(lab, server, options)
        connections.push(made)
        return made.client
      }),
    kv: (bucket, { server, from, ...settings } = {}) =>
      told(async () => {
        const made = await jetStreamOf(lab, server, from === undefined ? {} : { from })
        connections.push(made)
        return bucketOf(made.client, bucket, settings)
      }),
    run: (workloads, options = {}) => {
      // Two measurements at once would disturb each other.
      const mine = turn.then(() => told(() => measureIn(lab, prepared, folder, workloads, options)))
      turn = mine.catch(() => undefined)
      return mine
    },
    close: () => {
      closed ??= (async () => {
        await Promise.allSettled(connections.map((made) => made.close()))
        await end()
        if (!keep) await rm(folder, { recursive: true, force: true })
      })()
      return closed
    },
    explain: () => {
      keep = true
      return evidence(lab, folder)
    },
  }
}
