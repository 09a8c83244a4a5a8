/** What each server of a cluster holds of the streams of a block, against what their leaders hold. */
import type { Stored } from './block-fold.ts'

export interface ReplicaProof {
  /** Copies that hold the same messages in the same places as their leader. */
  readonly same: number
  readonly messages: number
  /** `hub-2 (stream orders)`: up to date, and with other messages than its leader. */
  readonly differ: readonly string[]
  /** Not up to date 10 s after the load; and those that could not be read. */
  readonly behind: readonly string[]
  readonly unread: readonly string[]
}

/** Undefined where every stream has one copy. */
export function replicasOf(stored: readonly Stored[]): ReplicaProof | undefined {
  const all = stored.flatMap(({ stream, messages, replicas = [] }) =>
    replicas.map((replica) => ({ ...replica, said: `${replica.node} (stream ${stream})`, messages })),
  )
  if (all.length === 0) return undefined
  const those = (which: (replica: (typeof all)[number]) => boolean) =>
    all.filter(which).map(({ said, read, messages }) => (read === undefined ? said : `${said}: ${read} of ${messages}`))
  return {
    same: all.filter(({ same }) => same === true).length,
    messages: Math.max(0, ...stored.filter(({ replicas }) => replicas !== undefined).map(({ messages }) => messages)),
    differ: those(({ whole, same }) => whole === true && same !== true),
    behind: those(({ read, whole, same }) => read !== undefined && whole !== true && same !== true),
    unread: those(({ read }) => read === undefined),
  }
}
