import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ledger, ledgerReach } from './ledger.ts'

/** The same account, kept in a set without bound. */
function account(sequences: readonly number[]) {
  const seen = new Set<number>()
  let newest = -1
  let duplicated = 0
  let reordered = 0
  for (const s of sequences) {
    if (seen.has(s)) duplicated++
    else if (s < newest) reordered++
    seen.add(s)
    newest = Math.max(newest, s)
  }
  return { distinct: seen.size, duplicated, reordered, missing: newest + 1 - seen.size }
}

function read(ledger: Ledger) {
  const { distinct, duplicated, reordered, missing } = ledger
  return { distinct, duplicated, reordered, missing }
}

test('any order of numbers within the window gives the account that a set gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 400 }), (list) => {
      const ledger = new Ledger()
      for (const s of list) ledger.record(s)
      expect(read(ledger)).toEqual(account(list))
    }),
  )
})

test('a stream with gaps, swaps and repetitions that passes the window many times is accounted for exactly', () => {
  const step = fc.constantFrom('next', 'next', 'next', 'next', 'gap', 'swap', 'again', 'leap')
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 300 }), (steps) => {
      const list: number[] = []
      let next = 0
      const run = (count: number) => {
        for (let i = 0; i < count; i++) list.push(next++)
      }
      for (const kind of steps) {
        if (kind === 'next') run(1000)
        else if (kind === 'gap') next += 37
        else if (kind === 'leap') next += 20_000
        else if (kind === 'swap') {
          list.push(next + 40, next)
          next += 41
        } else if (list.length > 0) list.push(list[list.length - 1]!)
      }
      if (list.length === 0) list.push(0)
      const ledger = new Ledger()
      for (const s of list) ledger.record(s)
      expect(read(ledger)).toEqual(account(list))
    }),
    { numRuns: 25 },
  )
})

test('the account goes on across the wrap of the 32-bit sequence number', () => {
  const first = 2 ** 32 - 5
  const ledger = new Ledger(first)
  for (let i = 0; i < 10; i++) ledger.record((first + i) >>> 0)
  ledger.record(1)
  ledger.record(7)
  ledger.record(6)
  expect(read(ledger)).toEqual({ distinct: 12, duplicated: 1, reordered: 1, missing: 1 })
})

test('a number older than the window counts as duplicated, so that it cannot hide a loss', () => {
  const ledger = new Ledger()
  for (let i = 1; i <= ledgerReach + 1; i++) ledger.record(i)
  ledger.record(0)
  expect(read(ledger)).toEqual({ distinct: ledgerReach + 1, duplicated: 1, reordered: 0, missing: 1 })
})

test('messages lost before the first one that comes are missing', () => {
  const ledger = new Ledger()
  ledger.record(5)
  expect(ledger.missing).toBe(5)
})
