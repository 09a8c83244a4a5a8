/** Small programs of the agent's folder that are run in any node, also a server's, which has none of the agent's files. */
import type { Child } from '../host/host.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { agentScripts } from './stage.ts'

/** Puts the program into the node and starts it there. */
export async function startProbe(node: LiveNode, program: string, words: readonly string[]): Promise<Child> {
  const folder = `${node.directory}/probe`
  const { [program]: text = '' } = await agentScripts()
  await node.put({ [program]: text }, folder)
  return node.spawn([node.node, `${folder}/${program}`, ...words])
}

/** The next line as JSON; undefined where the program ended without one. */
export async function probeAnswer(lines: AsyncIterator<string>): Promise<unknown> {
  const next: IteratorResult<string, unknown> = await lines.next()
  return typeof next.value === 'string' ? JSON.parse(next.value) : undefined
}
