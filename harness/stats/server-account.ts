/** What a server told of itself in one block. */
import type { ServerFold } from './block-fold.ts'
import type { Window } from './node-use.ts'
import type { Meterline } from './timeline.ts'

export interface ServerAccount {
  readonly node: string
  readonly slowConsumers: number
  /** Messages into the server by its own count, from before the load to after the last sender was done. */
  readonly inMessages?: number
  /** Bytes in the measured window: the largest reading, and the last less the first. */
  readonly memoryBytes?: number
  readonly memoryGrowth?: number
}

export function serverOf(
  { node, slowConsumers, inMessages: { value }, memory }: ServerFold,
  window: Window,
): ServerAccount {
  const [first, last] = [value[0], value.at(-1)]
  const both = first !== undefined && last !== undefined && value.length > 1
  return {
    node,
    slowConsumers: slowConsumers.counted(),
    ...(both ? { inMessages: last - first } : {}),
    ...memoryIn(memory, window),
  }
}

/** Readings are taken where samples are cut, so those at the edges of the window are of the window. */
function memoryIn(memory: Meterline, [from, to]: Window): Pick<ServerAccount, 'memoryBytes' | 'memoryGrowth'> {
  const readings = memory.within(from, to)
  const [first, last] = [readings[0], readings.at(-1)]
  if (first === undefined || last === undefined) return {}
  return { memoryBytes: Math.max(...readings), ...(readings.length > 1 ? { memoryGrowth: last - first } : {}) }
}
