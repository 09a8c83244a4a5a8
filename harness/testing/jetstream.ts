/** What the official packages of JetStream make of a connection from inside a node. Both are loaded when a test asks for them. */
import type { JetStreamClient } from '@nats-io/jetstream'
import type { KV, KvOptions } from '@nats-io/kv'
import type { Lab } from '../lab/lab.ts'
import { BenchError } from '../model/error.ts'
import { connectFrom, type Connected } from './connect.ts'

/** Where the connection is made from: the first load node of the topology where nothing is said. */
export interface FromOptions {
  readonly from?: string
}

/** `server`: the first one of the topology where it is undefined. The connection is the caller's to close. */
export async function jetStreamOf(
  lab: Lab,
  server: string | undefined,
  { from = loadNode(lab) }: FromOptions,
): Promise<Connected & { readonly client: JetStreamClient }> {
  const made = await connectFrom(lab, from, server === undefined ? {} : { server })
  const { jetstream } = await import('@nats-io/jetstream')
  return { ...made, client: jetstream(made.connection) }
}

/** Opens the bucket, which is made with these settings where it is not there. */
export async function bucketOf(client: JetStreamClient, bucket: string, settings: Partial<KvOptions>): Promise<KV> {
  const { Kvm } = await import('@nats-io/kv')
  return new Kvm(client).create(bucket, settings)
}

function loadNode({ plans }: Lab): string {
  const found = [...plans].find(([, { role }]) => role === 'load')
  if (found === undefined) throw new BenchError('usage', 'lab must have a load node to connect from, got none')
  return found[0]
}
