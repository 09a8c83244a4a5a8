import { expect, test } from 'vitest'
import type { Report } from '../model/report.ts'
import { suiteSentence } from './suite-text.ts'

const finding = { about: 'recv', rule: 'steady', because: '3 % drift, wanted at most 2 %' }
function ended(scenario: string, outcome: 'pass' | 'unknown' | 'fail') {
  const verdict = { outcome, findings: outcome === 'pass' ? [] : [{ ...finding, outcome }] }
  return { scenario, report: { verdict } as unknown as Report }
}

test('the sentence names what does not pass and why', () => {
  const seven = Array.from({ length: 7 }, (_, i) => ended(`s${i}`, 'pass'))
  expect(suiteSentence([...seven, ended('payload-sizes', 'unknown')])).toBe(
    '7 of 8 pass, 1 cannot tell: payload-sizes, because recv: 3 % drift, wanted at most 2 %',
  )
  expect(
    suiteSentence([ended('a', 'pass'), ended('b', 'fail'), { scenario: 'c', error: { message: 'no room' } }]),
  ).toBe('1 of 3 passes, 1 fails: b, because recv: 3 % drift, wanted at most 2 %, 1 was not run: c, because no room')
  expect(suiteSentence([{ scenario: 'c', error: { message: 'no room' } }])).toBe(
    'none of 1 passes, 1 was not run: c, because no room',
  )
})

test('a reason is what was seen and wanted, without what it means and what to do', () => {
  const sentenceOf = (because: string) => {
    const { scenario, report } = ended('a', 'unknown')
    const verdict = { outcome: 'unknown', findings: [{ ...finding, outcome: 'unknown', because }] }
    return suiteSentence([{ scenario, report: { ...report, verdict } as Report }])
  }
  const begin = 'none of 1 passes, 1 cannot tell: a, because recv: '
  expect(sentenceOf('sent 815 of 800 (101.9 %), 99 to 101 % is wanted: it is another load. Lower the rate')).toBe(
    `${begin}sent 815 of 800 (101.9 %), 99 to 101 % is wanted`,
  )
  expect(sentenceOf('others used 12 % (2 of 3 blocks; this is block 1): nodes waited; run it again')).toBe(
    `${begin}others used 12 % (2 of 3 blocks; this is block 1)`,
  )
  expect(sentenceOf('cannot tell: median 5.0 ms, wanted at most 4 ms: use more blocks')).toBe(
    `${begin}cannot tell: median 5.0 ms, wanted at most 4 ms`,
  )
  expect(sentenceOf('lower the rate (or not.')).toBe(`${begin}lower the rate (or not`)
})

test('scenarios with the same reason are named together', () => {
  const three = ['a', 'b', 'c'].map((name) => ended(name, 'unknown'))
  expect(suiteSentence([...three, { scenario: 'd', error: { message: 'no room' } }])).toBe(
    'none of 4 passes, 3 cannot tell: a, b and c, because recv: 3 % drift, wanted at most 2 % (a; much the same in the others), 1 was not run: d, because no room',
  )
})
