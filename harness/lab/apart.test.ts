import { expect, test } from 'vitest'
import { apart } from './apart.ts'

async function* said(lines: readonly string[], broken?: Error): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line)
  if (broken !== undefined) throw broken
}

async function all(lines: AsyncIterator<string> | undefined): Promise<string[]> {
  const found: string[] = []
  for (let line = await lines!.next(); line.done !== true; line = await lines!.next()) found.push(line.value)
  return found
}

test('each gets the lines with its number; what has none of theirs goes to the first as it is', async () => {
  const [first, second] = apart(said(['1 {"b": 1}', '0 a 1', '1 c', 'Segmentation fault', '7 d']), 2)
  expect(await all(second)).toEqual(['{"b": 1}', 'c'])
  expect(await all(first)).toEqual(['a 1', 'Segmentation fault', '7 d'])
})

test('a pipe that breaks breaks all of them, also one that nobody reads yet', async () => {
  const [first, second] = apart(said(['0 a'], new Error('too long a line')), 2)
  await expect(all(first)).rejects.toThrow('too long a line')
  await expect(second!.next()).rejects.toThrow('too long a line')
})
