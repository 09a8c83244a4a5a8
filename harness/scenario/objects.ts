/** Relations of object stores: the servers that they are on, and the workloads that put into them and get from them. */
import type { Workload } from '../model/kinds/kinds.ts'
import { objectStream, type ObjectStore } from '../model/objects.ts'
import type { Draft, Part } from './draft.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'
import { placeProblems, storeProblems } from './streams.ts'
import { valid } from './traffic.ts'

type Using = Extract<Workload, { readonly store: string }>

export function objectProblems(draft: Draft): readonly Problem[] {
  const stores = [...draft.objects].filter((entry): entry is [string, ObjectStore] => entry[1] !== undefined)
  const users = valid(draft.workloads).filter(
    (part): part is Part<Workload> & { readonly value: Using } => 'store' in part.value,
  )
  return [
    ...stores.flatMap(([name, store]) => [
      ...placeProblems(`objects.${name}`, store, draft),
      ...storeProblems(`objects.${name}`, store, draft),
      ...(draft.streams.has(objectStream(name))
        ? [
            {
              path: `streams.${objectStream(name)}`,
              message: `must be another name than that of the stream of objects "${name}"`,
            },
          ]
        : []),
    ]),
    ...users.flatMap((user) => userProblems(user, draft)),
  ]
}

function userProblems(
  { path, value }: { readonly path: string; readonly value: Using },
  { objects }: Draft,
): readonly Problem[] {
  if (!objects.has(value.store)) {
    const message = `must name an object store, got ${printed(value.store)}${suggestion(value.store, [...objects.keys()])}`
    return [{ path: `${path}.store`, message }]
  }
  const store = objects.get(value.store)
  if (store === undefined) return []
  const here = `must be "${store.on}", the servers of objects "${value.store}", got ${printed(value.to)}`
  return [
    ...(store.on === value.to ? [] : [{ path: `${path}.to`, message: here }]),
    // A workload that gets needs objects that are there before the load starts.
    ...('bytes' in value || store.filled !== undefined
      ? []
      : [
          {
            path: `${path}.store`,
            message: `must have objects before the load: set objects.${value.store}.filled, got none`,
          },
        ]),
  ]
}
