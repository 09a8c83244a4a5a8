/** README and docs/: short, with links to files that exist, and with no command that no test runs. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeOf, commands, pages, root, textOf } from './pages.ts'

it('the README has at most 1,200 words', () => {
  const words = textOf('README.md').split(/\s+/)
  expect(words.length).toBeLessThanOrEqual(1200)
})

it('the example of the page on testing is the file that is run', () => {
  expect(codeOf('docs/testing.md', 'ts')[0]).toBe(
    readFileSync(join(root, 'fixtures/examples/own-set-up.live.test.ts'), 'utf8'),
  )
})

describe.each(pages)('%s', (page) => {
  it('links to files that exist', () => {
    const links = [...textOf(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target ?? '')
    const local = links.filter((target) => !/^https?:/.test(target))
    expect(local.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([])
  })

  it('has no command that no test runs and that does not say what it needs', () => {
    const open = commands.filter((each) => each.page === page && each.needs === undefined && each.words === undefined)
    expect(open.map(({ line }) => line)).toEqual([])
  })
})
