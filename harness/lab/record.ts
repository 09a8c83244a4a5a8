/** PLAN → recording: build, drive every block, take down. Judges nothing. */
import { asBenchError, BenchError } from '../model/error.ts'
import type { HostFacts, ServerFacts, Thermals } from '../model/facts.ts'
import type { BlockPlan } from '../model/plan.ts'
import type { Line } from '../model/recording.ts'
import { runBlock, type BlockRequest } from './block.ts'
import { build, takeDown, type BuildRequest, type Nodes } from './build.ts'
import { interrupted } from './wait.ts'

/** What is needed to record blocks on nodes that are up. */
export interface BlocksRequest extends Omit<BuildRequest, 'journal'> {
  readonly run: string
  readonly at: string
  readonly host: HostFacts
  /** Asked while load is on. */
  readonly thermals: () => Promise<Thermals>
  /** Writes one line of the recording. */
  readonly append: (line: Line) => void
  readonly log: (from: string, lines: readonly string[]) => void
  /** Asked before each block after the planned ones; more blocks are added until it answers none. */
  readonly more?: (done: readonly BlockPlan[]) => Promise<readonly BlockPlan[]>
}

export interface RecordRequest extends BlocksRequest, BuildRequest {
  /** The credential of the run: in no report and no log. */
  readonly token: string
}

export type Recorded = Extract<Line, { t: 'end' }>
export type Ended = Recorded & { readonly error?: BenchError }

/** Runs one block on nodes that are there. */
export type Measure = (block: Omit<BlockRequest, 'nodes' | 'kept' | 'token'>) => ReturnType<typeof runBlock>

/**
 * The whole life of one run. Never throws for what happens during it: a failure or an interruption ends the recording
 * and is its last line. Throws only when nodes could not be taken down again.
 */
export function record(request: RecordRequest): Promise<Ended> {
  const { plan, substrate, journal, token } = request
  let nodes: Nodes = new Map()
  const body = async () => {
    nodes = await build(request)
    await blocks(request, (block) => runBlock({ ...block, nodes, token }))
  }
  return recorded(request, body, async () => {
    request.observe({ kind: 'down' }, plan)
    await takeDown(nodes, substrate, journal)
  })
}

/** The same on nodes that are up already and stay up. */
export function recordOn(measure: Measure, request: BlocksRequest): Promise<Ended> {
  return recorded(
    request,
    () => blocks(request, measure),
    () => Promise.resolve(),
  )
}

async function recorded(request: BlocksRequest, body: () => Promise<void>, down: () => Promise<void>): Promise<Ended> {
  const { plan, append } = request
  append({ t: 'plan', schema: 1, run: request.run, at: request.at, plan })
  let error: BenchError | undefined
  try {
    await body()
  } catch (thrown) {
    // Whatever broke while everything was being stopped is no failure of its own.
    error = request.signal.aborted ? interrupted() : asBenchError(thrown)
  }
  let left: unknown
  try {
    await down()
  } catch (thrown) {
    if (error === undefined) throw thrown
    left = thrown
  }
  const end: Recorded =
    error === undefined
      ? { t: 'end', outcome: 'complete' }
      : { t: 'end', outcome: error.code === 'interrupted' ? 'interrupted' : 'failed', because: error.message }
  append(end)
  if (error !== undefined && left !== undefined) throw alsoLeft(error, asBenchError(left))
  return error === undefined ? end : { ...end, error }
}

/** Why the run failed comes first; that something stays on the host because of it, second. */
function alsoLeft(error: BenchError, left: BenchError): BenchError {
  return new BenchError(error.code, error.message, {
    lines: [...error.lines, `taking down: ${left.message}`, ...left.lines],
    hint: 'what stays on the host goes with "pnpm bench sweep", or before the next run there',
    cause: left,
  })
}

async function blocks(request: BlocksRequest, measure: Measure): Promise<void> {
  const done: BlockPlan[] = []
  const known: Known = { servers: new Map(), runtime: '' }
  const queue = [...request.plan.blocks]
  await appendFacts(request, known)
  try {
    for (let block = queue.shift(); block !== undefined; block = queue.shift()) {
      await recordBlock(request, measure, block, queue.length + done.length + 1, known)
      done.push(block)
      if (queue.length === 0) queue.push(...((await request.more?.(done)) ?? []))
    }
  } finally {
    await appendFacts(request, known)
  }
}

/** What only running shows: the servers that really ran, and Node.js of the load nodes. */
interface Known {
  readonly servers: Map<string, ServerFacts>
  runtime: string
}

/** Written before the first block and again after the last; the later line holds. */
async function appendFacts(request: BlocksRequest, known: Known): Promise<void> {
  const substrate = await request.substrate.facts()
  const servers = [...known.servers.values()]
  request.append({ t: 'facts', facts: { host: request.host, servers, node: known.runtime, substrate } })
}

async function recordBlock(
  request: BlocksRequest,
  measure: Measure,
  block: BlockPlan,
  of: number,
  known: Known,
): Promise<void> {
  const { plan, append } = request
  const variant = plan.variants.find((candidate) => candidate.name === block.variant)
  if (variant === undefined) throw new BenchError('bug', `block ${block.index} must name a variant of the plan`)
  request.observe({ kind: 'block', block, of }, plan)
  append({ t: 'block', block: block.index, variant: block.variant, startedAt: new Date().toISOString() })
  try {
    const facts = await measure({
      plan,
      block,
      variant,
      signal: request.signal,
      thermals: request.thermals,
      frame: (from, frame) => {
        append({ t: 'frame', block: block.index, from, frame })
        if (frame.t === 'hello') known.runtime = frame.runtime
      },
      observe: (event) => request.observe(event, plan),
      log: request.log,
    })
    append({ t: 'blockEnd', block: block.index, outcome: 'ok' })
    facts.forEach((fact) => known.servers.set(`${fact.variant} ${fact.node}`, fact))
  } catch (thrown) {
    const error = request.signal.aborted ? interrupted() : asBenchError(thrown)
    append({ t: 'blockEnd', block: block.index, outcome: 'failed', because: error.message })
    throw error
  }
}
