import { expect, it } from 'vitest'
import { AckSubject } from './ack-subject.ts'

const read = (subject: AckSubject, text: string) => {
  const bytes = Buffer.from(`MSG x ${text} 5`)
  const found = subject.read(bytes, 6, 6 + text.length)
  return found ? [subject.deliveries, subject.streamSequence, subject.consumerSequence] : undefined
}

it.each([
  ['$JS.ACK.orders.work.1.42.7.1764234000000000000.9', [1, 42, 7]],
  ['$JS.ACK.orders.work.12.10000000001.7.1764234000000000000.0', [12, 10_000_000_001, 7]],
  ['$JS.ACK._.AbCdEfGh.orders.work.3.42.7.1764234000000000000.9', [3, 42, 7]],
  ['$JS.ACK.hub.AbCdEfGh.orders.work.3.42.7.1764234000000000000.9.rnd', [3, 42, 7]],
  ['$JS.ACK.orders.1.2.3.4.5.6', [2, 3, 4]],
])('%s', (text, numbers) => {
  expect(read(new AckSubject(), text)).toEqual(numbers)
})

it.each(['_INBOX.abc', '$JS.FC.orders.work.abc', '$JS.ACK.orders.work.1.2', '$JS.ACK.orders.work.x.2.3.4.5'])(
  '%s is none',
  (text) => {
    expect(read(new AckSubject(), text)).toBeUndefined()
  },
)
