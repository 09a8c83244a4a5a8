/** Checks once a run that the image has a Node.js that can run the agent. */
import { BenchError } from '../../model/error.ts'
import { nodeVersion, oldestNode } from '../process-tools.ts'
import type { NodeImage } from './image.ts'
import type { ContainerNode } from './node.ts'

/** Adds `node` to the facts. Throws BenchError `unavailable`. */
export async function checkNodeVersion(
  node: ContainerNode,
  image: NodeImage,
  facts: Record<string, string>,
): Promise<void> {
  if (facts['node'] !== undefined) return
  const answer = await firstLine(node, [image.node, '--version']).catch((error: unknown) => {
    if (error instanceof BenchError && error.code === 'os') return error.lines.at(-1) ?? error.message
    throw error
  })
  if (nodeVersion(answer)?.isNewEnough !== true) {
    throw new BenchError(
      'unavailable',
      `image ${image.reference} must hold Node.js ${oldestNode.join('.')} or later, got ${JSON.stringify(answer)}`,
      { hint: 'choose another with --image, such as node:24-slim' },
    )
  }
  facts['node'] = answer
}

/** The first line that a program in the node prints; empty when it prints none. */
export async function firstLine(node: ContainerNode, command: readonly string[]): Promise<string> {
  const child = await node.spawn(command)
  child.closeInput()
  let first: string | undefined
  for await (const line of child.lines) first ??= line
  await child.stop()
  return first ?? ''
}
