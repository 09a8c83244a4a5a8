/** Relations of object stores: the servers that they are on, and the workloads that put into them and get from them. */
import type { Workload } from '../model/kinds/kinds.ts'
import { objectStream, type ObjectStore } from '../model/objects.ts'
import { valid, validEntries, type Draft, type Known } from './draft.ts'
import { problemAt, type Problem } from './problem.ts'
import { noRoom, placeProblems } from './streams.ts'
import { elsewhere, nameTaken, unknownName } from './used.ts'

type Using = Extract<Workload, { readonly store: string }>

export function objectProblems(draft: Draft): readonly Problem[] {
  const users = valid(draft.workloads).filter((part): part is Known<Using> => 'store' in part.value)
  return [
    ...validEntries(draft.objects).flatMap(([name, store]) => [
      ...placeProblems(`objects.${name}`, store, draft),
      ...tooFull(`objects.${name}`, store),
      ...nameTaken(objectStream(name), `objects "${name}"`, draft.streams),
    ]),
    ...users.flatMap((user) => userProblems(user, draft)),
  ]
}

function tooFull(path: string, { filled, maxBytes }: ObjectStore): readonly Problem[] {
  if (filled === undefined) return []
  return noRoom(`${path}.filled.objects`, filled.objects, { bytes: filled.bytes, subject: '', maxBytes })
}

function userProblems({ path, value }: Known<Using>, { objects }: Draft): readonly Problem[] {
  if (!objects.has(value.store)) return unknownName(`${path}.store`, 'an object store', value.store, objects)
  const store = objects.get(value.store)
  if (store === undefined) return []
  return [
    ...elsewhere(path, value.to, store.on, `objects "${value.store}"`),
    // A workload that gets needs objects that are there before the load starts.
    ...('bytes' in value || store.filled !== undefined
      ? []
      : problemAt(`${path}.store`, `must have objects before the load: set objects.${value.store}.filled, got none`)),
  ]
}
