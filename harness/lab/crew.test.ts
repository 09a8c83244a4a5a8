import { expect, test } from 'vitest'
import type { Assignment } from '../model/plan.ts'
import type { AgentProcess, AgentRequest } from './agent-process.ts'
import { Crew } from './crew.ts'

const listen = { host: '127.0.0.1', port: 1 }
const echo = (node: string): Assignment => ({
  id: 'floor-echo',
  workload: 'floor',
  node,
  job: { kind: 'echo', listen },
})
const watch: Assignment = { id: 'probe@a', workload: 'probe', node: 'a', job: { kind: 'probe', servers: [] } }
const asked = (assignment: Assignment): AgentRequest => ({
  assignment,
  phases: { warmupMs: 0, measureMs: 1, cooldownMs: 0 },
  pacedSenders: 0,
  token: '',
  stays: true,
  onFrame: () => undefined,
})

/** A process that tells what it is asked for next, and that it was stopped. */
function pretend(name: string, told: string[]): AgentProcess {
  return {
    assignment: echo('a'),
    next: ({ assignment }: AgentRequest) => pretend(`${name}, then ${assignment.id}@${assignment.node}`, told),
    stop: () => Promise.resolve(void told.push(name)),
  } as unknown as AgentProcess
}

test('a process does the same assignment of the same node again, once until it is kept anew, and ends with the crew', async () => {
  const told: string[] = []
  const crew = new Crew()
  const again = (...nodes: string[]) => crew.again(nodes.map((node) => asked(echo(node))))
  expect(again('a')).toBeUndefined()
  crew.keep([echo('a')], [pretend('watcher', told)])
  expect(again('b')).toBeUndefined()
  const first = again('a')
  expect(again('a')).toBeUndefined()
  crew.keep([echo('a')], first!)
  await crew.close()
  expect(told).toEqual(['watcher, then floor-echo@a'])
  await crew.close()
  expect(told).toHaveLength(1)
})

test('a process that does several assignments goes on where it is asked for the same ones', async () => {
  const told: string[] = []
  const crew = new Crew()
  crew.keep([echo('a'), echo('b')], [pretend('first', told), pretend('second', told)])
  expect(crew.again([asked(echo('a'))])).toBeUndefined()
  const again = crew.again([asked(echo('a')), asked(echo('b'))])
  await Promise.all(again!.map((agent) => agent.stop()))
  expect(told).toEqual(['first, then floor-echo@a', 'second, then floor-echo@b'])
})

test('what a process began a block with, and what it took over there, is known', () => {
  const crew = new Crew()
  expect(crew.knows([echo('a')])).toBe(false)
  crew.keep([echo('a')], [{ ...pretend('first', []), assignment: watch }])
  expect(crew.knows([echo('a'), watch])).toBe(true)
  expect(crew.knows([echo('a'), echo('b')])).toBe(false)
})
