import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { judgeDuel, median, printTable } from './figures.ts'
import { duels } from './duels.ts'

test.each(cases())('$name does work that leaves a number behind', ({ run, operations }) => {
  expect(operations).toBeGreaterThan(100)
  expect(run()).not.toBeNaN()
})

test('medians of even and odd numbers of rounds are right', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
})

test('a ratio goal compares medians and says whether it was met', () => {
  const publish = duels.find(({ name }) => name === 'publish')!
  const rounds = [1, 2, 3].map((factor) => ({
    ours: { 'msg/s': 16 * factor, 'CPU a message': 0.1, 'server at most': 20 },
    theirs: { 'msg/s': 10 * factor },
  }))
  const [rate, cpu] = judgeDuel(publish, rounds)
  expect(rate).toMatchObject({ ours: 32, theirs: 20, ratio: 1.6, goal: '≥ 1.5 ×', met: true, oursRange: [16, 48] })
  expect(cpu).toMatchObject({ ours: 0.1, goal: '≤ 0.08', met: false })
  expect(cpu?.ratio).toBeUndefined()
})

test('a rate that the server limits is no fault of the generator, and is called so', () => {
  const publish = duels.find(({ name }) => name === 'publish')!
  const round = { ours: { 'msg/s': 12, 'CPU a message': 0.1, 'server at most': 97 }, theirs: { 'msg/s': 10 } }
  const figures = judgeDuel(publish, [round])
  expect(figures[0]).toMatchObject({ met: true, serverFull: true })
  expect(figures[1]).toMatchObject({ met: false })
  expect(printTable(figures)).toContain('server full')
})
