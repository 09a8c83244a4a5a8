/** A number that is missing says why: CPU time of servers that were not read near the measured window. */
import type { Finding } from '../model/report.ts'
import { blocksOf, named } from './health-rule.ts'
import type { Examined } from './health-rule.ts'
import { count } from '../model/count.ts'

/** A remark only: the other numbers do not need it. */
export function serverUsage(run: Examined): Finding[] {
  const everRead = run.counted.some(({ nodes }) => nodes.some(({ role }) => role === 'server'))
  return run.plan.variants.flatMap(({ name, services }): Finding[] => {
    const blocks = blocksOf(run, name)
    const lacking = blocks.flatMap(({ index, nodes }) =>
      nodes.flatMap(({ node, role, unread }) =>
        role === 'server' && unread !== undefined ? { index, node, unread } : [],
      ),
    )
    const unknown = (times: number, because: string): Finding[] => [
      {
        about: named(run.plan, name, 'run'),
        rule: 'usage',
        outcome: 'pass',
        because: `the CPU time of servers is not known in ${times} of ${count(blocks.length, 'block')}: ${because}`,
      },
    ]
    const silent = blocks.flatMap(({ index, nodes }) => {
      const node = services.find((service) => nodes.every((each) => each.node !== service.node))?.node
      return node === undefined ? [] : [{ index, node }]
    })
    if (everRead && silent[0] !== undefined) {
      const { index, node } = silent[0]
      return unknown(silent.length, `in block ${index + 1} the host did not answer in its time what ${node} uses`)
    }
    const [first] = lacking
    if (first === undefined) {
      const times = blocks.filter(stoodStill).length
      return times === 0
        ? []
        : unknown(times, 'they used less in the measured window than one step of its counter. Measure longer')
    }
    const { node, index, unread } = first
    const [from, to] = unread.window
    const at = unread.at.map(seconds).join(', ')
    // A block that was cut off in its warm-up has no window: from Infinity to -Infinity.
    const why = !(to > from)
      ? 'nothing was measured'
      : unread.fell
        ? `the counter of ${node} fell in the measured window, as after a restart`
        : `${node} was read at ${at}, which covers less than half of the measured window from ${seconds(from)} to ${seconds(to)}. Measure longer`
    return unknown(new Set(lacking.map((each) => each.index)).size, `in block ${index + 1} ${why}`)
  })
}

/** Nothing that runs uses no time: its system counts in steps, of 10 ms on Linux. */
function stoodStill({ nodes }: Examined['counted'][number]): boolean {
  const servers = nodes.filter(({ role }) => role === 'server')
  return servers.length > 0 && servers.every(({ share }) => share === 0)
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`
}
