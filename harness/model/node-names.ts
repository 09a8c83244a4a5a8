/** Names of nodes, and of the folders in them. */

/** Names of the nodes of a group: the group's own where it has one node, else `recv-1`, `recv-2` ... */
export function nodeName(group: string, member: number, most: number): string {
  return most === 1 ? group : `${group}-${member + 1}`
}

export function nodeNames(group: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, member) => nodeName(group, member, count))
}

/** Below the folder of a load node: the agent's programs. */
export const agentFolder = 'agent'

/** Below the folder of a server node: what its nats-server is started in, and the store of its streams in that. */
export const serverFolder = 'server'
export const storeName = 'jetstream'
export const storeFolder = `${serverFolder}/${storeName}`
