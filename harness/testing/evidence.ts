/** What helps to find the cause of a failed test. */
import type { Lab } from '../lab/lab.ts'
import { asBenchError } from '../model/error.ts'
import type { LiveNode } from '../substrate/substrate.ts'

const tailLines = 12

/** Lines of text. Never throws: an error here would hide the failure that it explains. */
export async function evidence(lab: Lab, folder: string): Promise<string> {
  const servers = [...lab.servers].flatMap(([name, server]) => [
    `nats-server of ${name} ${server.running() ? 'runs' : 'is down'}, its last lines:`,
    ...server
      .logs()
      .slice(-tailLines)
      .map((line) => `    ${line}`),
  ])
  const nodes = await Promise.all([...lab.nodes.values()].map((node) => state(lab, node)))
  return [...servers, ...nodes, `run folder: ${folder}`].map((line) => `  ${line}`).join('\n')
}

async function state(lab: Lab, node: LiveNode): Promise<string> {
  const paused = lab.paused(node.name) ? ', paused' : ''
  try {
    const { cpuUserMicros, cpuSystemMicros, memoryBytes } = await node.usage()
    const seconds = ((cpuUserMicros + cpuSystemMicros) / 1e6).toFixed(2)
    return `node ${node.name}: ${(memoryBytes / 1024 ** 2).toFixed(0)} MiB in use, ${seconds} s of CPU${paused}`
  } catch (error) {
    return `node ${node.name}: ${asBenchError(error).message}${paused}`
  }
}
