/** Clients of the official packages for JetStream and key-value buckets, over a connection from inside a node. Loaded when needed. */
import type { JetStreamClient } from '@nats-io/jetstream'
import type { KV, KvOptions } from '@nats-io/kv'
import type { Lab } from '../lab/lab.ts'
import { BenchError } from '../model/error.ts'
import { connectFrom, type Connected } from './connect.ts'

/** The load node that the connection is made from; the first one of the topology by default. */
export interface FromOptions {
  readonly from?: string
}

/** `server`: undefined is the first one of the topology. The caller must close the connection. */
export async function jetStreamOf(
  lab: Lab,
  server: string | undefined,
  { from = loadNode(lab) }: FromOptions,
): Promise<Connected & { readonly client: JetStreamClient }> {
  const made = await connectFrom(lab, from, server === undefined ? {} : { server })
  const { jetstream } = await import('@nats-io/jetstream')
  return { ...made, client: jetstream(made.connection) }
}

/** Opens the bucket; makes it with these settings where it does not exist. */
export async function bucketOf(client: JetStreamClient, bucket: string, settings: Partial<KvOptions>): Promise<KV> {
  const { Kvm } = await import('@nats-io/kv')
  return new Kvm(client).create(bucket, settings)
}

function loadNode({ plans }: Lab): string {
  const found = [...plans].find(([, { role }]) => role === 'load')
  if (found === undefined) throw new BenchError('usage', 'lab must have a load node to connect from, got none')
  return found[0]
}
