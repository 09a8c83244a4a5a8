import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runLocally } from '../host/local.ts'
import type { NodePlan } from '../model/plan.ts'
import { openJournal } from '../store/journal.ts'
import { keptNodes } from './kept.ts'
import { memorySubstrate, type MemorySubstrate } from './memory.ts'
import type { Program, ProgramIo } from './memory-program.ts'
import { isPausable, type LiveNode } from './substrate.ts'

const never = new AbortController().signal
const echo: Program = async (io: ProgramIo) => {
  for await (const line of io.input) io.write(line)
  return 0
}

/** Tells which files its nodes are given, and when they are let go. */
function watched(pretend: MemorySubstrate, seen: (what: string) => void): Pick<MemorySubstrate, 'create'> {
  return {
    create: async (...words) => {
      const node = await pretend.create(...words)
      if (!isPausable(node)) return node
      const put: LiveNode['put'] = (files, where) => {
        seen(`put ${Object.keys(files).join(' ')} into ${where}`)
        return node.put(files, where)
      }
      const resume = () => {
        seen('resume')
        return node.resume()
      }
      return { ...node, put, resume }
    },
  }
}

async function setting(clearing: Program = () => Promise.resolve(0), seen?: (what: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-kept-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const made: string[] = []
  const programs = { echo, sh: clearing }
  const pretend = memorySubstrate({ programs, onCreate: ({ name }) => void made.push(name) })
  const inner = seen === undefined ? pretend : { ...pretend, ...watched(pretend, seen) }
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

/** Empties a real folder by what a node that is given back was told to run → what stays in it. */
async function emptied(command: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-emptied-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of ['agent', 'server', '.hidden', 'other']) await mkdir(join(folder, name))
  const [sh = '', option = '', script = '', , ...rest] = command
  await runLocally([sh, option, script, folder, ...rest])
  return (await readdir(folder)).sort()
}

test("the agent's programs stay for the next run, which gets them again only where they differ; all else goes", async () => {
  const commands: (readonly string[])[] = []
  const seen: string[] = []
  const clearing: Program = ({ command }) => {
    commands.push(command)
    return Promise.resolve(0)
  }
  const { own, kept, plan } = await setting(clearing, (what) => seen.push(what))
  const run = async (files: Record<string, string>, more: Record<string, string> = {}) => {
    const node = await kept.forRun().create(plan('send', 0), own, never)
    const place = `${node.directory}/agent`
    await node.put(files, place)
    if (Object.keys(more).length > 0) await node.put(more, place)
    await node.put({ 'a.conf': 'x' }, `${node.directory}/server`)
    await node.destroy()
    return seen.splice(0).filter((each) => !each.includes('a.conf'))
  }
  const place = 'into /memory/send/agent'
  expect(await run({ 'main.js': '1' })).toEqual([`put main.js ${place}`])
  expect(await run({ 'main.js': '1' })).toEqual([])
  expect(await run({ 'main.js': '1' }, { 'nats.js': '2' })).toEqual([`put nats.js ${place}`])
  // The folder had more in it than one run puts there, so nothing stayed.
  expect(await run({ 'main.js': '2' })).toEqual([`put main.js ${place}`])
  const stays = await Promise.all(commands.map(emptied))
  expect(stays).toEqual([['agent'], ['agent'], [], ['agent']])
  await kept.close()
})

test("the agent's programs do not stay where putting them failed half-way", async () => {
  const seen: string[] = []
  const { own, kept, plan } = await setting(undefined, (what) => {
    seen.push(what)
    if (seen.length === 1) throw new Error('no room')
  })
  const put = async () => {
    const node = await kept.forRun().create(plan('send', 0), own, never)
    await node.put({ 'main.js': '1' }, `${node.directory}/agent`).finally(() => node.destroy())
  }
  await expect(put()).rejects.toThrow('no room')
  await put()
  expect(seen).toHaveLength(2)
  await kept.close()
})

test('programs are let go again where they were held, and no host is asked where they were not', async () => {
  const seen: string[] = []
  const { own, kept, plan } = await setting(undefined, (what) => seen.push(what))
  await (await kept.forRun().create(plan('send', 0), own, never)).destroy()
  expect(seen).toEqual([])
  const held = await kept.forRun().create(plan('send', 0), own, never)
  if (isPausable(held)) await held.pause()
  await held.destroy()
  expect(seen).toEqual(['resume'])
  await kept.close()
})
