/** Was the disk as slow as the scenario says, or did it hang? Told by synced writes that were made before and during the fault. */
import { faultWords, type FaultKind } from '../model/faults.ts'
import type { Finding } from '../model/report.ts'
import type { Fault } from '../model/scenario.ts'
import type { DiskSeen } from './fault-times.ts'
import { blockName, ms, named, type Examined } from './health-rule.ts'

export function disks({ plan, counted }: Examined): Finding[] {
  return plan.faults.flatMap((fault) => {
    const check = checks[fault.kind]
    if (check === undefined) return []
    const words = faultWords(fault)
    return counted.flatMap(({ index, variant, disks: seen }): Finding[] => {
      const own = seen.filter((each) => each.fault === words)
      const about = named(plan, variant, words)
      const block = `in ${blockName(index)}:`
      const finding = (outcome: 'pass' | 'unknown', because: string): Finding => ({
        about,
        rule: 'disk',
        outcome,
        because: `${block} ${because}`,
      })
      const met = own.filter(({ when }) => when === 'during')
      if (met.length === 0) return [finding('unknown', 'the disk was not probed during the fault')]
      return met.map((during) => {
        const before = own.find(({ when, node }) => when === 'before' && node === during.node)
        if (before === undefined)
          return finding('unknown', `the disk of ${during.node} was not probed before the fault`)
        const wrong =
          before.writeNs === undefined || during.writeNs === undefined
            ? 'nothing was written, so nothing was measured'
            : check.wrong(fault, before.writeNs, during.writeNs)
        const because = `asked for ${check.asked(fault)}; a synced write of 4 KiB on ${during.node} before: ${told(before)}; during: ${told(during)}`
        return finding(wrong === undefined ? 'pass' : 'unknown', wrong === undefined ? because : `${because}: ${wrong}`)
      })
    })
  })
}

interface Check {
  readonly asked: (fault: Fault) => string
  /** What speaks against it. */
  readonly wrong: (fault: Fault, before: WriteTimes, during: WriteTimes) => string | undefined
}

type WriteTimes = NonNullable<DiskSeen['writeNs']>

const checks: Readonly<Partial<Record<FaultKind, Check>>> = {
  'slow-disk': { asked: ({ writesPerSecond }) => `${String(writesPerSecond)} writes a second`, wrong: unslowed },
  'hung-disk': { asked: ({ lasts }) => `no write to come back for ${lasts ?? ''}`, wrong: unhung },
}

function told({ writes, writeNs }: DiskSeen): string {
  if (writeNs !== undefined && writes === 1) return ms(writeNs.max)
  return writeNs === undefined ? 'none made' : `p50 ${ms(writeNs.p50)}, longest ${ms(writeNs.max)} of ${writes}`
}

/** A synced write is at least one of the device, so in the middle none can be quicker than the device's. */
function unslowed({ writesPerSecond = 0 }: Fault, before: WriteTimes, during: WriteTimes): string | undefined {
  if (during.p50 < 1e9 / writesPerSecond) return 'writes were faster than that'
  return during.p50 <= before.p50 ? 'the disk was as slow before' : undefined
}

function unhung(_fault: Fault, before: WriteTimes, during: WriteTimes): string | undefined {
  return during.max <= before.max ? 'writes took as long before' : undefined
}
