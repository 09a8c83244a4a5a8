import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { NodePlan } from '../model/plan.ts'
import { openJournal } from '../store/journal.ts'
import { keptNodes } from './kept.ts'
import { memorySubstrate } from './memory.ts'
import type { Program, ProgramIo } from './memory-program.ts'

const never = new AbortController().signal
const echo: Program = async (io: ProgramIo) => {
  for await (const line of io.input) io.write(line)
  return 0
}

async function setting(clearing: Program = () => Promise.resolve(0)) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-kept-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const made: string[] = []
  const programs = { echo, sh: clearing }
  const inner = memorySubstrate({ programs, onCreate: ({ name }) => void made.push(name) })
  const ground = await openJournal(join(folder, 'ground.ndjson'), 'ground')
  const own = await openJournal(join(folder, 'own.ndjson'), 'own')
  onTestFinished(() => Promise.all([ground.close(), own.close()]).then(() => undefined))
  const kept = keptNodes(inner, ground)
  const plan = (name: string, index: number, more: Partial<NodePlan> = {}): NodePlan => ({
    name,
    group: name,
    role: 'load',
    index,
    endpoint: inner.endpoint(index),
    ...more,
  })
  return { inner, ground, own, kept, plan, made }
}

test('a run takes the nodes of the one before it under its own names, and the journal that outlives both has them', async () => {
  const { inner, ground, own, kept, plan, made } = await setting()
  const first = kept.forRun()
  const nodes = await Promise.all([plan('hub', 0), plan('send', 1)].map((each) => first.create(each, own, never)))
  const child = await nodes[1]?.spawn(['echo'])
  await Promise.all(nodes.map((node) => node.destroy()))
  await child?.exit // giving the node back has ended the program
  expect([own.open(), ground.open().length, kept.idle()]).toEqual([[], 2, 2])
  expect(await first.facts()).toEqual({ pretend: 'yes' })

  const second = kept.forRun()
  const again = await second.create(plan('ask', 1), own, never)
  expect(again.name).toBe('ask')
  const more = await second.create(plan('answer', 2), own, never)
  expect(made).toEqual(['hub', 'send', 'answer'])
  expect(await second.facts()).toEqual({ pretend: 'yes', 'nodes.kept': 'from an earlier scenario: ask' })
  await expect(nodes[1]?.spawn(['echo'])).rejects.toThrow('given back')
  await Promise.all([again, more].map((node) => node.destroy()))
  await kept.close()
  expect([kept.idle(), ground.open(), inner.nodes.size]).toEqual([0, [], 0])
})

test.each([
  ['role', { role: 'server' }],
  ['network', { network: 'vnet' }],
  ['CPUs', { cpus: [0] }],
  ['memory', { memoryBytes: 4e9 }],
] as const)('a node of another %s is made anew at its place', async (_what, change) => {
  const { ground, own, kept, plan, made } = await setting()
  await (await kept.forRun().create(plan('send', 0), own, never)).destroy()
  const other = await kept.forRun().create(plan('other', 0, change), own, never)
  expect([made, ground.open().map(({ name }) => name)]).toEqual([['send', 'other'], ['other']])
  await other.destroy()
  await kept.close()
})

test('a node that cannot be made as new is destroyed, and nothing is made once the run is interrupted', async () => {
  const { ground, own, kept, plan } = await setting(() => Promise.resolve(1))
  await (await kept.forRun().create(plan('send', 0), own, never)).destroy()
  expect([kept.idle(), ground.open()]).toEqual([0, []])
  await expect(kept.forRun().create(plan('send', 0), own, AbortSignal.abort())).rejects.toMatchObject({
    code: 'interrupted',
  })
})
