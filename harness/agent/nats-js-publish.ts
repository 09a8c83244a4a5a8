/** The js-publish job over the official packages: `publish` for each message, up to `window` promises of PubAcks on each connection. */
import type { JetStreamPublishOptions } from '@nats-io/jetstream'
import type { Job } from '../model/plan.ts'
import { Caller, type Call } from './caller.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, flushAll, openLinks } from './links.ts'
import { answerOf, clientsOf, pubAckBytes, type Clients } from './nats-js-client.ts'
import { headersFrom, needed } from './nats-js.ts'
import { PublisherAccount, publishingWork } from './publisher-account.ts'
import { StampedBodies } from './stamped-bodies.ts'
import { headerBlock } from './template.ts'

type JsPublishJob = Extract<Job, { kind: 'js-publish' }>

export async function prepareJsPublish(job: JsPublishJob, context: JobContext): Promise<Work> {
  const { publisher, window, payload } = job
  const links = await openLinks(job, context)
  const accounts = links.map((_, i) => new PublisherAccount(job, publisher + i))
  const times = ['ack', 'ackService'] as const
  const senders = await Promise.all(
    links.map(async (link, i) => {
      const call = publishingOf(await clientsOf(link), job, accounts[i]!, publisher + i)
      return new Caller(await call, { times, window }, context)
    }),
  )
  checkSize(payload.bytes + headerBytesOf(job, accounts[0]!), links)
  await flushAll(links)
  return publishingWork(links, senders, accounts, job, context)
}

async function publishingOf(
  { client }: Clients,
  job: JsPublishJob,
  account: PublisherAccount,
  publisher: number,
): Promise<Call> {
  const { subject, payload, timeoutMs, expect } = job
  const bodies = new StampedBodies({ payload, publisher })
  const headerBytes = headerBytesOf(job, account)
  const own = await headersOf(job)
  const idOf = account.ids?.header(publisher)
  const expected = (): Partial<JetStreamPublishOptions> => {
    if (expect === undefined) return {}
    const last = account.expected
    return { expect: expect.of === 'stream' ? { lastSequence: last } : { lastSubjectSequence: last } }
  }
  return async (sequence, due, lag) => {
    const body = bodies.of(sequence, due, lag)
    const options = {
      timeout: timeoutMs,
      ...own(),
      ...(idOf === undefined ? {} : { msgID: `${idOf.before}${idOf.of(sequence)}` }),
      ...expected(),
    }
    const answer = await answerOf(client.publish(subject, body, options).then((ack) => ({ ...ack })))
    const accepted = account.take(answer, sequence)
    return { bytes: headerBytes + body.length + (accepted ? pubAckBytes(answer) : 0), accepted }
  }
}

/** Of each message anew, for the package adds its own to them. */
async function headersOf({ headers }: JsPublishJob): Promise<() => Pick<Partial<JetStreamPublishOptions>, 'headers'>> {
  if (Object.keys(headers).length === 0) return () => ({})
  const library = await needed('nats', () => import('nats'))
  return () => ({ headers: headersFrom(library, headers) })
}

/** As the wire engine counts them: numbers in headers have ten digits there. */
function headerBytesOf({ headers }: JsPublishJob, account: PublisherAccount): number {
  const numbered = account.headers.map(({ name, before }) => [name, `${before}${'0'.repeat(10)}`])
  return Buffer.byteLength(headerBlock({ ...headers, ...(Object.fromEntries(numbered) as Record<string, string>) }))
}
