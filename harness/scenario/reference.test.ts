import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metrics } from '../model/metric.ts'
import { checkScenario } from './check.ts'
import { exampleBase, exampleList } from './reference-text.ts'
import { reference } from './reference.ts'

describe('the reference of scenarios', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/scenarios.md'), 'utf8')

  it('is what the schema and the tables say today', () => {
    // Mend it by: node harness/main.ts reference > docs/scenarios.md
    expect(page).toBe(reference())
  })

  it('names every metric', () => {
    const families = new Set(Object.keys(metrics).map((name) => name.replace(/\.(p[\d.]+|max)$/, '')))
    for (const family of families) expect(page).toContain(`- \`${family}`)
  })

  it('leads to sections that are there', () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text.toLowerCase().replaceAll(' ', '-'))
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target)
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((target) => !headings.includes(target ?? ''))).toEqual([])
  })

  it.each(exampleList.map((example) => [example.title, example.shown] as const))(
    'has an example that is a scenario: %s',
    (_, shown) => {
      expect(checkScenario({ ...exampleBase, ...shown })).toMatchObject({ ok: true })
    },
  )
})
