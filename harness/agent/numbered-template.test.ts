import { expect, test } from 'vitest'
import type { MessageShape } from './engine.ts'
import { bodyBytes, NumberedTemplate } from './numbered-template.ts'

const shape: MessageShape = {
  subject: 'a',
  subjects: 1,
  headers: {},
  payload: { bytes: 16, compressible: 0, seed: 1 },
  publisher: 3,
}

/** Text of each message with the blanks of its first line made one. */
function messages(template: NumberedTemplate, count: number): readonly string[] {
  const { bytes, stride } = template
  return Array.from({ length: count }, (_, i) =>
    bytes.toString('latin1', i * stride, (i + 1) * stride).replace(/ +/g, ' '),
  )
}

test('numbers of headers are patched behind what stands before them, with leading zeros', () => {
  const numbers = {
    headers: [
      { name: 'Nats-Msg-Id', before: 'p3-', of: (sequence: number) => sequence * 2 },
      { name: 'Expected', before: '', of: (sequence: number) => sequence - 5 },
    ],
  }
  const template = new NumberedTemplate({ ...shape, headers: { Trace: 'x' }, numbers }, 4096, '_INBOX.a.')
  template.patch(1, 2, 7, 0, 0)
  const [, first, second] = messages(template, 3)
  expect(first).toContain('NATS/1.0\r\nTrace: x\r\nNats-Msg-Id: p3-0000000014\r\nExpected: 0000000002\r\n\r\n')
  expect(first).toMatch(/^HPUB a _INBOX\.a\.0000000007 \d+ \d+\r\n/)
  expect(second).toContain('Nats-Msg-Id: p3-0000000016\r\nExpected: 0000000003\r\n\r\n')
})

test('subject numbers need not be in turn', () => {
  const numbers = { subject: (sequence: number) => 99 - sequence }
  const template = new NumberedTemplate({ ...shape, subject: '$KV.b.key', subjects: 100, numbers }, 4096)
  template.patch(0, 2, 93, 0, 0)
  expect(messages(template, 2).map((text) => text.split('\r\n')[0])).toEqual([
    'PUB $KV.b.key.6 16',
    'PUB $KV.b.key.5 16',
  ])
})

test('a number in a payload of text is JSON, whatever its length', () => {
  const body = { before: '{"seq":', after: '}', of: (sequence: number) => sequence }
  const payload = { bytes: bodyBytes(body), compressible: 0, seed: 1 }
  const template = new NumberedTemplate({ ...shape, payload, numbers: { body } }, 4096)
  for (const sequence of [1, 1_234_567_890, 42]) {
    template.patch(0, 1, sequence, 5e9, 16)
    const [text = ''] = messages(template, 1)
    expect(JSON.parse(text.split('\r\n')[1] ?? '')).toEqual({ seq: sequence })
  }
})
