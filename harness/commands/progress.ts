/** Progress of a run: one redrawn line on a terminal, one plain line per phase elsewhere. Always on stderr. */
import { isWaiting } from '../host/patience.ts'
import type { LabEvent, Observe } from '../lab/events.ts'
import type { Plan } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import { isWarning } from '../model/warning.ts'
import type { World } from '../model/world.ts'
import { quantity } from '../report/format.ts'
import { Merge } from '../stats/merge.ts'
import { safe, sayTo } from './error-text.ts'

interface State {
  head: string
  phase: string
  /** Messages a second by agent, newest sample. */
  readonly rates: Map<string, number>
  /** Of the measured part of this block so far: one-way latencies, or round trips. */
  latencies: Merge
  endsAt: number
}

export interface Progress {
  readonly observe: Observe
  /** One line of talk that stays. */
  readonly say: (line: string) => void
  /** Removes the redrawn line, so that a result may be printed. */
  readonly clear: () => void
  readonly close: () => void
}

/** Says only warnings: that something asked for will not be done. */
export function silence({ err }: Pick<World, 'err'>): Progress {
  return {
    observe: () => undefined,
    say: (line) => {
      if (isWarning(line)) sayTo({ err })(line)
    },
    clear: () => undefined,
    close: () => undefined,
  }
}

/** The same line is said once, however many scenarios it is true of; that one still waits is said each time. */
export function onceEach(say: (line: string) => void): (line: string) => void {
  const said = new Set<string>()
  return (line) => {
    if (!said.has(line) || isWaiting(line)) say(line)
    said.add(line)
  }
}

/** After this time without output, a wait prints a line. */
const silentMs = 10_000

export function progress(world: World): Progress {
  const state: State = { head: '', phase: '', rates: new Map(), latencies: new Merge(), endsAt: 0 }
  const clear = world.live ? '\r\x1b[2K' : ''
  const draw = () => {
    if (world.live && state.head !== '') world.err(`${clear}${line(state, world.columns)}`)
  }
  const timer = setInterval(draw, 250)
  timer.unref()
  let told = performance.now()
  const tell = (text: string) => {
    told = performance.now()
    world.err(text)
  }
  // Where no line can be redrawn, a line now and then says that the work goes on: building jails takes a minute on a board.
  const heartbeat = setInterval(() => {
    if (!world.live && state.head !== '' && performance.now() - told >= silentMs)
      tell(`${line(state, world.columns)}\n`)
  }, silentMs / 10)
  heartbeat.unref()
  const say = (text: string) => tell(`${clear}${safe(text)}\n`)
  const observe: Observe = (event, plan) => {
    const news = apply(state, event, plan)
    if (news !== undefined && !world.live) tell(`${news}\n`)
    if (news !== undefined) draw()
  }
  return {
    observe,
    say,
    clear: () => {
      state.head = ''
      if (world.live) world.err(clear)
    },
    close: () => {
      clearInterval(timer)
      clearInterval(heartbeat)
      if (world.live) world.err(clear)
    },
  }
}

type Apply<K extends LabEvent['kind']> = (
  state: State,
  event: Extract<LabEvent, { kind: K }>,
  plan: Plan,
) => string | undefined

const appliers: { readonly [K in LabEvent['kind']]: Apply<K> } = {
  build: (state, event, plan) => {
    state.head = `${plan.scenario.name}: building ${event.made}/${event.of} nodes (${plan.substrate})`
    return event.made === event.of ? state.head : undefined
  },
  rehearsal: (state, _event, plan) => {
    state.head = `${plan.scenario.name}: rehearsal`
    state.phase = ''
    state.endsAt = performance.now() + plan.expectedMs
    return state.head
  },
  block: (state, event, plan) => {
    const left = event.of - event.block.index
    const name = event.block.variant === 'default' ? '' : ` ${event.block.variant}`
    state.head = `${plan.scenario.name}${name}: block ${event.block.index + 1}/${event.of}`
    state.endsAt = performance.now() + (plan.expectedMs / Math.max(1, plan.blocks.length)) * left
    state.rates.clear()
    state.latencies = new Merge()
    return undefined
  },
  phase: (state, event) => {
    state.phase = event.phase
    if (event.phase === 'warmup') state.rates.clear() // the floor's agents are done
    return event.phase === 'measure' || event.phase === 'floor' ? `${state.head} ${event.phase}` : undefined
  },
  look: () => undefined,
  frame: (state, { from, frame }) => {
    if (frame.t !== 'sample') return undefined
    state.rates.set(from, rateOf(frame))
    const times = frame.histograms.latency ?? frame.histograms.rtt
    if (times !== undefined && frame.phase === 'measure') state.latencies.add(times)
    return undefined
  },
  down: (state, { lent }, plan) => {
    const what = lent ? 'clearing its nodes for the next one' : 'taking down'
    state.head = `${plan.scenario.name}: ${what}`
    state.phase = ''
    state.rates.clear()
    state.endsAt = 0
    return state.head
  },
}

function apply(state: State, event: LabEvent, plan: Plan): string | undefined {
  return (appliers[event.kind] as Apply<LabEvent['kind']>)(state, event, plan)
}

/** Agents are `workload@node`; those of one workload are summed, and what has not moved a message is left out. */
function byWorkload(rates: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const [agent, rate] of rates) {
    const workload = agent.split('@')[0] ?? agent
    if (rate > 0) sums.set(workload, (sums.get(workload) ?? 0) + rate)
  }
  return sums
}

function rateOf(frame: Extract<Frame, { t: 'sample' }>): number {
  const seconds = (frame.to - frame.from) / 1e9
  return seconds <= 0 ? 0 : Math.max(frame.counts.received, frame.counts.sent) / seconds
}

function line(state: State, columns: number): string {
  const rates = [...byWorkload(state.rates)].map(([workload, rate]) => `${workload} ${short(rate)}/s`)
  const left = Math.max(0, Math.round((state.endsAt - performance.now()) / 1000))
  const p99 = state.latencies.quantile(0.99)
  const parts = [
    state.head,
    state.phase,
    ...rates.slice(0, 3),
    p99 === undefined ? '' : `p99 ${quantity(p99.value, 'ns')}`,
    state.endsAt > 0 ? `${left} s left` : '',
  ]
  const text = parts.filter((part) => part !== '')
  return text.join(' · ').slice(0, Math.max(20, columns - 1))
}

function short(rate: number): string {
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(2)} M`
  return rate >= 1e4 ? `${(rate / 1e3).toFixed(0)} k` : rate.toFixed(0)
}
