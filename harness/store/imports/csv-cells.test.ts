import { expect, it } from 'vitest'
import { cellsOf } from './csv-cells.ts'

it.each([
  ['""', ['']],
  ['""""', ['"']],
  ['"""",b', ['"', 'b']],
  ['""""""', ['""']],
  ['"a ""b"" c",d', ['a "b" c', 'd']],
  ['"",""', ['', '']],
  [' a , "b" ', ['a', 'b']],
])('the line %j has the cells %j', (line, cells) => {
  expect(cellsOf(line, ',')).toEqual(cells)
})
