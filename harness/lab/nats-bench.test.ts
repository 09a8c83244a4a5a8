import { describe, expect, it } from 'vitest'
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
  const start = (script: string) =>
    startNatsBench(
      { spawn: (_command, options) => localHost().spawn(['sh', '-c', script], options) },
      '/nowhere/nats',
      { url: 'nats://127.0.0.1:1', token: 't1' },
      ['sub', 'x'],
    )

  it('gets server and credential by its environment, and says when it began', async () => {
    const { begun, said } = await start(
      'echo "22:17:23 [1] Starting Core NATS subscriber" >&2; echo "$NATS_URL $NATS_TOKEN"',
    )
    const running = await start('echo "22:17:23 [1] Starting Core NATS subscriber" >&2; cat')
    await running.begun
    await running.child.stop(0)
    await expect(running.said).rejects.toThrow(/must end well, got SIG/)
    await begun
    expect(await said).toBe('nats://127.0.0.1:1 t1')
  })

  it('that ends badly says what its last words were', async () => {
    const { begun, said } = await start('echo "nats: error: no servers available" >&2; exit 1')
    await begun
    await expect(said).rejects.toMatchObject({ code: 'os', lines: ['nats: error: no servers available'] })
  })
})
