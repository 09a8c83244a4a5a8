/** What the words of `bench check` mean, refused before anything is run. */
import { BenchError } from '../model/error.ts'
import { metrics, metricWords } from '../model/metric.ts'
import type { ServerChoice } from '../model/plan.ts'
import { decimal } from './options.ts'
import { suggestion } from '../scenario/nearest.ts'
import type { Margins } from '../verdict/margins.ts'

/** Pairs that a check may begin with at least. */
export const fewestPairs = 4

/** The two servers of an interleaved check. */
export interface Sides {
  readonly base: ServerChoice
  readonly head: ServerChoice
}

/** Without a head there is nothing to compare, which is a mistake of the call; without a base it is the pinned version. */
export function bothSides(base: ServerChoice | undefined, head: ServerChoice | undefined): Sides {
  if (head !== undefined) return { base: base ?? {}, head }
  const wanted = 'check must have --head, the new nats-server, or --baseline'
  const got = base === undefined ? 'neither' : '--base alone'
  throw new BenchError('usage', `${wanted}, got ${got}`, {
    hint: 'pnpm bench check latency --base 2.15.1 --head ./nats-server',
  })
}

/** Two servers in turn are measured in pairs, so a number of blocks would be passed over in silence. */
export function refuseRepeats(repeats: number | undefined): void {
  if (repeats === undefined) return
  throw new BenchError('usage', `--repeats must be given with --baseline alone, got ${repeats}`, {
    hint: `two servers are measured in pairs of blocks: --pairs ${Math.max(fewestPairs, repeats)}`,
  })
}

/** Words of an interleaved check, which a check against a baseline would pass over in silence. */
export function refuseBesideBaseline(words: Readonly<Record<string, unknown>>): void {
  const found = ['base', 'head', 'untilDecided', 'budget'].filter((word) => words[word] !== undefined)
  if (found.length === 0) return
  const names = found.map((word) => `--${word.replace('untilDecided', 'until-decided')}`).join(' and ')
  throw new BenchError('usage', `--baseline must not be given with ${names}: its base is the stored run`, {
    hint: 'the server to judge is --server PATH|VERSION; two servers side by side are checked with --base and --head alone',
  })
}

/** `--margin latency.p99=5` → shares by metric; `*` stands for all that have none of their own. */
export function marginsOf(texts: readonly string[]): Margins {
  return Object.fromEntries(
    texts.map((text) => {
      const [metric = '', percent = '', ...more] = text.split('=')
      const share = (decimal(percent) ?? Number.NaN) / 100
      if (metric === '' || more.length > 0 || !(share > 0 && share < 10)) {
        throw new BenchError(
          'usage',
          `--margin must be metric=percent, above 0 and below 1000, got ${JSON.stringify(text)}`,
          { hint: '--margin latency.p99=5' },
        )
      }
      if (metric !== '*' && !Object.hasOwn(metrics, metric)) {
        const near = suggestion(metric, Object.keys(metrics))
        throw new BenchError('usage', `--margin must be of a known metric, got ${JSON.stringify(metric)}${near}`, {
          hint: `known: ${metricWords}; * stands for all that a check judges`,
        })
      }
      if (texts.filter((other) => other.startsWith(`${metric}=`)).length > 1)
        throw new BenchError('usage', `--margin must name each metric once, got ${JSON.stringify(metric)} again`)
      return [metric, share] as const
    }),
  )
}
