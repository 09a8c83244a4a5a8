/** Relations of buckets: the servers that they are on, and the workloads that put into them, get from them and watch them. */
import { bucketStream, bucketSubject, type Bucket } from '../model/buckets.ts'
import { kinds, type Workload } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import { valid, validEntries, type Draft, type Known } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { noRoom, placeProblems, tooShort } from './streams.ts'
import { elsewhere, nameTaken, unknownName } from './used.ts'

type Using = Extract<Workload, { readonly bucket: string }>

export function bucketProblems(draft: Draft): readonly Problem[] {
  const users = valid(draft.workloads).filter((part): part is Known<Using> => 'bucket' in part.value)
  return [
    ...validEntries(draft.buckets).flatMap(([name, bucket]) => [
      ...placeProblems(`buckets.${name}`, bucket, draft),
      ...tooShort(`buckets.${name}.ttl`, bucket.ttl),
      ...tooFull(`buckets.${name}`, bucketSubject(name), bucket),
      ...nameTaken(bucketStream(name), `bucket "${name}"`, draft.streams),
    ]),
    ...users.flatMap((user) => userProblems(user, users, draft)),
  ]
}

function tooFull(path: string, subject: string, { filled, maxBytes }: Bucket): readonly Problem[] {
  if (filled === undefined) return []
  return noRoom(`${path}.filled.keys`, filled.keys, { bytes: filled.bytes, subject, maxBytes })
}

function userProblems({ path, value }: Known<Using>, users: readonly Known<Using>[], draft: Draft): readonly Problem[] {
  if (!draft.buckets.has(value.bucket)) return unknownName(`${path}.bucket`, 'a bucket', value.bucket, draft.buckets)
  const bucket = draft.buckets.get(value.bucket)
  if (bucket === undefined) return []
  return [
    ...elsewhere(path, value.to, bucket.on, `bucket "${value.bucket}"`),
    ...(users.length < draft.workloads.filter(({ raw }) => 'bucket' in raw).length
      ? []
      : fed({ path, value }, users, bucket)),
  ]
}

/** A get must find something, and a watcher must receive messages with a stamp. */
function fed(
  { path, value }: Pick<Known<Using>, 'path' | 'value'>,
  users: readonly Known<Using>[],
  { filled }: Bucket,
): readonly Problem[] {
  const putters = users.flatMap((user) =>
    'payload' in user.value && user.value.bucket === value.bucket ? [{ path: user.path, value: user.value }] : [],
  )
  if (kinds[value.kind].consumes) {
    if (putters.length === 0)
      return problemAt(
        `${path}.bucket`,
        `must be one that a workload puts into, or there is nothing to watch, got ${printed(value.bucket)}`,
      )
    return putters
      .filter((putter) => putter.value.payload.bytes < stampBytes)
      .map((putter) => ({
        path: `${putter.path}.payload.bytes`,
        message: `must be at least ${stampBytes}, so that a watcher can time it, got ${putter.value.payload.bytes}`,
      }))
  }
  if (!('keys' in value) || 'payload' in value || value.keys <= (filled?.keys ?? 0)) return []
  return problemAt(
    `${path}.keys`,
    `must be at most ${filled?.keys ?? 0}, the keys that are there before the load (buckets.${value.bucket}.filled.keys), got ${value.keys}`,
  )
}
