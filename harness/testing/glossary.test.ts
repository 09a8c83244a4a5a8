/** One name for one thing: every page, every help text and a report in all its forms are checked against docs/glossary.md. */
import { describe, expect, it } from 'vitest'
import { benchHere } from '../../fixtures/testing/bench-here.ts'
import { recordedReport } from '../../fixtures/reports/recorded.ts'
import { metrics } from '../model/metric.ts'
import { html } from '../report/html.ts'
import { markdown } from '../report/markdown.ts'
import { terminal } from '../report/terminal.ts'
import { pages, root, textOf } from './pages.ts'

const glossary = textOf('docs/glossary.md')
const rows = [...glossary.matchAll(/^\| (.+?) +\| (.+?) +\| (.*?) *\|$/gm)].slice(2)
const unwanted = rows.flatMap(([, word = '', , not = '']) => (not === '' ? [] : [{ word, not: not.toLowerCase() }]))
const report = recordedReport('latency')

const said = (text: string): readonly string[] =>
  unwanted.flatMap(({ word, not }) => (text.toLowerCase().includes(not) ? [`${not}: say ${word}`] : []))

describe('the glossary', () => {
  it('has words that are not said', () => {
    expect(rows.length).toBeGreaterThan(20)
    expect(unwanted.length).toBeGreaterThan(10)
    expect(said('the server cpu is high')).toEqual(['server cpu: say CPU of server'])
  })

  it.each(pages.filter((page) => page !== 'docs/glossary.md'))('is kept by %s', (page) => {
    expect(said(textOf(page))).toEqual([])
  })

  it('is kept by help texts, which fit into 80 columns but for their examples', async () => {
    const { out } = await benchHere(root, '--help')
    const commands = [...out.matchAll(/^ {2}([a-z-]+)(?= |$)/gm)].map(([, name = '']) => name)
    expect(commands.length).toBeGreaterThan(15)
    for (const name of commands) {
      const text = (await benchHere(root, name, '--help')).out
      expect(said(text), name).toEqual([])
      const long = text.split('\n').filter((line) => line.length > 80 && !line.startsWith('Example: '))
      expect(long, name).toEqual([])
    }
  })

  it('is kept by reports', async () => {
    const texts = [
      terminal(report, { color: false, columns: 100 }),
      markdown(report),
      (await html(report)).replace(/<script>[^]*?<\/script>/g, ''),
    ]
    for (const text of texts) expect(said(text)).toEqual([])
  })

  it('names no metric that is not in the table', () => {
    const named = pages.flatMap((page) =>
      [
        ...textOf(page).matchAll(
          /`((?:latency|rtt|service|rttService|ack|ackService|floor|sendLag|cpu|memory|switches)\.[A-Za-z0-9.]+)`/g,
        ),
      ].map(([, name = '']) => name),
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !Object.hasOwn(metrics, name))).toEqual([])
  })
})

it('the report in the page on reports is what the terminal prints of that run today', () => {
  const text = terminal(report, { color: false, columns: 100 })
  expect(textOf('docs/reports.md')).toContain(`\`\`\`text\n${text}\`\`\`\n`)
})
