import { expect, test } from 'vitest'
import { cut, cutMiddle, fold, hang, padEnd, padStart, width } from './style-text.ts'

test.each([
  ['latency', 7],
  ['订单.新建', 9],
  ['заказы', 6],
  ['cafe\u0301', 4],
  ['🚀', 2],
])('%s takes %i columns', (text, columns) => {
  expect(width(text)).toBe(columns)
})

test('letters of two columns are padded and cut by their columns', () => {
  expect(padEnd('订单', 6)).toBe('订单  ')
  expect(padStart('订单', 6)).toBe('  订单')
  expect(cut('订单新建', 8)).toBe('订单新建')
  expect(cut('订单新建', 7)).toBe('订单新…')
  expect(cut('订单新建', 6)).toBe('订单…')
  expect(cutMiddle('订单甲乙丙丁新建', 9)).toBe('订单…新建')
  expect(fold('订单 新建 甲', 9)).toEqual(['订单 新建', '甲'])
})

test('a letter and its marks are not cut apart', () => {
  expect(cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
  expect(cutMiddle('e\u0301bcde\u0301', 3)).toBe('e\u0301…e\u0301')
})

test('a line that does not fit keeps its columns as far as they go, and the rest hangs below', () => {
  expect(hang('  hub   server  client 4222', 30)).toEqual(['  hub   server  client 4222'])
  expect(hang('  hub   server  client 4222, monitor 8222', 24)).toEqual([
    '  hub   server  client',
    '      4222, monitor 8222',
  ])
  expect(hang('nothing-that-could-be-broken', 12)).toEqual(['nothing-tha…'])
})
