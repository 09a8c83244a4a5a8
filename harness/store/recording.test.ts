import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Line } from '../model/recording.ts'
import { readRecording } from './recording.ts'

const [first] = recording({ blocks: 1 })
const plan = JSON.stringify(first)
const block = '{"t":"block","block":0,"variant":"default","startedAt":"2026-11-24T06:15:00.000Z"}'
const end = '{"t":"end","outcome":"complete"}'
let path = ''
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-recording-'))
  path = join(folder, 'recording.ndjson')
  onTestFinished(() => rm(folder, { recursive: true }))
})

async function read(text: string | Uint8Array): Promise<Line[]> {
  await writeFile(path, text)
  const lines: Line[] = []
  for await (const line of readRecording(path)) lines.push(line)
  return lines
}

describe('reading a recording', () => {
  it('gives its lines in order', async () => {
    expect(await read(`${plan}\n${block}\n${end}\n`)).toEqual(
      [plan, block, end].map((line) => JSON.parse(line) as Line),
    )
  })

  it('skips a torn last line and says so at the end, wherever it is torn', { timeout: 60_000 }, async () => {
    for (let cut = plan.length + 2; cut < plan.length + 1 + block.length; cut += 1) {
      const lines = await read(`${plan}\n${block}`.slice(0, cut))
      expect(lines.map(({ t }) => t)).toEqual(['plan', 'end'])
      expect(lines.at(-1)).toMatchObject({
        outcome: 'interrupted',
        because: 'the last line of the recording is torn off',
      })
    }
  })

  it('refuses two recordings in one file, also where the first has no end', async () => {
    const words = 'must belong to the run that the file begins with, got a line `plan` of another'
    await expect(read(`${plan}\n${end}\n${plan}\n${end}\n`)).rejects.toThrow(`${path}:3 ${words}`)
    await expect(read(`${plan}\n${block}\n${plan}\n${end}\n`)).rejects.toThrow(`${path}:3 ${words}`)
    await expect(read(`${plan}\n${end}\n${block}\n`)).rejects.toThrow('got a line `block` of another')
  })

  it('counts a whole last line that only lacks its newline', async () => {
    expect((await read(`${plan}\n${end}`)).at(-1)).toEqual(JSON.parse(end))
  })

  it('says that a recording without an end was interrupted', async () => {
    expect((await read(`${plan}\n${block}\n`)).at(-1)).toMatchObject({
      outcome: 'interrupted',
      because: 'the recording stops without an end',
    })
  })

  it('survives a line torn inside a character of several bytes', async () => {
    const bytes = Buffer.from(`${plan}\n{"t":"block","variant":"ä`)
    expect((await read(bytes.subarray(0, -1))).at(-1)).toMatchObject({ outcome: 'interrupted' })
  })

  it.each([
    ['an empty file', '', 'must begin with the plan, got an empty file'],
    ['a first line that is no plan', `${block}\n`, 'must begin with the plan, got a line `block`'],
    ['another schema', `${plan.replace('"schema":2', '"schema":3')}\n`, 'must have schema 1 or 2, got 3'],
    ['a broken line in the middle', `${plan}\n{"t":\n${end}\n`, 'recording.ndjson:2 must be JSON, got "{\\"t\\":"'],
    ['a line of an unknown kind', `${plan}\n{"t":"dance"}\n`, 'recording.ndjson:2 must be a known line'],
    [
      'a line named like a property of objects',
      `${plan}\n{"t":"constructor"}\n`,
      'recording.ndjson:2 must be a known line',
    ],
    ['a line that is no object', `${plan}\n7\n`, 'recording.ndjson:2 must be a known line'],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'recording-invalid',
      message: expect.stringContaining(message) as string,
    })
  })

  it('says which field of a line is wrong', async () => {
    await expect(read(`${plan}\n${block.replace('"block":0', '"block":"0"')}\n`)).rejects.toMatchObject({
      message: expect.stringContaining('recording.ndjson:2 must be a known line') as string,
      lines: ['block: Invalid input: expected number, received string'],
    })
  })

  it('passes over a byte order mark and line ends of Windows', async () => {
    expect(await read(`\uFEFF${plan}\r\n${block}\r\n\r\n${end}\r\n`)).toHaveLength(3)
  })

  it.each([
    ['compressed (gzip)', gzipSync(plan)],
    ['compressed (zstd)', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x00, 0x0a, 0x0a)],
    ['UTF-16LE', Buffer.from(`\uFEFF${plan}\n`, 'utf16le')],
  ])('names what the file is in place of text: %s', async (what, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'recording-invalid',
      message: expect.stringContaining(`${path} must be `) as string,
    })
    await expect(read(bytes)).rejects.toThrow(`it is ${what}`)
  })

  it('refuses a pipe in place of waiting for it', async () => {
    execFileSync('mkfifo', [path])
    await expect(readRecording(path).next()).rejects.toThrow('must be a file that can be read, got a pipe')
  })

  it('says that there is none', async () => {
    await expect(readRecording(`${path}.no`).next()).rejects.toMatchObject({ code: 'not-found' })
  })

  it('gives lines longer than what is read at once', async () => {
    const long = `{"t":"blockEnd","block":0,"outcome":"failed","because":"${'ä'.repeat(1_500_000)}"}`
    const lines = await read(`${plan}\n${long}\n${end}\n`)
    expect(lines[1]).toEqual(JSON.parse(long))
  })
})
