import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { moduleReader } from './module.ts'

const root = join(import.meta.dirname, '../..')
const broken = (name: string) => join(root, 'fixtures/scenarios/broken', name)
const first = readdirSync(join(root, 'scenarios/first')).map((name) => join(root, 'scenarios/first', name))
const longMs = 60_000

/** What each thread was asked to read. */
const asked = vi.spyOn(Worker.prototype, 'postMessage')
beforeEach(() => void asked.mockClear())
afterAll(() => asked.mockRestore())

test('files that do well share one thread', async () => {
  const modules = moduleReader()
  for (const path of first) expect(await modules.read(path, longMs)).toHaveProperty('value')
  await modules.close()
  expect(first.length).toBeGreaterThan(3)
  expect(new Set(asked.mock.contexts).size).toBe(1)
})

test.for([
  ['exits.ts', /ended its process/, longMs],
  ['loops.ts', /within 0.5 seconds/, 500],
  ['throws.ts', /threw/, longMs],
] as const)('%s is a problem alone: the next file is read', async ([name, problem, deadlineMs]) => {
  const modules = moduleReader()
  expect(await modules.read(first[0]!, longMs)).toHaveProperty('value')
  expect(JSON.stringify(await modules.read(broken(name), deadlineMs))).toMatch(problem)
  expect(await modules.read(first[0]!, longMs)).toHaveProperty('value')
  await modules.close()
})

test('what a file posts itself is no answer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'module-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'posts.ts')
  const post =
    "import { parentPort } from 'node:worker_threads'\nparentPort?.postMessage('hi')\nexport default { a: 1 }"
  await writeFile(path, post)
  const modules = moduleReader()
  expect(await modules.read(path, longMs)).toEqual({ value: { a: 1 } })
  await modules.close()
})

test('what a file leaves behind is not held against the next one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'module-'))
  const [leaves, meets] = [join(folder, 'leaves.mjs'), join(folder, 'meets.mjs')]
  await writeFile(leaves, 'globalThis.left = true\nexport default {}\n')
  await writeFile(meets, "if (globalThis.left) throw new Error('not alone')\nexport default { a: 1 }\n")
  const modules = moduleReader()
  expect(await modules.read(leaves, longMs)).toEqual({ value: {} })
  expect(await modules.read(meets, longMs)).toEqual({ value: { a: 1 } })
  await modules.close()
  await rm(folder, { recursive: true })
})

test('the signal ends a file whose code never ends, and no other is begun', async () => {
  const stop = new AbortController()
  const modules = moduleReader(stop.signal)
  const reading = modules.read(broken('loops.ts'), longMs)
  stop.abort(new DOMException('interrupted by Ctrl-C', 'AbortError'))
  await expect(reading).rejects.toThrow('interrupted by Ctrl-C')
  await expect(modules.read(first[0]!, longMs)).rejects.toThrow('interrupted by Ctrl-C')
})
