/** What other tools call a series of ours: one line of plain text, never the same for two series. */
import type { Report } from '../../model/report.ts'
import { tame } from '../style-text.ts'

/** Bencher allows 1024 characters, other tools say nothing; nobody reads more. */
const longest = 200

/** Foreign text on one line and of a length that fits anywhere: control characters become `�`, as do halves of characters. */
export function oneLine(text: string): string {
  const whole = wholeLine(text)
  return whole.length <= longest ? whole : `${[...whole].slice(0, longest - 1).join('')}…`
}

/** The same, however long it is. */
export function wholeLine(text: string): string {
  return tame(text.toWellFormed())
}

export type PlaceOf = (workload: string, variant: string) => string

/**
 * `fan-out/sub`, or `fan-out/sub/bytes=16` where there are variants. Names that only differ in what other tools cannot bear
 * get a number, so that no series takes the place of another. `clean` says what a part of the name may hold, `split` which
 * parts the name of a variant has.
 */
export function places(
  report: Report,
  clean: (part: string) => string = oneLine,
  split: (variant: string) => readonly string[] = (variant) => [variant],
): PlaceOf {
  const scenario = clean(report.plan.scenario.name)
  const given = new Map<string, string>()
  const taken = new Set<string>()
  return (workload, variant) => {
    const key = JSON.stringify([workload, variant])
    const known = given.get(key)
    if (known !== undefined) return known
    const parts = [scenario, clean(workload), ...(variant === 'default' ? [] : split(variant).map(clean))]
    const wanted = parts.join('/')
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`
    given.set(key, name)
    taken.add(name)
    return name
  }
}

/** `nats-server 2.15.2`, on one line. */
export function serversLine({ facts }: Pick<Report, 'facts'>): string {
  const versions = [...new Set(facts.servers.map(({ version }) => oneLine(version)))].join(', ')
  return `nats-server ${versions === '' ? 'unknown' : versions}`
}

/** When the run began; undefined for an import, whose file does not say it and whose report stands at the Unix time 0. */
export function beganAt({ at }: Pick<Report, 'at'>): string | undefined {
  return Date.parse(at) === 0 ? undefined : at
}
