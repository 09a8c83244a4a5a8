import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Host } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { medianMicros, messagesPerSecond, startNatsBench } from './nats-bench.ts'

/** As natscli 0.5.1 wrote it here on 2026-11-27. */
const sent =
  'NATS Core NATS publisher stats: 303,879 msgs/sec ~ 37 MiB/sec ~ min: 0.07us ~ avg: 1.71us ~ max: 42,757.16us ~ P50: 0.13us ~ P90: 0.17us'

describe('statistics of nats bench', () => {
  it('are read: rate, and median in microseconds', () => {
    expect(messagesPerSecond(`\n${sent}\n`)).toBe(303_879)
    expect(medianMicros(sent)).toBe(0.13)
    expect(medianMicros('NATS Core NATS service requester stats: 100 msgs/sec ~ P50: 1,234.5us')).toBe(1234.5)
    expect(medianMicros('stats: 100 msgs/sec ~ P50: 2.5ms')).toBe(2500)
  })

  it('are those of all clients where there are several', () => {
    expect(
      messagesPerSecond(' [1] stats: 10 msgs/sec\n [2] stats: 11 msgs/sec\n\n publisher aggregated stats: 21 msgs/sec'),
    ).toBe(21)
  })

  it('in other words are an error that shows them', () => {
    expect(() => messagesPerSecond('nats: error: authorization violation')).toThrow(/must print its statistics/)
    expect(() => medianMicros('stats: 100 msgs/sec')).toThrow(/must print its statistics/)
  })
})

describe('nats bench in a node', () => {
  const seen: string[] = []
  const start = async (script: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-nats-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const program = join(folder, 'nats')
    await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const spawn: Host['spawn'] = (command, options) => {
      seen.push(...command, ...Object.values(options?.env ?? {}))
      return localHost().spawn(command, options)
    }
    return startNatsBench({ spawn }, program, { url: 'nats://127.0.0.1:1', token: 't1' }, ['sub', 'x'])
  }

  it('gets server and credential by its environment, the credential from no arguments, and says when it began', async () => {
    const { begun, said } = await start(
      'echo "22:17:23 [1] Starting Core NATS subscriber" >&2; echo "$NATS_URL $NATS_TOKEN"',
    )
    const running = await start('echo "22:17:23 [1] Starting Core NATS subscriber" >&2; sleep 600')
    await running.begun
    await running.child.stop(0)
    await expect(running.said).rejects.toThrow(/must end well, got SIG/)
    await begun
    expect(await said).toBe('nats://127.0.0.1:1 t1')
    expect(seen.join()).not.toContain('t1')
  })

  it('that ends badly says what its last words were', async () => {
    const { begun, said } = await start('echo "nats: error: no servers available" >&2; exit 1')
    await begun
    await expect(said).rejects.toMatchObject({ code: 'os', lines: ['nats: error: no servers available'] })
  })
})
