/** One node of a lab, as a test sees it. */
import type { Finished } from '../host/host.ts'
import type { Lab } from '../lab/lab.ts'
import { BenchError } from '../model/error.ts'
import { execIn, type ExecOptions } from './exec.ts'
import { told } from './told.ts'

export interface LabNode {
  readonly name: string
  /** Address where its programs listen and where other nodes reach it. */
  readonly address: string
  /** Its own folder; relative paths in `exec` start here. */
  readonly directory: string
  /** Path of Node.js in the node, for `exec`; absent in server jails without it. */
  readonly node: string
  /**
   * Runs a program in the node and waits for its end. Throws with its last lines when its status is not among `accept`
   * (default 0) or the time is up (default 30 s).
   */
  exec(command: readonly string[], options?: ExecOptions): Promise<Finished>
  /** Writes files that only the node's user can read into a folder of the node → the folder's path. */
  put(files: Readonly<Record<string, string | Uint8Array>>): Promise<string>
  /** Pauses all programs of the node (they stand still but do not end). Throws `unavailable` where the substrate cannot do that. */
  pause(): Promise<void>
  resume(): Promise<void>
}

/** Throws `usage` for a name that is not in the topology, naming those that are. */
export function nodeOf(lab: Lab, name: string): LabNode {
  const plan = lab.plans.get(name)
  const node = lab.nodes.get(name)
  if (plan === undefined || node === undefined) {
    const known = [...lab.plans.keys()].join(', ')
    throw new BenchError('usage', `node must be one of ${known}, got ${JSON.stringify(name)}`)
  }
  return {
    name,
    address: plan.endpoint.address,
    directory: node.directory,
    node: node.node,
    exec: (command, options = {}) => told(() => execIn(node, command, options)),
    put: (files) =>
      told(async () => {
        const place = `${node.directory}/files`
        await node.put(files, place)
        return place
      }),
    pause: () => told(() => lab.pause(name)),
    resume: () => told(() => lab.resume(name)),
  }
}
