/** What one publisher to a stream knows: which of its messages are acknowledged, their ids, and the sequence number that the next one expects. */
import type { Job } from '../model/plan.ts'
import { sentBy } from './answering.ts'
import { ask, type Answered } from './asking.ts'
import type { Delivery, HeaderNumber, Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { closeAll } from './links.ts'
import { expectHeaders, MessageIds } from './message-ids.ts'
import { PubAcks } from './pub-ack.ts'

type JsPublishJob = Extract<Job, { kind: 'js-publish' }>

export class PublisherAccount {
  readonly acks = new PubAcks()
  readonly ids: MessageIds | undefined
  /** After a conflict the next message expects what the server says that it has. */
  expected: number
  /** What its messages carry beside their own headers. */
  readonly headers: readonly HeaderNumber[]

  constructor({ repeats, expect, payload }: JsPublishJob, publisher: number) {
    this.ids = repeats === undefined ? undefined : new MessageIds(repeats, payload.seed, publisher)
    this.expected = expect?.first ?? 0
    this.headers = [
      ...(this.ids === undefined ? [] : [this.ids.header(publisher)]),
      ...(expect === undefined ? [] : [{ name: expectHeaders[expect.of], before: '', of: () => this.expected }]),
    ]
  }

  accept(delivery: Delivery, sequence: number): boolean {
    return this.#follow(this.acks.accept(delivery, sequence))
  }

  /** The same of an answer that is read already. */
  take(answer: Parameters<PubAcks['take']>[0], sequence: number): boolean {
    return this.#follow(this.acks.take(answer, sequence))
  }

  #follow(accepted: boolean): boolean {
    if (this.acks.last > 0) this.expected = this.acks.last
    return accepted
  }
}

/** Publishes by the arrivals of the job, then tells what was acknowledged. */
export function publishingWork(
  links: readonly Link[],
  senders: readonly (Answered & { readonly sequence: number })[],
  accounts: readonly PublisherAccount[],
  job: JsPublishJob,
  context: JobContext,
): Work {
  const { publisher, window, expect, repeats } = job
  return {
    async run(clock) {
      await ask(senders, job, window, clock, context)
      const acks = accounts.map((each) => each.acks)
      const repeated = accounts.reduce((sum, { ids }, i) => sum + (ids?.repeated(senders[i]!.sequence) ?? 0), 0)
      context.emit({
        t: 'acked',
        ...PubAcks.told(acks, publisher),
        ...(expect === undefined ? {} : { conflicts: PubAcks.conflictsOf(acks) }),
        ...(repeats === undefined ? {} : { repeated }),
      })
    },
    perPublisher: () => sentBy(senders, publisher),
    close: () => closeAll(links),
  }
}
