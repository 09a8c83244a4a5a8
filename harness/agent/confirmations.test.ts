import { expect, test } from 'vitest'
import { Confirmations } from './confirmations.ts'
import { Histogram } from './histogram.ts'

test('a confirmation that never comes keeps no room from those of later acknowledgements', () => {
  const times = new Histogram()
  const confirmations = new Confirmations('_INBOX.x', times)
  // The first is lost with its connection; all others are confirmed after 1 ms.
  confirmations.next(0)
  let asked = 1
  for (let number = 1; number < 200_000; number++) {
    const now = number * 1e6
    if (confirmations.next(now) === undefined) continue
    confirmations.take(asked++, now + 1e6)
  }
  expect([asked, times.total]).toEqual([200_000, 199_999])
})
