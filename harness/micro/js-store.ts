/** A stream that our agent and `nats bench` use in turn: made, filled and emptied over the wire engine. */
import { loadEngine, type Link } from '../agent/engine.ts'
import { fields, JsApi, numberOf } from '../agent/js-api.ts'
import { BenchError } from '../model/error.ts'
import type { Server } from './nats-bench.ts'

export const streamName = 'versus'
export const streamSubject = 'versus.js'
export const consumerName = 'versus-reader'
/** A server drops what is published without a question once 10,000 messages of a stream wait (max_buffered_msgs). */
const atOnce = 4000
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
    const config = { name: streamName, subjects: [streamSubject], storage: 'file', num_replicas: 1, allow_direct: true }
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
    const shape = { subject: streamSubject, subjects: 1, headers: {}, payload, publisher: 0 }
    const sender = this.#filling.sender(shape)
    for (let sent = 0; sent < messages;) {
      const end = Math.min(messages, sent + atOnce)
      while (sent < end) {
        const count = Math.min(end - sent, sender.room())
        if (count > 0) sender.put(sent, count, 0, 0)
        sender.push()
        sent += count
        if (count === 0) await new Promise(setImmediate)
      }
      await this.#until(end)
    }
  }

  async #until(stored: number): Promise<void> {
    for (let tries = 0; tries < 10_000; tries++) {
      const state = fields((await this.#api.ask(`STREAM.INFO.${streamName}`))['state'])
      if (numberOf(state['messages']) >= stored) return
    }
    throw new BenchError('os', `stream must take ${stored} messages, got fewer`)
  }
}
