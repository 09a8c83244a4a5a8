/** Options that several commands share, and what they become. */
import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { pastedWord } from '../host/remote-command.ts'
import { BenchError, emptyWord } from '../model/error.ts'
import type { Expanded } from '../model/expanded.ts'
import { known } from '../model/known.ts'
import { substrateChoices, type SubstrateName } from '../model/substrates.ts'
import { durationMs } from '../model/units.ts'
import { shortestMeasureMs } from '../scenario/time.ts'
import type { World } from '../model/world.ts'
import { serverChoice, substrateNamed, type Choices } from '../choices.ts'

export interface RunWords {
  readonly on: SubstrateName | 'auto'
  readonly host?: string
  readonly repeats?: number
  readonly measure?: number
  readonly warmup?: number
  readonly rehearsal?: number
  readonly rate?: number | 'own'
  readonly out?: string
  readonly server?: string
  readonly set?: readonly string[]
  readonly portBase?: number
  readonly network?: string
  readonly image?: string
  readonly wait?: number
}

/** Where and how to run: `--on`, `--host`, `--server`, `--set` ... */
export function placeOptions(command: Command): Command {
  return command
    .addOption(new Option('--on <substrate>', 'where the nodes are made').choices(substrateChoices).default('auto'))
    .addOption(hostOption('the machine to build on, ssh://user@host[:port]'))
    .option(
      '--server <path|version>',
      'nats-server to use: a program or a version such as 2.15.2',
      some('--server', 'a program or a version'),
    )
    .option('--port-base <port>', 'first port of the process substrate', wholeNumber('--port-base', 1024, 65_000))
    .addOption(new Option('--network <mode>', 'network of jails').choices(['shared', 'vnet']))
    .option('--image <name>', 'container image of the nodes, instead of the default one', some('--image', 'an image'))
    .option('--set <name=value>', 'a setting of the substrate, repeatable: release=15.1-RELEASE', collect)
    .option('--wait <duration>', 'how long to wait for a host that another run uses, such as 10m', duration('--wait'))
    .option('--out <folder>', 'where run folders are written (default: reports)', some('--out', 'a folder'))
}

/** Nothing in the place of a word is never what was meant: it would measure another server, or on another machine. */
export function some(name: string, what: string): (text: string) => string {
  return (text) => {
    if (text !== '') return text
    throw emptyWord(name, what)
  }
}

/** `--host`. */
export function hostOption(about = 'ssh://user@host[:port]'): Option {
  return new Option('--host <url>', about).argParser(some('--host', 'a machine'))
}

/** By `--host` or BENCH_HOST; undefined means this machine. A variable that is empty says nothing. */
export function hostChoice({ host }: { readonly host?: string }, { env }: Pick<World, 'env'>): string | undefined {
  const said = host ?? env['BENCH_HOST']
  return said === '' ? undefined : said
}

/** `--out`, for commands that read what was measured. */
export function reportsOption({ reports }: World): Option {
  return new Option('--out <folder>', 'where run folders are')
    .argParser(some('--out', 'a folder'))
    .default(reports, 'reports')
}

/** How long and how often: `--repeats`, `--measure`, `--warmup`, `--rehearsal`. */
export function lengthOptions(command: Command): Command {
  return command
    .option('--repeats <n>', 'blocks of each variant', wholeNumber('--repeats', 1, 1000))
    .option('--measure <duration>', 'measured time of each block, such as 5s', duration('--measure', shortestMeasureMs))
    .option('--warmup <duration>', 'warm-up of each block, such as 1s', duration('--warmup'))
    .option(
      '--rehearsal <duration>',
      'load before the first block that warms up the agents, such as 5s; 0s: none',
      duration('--rehearsal', 0, longestRunHours),
    )
}

/** `--rate`, for commands that measure at a load of their scenario. */
export function rateOption(command: Command): Command {
  return command.option(
    '--rate <msg/s>',
    'rate of the first workload that has one; others change in proportion; "own": as written',
    rate,
  )
}

function rate(text: string): number | 'own' {
  if (text === 'own') return text
  const value = decimal(text)
  if (value !== undefined && value > 0) return value
  throw new BenchError('usage', `--rate must be messages a second such as 1000, or own, got ${JSON.stringify(text)}`)
}

/** Throws `usage` where a rate was asked for and none of the scenarios has one to set. */
export function refuseIdleRate({ overrides }: Choices, scenarios: readonly Expanded[]): void {
  if (overrides.rate === undefined || scenarios.some(({ ownRate }) => ownRate !== undefined)) return
  throw new BenchError('usage', '--rate must have a workload with constant, poisson or burst arrivals, got none', {
    hint: 'floods and closed loops have no rate: leave --rate out',
  })
}

export function choicesOf(words: RunWords, world: World): Choices {
  const host = hostChoice(words, world)
  const on = words.on === 'auto' ? substrateNamed(world.env['BENCH_ON']) : words.on
  // Made by entries: assigned, a setting called __proto__ would be none, and nobody would say that it is not known.
  const settings: Record<string, string> = Object.fromEntries((words.set ?? []).map(settingOf))
  if (words.portBase !== undefined) settings['portBase'] = String(words.portBase)
  if (words.network !== undefined) settings['network'] = words.network
  if (words.image !== undefined) settings['image'] = words.image
  const server = words.server ?? world.env['NATS_SERVER']
  return {
    on,
    ...known({ host }),
    out: resolve(world.cwd, words.out ?? world.reports),
    settings,
    ...known({ waitMs: words.wait }),
    overrides: {
      ...known({
        repeats: words.repeats,
        measureMs: words.measure,
        warmupMs: words.warmup,
        rehearsalMs: words.rehearsal,
      }),
      ...(words.rate === undefined || words.rate === 'own'
        ? {}
        : { rate: { perSecond: words.rate, because: 'asked for with --rate' } }),
      ...(server === undefined || server === ''
        ? {}
        : { server: serverChoice(server, world.cwd, words.server === undefined ? 'NATS_SERVER' : '--server') }),
    },
    command: `pnpm bench ${world.argv.map(pastedWord).join(' ')}`.trim(),
  }
}

/** `12` or `1.5`; undefined for all else that `Number` takes: `0x10`, `1e3`, blanks, nothing. Durations and sizes refuse these too. */
export function decimal(text: string): number | undefined {
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = decimal(text)
    if (value === undefined || !Number.isInteger(value) || value < least || value > most) {
      throw new BenchError(
        'usage',
        `${name} must be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`,
      )
    }
    return value
  }
}

function settingOf(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new BenchError('usage', `--set must be name=value, got ${JSON.stringify(pair)}`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}

/** As scenario/time.ts has it for the blocks. */
const longestRunHours = 24

export function duration(name: string, leastMs = 0, longestHours = 1000): (text: string) => number {
  return (text) => {
    const ms = durationMs(text)
    if (ms === undefined || ms < leastMs || ms > longestHours * 3600e3) {
      const least = leastMs === 0 ? '' : ` of at least ${leastMs}ms`
      const bound = ms === undefined || ms < leastMs ? least : ` of at most ${longestHours}h`
      throw new BenchError('usage', `${name} must be a duration such as 5s${bound}, got ${JSON.stringify(text)}`)
    }
    return ms
  }
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
