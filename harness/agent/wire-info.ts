/** What client and server tell each other first: INFO and CONNECT. */
import type { ConnectOptions } from './engine.ts'

/** What is read of the server's INFO. */
export function serverInfo(value: unknown) {
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  const { max_payload: maxPayload, ldm, tls_required: tls } = fields
  return {
    maxPayload: typeof maxPayload === 'number' ? maxPayload : undefined,
    lameDuck: ldm === true,
    tlsRequired: tls === true,
  }
}

/** Fields of CONNECT (docs.nats.io, "Client Protocol"). No responders: without the notice a request just times out, as counted. */
export function connectFields({ token, name }: ConnectOptions): Readonly<Record<string, unknown>> {
  return {
    verbose: false,
    pedantic: false,
    tls_required: false,
    lang: 'bench-wire',
    version: '1',
    protocol: 1,
    echo: true,
    headers: true,
    no_responders: false,
    name,
    ...(token === '' ? {} : { auth_token: token }),
  }
}
