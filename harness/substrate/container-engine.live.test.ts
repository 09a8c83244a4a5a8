/** What a run sees when its engine dies. The engine is one that this test starts itself; it needs root and dockerd. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localHost } from '../host/local.ts'
import { openJournal } from '../store/journal.ts'
import { killNow } from '../testing/kill.ts'
import { containerSubstrate } from './container.ts'
import type { Substrate } from './substrate.ts'

const script = fileURLToPath(new URL('../../.ci/engine', import.meta.url))
const run = promisify(execFile)
const missing = [
  ...(process.getuid?.() === 0 ? [] : ['root']),
  ...(['/usr/sbin/dockerd', '/usr/bin/dockerd'].some(existsSync) ? [] : ['dockerd']),
]

describe.skipIf(missing.length > 0)(`an engine that dies (needs root and dockerd, missing: ${missing.join()})`, () => {
  let work: string
  let folder: string

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'container-engine-'))
    folder = join(work, 'engine')
    // Set before the first look for an engine: testcontainers keeps the first one that it finds.
    process.env['DOCKER_HOST'] = (await run(script, ['start', folder])).stdout.trim()
  })
  afterAll(async () => {
    await run(script, ['stop', folder])
    await rm(work, { recursive: true })
  })

  it('ends every program with a reason, fails what is asked of it, and is swept once it is back', async () => {
    const host = localHost()
    const facts = await host.facts()
    const context = { host, facts, run: 'run-died', tag: 'died', directory: work, settings: { image: 'thin' }, env: {} }
    const substrate: Substrate = await containerSubstrate({ ...context, say: () => undefined })
    const journal = await openJournal(join(work, 'journal.ndjson'), 'run-died')
    const signal = new AbortController().signal
    const plan = { name: 'hub', group: 'hub', role: 'load' as const, index: 0, endpoint: substrate.endpoint(0) }
    const node = await substrate.create(plan, journal, signal)
    const child = await node.spawn(['sleep', '1000'])

    killNow(await readFile(join(folder, 'docker.pid'), 'utf8'))
    const exit = await child.exit
    expect(exit.status).toBeUndefined()
    expect(child.tail().at(-1)).toMatch(/the engine lost this program/)
    await expect(node.usage()).rejects.toMatchObject({ code: 'os' })
    await expect(node.destroy()).rejects.toMatchObject({ code: 'os' })
    const open = journal.open()
    expect(open.map((entry) => entry.kind).sort()).toEqual(['container', 'image', 'network'])
    await expect(substrate.sweep(open)).rejects.toMatchObject({
      code: 'os',
      lines: expect.arrayContaining([expect.stringContaining('container bench-died-hub')]) as string[],
    })

    await run(script, ['start', folder])
    await substrate.sweep(open)
    for (const entry of open) await journal.gone(entry)
    await substrate.create(plan, journal, signal).then((again) => again.destroy())
    expect(journal.open()).toEqual([])
    await journal.close()
  })
})
