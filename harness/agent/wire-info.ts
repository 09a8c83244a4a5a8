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

/** Room for headers that servers add on the way, and for what stands around a message in an answer of the API. */
const slackBytes = 64 * 1024

/**
 * The largest body that a server with this max_payload may send: a stored message that `STREAM.MSG.GET` answers with is base64 in JSON,
 * a third larger than the message, and no server holds its own answers to max_payload.
 */
export function mostBodyBytes(maxPayload: number): number {
  return Math.ceil((Math.max(maxPayload, 1024 * 1024) * 4) / 3) + slackBytes
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
