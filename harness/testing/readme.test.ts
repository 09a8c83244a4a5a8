/** The README's example is the one that the live tests run. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

it('the example of "Test your own set-up" is the file that is run', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const section = readme.split('## Test your own set-up')[1]?.split('\n## ')[0] ?? ''
  const code = /```ts\n([\s\S]*?)```/.exec(section)?.[1]
  expect(code).toBe(readFileSync(join(root, 'fixtures/examples/own-set-up.live.test.ts'), 'utf8'))
})
