import { execFileSync, spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openJournal, readJournal } from './journal.ts'

const run = '20261124-061500-fan-out-k3f9'
let path = ''
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-journal-'))
  path = join(folder, 'journal.ndjson')
  onTestFinished(() => rm(folder, { recursive: true }))
})

describe('a journal', () => {
  it('remembers what may still exist, oldest first, with what became known later', async () => {
    const journal = await openJournal(path, run)
    const folder = await journal.will('directory', '/x', { run })
    const gone = await journal.will('process', 'hub/nats-server')
    const program = await journal.will('process', 'send/node')
    await journal.did(program, { pid: 7, start: '4711' })
    await journal.gone(gone)
    const open = [folder, { ...program, detail: { pid: 7, start: '4711' } }]
    expect(journal.open()).toEqual(open)
    await journal.close()
    expect(await readJournal(path)).toMatchObject({ run, open })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('has an intention on disk before the call resolves', async () => {
    const journal = await openJournal(path, run)
    const entry = await journal.will('jail', 'k3f9hub')
    expect((await readJournal(path)).open).toEqual([entry])
    await journal.close()
  })

  it('is complete up to its last promise when its writer is killed', async () => {
    const script = `
      import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
      const journal = await openJournal(${JSON.stringify(path)}, ${JSON.stringify(run)})
      for (let n = 1; ; n += 1) { await journal.will('directory', '/x' + n); process.stdout.write(n + '\\n') }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.split('\n').length > 20) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.once('close', resolve))
    const promised = Number(said.trimEnd().split('\n').at(-1))
    const { open } = await readJournal(path)
    expect(open.length).toBeGreaterThanOrEqual(promised)
    expect(open.length).toBeLessThanOrEqual(promised + 1)
  })

  it('that is a pipe, of no run, or has a whole line that is not known is refused', async () => {
    execFileSync('mkfifo', [path])
    await expect(openJournal(path, run)).rejects.toMatchObject({
      code: 'io',
      message: `journal ${path} must be a file that can be read, got a pipe`,
    })
    await rm(path)
    await writeFile(path, 'garbage\n')
    await expect(openJournal(path, run)).rejects.toThrow(`must belong to run ${run}, got a file that names none`)
    await writeFile(path, `{"t":"run","run":"${run}"}\n{"t":"made","id":1}\n`)
    await expect(openJournal(path, run)).rejects.toThrow(
      `${path}:2 must be a line of a journal, got {"t":"made","id":1}`,
    )
  })

  it('is read past a torn last line, and goes on behind it', async () => {
    const before = await openJournal(path, run)
    const entry = await before.will('directory', '/x')
    await before.close()
    await appendFile(path, '{"t":"will","id":2,"kind":"dir')
    expect((await readJournal(path)).open).toEqual([entry])
    const after = await openJournal(path, run)
    const next = await after.will('directory', '/y')
    await after.gone(entry)
    await after.close()
    expect(next.id).toBeGreaterThan(entry.id)
    expect((await readJournal(path)).open).toEqual([next])
  })

  it('keeps the order of calls that do not wait for each other', async () => {
    const journal = await openJournal(path, run)
    const entries = await Promise.all(Array.from({ length: 20 }, (_, n) => journal.will('directory', `/${n}`)))
    expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    await Promise.all(entries.map((entry) => journal.gone(entry)))
    await journal.close()
    expect((await readJournal(path)).open).toEqual([])
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(42)
  })

  it('is not taken for that of another run', async () => {
    await (await openJournal(path, run)).close()
    await expect(openJournal(path, '20261124-061501-other-aaaa')).rejects.toThrow('must belong to run')
  })

  it('ignores lines that are not its own', async () => {
    await writeFile(path, `{"t":"run","run":"${run}"}\nnull\n7\nnonsense\n{"t":"gone","id":99}\n`)
    expect(await readJournal(path)).toMatchObject({ run, open: [] })
  })
})
