/**
 * How far the consumers of a block are: asked of the leader of each (CONSUMER.INFO is answered by nobody else), at every cut of the
 * samples, so at both ends of the measured window.
 */
import type { Clock } from './clock.ts'
import type { JobContext } from './job.ts'
import { asFailure } from './failure.ts'
import { ApiError, fields, numberOf, type JsApi } from './js-api.ts'

interface Watched {
  readonly stream: { readonly name: string; readonly consumers: readonly { readonly name: string }[] }
  readonly api: JsApi
}

export interface ConsumerWatch {
  /** One look, after those before it. */
  look(): void
  settled(): Promise<void>
}

export function watchConsumers(all: readonly Watched[], clock: Clock, { emit, fail }: JobContext): ConsumerWatch {
  let looking = Promise.resolve()
  let waiting = 0
  const lookAt = async ({ stream, api }: Watched): Promise<void> => {
    for (const { name } of stream.consumers) {
      const before = clock.now()
      const info = await api.ask(`CONSUMER.INFO.${stream.name}.${name}`)
      // The leader read them somewhere between question and answer.
      emit({ t: 'consumerLag', at: Math.round((before + clock.now()) / 2), consumer: name, ...lagOf(info) })
    }
  }
  return {
    look() {
      if (waiting > 1) return
      waiting++
      looking = looking
        .then(async () => {
          for (const each of all) await lookAt(each)
        })
        .catch((error: unknown) => {
          // A leader that is away answers nobody, servers without one say so, and what a crash took is not found: the gap shows in the line.
          const failure = asFailure(error)
          if (!(failure instanceof ApiError) && failure.code !== 'timeout') fail(failure)
        })
        .finally(() => {
          waiting--
        })
    },
    settled: () => looking,
  }
}

/**
 * From one answer, so that nothing moves between its parts. The last sequence of the stream is what was delivered last and what
 * is pending behind it; with a filter the consumer's own numbers are taken, for those of the stream count other messages too.
 */
export function lagOf(info: Readonly<Record<string, unknown>>) {
  const [delivered, floor] = [fields(info['delivered']), fields(info['ack_floor'])]
  const filtered = typeof fields(info['config'])['filter_subject'] === 'string'
  const number = filtered ? 'consumer_seq' : 'stream_seq'
  const pending = numberOf(info['num_pending'])
  return {
    lag: Math.max(0, pending + numberOf(delivered[number]) - numberOf(floor[number])),
    pending,
    ackPending: numberOf(info['num_ack_pending']),
    ackFloor: numberOf(floor[number]),
  }
}
