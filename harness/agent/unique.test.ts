import { expect, test } from 'vitest'
import { newInbox, uniqueDigits } from './unique.ts'

test('as many digits as asked for, never the same', () => {
  expect([1, 8, 9, 22].map((count) => uniqueDigits(count).length)).toEqual([1, 8, 9, 22])
  const inboxes = Array.from({ length: 1000 }, newInbox)
  expect(new Set(inboxes).size).toBe(1000)
  for (const inbox of inboxes) expect(inbox).toMatch(/^_INBOX\.[0-9a-f]{22}$/)
})
