/** Powers of nodes that faults need. Their capability was asked for before anything was built, so that a node without one is a mistake. */
import { BenchError } from '../model/error.ts'
import {
  isBreakable,
  isCrashable,
  isFillable,
  isFreezable,
  isPausable,
  isSlowable,
  type LiveNode,
} from '../substrate/substrate.ts'

type Is<T> = (node: LiveNode) => node is LiveNode & T

/** The node with a power that its substrate must have given it. */
const having =
  <T>(is: Is<T>, what: string) =>
  (node: LiveNode): LiveNode & T => {
    if (is(node)) return node
    throw new BenchError('unavailable', `node ${node.name} must have ${what} for this fault, it has none`)
  }

export const breakable = having(isBreakable, 'a network of its own')
export const pausable = having(isPausable, 'programs that can be paused')
export const fillable = having(isFillable, 'a disk of its own')
export const slowable = having(isSlowable, 'a disk that can be slow')
export const freezable = having(isFreezable, 'a disk that can hang')
export const crashable = having(isCrashable, 'a disk that can crash')
