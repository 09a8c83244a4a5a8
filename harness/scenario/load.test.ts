import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import { loadScenario } from './load.ts'

const broken = join(import.meta.dirname, '../../fixtures/scenarios/broken')
const files = readdirSync(broken).filter((file) => !file.endsWith('.problems.txt'))
/** Files that never answer: a short deadline is enough for them. */
const deadlines: Readonly<Record<string, number>> = { 'never-ends.ts': 500, 'loops.ts': 500 }

async function refusal(path: string, deadlineMs = 100_000): Promise<BenchError> {
  const thrown: unknown = await loadScenario(path, { deadlineMs }).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof BenchError) return thrown
  throw new Error(`${path} was not refused`, { cause: thrown })
}

describe('a broken scenario file', () => {
  it.concurrent.each(files)('%s gives exactly the problems beside it', async (file) => {
    const error = await refusal(join(broken, file), deadlines[file])
    const below = join('fixtures/scenarios/broken', file)
    for (const line of error.lines) expect(line.startsWith(`${below}:`) || /^and \d+ more$/.test(line)).toBe(true)
    expect(error.code).toBe('scenario-invalid')
    expect(error.exitStatus).toBe(65)
    const expected = readFileSync(join(broken, `${file}.problems.txt`), 'utf8')
    expect(`${error.lines.join('\n').replaceAll('fixtures/scenarios/broken/', '')}\n`).toBe(expected)
  })

  it('is told in lines that are safe to print and never long', () => {
    for (const file of files) {
      const lines = readFileSync(join(broken, `${file}.problems.txt`), 'utf8')
        .trimEnd()
        .split('\n')
      for (const line of lines) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(line.length).toBeLessThan(450)
      }
    }
  })
})

describe('loading a scenario', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenario-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const put = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  it.each([
    ['UTF-16LE', Buffer.from('\uFEFF{}', 'utf16le')],
    ['another encoding', Buffer.from('{}', 'utf16le')],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004\u0000\u0000')],
    ['compressed (gzip)', gzipSync('{}')],
    ['another encoding', Buffer.of(0x7b, 0xff, 0x7d)],
    ['another encoding', Buffer.of(0xef, 0xbb, 0xbf, 0x7b, 0xff, 0x7d)],
  ])('names what a file is in place of UTF-8: %s', async (what, bytes) => {
    const path = join(folder, 'coded.json')
    await writeFile(path, bytes)
    expect((await refusal(path)).lines).toEqual([expect.stringContaining(`file must be UTF-8, it is ${what}`)])
  })

  const small = {
    name: 'small',
    about: 'As small as it gets.',
    topology: { hub: { role: 'server' }, send: { role: 'load' } },
    workloads: [
      {
        kind: 'publish',
        name: 'pub',
        on: 'send',
        to: 'hub',
        subject: 'a',
        payload: { bytes: 16 },
        arrivals: { kind: 'flood' },
      },
    ],
  }

  it('gives the same scenario from TypeScript as from JSON, with defaults filled in', async () => {
    const { scenario: json } = await loadScenario(await put('small.json', JSON.stringify(small)))
    const { scenario: typescript } = await loadScenario(
      await put('small.ts', `export default ${JSON.stringify(small)} satisfies Record<string, unknown>`),
    )
    expect(typescript).toEqual(json)
    expect(json).toMatchObject({ repeats: 3, phases: { warmup: '1s', measure: '5s', cooldown: '200ms' } })
  })

  it('finds the package by its name from a file that lies outside of it', async () => {
    const file = await put(
      'outside.ts',
      `import { defineScenario } from 'nats-jail-harness'\nexport default defineScenario(${JSON.stringify(small)})`,
    )
    expect((await loadScenario(file)).scenario).toMatchObject({ name: 'small' })
  })

  it('reads a changed file again', async () => {
    await loadScenario(await put('changed.ts', `export default ${JSON.stringify(small)}`))
    const file = await put('changed.ts', `export default ${JSON.stringify({ ...small, name: 'changed' })}`)
    expect((await loadScenario(file)).scenario).toMatchObject({ name: 'changed' })
  })

  it('does not let a file print where results go', async () => {
    const file = await put('prints.ts', `console.log('noise')\nexport default ${JSON.stringify(small)}`)
    expect((await loadScenario(file)).scenario).toMatchObject({ name: 'small' })
  })

  it('leaves out the $schema that editors want in a JSON file', async () => {
    const file = await put('schema.json', JSON.stringify({ $schema: './scenario.schema.json', ...small }))
    expect((await loadScenario(file)).scenario).not.toHaveProperty('$schema')
  })

  it('does not wait for a pipe that nobody writes to', async () => {
    const pipe = join(folder, 'pipe.json')
    execFileSync('mkfifo', [pipe])
    expect((await refusal(pipe)).lines).toEqual([
      expect.stringMatching(/: file must be a plain file, got something else$/),
    ])
  })

  it('takes members that are undefined as not given', async () => {
    const file = await put('undefined.ts', `export default { ...${JSON.stringify(small)}, repeats: undefined }`)
    expect((await loadScenario(file)).scenario).toMatchObject({ repeats: 3 })
  })

  it('refuses a file of more than 1 MiB unread', async () => {
    const error = await refusal(await put('big.json', ' '.repeat(1024 * 1024 + 1)))
    expect(error.lines).toEqual([expect.stringMatching(/big.json: file must be at most 1048576 bytes, got 1048577$/)])
  })

  it('refuses a folder', async () => {
    expect((await refusal(folder)).lines).toEqual([
      expect.stringMatching(/: file must be a plain file, got something else$/),
    ])
  })

  it('answers that a file is not there with another status than that it is wrong', async () => {
    const error = await refusal(join(folder, 'nowhere.ts'))
    expect(error.code).toBe('not-found')
    expect(error.exitStatus).toBe(66)
  })
})
