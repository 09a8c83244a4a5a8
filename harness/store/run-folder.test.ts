import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Line } from '../model/recording.ts'
import { createRunFolder } from './run-folder.ts'
import { openLineWriter } from './line-writer.ts'
import { isRunId, runId, tagOf } from './run-id.ts'

const run = '20261124-061500-fan-out-k3f9'
let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bench-store-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
})

describe('a run id', () => {
  it('is the date in UTC, the scenario and the tag', () => {
    expect(runId(new Date('2026-11-24T07:15:00.999+01:00'), 'fan-out', 'k3f9')).toBe(run)
  })

  it('is a plain folder name whatever the scenario is called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (scenario) => {
        expect(isRunId(runId(new Date(0), scenario, 'a000'))).toBe(true)
      }),
    )
    expect(runId(new Date(0), '../../etc', 'a000')).toBe('19700101-000000-etc-a000')
  })

  it('has a tag of four letters or digits that begins with a letter, from random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(tagOf(bytes)).toMatch(/^[a-z][a-z0-9]{3}$/)
      }),
    )
    expect(() => runId(new Date(0), 'x', '../a')).toThrow('tag must be')
  })
})

describe('a run folder', () => {
  it('holds the recording, the log and what is written into it, readable by its user alone', async () => {
    const folder = await createRunFolder(join(root, 'reports'), run, () => new Date(0))
    const lines: Line[] = [
      { t: 'block', block: 0, variant: 'default', startedAt: '2026-11-24T06:15:00.000Z' },
      { t: 'end', outcome: 'complete' },
    ]
    await Promise.all(lines.map((line) => folder.append(line)))
    await folder.log({ from: 'hub', line: 'Server is ready' })
    await folder.write('plan.json', '{}\n')
    await folder.write('plan.json', '{"again":1}\n')
    await folder.close()
    expect((await readdir(folder.path)).sort()).toEqual(['log.ndjson', 'plan.json', 'recording.ndjson'])
    expect(await readFile(join(folder.path, 'recording.ndjson'), 'utf8')).toBe(
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    expect(await readFile(join(folder.path, 'log.ndjson'), 'utf8')).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","from":"hub","line":"Server is ready"}\n',
    )
    expect(await readFile(join(folder.path, 'plan.json'), 'utf8')).toBe('{"again":1}\n')
    const modes = await Promise.all(
      ['', 'log.ndjson', 'plan.json', 'recording.ndjson'].map(
        async (name) => (await stat(join(folder.path, name))).mode & 0o777,
      ),
    )
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600])
  })

  it('refuses to be made twice', async () => {
    await (await createRunFolder(root, run)).close()
    await expect(createRunFolder(root, run)).rejects.toMatchObject({ code: 'cannot-create' })
  })

  it.each(['../escape', 'a/b', '.hidden', ''])('refuses the file name %j', async (name) => {
    const folder = await createRunFolder(root, run)
    await expect(folder.write(name, 'x')).rejects.toThrow('file name must be plain')
    await folder.close()
  })

  it('cannot be made below a file, and says what to do', async () => {
    await writeFile(join(root, 'file'), '')
    await expect(createRunFolder(join(root, 'file', 'reports'), run)).rejects.toMatchObject({
      code: 'cannot-create',
      message: `folder ${join(root, 'file', 'reports')} must be creatable, got ENOTDIR`,
      hint: 'a part of the path is a file; choose another folder with --out',
    })
  })

  it.skipIf(process.getuid?.() === 0)('cannot be made where the user may not write', async () => {
    await chmod(root, 0o500)
    onTestFinished(() => chmod(root, 0o700))
    await expect(createRunFolder(root, run)).rejects.toMatchObject({ code: 'cannot-create' })
  })
})

describe('writing lines', () => {
  it('keeps their order, however many come at once', async () => {
    const writer = await openLineWriter(join(root, 'lines'))
    for (let number = 0; number < 5000; number += 1) void writer.append(String(number))
    await writer.close()
    const text = await readFile(join(root, 'lines'), 'utf8')
    expect(text).toBe(Array.from({ length: 5000 }, (_, number) => `${number}\n`).join(''))
  })

  it.skipIf(!existsSync('/dev/full'))('fails on a full disk, at every later line, and at the end', async () => {
    const writer = await openLineWriter('/dev/full', 'a')
    const full = { code: 'io', message: 'file /dev/full must be writable, got ENOSPC' }
    await expect(writer.append('one')).rejects.toMatchObject(full)
    await expect(writer.append('two')).rejects.toMatchObject(full)
    await expect(writer.close()).rejects.toMatchObject(full)
  })

  it.skipIf(!existsSync('/dev/full'))(
    'tells a full disk at the end to a caller who never waited for a line',
    async () => {
      const writer = await openLineWriter('/dev/full', 'a')
      void writer.append('one').catch(() => undefined)
      await expect(writer.close()).rejects.toMatchObject({ code: 'io' })
    },
  )

  it('does not touch a file that is there already', async () => {
    await writeFile(join(root, 'lines'), 'precious')
    await expect(openLineWriter(join(root, 'lines'))).rejects.toMatchObject({ code: 'cannot-create' })
    expect(await readFile(join(root, 'lines'), 'utf8')).toBe('precious')
  })
})
