/** Reads the last revision of keys when the load is over, by direct gets, and what is missing there once more from the leader. */
import type { Delivery, Link, Receiver } from './engine.ts'
import { ApiError, fields, numberOf, type JsApi } from './js-api.ts'
import { gotSequence } from './key-view.ts'
import { newInbox } from './unique.ts'

/** Gets that wait for their answer. */
const atOnce = 500
const answerMs = 5000
/** JSNoMessageFoundErr. */
const noMessage = 10_037

export interface ReadBack {
  readonly read: number
  readonly lost: number
  readonly expired: number
}

/**
 * `newest`: by key, the newest revision acknowledged, 0 where none was. A direct get may be answered by a replica that is behind, so
 * what seems lost is asked of the leader before it is called so.
 */
export async function readBack(
  link: Link,
  api: JsApi,
  {
    stream,
    expires,
    subjectOf,
  }: { readonly stream: string; readonly expires: boolean; readonly subjectOf: (key: number) => string },
  newest: Float64Array,
): Promise<ReadBack> {
  const put = [...newest.keys()].filter((key) => newest[key]! > 0)
  const getter = new Getter(link, stream, subjectOf)
  let [lost, expired] = [0, 0]
  for (let from = 0; from < put.length; from += atOnce) {
    const keys = put.slice(from, from + atOnce)
    const found = await getter.get(keys)
    for (const [i, key] of keys.entries()) {
      if (found[i]! >= newest[key]!) continue
      const last = await lastOf(api, stream, subjectOf(key))
      if (last >= newest[key]!) continue
      if (last === 0 && expires) expired++
      else lost++
    }
  }
  return { read: put.length, lost, expired }
}

async function lastOf(api: JsApi, stream: string, subject: string): Promise<number> {
  try {
    return numberOf(fields((await api.ask(`STREAM.MSG.GET.${stream}`, { last_by_subj: subject }))['message'])['seq'])
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === noMessage) return 0
    throw error
  }
}

class Getter implements Receiver {
  readonly #link: Link
  readonly #ask: (key: number) => string
  readonly #inbox = newInbox()
  #found = new Float64Array(0)
  #left = 0
  #first = 0
  #asked = 0
  #all: () => void = () => undefined

  constructor(link: Link, stream: string, subjectOf: (key: number) => string) {
    this.#link = link
    this.#ask = (key) => `$JS.API.DIRECT.GET.${stream}.${subjectOf(key)}`
    link.subscribe(`${this.#inbox}.*`, undefined, this)
  }

  /** Revisions in the order of the keys; 0 where there is none, or no answer within 5 s. */
  async get(keys: readonly number[]): Promise<Float64Array> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#found = new Float64Array(keys.length)
    this.#left = keys.length
    this.#first = this.#asked
    this.#all = resolve
    for (const key of keys) this.#link.publish(this.#ask(key), '', `${this.#inbox}.${this.#asked++}`)
    const timer = setTimeout(resolve, answerMs)
    await promise.finally(() => clearTimeout(timer))
    return this.#found
  }

  arrived(): void {
    // Nothing here is timed.
  }

  message(delivery: Delivery): void {
    const at = delivery.token() - this.#first
    if (at < 0) return // an answer that came after its time
    this.#found[at] = gotSequence(delivery)
    if (--this.#left === 0) this.#all()
  }

  handled(): void {
    // Nothing waits for the end of a read.
  }
}
