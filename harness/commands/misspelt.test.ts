import { expect, it } from 'vitest'
import { benchHere } from '../../fixtures/testing/bench-here.ts'
import { root } from '../testing/pages.ts'

it.each([
  ['hlep', 'help'],
  ['runn', 'run'],
  ['valdate', 'validate'],
])('%s is answered with the command %s', async (word, meant) => {
  const { status, err } = await benchHere(root, word)
  expect(status).toBe(66)
  expect(err).toContain(`did you mean the command "pnpm bench ${meant}"?`)
})

it('a wrong call says where to read how it is made', async () => {
  for (const words of [['plan'], ['run', '--nosuch'], ['schema', 'nosuch']]) {
    const { status, err } = await benchHere(root, ...words)
    expect(status).toBe(64)
    expect(err).toContain('hint: --help shows arguments, options and an example')
  }
})
