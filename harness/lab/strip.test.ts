import { expect, test } from 'vitest'
import { stripTypes } from './strip.ts'

test('types go, lines and columns stay', async () => {
  const source = "import { b } from './b.ts'\nexport const a = (x: number): number => x + b\n"
  const made = await stripTypes(new Map([['a.ts', source]]))
  const script = made['a.ts'] ?? ''
  expect(Object.keys(made)).toEqual(['a.ts'])
  expect(script.split('\n')[0]).toBe("import { b } from './b.ts'")
  expect(script).not.toContain('number')
  expect(script.length).toBe(source.length)
})
