import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { converseWith } from './client.ts'
import type { Answer } from './protocol.ts'

/** What the client throws where the keeper answers so. */
async function thrownAt(answer: Answer): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-keep-'))
  const server = createServer((socket) => socket.end(`${JSON.stringify(answer)}\n`))
  await new Promise<void>((resolve) => server.listen(join(folder, 'keep.sock'), resolve))
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  })
  const talk = await converseWith(join(folder, 'keep.sock'))
  const told = talk.answers[Symbol.asyncIterator]().next()
  return told.then(() => undefined).catch((error: unknown) => error)
}

it('a refusal of the keeper comes with its kind, its lines and its hint', async () => {
  const hint = 'choose such a delay'
  const error = await thrownAt({
    t: 'failed',
    code: 'unavailable',
    message: 'delay must be whole',
    lines: ['hz 100'],
    hint,
  })
  expect(error).toMatchObject({
    code: 'unavailable',
    exitStatus: 69,
    message: 'delay must be whole',
    lines: ['hz 100'],
    hint,
  })
})

it('one without a hint is of its kind too', async () => {
  expect(await thrownAt({ t: 'failed', code: 'os', message: 'm', lines: [] })).toMatchObject({
    exitStatus: 71,
    hint: undefined,
  })
})
