/** Agents of two nodes in one real process: each conversation has its own frames and its own end. */
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { localHost } from '../host/local.ts'
import type { Assignment, Job } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { startAgents, type AgentProcess } from './agent-process.ts'
import { beginAt } from './block.ts'

const main = fileURLToPath(new URL('../agent/main.ts', import.meta.url))
const host = localHost()
/** It runs the agent's sources where a real node has its staged copy. */
const node = {
  name: 'a',
  directory: '/none',
  node: process.execPath,
  spawn: (command: readonly string[], options: object) =>
    host.spawn(
      command.map((word) => (word.endsWith('/main.cjs') ? main : word)),
      options,
    ),
} as unknown as LiveNode

let agents: readonly AgentProcess[] = []
afterEach(() => Promise.all(agents.map((agent) => agent.stop())))

const phases = { warmupMs: 0, measureMs: 100, cooldownMs: 0 }

async function started(jobs: Readonly<Record<string, Job>>) {
  const frames = new Map<string, Frame[]>()
  agents = await startAgents(
    node,
    Object.entries(jobs).map(([name, job]) => {
      const assignment: Assignment = { id: `floor@${name}`, workload: 'floor', node: name, job }
      const seen: Frame[] = []
      frames.set(name, seen)
      return {
        assignment,
        phases,
        pacedSenders: 0,
        token: 'secret',
        stays: false,
        onFrame: (frame) => seen.push(frame),
      }
    }),
  )
  return { frames, kinds: (name: string) => [...new Set(frames.get(name)?.map(({ t }) => t))] }
}

test('each gets its own assignment and tells its own end, in one process that says whose it is', async () => {
  const port = await freePort()
  const target = { host: '127.0.0.1', port }
  const { frames, kinds } = await started({
    a: { kind: 'echo', listen: target },
    b: { kind: 'ping', to: target, durationMs: 100, bytes: 16 },
  })
  const [echo, ping] = agents
  await Promise.all(agents.map((agent) => agent.ready))
  await beginAt(agents)
  await ping!.done
  echo!.send({ t: 'finish' })
  await echo!.done
  expect(kinds('a')).toEqual(['hello', 'ready', 'sample', 'done'])
  expect(kinds('b')).toEqual(['hello', 'ready', 'sample', 'done'])
  expect([...frames.values()].map(([hello]) => hello)).toMatchObject([{ node: 'a' }, { node: 'a' }])
  expect(frames.get('b')?.at(-1)).toMatchObject({ counts: { received: expect.any(Number) as number } })
})

test('a failure of one ends the process, and the other is told so', async () => {
  const target = { host: '127.0.0.1', port: await freePort() }
  await started({
    a: { kind: 'ping', to: target, durationMs: 100, bytes: 16 },
    // An address for documentation (RFC 5737): no interface has it.
    b: { kind: 'echo', listen: { host: '192.0.2.1', port: target.port } },
  })
  const ends = await Promise.allSettled(agents.map((agent) => agent.done))
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(ends.map((end) => String((end as PromiseRejectedResult).reason))).toContainEqual(
    expect.stringContaining('failed: '),
  )
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
