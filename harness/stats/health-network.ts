/** Was the network as bad as the scenario says? Told by packets that were sent before and during the fault. */
import type { Fault } from '../model/scenario.ts'
import { faultWords } from '../model/faults.ts'
import { impairmentWords } from '../model/impairment.ts'
import type { Finding } from '../model/report.ts'
import { durationNs } from '../model/units.ts'
import { percent } from './bottleneck.ts'
import type { NetworkSeen } from './fault-times.ts'
import { blockName, ms, named, type Examined } from './health-rule.ts'

/** The added time may differ from what was asked for by this, beside a share of it. */
const slackNs = 2e6
const bearable = 0.25
/** Beyond this many standard deviations a loss is no chance. */
const deviations = 4

export function networks({ plan, counted }: Examined): Finding[] {
  return plan.faults.flatMap((fault) => {
    if (fault.kind !== 'impair' && fault.kind !== 'partition') return []
    return counted.flatMap(({ index, variant, networks: seen }): Finding[] => {
      const words = faultWords(fault)
      const own = seen.filter((each) => each.fault === words)
      const before = own.find(({ when }) => when === 'before')
      const during = own.find(({ when }) => when === 'during')
      const about = named(plan, variant, words)
      const block = `in ${blockName(index)}:`
      if (before === undefined || during === undefined)
        return [
          { about, rule: 'network', outcome: 'unknown', because: `${block} it was not probed before and during it` },
        ]
      const wrong = fault.kind === 'impair' ? impaired(fault, before, during) : parted(fault, during)
      const asked = fault.with === undefined ? `partition, ${fault.way ?? 'both'}` : impairmentWords(fault.with)
      const because = `${block} asked for ${asked}; ${during.from} to ${during.to} before: ${told(before)}; during: ${told(during)}${wrong === undefined ? '' : `: ${wrong}`}`
      return [{ about, rule: 'network', outcome: wrong === undefined ? 'pass' : 'unknown', because }]
    })
  })
}

type Told = Pick<NetworkSeen, 'sent' | 'returned'> & Partial<Pick<NetworkSeen, 'rttNs' | 'bitsPerSecond'>>

/** What packets of a probe met. */
export function told({ sent, returned, rttNs, bitsPerSecond }: Told): string {
  const time = rttNs === undefined ? '' : `, round trip p50 ${ms(rttNs.p50)}, p99 ${ms(rttNs.p99)}`
  const rate = bitsPerSecond === undefined ? '' : `, a burst at ${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
  return `${returned} of ${sent} packets came back${time}${rate}`
}

/** What is not as asked; undefined where all is. */
function impaired({ with: how }: Fault, before: NetworkSeen, during: NetworkSeen): string | undefined {
  const delay = durationNs(how?.delay ?? '0s') ?? 0
  const jitter = durationNs(how?.jitter ?? '0s') ?? 0
  const added =
    during.rttNs === undefined || before.rttNs === undefined ? undefined : during.rttNs.p50 - before.rttNs.p50
  if (delay > 0 && added === undefined) return 'no packet came back, so the delay is not known'
  const bearing = slackNs + bearable * delay + jitter
  // Packets that are sent at once because they are reordered pull the middle down.
  if (how?.reorder === undefined && added !== undefined && Math.abs(added - delay) > bearing)
    return `${ms(added)} were added, not ${how?.delay ?? 'none'}`
  const loss = how?.loss ?? 0
  const lost = (during.sent - during.returned) / during.sent
  const chance = deviations * Math.sqrt((loss * (1 - loss)) / during.sent) + 1 / during.sent
  if (Math.abs(lost - loss) > chance) return `${percent(lost)} were lost, not ${percent(loss)}`
  return undefined
}

function parted({ way = 'both' }: Fault, { arrived, returned, sent }: NetworkSeen): string | undefined {
  if (returned > 0) return 'packets came through'
  if (way !== 'out' && arrived > 0) return 'packets to it came through'
  if (way === 'out' && arrived < sent) return 'packets to it were lost too'
  return undefined
}
