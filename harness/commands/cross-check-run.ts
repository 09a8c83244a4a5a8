/**
 * Our load agent and `nats bench`, alternately, on the same server, from the same nodes, with the same messages.
 * Whoever doubts a number of ours can see on their own machine how it stands beside the tool that they know.
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path/posix'
import type { Lab } from '../lab/lab.ts'
import {
  listening,
  messagesPerSecond,
  medianMicros,
  natscliIn,
  startNatsBench,
  type NatsBench,
} from '../lab/nats-bench.ts'
import { within } from '../lab/wait.ts'
import { BenchError } from '../model/error.ts'
import { isRemark } from '../model/remarks.ts'
import type { Finding, Report } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import { overridesOf, prepare, withLab } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import { obtainNatscli } from '../server/natscli.ts'
import type { Session } from '../session.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { median } from '../stats/order.ts'
import { beside, clientsOf, type Client, type Metric, type Shown } from './cross-check-clients.ts'
import { withoutOwn } from './own-variants.ts'
import type { Progress } from './progress.ts'
import { trialOn } from './trial.ts'

export interface CrossRound {
  readonly ours: number
  readonly theirs: number
}

export interface CrossCheck {
  readonly scenario: string
  readonly workload: string
  readonly metric: Metric
  readonly server: string
  readonly natscli: string
  readonly rounds: readonly CrossRound[]
  /** What our blocks found out about themselves, each as the last of them said it. */
  readonly remarks: readonly Finding[]
}

/** Senders send some more than listeners wait for: natscli does not say when it listens. */
const spare = 1.1
const graceMs = 60_000
const fewest = 1000

export async function crossCheck(
  session: Session,
  scenario: Scenario,
  rounds: number,
  talk: Progress,
): Promise<CrossCheck> {
  const plain = withoutOwn(scenario, ['variants', 'vary', 'faults'], 'a cross-check', talk.say)
  const once: Scenario = { ...plain, repeats: 1, limits: [] }
  const prepared = await prepare(session, expandScenario(once, overridesOf(session.choices)))
  const clients = clientsOf(prepared.plan)
  const shown = beside(clients)
  const program = await obtainNatscli(prepared.context)
  return withLab(prepared, talk.observe, async (lab, run) => {
    const { signal, folder } = run
    await putInto(lab, clients, program)
    const node = nodeOf(lab, clients[0]?.node ?? '')
    const natscli = await natscliIn(node, programOf(node))
    const done: CrossRound[] = []
    const remarks = new Map<string, Finding>()
    let server = ''
    let messages = fewest
    const measureMs = prepared.plan.variants[0]?.phases.measureMs ?? 1000
    for (let round = 0; round < rounds; round++) {
      // Each goes first in turn, so that a machine that drifts favours neither. The first block of ours says how many messages are enough.
      const theirs = () => theirBlock({ lab, clients, shown, messages, signal })
      const first = round % 2 === 1 ? await theirs() : undefined
      const { report, error } = await trialOn(lab, prepared, prepared.plan, run)
      if (error !== undefined) throw error
      const ours = numberOf(report, shown.workload, shown.metric)
      const perSecond = numberOf(report, shown.sender, 'throughput') / shown.senders
      messages = Math.max(fewest, Math.round((perSecond * measureMs) / 1000))
      server = report.facts.servers[0]?.version ?? server
      for (const finding of report.health)
        if (finding.outcome !== 'pass' || isRemark(finding)) remarks.set(`${finding.rule} ${finding.about}`, finding)
      done.push({ ours, theirs: first ?? (await theirs()) })
      talk.say(`${scenario.name}: round ${round + 1} of ${rounds} done`)
    }
    const { workload, metric } = shown
    const found = { server, natscli, rounds: done, remarks: [...remarks.values()] }
    const result = { scenario: scenario.name, workload, metric, ...found }
    await folder.write('cross-check.json', `${JSON.stringify(result, null, 2)}\n`)
    talk.say(`run folder: ${folder.path}`)
    return result
  })
}

/** Throws `unavailable` where the block has none: a machine too slow for what was asked. */
function numberOf({ measurements }: Omit<Report, 'verdict'>, workload: string, metric: Metric): number {
  const row = measurements.find((each) => each.workload === workload && each.metric === metric)
  const value = row?.values[0]?.value
  if (value !== undefined && Number.isFinite(value)) return value
  throw new BenchError('unavailable', `${metric} of ${workload} must be measured in a block, it was not`, {
    hint: 'measure longer with --measure, or look at what "pnpm bench run" says of the scenario',
  })
}

/** The program, in every node that needs it. */
async function putInto(lab: Lab, clients: readonly Client[], program: string): Promise<void> {
  const data = await readFile(program)
  const puts = [...new Set(clients.map(({ node }) => node))].map(async (name) => {
    const node = nodeOf(lab, name)
    const path = programOf(node)
    await node.put({ [basename(path)]: data }, dirname(path))
    const { status } = await (await node.spawn(['chmod', '700', path])).exit
    if (status !== 0)
      throw new BenchError('os', `nats must become a program of node ${name}, chmod ended with ${status}`)
  })
  await Promise.all(puts)
}

const programOf = ({ directory }: LiveNode): string => `${directory}/natscli/nats`

interface Their {
  readonly lab: Lab
  readonly clients: readonly Client[]
  readonly shown: Shown
  /** That one sender sends. */
  readonly messages: number
  readonly signal: AbortSignal
}

/** Listeners first; ends with the figure of those that are shown, summed over their nodes as ours is. */
async function theirBlock({ lab, clients, shown, messages, signal }: Their): Promise<number> {
  const running: { readonly client: Client; readonly bench: NatsBench }[] = []
  const start = async (client: Client) => {
    const { address, port } = client
    const reached = { url: `nats://${address}:${port}`, token: lab.site.token }
    const count = client.messages(messages, shown.workload === client.workload ? 1 : spare)
    const words = [...client.words, ...(count === undefined ? [] : ['--msgs', String(count)])]
    const node = nodeOf(lab, client.node)
    running.push({ client, bench: await startNatsBench(node, programOf(node), reached, words) })
  }
  try {
    const late = () =>
      new BenchError('os', `nats bench must end within ${graceMs / 1000} s, it did not`, {
        lines: running.flatMap(({ bench }) => bench.child.tail().slice(-2)),
        hint: 'a listener of nats bench waits for ever for a message that was lost',
      })
    const listeners = clients.filter(({ takes }) => takes !== 'own')
    await Promise.all(listeners.map(start))
    await listening(
      running.map(({ bench }) => bench),
      signal,
    )
    await Promise.all(clients.filter(({ takes }) => takes === 'own').map(start))
    const asked = running.filter(({ client }) => client.workload === shown.workload)
    const said = await within(Promise.all(asked.map(({ bench }) => bench.said)), {
      ms: graceMs,
      signal,
      late,
    })
    if (shown.metric === 'throughput') return said.reduce((sum, out) => sum + messagesPerSecond(out), 0)
    return (median(said.map(medianMicros)) ?? Number.NaN) * 1000
  } finally {
    await Promise.all(running.map(({ bench }) => bench.child.stop(500)))
  }
}

function nodeOf({ nodes }: Lab, name: string) {
  const node = nodes.get(name)
  if (node === undefined) throw new BenchError('bug', `node ${name} must be built`)
  return node
}
