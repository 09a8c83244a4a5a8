/** Metrics of gaps and of what faults did; entries of model/metric-table.ts. */
import type { Measured, ValueEntry } from './metric-entry.ts'
import { methods } from './methods.ts'

/** Do messages come to it, of others or as answers? */
const answered: ValueEntry['of'] = ({ counts }) => counts === 'received'
const every: ValueEntry['of'] = () => true

const nanoseconds = (label: string, about: string, value: ValueEntry['value'], of: ValueEntry['of']): ValueEntry => ({
  label,
  unit: 'ns',
  better: 'lower',
  about,
  method: methods.fault,
  of,
  value,
  views: ['first', 'variants', 'blocks', 'compare', 'check', 'history'],
})

const back = (label: string, share: string, value: (measured: Measured) => number | undefined) =>
  nanoseconds(label, `from a fault until ${share} of the connections that it cut are open again`, value, every)

export const faultMetrics = {
  gap: {
    ...nanoseconds(
      'longest gap',
      'longest time in the measured window without a delivery, reply or acknowledgement',
      ({ gapNs }) => gapNs,
      answered,
    ),
    views: ['first', 'blocks', 'compare'],
  },
  resume: nanoseconds(
    'resumed',
    'from a fault to the first delivery, reply or acknowledgement after the gap that it caused',
    ({ resumeNs }) => resumeNs,
    answered,
  ),
  settle: nanoseconds(
    'settled',
    'from a fault until the median is no more than the p99 before the fault, in whole samples',
    ({ settleNs }) => settleNs,
    answered,
  ),
  backHalf: back('half reconnected', 'half', ({ backHalfNs }) => backHalfNs),
  back99: back('99 % reconnected', '99 %', ({ backMostNs }) => backMostNs),
  backAll: back('all reconnected', 'all', ({ backAllNs }) => backAllNs),
} satisfies Readonly<Record<string, ValueEntry>>
