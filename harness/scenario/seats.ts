/** Whether clients connect to the leader of a stream or to a follower, which must exist. */
import type { Workload } from '../model/kinds/kinds.ts'
import { matches } from '../model/subject.ts'
import { valid, type Draft } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

type Seated = Workload & { readonly via?: string | undefined }

export function seatProblems(draft: Draft): readonly Problem[] {
  return valid(draft.workloads).flatMap(({ path, value }): readonly Problem[] => {
    const { via, to } = value as Seated
    const spec = draft.topology?.get(to)
    if (via === undefined || spec === undefined) return []
    const wrong = (message: string) => problemAt(`${path}.via`, `${message}, got ${printed(via)}`)
    if (spec.count < 2) return wrong(`must be left out: group "${to}" has one server, which leads`)
    return via === 'follower' && replicasOf(value, draft) === 1
      ? wrong('must be "leader" or "random": with one replica nobody follows')
      : []
  })
}

/** Replicas of the stream, bucket or store that the workload uses; undefined where that is not known. */
function replicasOf(value: Workload, { streams, consumers, buckets, objects }: Draft): number | undefined {
  if ('bucket' in value) return buckets.get(value.bucket)?.replicas
  if ('store' in value) return objects.get(value.store)?.replicas
  if ('consumer' in value) return streams.get(consumers.get(value.consumer)?.stream ?? '')?.replicas
  if ('stream' in value) return streams.get(value.stream)?.replicas
  if (!('subject' in value)) return undefined
  const own = [...streams.values()].find(
    (stream) => stream?.on === value.to && stream.subjects.some((each) => matches(each, value.subject)),
  )
  return own?.replicas
}
