import { PassThrough } from 'node:stream'
import { expect, it, vi } from 'vitest'
import type { Docker } from './engine.ts'
import { pulled } from './image.ts'

/** An engine that has no image and never finishes a pull. */
function slowEngine(): { readonly docker: Docker; readonly pulling: PassThrough } {
  const pulling = new PassThrough()
  const docker = {
    getImage: () => ({ inspect: () => Promise.reject(Object.assign(new Error('no such image'), { statusCode: 404 })) }),
    pull: () => Promise.resolve(pulling),
    modem: { followProgress: () => undefined },
  }
  return { docker: docker as unknown as Docker, pulling }
}

it('gives up a pull when it is interrupted, and lets go of the engine', async () => {
  const { docker, pulling } = slowEngine()
  const interrupt = new AbortController()
  const pull = pulled(docker, 'node:24', { say: () => undefined, signal: interrupt.signal })
  const left = new Promise((resolve) => pulling.once('close', resolve))
  setTimeout(() => interrupt.abort(), 20)
  await expect(pull).rejects.toMatchObject({ code: 'interrupted' })
  await left
})

it('pulls nothing once it was interrupted', async () => {
  const pulling = { say: () => undefined, signal: AbortSignal.abort() }
  await expect(pulled(slowEngine().docker, 'node:24', pulling)).rejects.toMatchObject({
    code: 'interrupted',
  })
})

it('a pull that takes long is told of', async () => {
  vi.useFakeTimers()
  try {
    const said: string[] = []
    const interrupt = new AbortController()
    const pulling = { say: (line: string) => said.push(line), signal: interrupt.signal }
    const ended = expect(pulled(slowEngine().docker, 'node:24', pulling)).rejects.toMatchObject({ code: 'interrupted' })
    await vi.advanceTimersByTimeAsync(10_500)
    expect(said).toEqual(['pull of image node:24: 10 s'])
    interrupt.abort()
    await ended
  } finally {
    vi.useRealTimers()
  }
})
