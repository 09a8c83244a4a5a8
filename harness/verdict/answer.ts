/** The report of a check or a curve: the run's own numbers, and the answer to the question that it was run for. */
import type { Asked } from '../model/asked.ts'
import type { CheckReport } from '../model/check-report.ts'
import { pinnedVersion } from '../model/pinned.ts'
import type { ServerChoice } from '../model/plan.ts'
import { remarks } from '../model/remarks.ts'
import type { Report, Verdict } from '../model/report.ts'
import { knee } from '../stats/knee.ts'
import { againstBaseline } from './baseline.ts'
import { curveVerdict, pointsOf, ratesOf, rungsOf } from './curve.ts'
import { judgeInterleaved } from './interleaved.ts'
import { verdictOf } from './judge.ts'

/** Pure: the same recording and the same question give the same answer. */
export function answer(own: Report, asked: Asked): Report {
  return (answers[asked.kind] as (own: Report, asked: Asked) => Report)(own, asked)
}

const answers: { readonly [K in Asked['kind']]: (own: Report, asked: Extract<Asked, { kind: K }>) => Report } = {
  interleaved: (own, { rounds, mostPairs, margins, ...sides }) => {
    const { rows, verdict } = judgeInterleaved({ report: own, rounds, settings: { mostPairs }, margins })
    const check = {
      kind: 'interleaved' as const,
      base: serverWords(own, 'base', sides.base),
      head: serverWords(own, 'head', sides.head),
      pairs: wholePairs(own),
      rows,
    }
    return { ...own, check, verdict: together(verdict.findings, own.verdict) }
  },
  baseline: (own, { baseline, margins }) => {
    const { rows, findings } = againstBaseline(baseline, own, margins)
    const check = { kind: 'baseline' as const, base: baseline.run, head: own.run, pairs: 0, rows }
    return { ...own, check, verdict: together(findings, own.verdict) }
  },
  curve: (own, { sustainable, because, trials, search }) => {
    const rungs = rungsOf(own, sustainable)
    const bend = knee(pointsOf(rungs))
    const curve = {
      sustainable,
      because,
      rates: ratesOf(trials, search),
      rungs,
      measureMs: own.plan.variants[0]?.phases.measureMs ?? 0,
      ...(bend === undefined ? {} : { knee: bend }),
    }
    return { ...own, curve, verdict: curveVerdict(own) }
  },
}

/** Pairs whose two blocks (of every point of a grid) were measured; a check that ended early has fewer than it began. */
function wholePairs({ plan, measurements }: Report): number {
  const measured = new Set(measurements.flatMap(({ values }) => values.map(({ block }) => block)))
  const pairs = Map.groupBy(plan.blocks, ({ repeat }) => repeat)
  return [...pairs.values()].filter((blocks) => blocks.every(({ index }) => measured.has(index))).length
}

/** The report of a check as `bench check --json` prints it; undefined for other reports. */
export function checkReportOf({ check, plan, verdict, health }: Report, folder: string): CheckReport | undefined {
  return check === undefined
    ? undefined
    : { schema: 1, scenario: plan.scenario.name, ...check, verdict, remarks: remarks(health), folder }
}

/** The findings of the check, and those of the run's own limits and health that did not pass. */
function together(findings: Verdict['findings'], own: Verdict): Verdict {
  return verdictOf([...findings, ...own.findings.filter(({ outcome }) => outcome !== 'pass')])
}

function serverWords({ facts }: Report, side: string, choice: ServerChoice): string {
  const found = facts.servers.find(({ variant }) => variant === side || variant.startsWith(`${side} `))
  const asked = choice.path ?? choice.version
  if (found === undefined) return asked ?? pinnedVersion
  const by = asked ?? found.origin
  return by === found.version ? by : `${found.version} (${by})`
}
