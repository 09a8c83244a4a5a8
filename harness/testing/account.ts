/** The account of messages: did everything arrive, and in order? Exact counts, so one run is enough to tell. */
import { kinds } from '../model/kinds/kinds.ts'
import type { Report } from '../model/report.ts'
import { isStamped, verbs } from './workloads.ts'
import { checkWorkload, label, ofWhole, together, type Judged } from './judged.ts'

/** Nothing lost between publishers and subscribers, no request without its answer. */
export function delivery(report: Report, workload?: string): Judged {
  checkWorkload(report, workload)
  return ofWhole(report, () => {
    const wanted = report.plan.scenario.workloads.filter(({ name }) => workload === undefined || name === workload)
    const parts = wanted.flatMap(({ name, kind }): Judged[] => {
      const { account } = kinds[kind]
      return account === undefined ? [] : counted(report, name, account.metric, account.words)
    })
    return together(parts, 'nobody receives anything, so there is no account of what arrived')
  })
}

/** Nothing received after a later message of the same publisher. */
export function order(report: Report, workload?: string): Judged {
  checkWorkload(report, workload)
  return ofWhole(report, () => {
    const parts = report.plan.scenario.workloads.flatMap((each): Judged[] => {
      if (!kinds[each.kind].keepsOrder || (workload !== undefined && each.name !== workload)) return []
      if (isStamped(report, each.name)) return counted(report, each.name, 'reordered', 'messages out of order')
      const because = 'its messages are too small to carry a sequence number, 16 bytes are needed'
      return [{ outcome: 'unknown', lines: [`${each.name}: ${because}`] }]
    })
    return together(parts, `nobody ${verbs(({ keepsOrder }) => keepsOrder)}, so there is no order to look at`)
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
    const where = known.filter(({ value }) => value > 0).map(({ value, block }) => `${value} in run ${block}`)
    const detail = where.length === 0 ? '' : ` (${where.join(', ')})`
    return { outcome: total === 0 ? 'pass' : 'fail', lines: [`${who}: ${total} ${what}${detail}`] }
  })
}
