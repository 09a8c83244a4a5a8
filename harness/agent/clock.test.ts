import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('no agent measures or waits by the time of day, which may be set while it runs', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const wrong = files.filter((file) =>
    /\bnew Date\(|Date\.now\(\) /.test(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')),
  )
  expect(wrong).toEqual([])
})
