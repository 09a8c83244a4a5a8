/** Counts of messages: did everything arrive, and in order? The counts are exact, so one run is enough. */
import { count } from '../model/count.ts'
import { kinds, type Workload } from '../model/kinds/kinds.ts'
import type { Report } from '../model/report.ts'
import { blocksWithout, sided } from '../verdict/bound.ts'
import { isStamped, verbs } from './workloads.ts'
import { checkWorkload, label, ofWhole, together, type Judged } from './judged.ts'

/** No message is lost between publishers and subscribers, and every request has its answer. */
export function delivery(report: Report, workload?: string): Judged {
  const nothing = 'nobody receives anything, so there is no account of what arrived'
  return ofEach(report, workload, nothing, ({ name, kind }) => {
    const { account } = kinds[kind]
    return account === undefined ? [] : counted(report, name, account.metric, account.words)
  })
}

/** No message is received after a later message of the same publisher. */
export function order(report: Report, workload?: string): Judged {
  const nothing = `nobody ${verbs(({ keepsOrder }) => keepsOrder)}, so there is no order to look at`
  return ofEach(report, workload, nothing, ({ name, kind }) => {
    if (!kinds[kind].keepsOrder) return []
    if (isStamped(report, name)) return counted(report, name, 'reordered', 'messages out of order')
    const because = 'its messages are too small to carry a sequence number, 16 bytes are needed'
    return [{ outcome: 'unknown', lines: [`${name}: ${because}`] }]
  })
}

/** Every message that a stream acknowledged is in the stream and was delivered to its consumers. */
export function acknowledged(report: Report, workload?: string): Judged {
  return ofEach(report, workload, 'nothing is acknowledged, so there is nothing to lose', ({ name, kind }) => {
    const facts = kinds[kind]
    if (facts.acknowledged) return counted(report, name, 'lostAcked', 'acknowledged messages lost')
    return facts.consumes ? counted(report, name, 'undelivered', 'acknowledged messages undelivered') : []
  })
}

/** In every block the largest lag of a consumer that was seen is below this number of messages. */
export function lagBelow(report: Report, messages: number, workload?: string): Judged {
  const nothing = `nobody ${verbs(({ consumes }) => consumes)}, so there is no lag to look at`
  return ofEach(report, workload, nothing, ({ name, kind }) => {
    if (!kinds[kind].consumes) return []
    const row = report.measurements.find((each) => each.workload === name && each.metric === 'consumerLag')
    return report.plan.variants.map(({ name: variant }): Judged => {
      const who = label(report, name, variant)
      const lags = (row?.values ?? []).flatMap(({ variant: of, value }) => (of === variant ? (value ?? []) : []))
      if (lags.length === 0) return { outcome: 'unknown', lines: [`${who}: its leader was not asked in time`] }
      const most = Math.max(...lags)
      const outcome = sided([most, most], (lag) => lag < messages)
      return ofAllBlocks(report, variant, lags.length, {
        outcome,
        lines: [`${who}: lag of up to ${count(most, 'message')}`],
      })
    })
  })
}

/** The answer for one workload, or for all of them; `nothing`: what is said where nobody has a part in it. */
function ofEach(
  report: Report,
  workload: string | undefined,
  nothing: string,
  partsOf: (workload: Workload) => Judged[],
): Judged {
  checkWorkload(report, workload)
  return ofWhole(report, () => {
    const wanted = report.plan.scenario.workloads.filter(({ name }) => workload === undefined || name === workload)
    return together(wanted.flatMap(partsOf), nothing)
  })
}

function counted(report: Report, workload: string, metric: string, what: string): Judged[] {
  const row = report.measurements.find((each) => each.workload === workload && each.metric === metric)
  return report.plan.variants.map(({ name: variant }): Judged => {
    const who = label(report, workload, variant)
    const values = (row?.values ?? []).filter((value) => value.variant === variant)
    const known = values.flatMap(({ value, block }) => (value === undefined ? [] : [{ value, block }]))
    if (known.length === 0) return { outcome: 'unknown', lines: [`${who}: no account of ${what}`] }
    const total = known.reduce((sum, { value }) => sum + value, 0)
    const where = known.filter(({ value }) => value > 0).map(({ value, block }) => `${value} in block ${block + 1}`)
    const detail = where.length === 0 ? '' : ` (${where.join(', ')})`
    const outcome = sided([total, total], (value) => value === 0)
    return ofAllBlocks(report, variant, known.length, { outcome, lines: [`${who}: ${total} ${what}${detail}`] })
  })
}

/** What some blocks have no count of may have happened in them. */
function ofAllBlocks(report: Report, variant: string, told: number, judged: Judged): Judged {
  const without = blocksWithout(report, variant, told)
  if (without === undefined || judged.outcome !== 'pass') return judged
  return { outcome: 'unknown', lines: judged.lines.map((line) => `${line}, but ${without}`) }
}
