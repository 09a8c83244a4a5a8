/** What the schedules of a scenario ask of a machine. */
import { isReceiver, isScheduled, kinds } from '../model/kinds/kinds.ts'
import type { Demand } from '../model/demand.ts'
import type { Scenario } from '../model/scenario.ts'
import { flowsOf } from './flows.ts'

/** Of all workloads that have a rate; undefined where none has. A request counts twice at the server: it and its answer. */
export function demandOf(scenario: Scenario): Demand | undefined {
  const paced = scenario.workloads.filter(isScheduled).flatMap((workload) => {
    const { arrivals } = workload
    return 'perSecond' in arrivals ? [{ workload, perSecond: arrivals.perSecond }] : []
  })
  if (paced.length === 0) return undefined
  const flows = flowsOf(scenario)
  const agents = (group: string) => scenario.topology[group]?.count ?? 1
  const deliveries = (name: string) =>
    flows
      .filter(({ from }) => from === name)
      .reduce((sum, { to, delivery }) => {
        const receiver = scenario.workloads.filter(isReceiver).find((each) => each.name === to)
        return sum + (delivery === 'one' || receiver === undefined ? 1 : agents(receiver.on) * receiver.connections)
      }, 0)
  return {
    sender: Math.max(...paced.map(({ workload, perSecond }) => perSecond / agents(workload.on))),
    server: paced.reduce((sum, { workload, perSecond }) => {
      const ways = kinds[workload.kind].answeredBy === undefined ? 1 : 2
      return sum + perSecond * ways * (1 + deliveries(workload.name))
    }, 0),
  }
}
