import { expect, test } from 'vitest'
import { stripTypes } from './strip.ts'

test('types go, imports of siblings follow their new names, lines and columns stay', async () => {
  const source =
    "import { b } from './b.ts'\nexport const a = (x: number): number => x + b\nexport const c = () => import('./c-d.ts')\n"
  const made = await stripTypes(new Map([['a.ts', source]]))
  const script = made['a.js'] ?? ''
  expect(Object.keys(made)).toEqual(['a.js'])
  expect(script.split('\n')[0]).toBe("import { b } from './b.js'")
  expect(script.split('\n')[2]).toBe("export const c = () => import('./c-d.js')")
  expect(script).not.toContain('number')
  expect(script.length).toBe(source.length)
})
