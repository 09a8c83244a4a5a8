/**
 * Counts and histograms of one job, cut into samples: every second of a phase (in a long block less often) and exactly at its end.
 *
 * Whoever counts something at a time reads the clock first and calls `tick` with it. The cut then falls before what happens
 * at or after the mark, so `from` and `to` of a sample are the marks themselves however late a timer fires.
 */
import type { Phases } from '../model/plan.ts'
import type { Counts, Frame, SampleHistogram, HistogramName, Phase, Sample } from '../model/recording.ts'
import type { Clock } from './clock.ts'
import { Gap, longer } from './gap.ts'
import { Histogram } from './histogram.ts'
import { startMeter, type MeterReader } from './meter.ts'
import { difference, emptyTally, type Tally } from './tally.ts'

/** Of a block that says nothing else. */
const usualSampleMs = 1000

interface Mark {
  readonly at: number
  readonly phase: Phase
}

export class Recorder {
  readonly tally: Tally = emptyTally()
  /** Called right before each cut, to bring counts up to date that are kept elsewhere. */
  beforeCut: () => void = () => undefined
  /** Called at each cut, with its time. */
  onCut: (at: number) => void = () => undefined

  readonly #emit: (frame: Frame) => void
  readonly #histograms = new Map<HistogramName, Histogram>()
  readonly #gaps: Gap[] = []
  #before: Counts = emptyTally()
  #shared: Gap | undefined
  #meter: MeterReader | undefined
  #ends: readonly Mark[] = []
  #sampleNs = usualSampleMs * 1e6
  #clock: Clock | undefined
  #timer: NodeJS.Timeout | undefined
  #from = 0
  /** Begin of the measured window, once it has begun. */
  #windowFrom = 0
  #next: Mark = { at: Infinity, phase: 'warmup' }

  constructor(emit: (frame: Frame) => void) {
    this.#emit = emit
  }

  /** Nanoseconds since the start instant; undefined before the block has begun. */
  now(): number | undefined {
    return this.#clock?.now()
  }

  histogram(name: HistogramName): Histogram {
    const known = this.#histograms.get(name)
    if (known !== undefined) return known
    const made = new Histogram()
    this.#histograms.set(name, made)
    return made
  }

  /** Of one subscription, or of what is shared. The longest of all goes into each sample. */
  gap(): Gap {
    const made = new Gap()
    made.countFrom(this.#windowFrom)
    this.#gaps.push(made)
    return made
  }

  /** Of all that share their messages or answers. */
  sharedGap(): Gap {
    return (this.#shared ??= this.gap())
  }

  begin(clock: Clock, phases: Phases): void {
    this.#clock = clock
    this.#meter = startMeter()
    this.#ends = phaseEnds(phases)
    this.#sampleNs = (phases.sampleMs ?? usualSampleMs) * 1e6
    this.#next = markAfter(0, this.#ends, this.#sampleNs)
    this.#arm()
  }

  /** Cuts if `now` has reached the mark. */
  tick(now: number): void {
    if (now >= this.#next.at) this.#cutTo(now)
  }

  /** The last sample, up to now. */
  finish(): void {
    if (this.#clock === undefined) return
    const now = Math.max(this.#clock.now(), this.#from)
    this.tick(now)
    this.#sample(now, this.#next.phase)
    this.#next = { at: Infinity, phase: 'cooldown' }
    clearTimeout(this.#timer)
    this.#meter?.stop()
  }

  #cutTo(now: number): void {
    while (now >= this.#next.at) {
      const { at, phase } = this.#next
      this.#sample(at, phase)
      this.#next = markAfter(at, this.#ends, this.#sampleNs)
      if (phase === 'warmup' && this.#next.phase === 'measure') this.#enterWindow(at)
      this.onCut(at)
    }
    this.#arm()
  }

  #sample(to: number, phase: Phase): void {
    if (to <= this.#from || this.#meter === undefined) return
    this.beforeCut()
    const histograms: Partial<Record<HistogramName, SampleHistogram>> = {}
    for (const [name, histogram] of this.#histograms) {
      if (histogram.total === 0) continue
      histograms[name] = histogram.gaps()
      histogram.reset()
    }
    const counts = difference(this.tally, this.#before)
    this.#before = { ...this.tally }
    const meter = this.#meter.read()
    this.#emit({ t: 'sample', from: this.#from, to, phase, counts, histograms, ...this.#longestGap(to), meter })
    this.#from = to
  }

  #enterWindow(at: number): void {
    this.#windowFrom = at
    for (const gap of this.#gaps) gap.countFrom(at)
  }

  #longestGap(to: number): Pick<Sample, 'gap' | 'gapInWindow'> {
    const gaps = this.#gaps.map((gap) => gap.cut(to))
    if (gaps.length === 0) return {}
    const gap = gaps.map(({ whole }) => whole).reduce(longer)
    const counted = gaps.map((each) => each.counted).reduce(longer)
    const part = { from: Math.max(gap.from, this.#windowFrom), to: gap.to }
    return longer(part, counted) === part ? { gap } : { gap, gapInWindow: counted }
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const clock = this.#clock
    if (clock === undefined || this.#next.at === Infinity) return
    const waitMs = Math.max(0, (this.#next.at - clock.now()) / 1e6)
    this.#timer = setTimeout(() => {
      this.tick(clock.now())
      this.#arm()
    }, waitMs)
  }
}

/** The end of each phase that has a length; the cool-down goes on until the agent is done. */
function phaseEnds({ warmupMs, measureMs }: Phases): readonly Mark[] {
  const warm = warmupMs * 1e6
  const ends: readonly Mark[] = [
    { at: warm, phase: 'warmup' },
    { at: warm + measureMs * 1e6, phase: 'measure' },
    { at: Infinity, phase: 'cooldown' },
  ]
  return ends.filter((end, i) => end.at > (ends[i - 1]?.at ?? 0))
}

/** Where the sample that begins at `from` ends. */
function markAfter(from: number, ends: readonly Mark[], sampleNs: number): Mark {
  const index = ends.findIndex((end) => from < end.at)
  const end = ends[index] ?? { at: Infinity, phase: 'cooldown' as const }
  const phaseStart = ends[index - 1]?.at ?? 0
  const samples = Math.floor((from - phaseStart) / sampleNs) + 1
  return { at: Math.min(end.at, phaseStart + samples * sampleNs), phase: end.phase }
}
