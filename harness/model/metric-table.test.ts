import { expect, it } from 'vitest'
import { table } from './metric-table.ts'

it('no label has a comma, for they stand in lists: "0 lost, 0 reordered"', () => {
  const labels = Object.values(table).map(({ label }) => label)
  expect(labels.length).toBeGreaterThan(20)
  expect(labels.filter((label) => label.includes(','))).toEqual([])
})
