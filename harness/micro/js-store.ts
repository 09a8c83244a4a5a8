/** A stream that our agent and `nats bench` use in turn: made, filled and emptied over the wire engine. */
import { loadEngine, type Link } from '../agent/engine.ts'
import { fillStream } from '../agent/filling.ts'
import { JsApi } from '../agent/js-api.ts'
import type { Server } from './nats-bench.ts'

export const streamName = 'versus'
export const streamSubject = 'versus.js'
export const consumerName = 'versus-reader'
const alreadyGone = 10_059

export class JsStore {
  readonly #api: JsApi
  readonly #filling: Link
  #filled = false

  private constructor(asking: Link, filling: Link) {
    this.#api = new JsApi(asking)
    this.#filling = filling
  }

  static async open({ host, port, token }: Server): Promise<JsStore> {
    const engine = await loadEngine('wire')
    const connect = () =>
      engine.connect({ host, port }, { token, name: 'versus', timeoutMs: 5000 }, (failure) => {
        throw failure
      })
    const [asking, filling] = [await connect(), await connect()]
    const store = new JsStore(asking, filling)
    store.close = () => {
      asking.close()
      filling.close()
    }
    return store
  }

  close: () => void = () => undefined

  /** An empty stream. */
  async fresh(): Promise<void> {
    this.#filled = false
    await this.#api.ask(`STREAM.DELETE.${streamName}`).catch((error: unknown) => {
      if (!(error instanceof Error && 'errorCode' in error && error.errorCode === alreadyGone)) throw error
    })
    const config = {
      name: streamName,
      subjects: [streamSubject],
      storage: 'file',
      num_replicas: 1,
      allow_direct: true,
      allow_atomic: true,
    }
    await this.#api.ask(`STREAM.CREATE.${streamName}`, config)
  }

  /** The same messages for both, once; consumers of the round before are removed. */
  async filledWith(messages: number): Promise<void> {
    if (!this.#filled) await this.#fill(messages)
    this.#filled = true
    const consumers = (await this.#api.ask(`CONSUMER.NAMES.${streamName}`))['consumers']
    for (const name of Array.isArray(consumers) ? consumers : [])
      await this.#api.ask(`CONSUMER.DELETE.${streamName}.${String(name)}`)
  }

  async consumer(): Promise<void> {
    const config = { name: consumerName, durable_name: consumerName, ack_policy: 'explicit', max_ack_pending: 10_000 }
    await this.#api.ask(`CONSUMER.CREATE.${streamName}.${consumerName}`, { stream_name: streamName, config })
  }

  async #fill(messages: number): Promise<void> {
    await this.fresh()
    const payload = { bytes: 128, compressible: 0, seed: 1 }
    const filling = { stream: streamName, subject: streamSubject, subjects: 1, messages, payload, publisher: 0 }
    await fillStream(this.#filling, this.#api, filling)
  }
}
