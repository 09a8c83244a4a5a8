import { describe, expect, it } from 'vitest'
import type { Delivery } from './engine.ts'
import { PubAcks } from './pub-ack.ts'

/** The bytes as they lie in a receive buffer, with others around them. */
function delivery(text: string): Delivery {
  const bytes = Buffer.from(`xx${text}}9`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    bytes,
    view,
    start: 2,
    end: bytes.length - 2,
    headerBytes: 0,
    replyStart: 0,
    replyEnd: 0,
    token: () => 0,
    isAside: () => true,
    replySubject: () => '',
    respond: () => false,
  }
}

function answered(...texts: readonly string[]) {
  const acks = new PubAcks()
  const taken = texts.map((text, sequence) => acks.accept(delivery(text), sequence))
  return { taken, acked: acks.acked.count, duplicates: acks.duplicates, errors: Object.fromEntries(acks.errors) }
}

describe('answers of a stream', () => {
  it('are acknowledgements, the first and those that look like it', () => {
    const found = answered(
      '{"stream":"orders","seq":1}',
      '{"stream":"orders","seq":2}',
      '{"stream":"orders","seq":12345678}',
    )
    expect(found).toEqual({ taken: [true, true, true], acked: 3, duplicates: 0, errors: {} })
  })

  it('are duplicates where the server says so', () => {
    const found = answered('{"stream":"orders","seq":1}', '{"stream":"orders","seq":1,"duplicate":true}')
    expect(found).toMatchObject({ taken: [true, true], acked: 1, duplicates: 1, errors: {} })
  })

  it('are errors with their code and words, and then no acknowledgement', () => {
    const full =
      '{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"},"stream":"orders","seq":0}'
    const found = answered('{"stream":"orders","seq":1}', full, full)
    expect(found).toEqual({
      taken: [true, false, false],
      acked: 1,
      duplicates: 0,
      errors: { '10077 maximum messages exceeded': 2 },
    })
  })

  it.each(['', 'hello', '[]', '{"stream":"orders"}', '{"stream":"orders","seq":1x}', '{"stream":"orders","seq":}'])(
    'that are none are named: %s',
    (text) => {
      const { taken, acked, errors } = answered('{"stream":"orders","seq":1}', text)
      expect([taken, acked, Object.keys(errors)]).toEqual([[true, false], 1, [expect.stringContaining('no PubAck')]])
    },
  )
})
